import { expect } from 'expect';
import { execFileSync, spawnSync } from 'node:child_process';
import * as nodeDgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeNet from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { Stack } from '../../src';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** Debian's, whatever other Python is there. */
const PYTHON = '/usr/bin/python3';
const hasWebsockets = spawnSync(PYTHON, ['-c', 'import websockets']).status === 0;
const programs = [
  'curl',
  'nc',
  'socat',
  'dnsmasq',
  'tcpdump',
  'tshark',
  ...(hasWebsockets ? [] : ['python3-websockets']),
];

const WEBSOCKET = `
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1]) as socket:
        await socket.send('over IPv6')
        print(await socket.recv())
asyncio.run(main())
`;

labSuite(
  __filename,
  'net, dgram and dns over IPv6',
  programs,
  (test) => {
    test('curl -6 and curl -4 at one server, and at its link-local address', async (lab) => {
      const stack = lab.attach();
      stack.http
        .createServer(({ headers, socket }, response) => {
          response.end(`${headers.host} ${socket.remoteAddress}`);
        })
        .listen(80);
      const curl = async (...args: string[]): Promise<string> => {
        const program = lab.start('curl', '-sS', '-m', '5', ...args);
        await program.ended;
        return program.output.toString() + program.stderr;
      };
      expect(await curl('-6', `http://[${lab.address6}]/`)).toBe(`[${lab.address6}] ${lab.kernel6}`);
      expect(await curl('-4', `http://${lab.address}/`)).toBe(`${lab.address} ::ffff:${lab.kernel}`);
      const own = await linkLocal(lab, stack);
      expect(await curl(`http://[${own}%25${lab.tap}]/`)).toBe(`[${own}] fe80::1%${lab.tap}`);
    });

    test('nc -6 both ways', async (lab) => {
      const stack = lab.attach();
      stack.net
        .createServer((socket) => {
          socket.pipe(socket);
        })
        .listen(4000);
      const client = lab.start('nc', '-6', '-N', lab.address6, '4000');
      client.stdin.end('there and back');
      expect([await client.ended, client.output.toString()]).toEqual([0, 'there and back']);

      const server = lab.start('nc', '-6', '-N', '-l', '4001');
      await lab.kernelSocket(4001, 'LISTEN');
      const socket = stack.net.connect(4001, lab.kernel6);
      await once(socket, 'connect');
      expect([socket.localAddress, socket.remoteAddress]).toEqual([lab.address6, lab.kernel6]);
      socket.end('to the kernel');
      await server.says('to the kernel');
    });

    test('link-local addresses both ways, named by interface', async (lab) => {
      const stack = lab.attach();
      const own = await linkLocal(lab, stack);
      const server = nodeNet.createServer((socket) => socket.end(socket.remoteAddress ?? '')).listen(4002);
      lab.atEnd(() => server.close());
      await once(server, 'listening');
      const client = stack.net.connect(4002, `fe80::1%${lab.tap}`);
      const [said] = (await once(client, 'data')) as [Buffer];
      expect(said.toString()).toBe(`${own}%${lab.tap}`);
      expect([client.localAddress, client.remoteAddress]).toEqual([`${own}%${lab.tap}`, `fe80::1%${lab.tap}`]);

      const ours = stack.net.createServer((socket) => socket.end(socket.remoteAddress ?? '')).listen(4003);
      await once(ours, 'listening');
      const caller = nodeNet.connect(4003, `${own}%${lab.tap}`);
      const [heard] = (await once(caller, 'data')) as [Buffer];
      expect(heard.toString()).toBe(`fe80::1%${lab.tap}`);
      caller.destroy();
    });

    test('happy eyeballs: IPv6 is dead, IPv4 answers', async (lab) => {
      const hosts = { 'both.test': [lab.kernel, '2001:db8:9::dead'] };
      const stack = lab.attach({ dns: { hosts, hostsFile: false } });
      await global(lab, stack);
      lab.start('nc', '-4', '-l', '4004');
      await lab.kernelSocket(4004, 'LISTEN');
      const client = stack.net.connect({ host: 'both.test', port: 4004 });
      const timedOut = once(client, 'connectionAttemptTimeout');
      await once(client, 'connect');
      expect((await timedOut)[0]).toBe('2001:db8:9::dead');
      expect(client.autoSelectFamilyAttemptedAddresses).toEqual(['2001:db8:9::dead:4004', `${lab.kernel}:4004`]);
      client.destroy();
    });

    test('dnsmasq over IPv6: AAAA, reverse, and the order that getaddrinfo(3) has', async (lab) => {
      const directory = mkdtempSync(join(tmpdir(), 'synack-ipv6-'));
      lab.atEnd(() => {
        rmSync(directory, { recursive: true });
      });
      const resolvConf = join(directory, 'resolv.conf');
      writeFileSync(resolvConf, `nameserver fe80::1%${lab.tap}\n`);
      const names = {
        'near.test': ['2001:db8:9::77', '10.9.0.77'],
        'far.test': ['2001:db8::1', '10.77.0.1'],
        'four.test': ['2001:db8::2', '10.9.0.78'],
        'six.test': ['2001:db8:9::79', '10.77.0.2'],
      };
      const records = Object.entries(names).map(([name, addresses]) => `--host-record=${[name, ...addresses].join()}`);
      const args = ['--no-daemon', '--no-hosts', '--no-resolv', '--bind-interfaces', '--user=root', '--local=/test/'];
      lab.start('dnsmasq', ...args, `--interface=${lab.tap}`, ...records);
      await lab.kernelSocket(53, 'LISTEN');
      const stack = lab.attach({ dns: { resolvConf, hostsFile: false } });
      await linkLocal(lab, stack);
      execFileSync('ip', ['address', 'add', '2001:db8:9::1/64', 'dev', lab.tap, 'nodad']);
      await global(lab, stack);
      const { promises } = stack.dns;
      expect(stack.dns.getServers()).toEqual([`fe80::1%${lab.tap}`]);
      expect(await promises.resolve6('near.test')).toEqual(['2001:db8:9::77']);
      expect(await promises.reverse('2001:db8:9::77')).toEqual(['near.test']);
      promises.setServers([lab.kernel6]);
      expect(await promises.resolve6('near.test')).toEqual(['2001:db8:9::77']);

      const reference = referenceOrder(lab, directory, Object.keys(names));
      for (const name of Object.keys(names)) {
        const found = await promises.lookup(name, { all: true });
        expect([name, found]).toEqual([name, reference[name]]);
      }
    });

    test('udp6 and socat, both ways', async (lab) => {
      const stack = lab.attach();
      const server = stack.dgram.createSocket('udp6');
      const from: string[] = [];
      server.on('message', (data, { port, address }) => {
        from.push(address);
        server.send(`re: ${String(data)}`, port, address);
      });
      server.bind(4005);
      await once(server, 'listening');
      for (const [to, shown] of [
        [`UDP6:[${lab.address6}]:4005`, lab.kernel6],
        [`UDP4:${lab.address}:4005`, `::ffff:${lab.kernel}`],
      ] as const) {
        const client = lab.start('socat', '-T2', '-', to);
        client.stdin.write('ping');
        await client.says('re: ping');
        expect(from.pop()).toBe(shown);
      }
      lab.start('socat', '-T5', 'UDP6-LISTEN:4006,fork', 'EXEC:cat');
      await until(
        () => 'socat with a socket',
        () => execFileSync('ss', ['-lun6']).includes(':4006'),
      );
      const client = stack.dgram.createSocket('udp6');
      const answer = once(client, 'message');
      client.send('to the kernel', 4006, lab.kernel6);
      const [data, { address, family }] = (await answer) as [Buffer, nodeDgram.RemoteInfo];
      expect([data.toString(), address, family]).toEqual(['to the kernel', lab.kernel6, 'IPv6']);
    });

    test("groups, with the kernel's own udp6", async (lab) => {
      const stack = lab.attach();
      const own = await linkLocal(lab, stack);
      const [ours, kernels] = [stack.dgram.createSocket('udp6'), nodeDgram.createSocket('udp6')];
      lab.atEnd(() => kernels.close());
      for (const socket of [ours, kernels]) {
        socket.bind(4007);
        await once(socket, 'listening');
        socket.addMembership('ff02::1234', `::%${lab.tap}`);
        socket.setMulticastLoopback(false);
      }
      const at = once(kernels, 'message') as Promise<[Buffer, nodeDgram.RemoteInfo]>;
      ours.setMulticastInterface(`::%${lab.tap}`);
      ours.send('from synack', 4007, 'ff02::1234');
      expect((await at)[1].address).toBe(`${own}%${lab.tap}`);
      const heard = once(ours, 'message') as Promise<[Buffer, nodeDgram.RemoteInfo]>;
      kernels.send('from the kernel', 4007, `ff02::1234%${lab.tap}`);
      expect((await heard)[1].address).toBe(`fe80::1%${lab.tap}`);
    });

    test("Python's websockets; tshark finds nothing malformed", async (lab) => {
      const directory = mkdtempSync(join(tmpdir(), 'synack-ipv6-'));
      lab.atEnd(() => {
        rmSync(directory, { recursive: true });
      });
      const file = join(directory, 'capture.pcap');
      const dump = lab.start('tcpdump', '--immediate-mode', '-i', lab.tap, '-U', '-w', file, 'ip6');
      await dump.complains('listening on');
      const stack = lab.attach();
      const web = stack.http.createServer();
      new WebSocketServer({ server: web }).on('connection', (socket, { socket: { remoteAddress } }) => {
        socket.on('message', (data) => {
          socket.send(`${(data as Buffer).toString()} from ${remoteAddress}`);
        });
      });
      web.listen(80);
      const client = lab.start(PYTHON, '-c', WEBSOCKET, `ws://[${lab.address6}]/`);
      expect([await client.ended, client.output.toString()]).toEqual([0, `over IPv6 from ${lab.kernel6}\n`]);
      dump.signal('SIGTERM');
      await dump.ended;
      const shown = (filter: string): string[] =>
        execFileSync('tshark', ['-n', '-r', file, '-Y', filter], { encoding: 'utf8' }).split('\n').slice(0, -1);
      expect(shown('websocket').length).toBeGreaterThan(0);
      expect(shown('_ws.malformed || _ws.expert.severity == "Error"')).toEqual([]);
    });
  },
  { ipv6: true },
);

/** Our link-local address, once it is known that nobody else has it. */
async function linkLocal(lab: Lab, stack: Stack): Promise<string> {
  const find = () =>
    stack.ip.interfaces
      .find(({ name }) => name === lab.tap)
      ?.addresses6.find(({ cidr, state }) => cidr.startsWith('fe80') && state === 'preferred');
  const { cidr } = await until(
    () => 'a link-local address',
    () => find(),
  );
  return cidr.replace(/\/.*/, '');
}

/** A global address, too: it comes before IPv4, and of local ones glibc has another opinion than RFC 6724. */
async function global(lab: Lab, stack: Stack): Promise<void> {
  const on = stack.ip.interfaces.find(({ name }) => name === lab.tap);
  if (on === undefined) throw new Error('no interface');
  stack.ip.addAddress(on, '2001:db8:9::2/64');
  await until(
    () => 'a global address',
    () => on.addresses6.some(({ cidr, state }) => cidr.startsWith('2001') && state === 'preferred'),
  );
}

/** What Node finds with the kernel's addresses, which are in the same networks as ours. */
function referenceOrder(lab: Lab, directory: string, names: readonly string[]): Record<string, unknown> {
  writeFileSync(join(directory, 'kernel.conf'), `nameserver ${lab.kernel}\n`);
  writeFileSync(join(directory, 'nsswitch.conf'), 'hosts: files dns\n');
  const program = `
    const { lookup } = require('node:dns').promises;
    (async () => {
      const answers = {};
      for (const name of ${JSON.stringify(names)}) answers[name] = await lookup(name, { all: true });
      console.log(JSON.stringify(answers));
    })();`;
  const mounts = [
    ['kernel.conf', '/etc/resolv.conf'],
    ['nsswitch.conf', '/etc/nsswitch.conf'],
  ].map(([from, to]) => `mount --bind ${join(directory, String(from))} ${to}`);
  const script = [...mounts, 'exec "$@"'].join(' && ');
  const args = ['--mount', 'sh', '-c', script, 'sh', process.execPath, '-e', program];
  return JSON.parse(execFileSync('unshare', args, { encoding: 'utf8', timeout: 40_000 })) as Record<string, unknown>;
}
