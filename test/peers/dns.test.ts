import { expect } from 'expect';
import * as nodeDgram from 'node:dgram';
import nodeDns, { type promises } from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeNet from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDns, type CountedDns } from '../../src/node/dns/dns';
import type { DnsOptions } from '../../src/node/dns/options';
import { Stack } from '../../src/node/stack';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';

const TEXTS = Array.from({ length: 40 }, (_, index) => `${index} ${'text '.repeat(20)}`);

/** What dnsmasq is authoritative for. */
const RECORDS = [
  '--host-record=a.test,10.1.0.1,fd00::1,60',
  '--host-record=a.test,10.1.0.2',
  '--host-record=host.corp.test,10.1.0.7',
  '--host-record=v6.test,fd00::6',
  '--cname=alias.test,a.test',
  '--mx-host=a.test,mx1.test,10',
  '--mx-host=a.test,mx2.test,20',
  '--srv-host=_http._tcp.test,a.test,8080,1,2',
  '--txt-record=a.test,one,two',
  '--naptr-record=a.test,1,2,S,SIP+D2U,!^.*$!sip:x@y!,r.test',
  '--caa-record=a.test,0,issue,ca.test',
  '--ptr-record=9.0.1.10.in-addr.arpa,nine.test',
  ...TEXTS.map((text) => `--txt-record=long.test,${text}`),
];

labSuite(__filename, 'dnsmasq', ['dnsmasq', 'unshare'], (test) => {
  test('every type of record, as Node finds them', async (lab) => {
    const dns = await asked(lab);
    const reference = new nodeDns.promises.Resolver({ timeout: 2000, tries: 2 });
    reference.setServers([lab.kernel]);
    const questions: ((resolver: promises.Resolver) => Promise<unknown>)[] = [
      (resolver) => resolver.resolve4('a.test'),
      (resolver) => resolver.resolve4('alias.test', { ttl: true }),
      (resolver) => resolver.resolve6('a.test', { ttl: true }),
      (resolver) => resolver.resolveCname('alias.test'),
      (resolver) => resolver.resolveMx('a.test'),
      (resolver) => resolver.resolveSrv('_http._tcp.test'),
      (resolver) => resolver.resolveTxt('a.test'),
      (resolver) => resolver.resolveNaptr('a.test'),
      (resolver) => resolver.resolveCaa('a.test'),
      (resolver) => resolver.resolvePtr('9.0.1.10.in-addr.arpa'),
      (resolver) => resolver.reverse('10.1.0.1'),
      (resolver) => resolver.reverse('fd00::6'),
      (resolver) => resolver.resolveSoa('a.test'),
      (resolver) => resolver.resolveNs('a.test'),
      (resolver) => resolver.resolve4('v6.test'),
      (resolver) => resolver.resolve4('nowhere.test'),
      (resolver) => resolver.resolve4('not.ours'),
    ];
    for (const question of questions) {
      const ours = await told(question(new dns.promises.Resolver()));
      expect(sorted(ours)).toEqual(sorted(await told(question(reference))));
    }
    expect(await dns.promises.resolve4('alias.test')).toHaveLength(2);
  });

  test('4 KB of texts: cut off by UDP, whole by TCP', async (lab) => {
    const dns = await asked(lab);
    const texts = await dns.promises.resolveTxt('long.test');
    expect(texts.map(([text]) => text).sort()).toEqual([...TEXTS].sort());
    expect(dns.counters).toMatchObject({ sent: 2, truncated: 1, answered: 1 });
    await lab.enters('TIME-WAIT');
  });

  test('500 questions, 50 at once, none lost', async (lab) => {
    const dns = await asked(lab, { maxQueries: 50 });
    // Of what is sent before the neighbour's address is known, few are kept.
    await dns.promises.resolve6('v6.test');
    const answers = await Promise.all(Array.from({ length: 500 }, () => dns.promises.resolve6('v6.test')));
    expect(answers.every(([address]) => address === 'fd00::6')).toBe(true);
    expect(dns.counters).toMatchObject({ sent: 501, answered: 501, waited: 450, timedOut: 0 });
  });

  test('nobody listens: ICMP says so, ECONNREFUSED', async (lab) => {
    const stack = attached(lab);
    const dns = createDns({ ...stack, hostsFile: false, resolvConf: false, servers: [`${lab.kernel}:5354`] });
    expect(await told(dns.promises.resolve4('a.test'))).toMatchObject({ message: 'queryA ECONNREFUSED a.test' });
    expect(dns.counters.timedOut).toBe(0);
  });

  test('lookup gives what getaddrinfo(3) gives with the same files', async (lab) => {
    const directory = mkdtempSync(join(tmpdir(), 'synack-dns-'));
    lab.atEnd(() => {
      rmSync(directory, { recursive: true });
    });
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const hostsFile = file('hosts', '127.0.0.1 localhost\n10.3.0.1 file.test alias # comment\n10.3.0.2 a.test.other\n');
    const resolvConf = file('resolv.conf', `nameserver ${lab.kernel}\nsearch none.test corp.test\noptions timeout:2\n`);
    const nsswitch = file('nsswitch.conf', 'hosts: files dns\n');
    const questions: [name: string, options: nodeDns.LookupAllOptions][] = [
      ['localhost', { all: true }],
      ['file.test', { all: true }],
      ['ALIAS', { all: true, family: 4 }],
      ['host', { all: true, family: 4 }],
      ['alias.test', { all: true, family: 4 }],
      ['v6.test', { all: true }],
      ['a.test', { all: true, family: 6 }],
      ['host.corp.test', { all: true, family: 6, hints: nodeDns.V4MAPPED }],
      ['host.corp.test', { all: true, family: 6 }],
      ['nowhere.test', { all: true }],
      ['127.1', { all: true }],
      ['a..b', { all: true }],
      ['file.test', { all: true, family: 6, hints: nodeDns.V4MAPPED }],
    ];
    const dns = await asked(lab, { hostsFile, resolvConf, servers: () => undefined });
    const program = `
      const { lookup } = require('node:dns').promises;
      (async () => {
        const answers = [];
        for (const [name, options] of ${JSON.stringify(questions)}) {
          answers.push(await lookup(name, options).catch(({ message, code }) => ({ message, code })));
        }
        console.log(JSON.stringify(answers));
      })();`;
    const mounts = [
      [hostsFile, '/etc/hosts'],
      [resolvConf, '/etc/resolv.conf'],
      [nsswitch, '/etc/nsswitch.conf'],
    ].map(([from, to]) => `mount --bind ${from} ${to}`);
    const script = [...mounts, 'exec "$@"'].join(' && ');
    const node = lab.start('unshare', '--mount', 'sh', '-c', script, 'sh', process.execPath, '-e', program);
    expect([await node.ended, node.stderr]).toEqual([0, '']);
    const expected = JSON.parse(node.output.toString()) as unknown[];
    for (const [index, [name, options]] of questions.entries()) {
      const ours = await told(dns.promises.lookup(name, options));
      expect([name, sorted(ours)]).toEqual([name, sorted(expected[index])]);
    }
  });

  test("Node's own sockets serve it as well", async (lab) => {
    await started(lab);
    const { clock } = new Stack();
    const dns = createDns({ net: nodeNet, dgram: nodeDgram, clock, hostsFile: false, servers: [lab.kernel] });
    expect(await dns.promises.resolve6('v6.test')).toEqual(['fd00::6']);
  });
});

/** What comes of a question: the answer, or its error. */
async function told(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch((error: unknown) => {
    const { message, code } = error as NodeJS.ErrnoException;
    return { message, code };
  });
}

/** dnsmasq gives several answers in another order each time. */
function sorted(answer: unknown): unknown {
  return Array.isArray(answer) ? answer.map((each) => JSON.stringify(each)).sort() : answer;
}

async function started(lab: Lab): Promise<void> {
  const dnsmasq = lab.start(
    'dnsmasq',
    '--conf-file=/dev/null',
    '--keep-in-foreground',
    '--log-facility=-',
    '--user=root',
    '--pid-file=',
    '--no-resolv',
    '--no-hosts',
    '--local=/test/',
    '--bind-interfaces',
    `--listen-address=${lab.kernel}`,
    ...RECORDS,
  );
  await dnsmasq.complains('started');
}

/** The modules of a stack on the TAP. */
function attached(lab: Lab): Pick<DnsOptions, 'net' | 'dgram' | 'clock'> {
  const { net, dgram, clock } = lab.attach();
  return { net, dgram, clock };
}

/** A resolver on a stack on the TAP, and dnsmasq at the other end. */
async function asked(lab: Lab, options: Partial<DnsOptions> = {}): Promise<CountedDns> {
  await started(lab);
  return createDns({ ...attached(lab), hostsFile: false, resolvConf: false, servers: [lab.kernel], ...options });
}
