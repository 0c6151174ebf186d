import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { EchoReply } from '../../src/ip/ping';
import { parseAddress } from '../../src/wire';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import type { DeclareTest } from '../support/lab-suite';
import { until } from '../support/lab-until';
import type { Family } from './family';
import { WholeRun } from './whole-run';

/** Bytes: some hundred segments. */
const MUCH = 400_000;
/** What is said in the last packet. */
const LAST = 'that was all';

/** A program that joins a TCP connection with its standard input and output. */
interface Talker {
  readonly program: string;
  readonly calls: (family: Family, address: string, port: number) => string[];
  readonly listens: (family: Family, address: string, port: number) => string[];
}

const TALKERS: readonly Talker[] = [
  {
    program: 'nc',
    calls: ({ version }, address, port) => [`-${version}`, '-N', address, `${port}`],
    listens: ({ version }, address, port) => [`-${version}`, '-N', '-l', address, `${port}`],
  },
  {
    program: 'ncat',
    calls: ({ version }, address, port) => [`-${version}`, address, `${port}`],
    listens: ({ version }, address, port) => [`-${version}`, '-l', address, `${port}`],
  },
  {
    program: 'socat',
    calls: ({ version, inUrl }, address, port) => ['-t5', '-', `TCP${version}:${inUrl(address)}:${port}`],
    listens: ({ version, inUrl }, address, port) => ['-t5', '-', `TCP${version}-LISTEN:${port},bind=${inUrl(address)}`],
  },
];

/** The programs that `everyLinkTests` needs. */
export const PROGRAMS = ['nc', 'ncat', 'socat', 'curl', 'ping', 'ping6', 'ss', 'tcpdump', 'tshark', 'ip', 'setpriv'];

/** What works over every link in one family, to the last test, which looks at all that was on the wire meanwhile. */
export function everyLinkTests(test: DeclareTest, family: Family): void {
  const { version, ours, kernels, any, inUrl } = family;
  const dash = `-${version}`;
  const run = new WholeRun();
  let next = version === 4 ? 4000 : 4050;

  for (const { program, calls, listens } of TALKERS) {
    const [ourPort, itsPort] = [next++, next++];

    test(`IPv${version}: ${program} calls, and hears again what it says`, async (lab) => {
      const stack = await run.attach(lab);
      const server = stack.net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
      server.listen(ourPort, any);
      const talker = lab.start(program, ...calls(family, ours(lab), ourPort));
      const bytes = randomBytes(MUCH);
      talker.stdin.end(bytes);
      expect([await talker.ended, sha256(talker.output)]).toEqual([0, sha256(bytes)]);
      await settled(lab, ourPort);
    });

    test(`IPv${version}: ${program} is called, and both say much at once`, async (lab) => {
      const stack = await run.attach(lab);
      const talker = lab.start(program, ...listens(family, kernels(lab), itsPort));
      await lab.kernelSocket(itsPort, 'LISTEN');
      const socket = stack.net.connect({ host: kernels(lab), port: itsPort, allowHalfOpen: true });
      const [said, heard] = [randomBytes(MUCH), randomBytes(MUCH)];
      const all = untilEnd(socket);
      socket.write(said);
      talker.stdin.end(heard);
      expect(sha256(await all)).toBe(sha256(heard));
      socket.end();
      expect([await talker.ended, sha256(talker.output)]).toEqual([0, sha256(said)]);
      await settled(lab, itsPort);
    });
  }

  const halves = next++;
  test(`IPv${version}: the kernel closes its half, and hears the rest`, async (lab) => {
    const server = (await run.attach(lab)).net.createServer({ allowHalfOpen: true }).listen(halves, any);
    const nc = lab.start('nc', dash, '-N', ours(lab), `${halves}`);
    nc.stdin.end('a question');
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect((await untilEnd(socket)).toString()).toBe('a question');
    const answer = randomBytes(MUCH / 2);
    socket.end(answer);
    expect([await nc.ended, sha256(nc.output)]).toEqual([0, sha256(answer)]);
    await settled(lab, halves);
  });

  const otherHalf = next++;
  test(`IPv${version}: synack closes its half, and hears the rest`, async (lab) => {
    const stack = await run.attach(lab);
    const socat = lab.start('socat', '-t5', '-', `TCP${version}-LISTEN:${otherHalf},bind=${inUrl(kernels(lab))}`);
    await lab.kernelSocket(otherHalf, 'LISTEN');
    const socket = stack.net.connect({ host: kernels(lab), port: otherHalf, allowHalfOpen: true });
    const heard = untilEnd(socket);
    socket.end('a question');
    await socat.says('a question');
    await lab.enters('FIN-WAIT-2');
    const answer = randomBytes(MUCH / 2);
    socat.stdin.end(answer);
    expect(sha256(await heard)).toBe(sha256(answer));
    expect(await socat.ended).toBe(0);
    await settled(lab, otherHalf);
  });

  const web = next++;
  test(`IPv${version}: curl gets 1.2 MB, and posts them`, async (lab) => {
    const stack = await run.attach(lab);
    const file = randomBytes(3 * MUCH);
    const server = stack.http.createServer((request, response) => {
      if (request.method === 'GET') response.end(file);
      else void untilEnd(request).then((body) => response.end(sha256(body)));
    });
    server.listen(web, any);
    const curl = ['--disable', '--noproxy', '*', '--silent', '--show-error', '-g'];
    const get = lab.start('curl', ...curl, `http://${inUrl(ours(lab))}:${web}/`);
    expect([await get.ended, sha256(get.output), get.stderr]).toEqual([0, sha256(file), '']);
    const post = lab.start('curl', ...curl, '--data-binary', '@-', `http://${inUrl(ours(lab))}:${web}/`);
    post.stdin.end(file);
    expect([await post.ended, post.output.toString(), post.stderr]).toEqual([0, sha256(file), '']);
    await settled(lab, web);
  });

  test(`IPv${version}: the kernel pings, also with more than a packet holds`, async (lab) => {
    await run.attach(lab);
    for (const size of [0, 56, lab.mtu - family.header - 8, 4000]) {
      const program = version === 4 ? 'ping' : 'ping6';
      // Until three are answered. (`-W` is no such patience: once an answer has come, ping waits two round trips for the others.)
      const ping = lab.start(program, '-c', '3', '-i', '0.01', '-w', '10', '-s', `${size}`, ours(lab));
      expect(await ping.ended).toBe(0);
      // More, where it sends faster than it is answered.
      expect(Number(/(\d+) received/.exec(ping.output.toString())?.[1])).toBeGreaterThanOrEqual(3);
      expect(ping.output.toString()).not.toMatch(/wrong data|truncated|DUP|error/i);
    }
  });

  test(`IPv${version}: synack pings the kernel, also with more than a packet holds`, async (lab) => {
    const { ip } = await run.attach(lab);
    const replies: EchoReply[] = [];
    const path = ip.path(parseAddress(kernels(lab)) ?? 0);
    const ping = ip.ping({ reply: (reply) => replies.push(reply) });
    if (typeof path === 'string' || typeof ping === 'string') throw new Error('there is no way to ping');
    const sizes = [0, 56, 1200, 4000];
    for (const [sequence, size] of sizes.entries()) ping.send(path, { sequence, data: Buffer.alloc(size, 'p') });
    await until(
      () => `${sizes.length} replies; there are ${replies.length}`,
      () => replies.length === sizes.length,
    );
    expect(replies.map((each) => each.data.length)).toEqual(sizes);
    expect(new Set(replies.map((each) => each.address))).toEqual(new Set([kernels(lab)]));
  });

  const echo = next++;
  test(`IPv${version}: datagrams are sent back, also such as no packet holds`, async (lab) => {
    const stack = await run.attach(lab);
    const socket = stack.dgram.createSocket(version === 4 ? 'udp4' : 'udp6');
    socket.on('message', (message, { address, port }) => {
      socket.send(message, port, address);
    });
    socket.bind(echo, any);
    await once(socket, 'listening');
    for (const length of [1, 1000, 3000]) {
      const nc = lab.start('nc', dash, '-u', '-W', '1', ours(lab), `${echo}`);
      const datagram = Buffer.alloc(length, 'there and back ');
      nc.stdin.write(datagram);
      expect([await nc.ended, nc.output.toString()]).toEqual([0, datagram.toString()]);
    }
  });

  const nobodys = next++;
  test(`IPv${version}: a port that nobody has refuses: TCP and UDP, ours and the kernel's`, async (lab) => {
    const stack = await run.attach(lab);
    const calls = ['nc', dash, '-v', ours(lab), `${nobodys}`] as const;
    for (const refused of [lab.start(...calls), lab.start('ncat', dash, '-u', ours(lab), `${nobodys}`)]) {
      refused.stdin.write('is anybody there?');
      expect(await refused.ended).toBe(1);
      expect(refused.stderr).toContain('refused');
    }
    const socket = stack.net.connect(nobodys, kernels(lab));
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
    const datagrams = stack.dgram.createSocket(version === 4 ? 'udp4' : 'udp6');
    datagrams.connect(nobodys, kernels(lab));
    await once(datagrams, 'connect');
    datagrams.send('is anybody there?');
    expect(await once(datagrams, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
  });

  const end = next;
  test(`IPv${version}: of all that tshark finds nothing malformed, no bad checksum of ours, no RST but those asked for`, async (lab) => {
    const stack = await run.attach(lab);
    const nc = lab.start('nc', dash, '-N', '-l', kernels(lab), `${end}`);
    await lab.kernelSocket(end, 'LISTEN');
    const socket = stack.net.connect(end, kernels(lab));
    await once(socket, 'connect');
    nc.stdin.end(LAST);
    expect(await text(socket)).toBe(LAST);
    await settled(lab, end);
    const seen = await run.end(lab, LAST);
    for (const { packets, resets } of [seen.theirs, seen.own]) {
      expect([...resets].sort()).toEqual([`${kernels(lab)}:${nobodys}`, `${ours(lab)}:${nobodys}`].sort());
      expect(packets.filter((each) => each['tcp.len'] !== '').length).toBeGreaterThan(1000);
      const types = new Set(packets.map((each) => each[version === 4 ? 'icmp.type' : 'icmpv6.type']));
      for (const type of version === 4 ? ['8', '0', '3'] : ['128', '129', '1']) expect(types).toContain(type);
    }
  });
}

/** Waits until neither end has a connection with this port that still says something. */
async function settled(lab: Lab, port: number): Promise<void> {
  const over = ['CLOSED', 'TIME-WAIT'];
  await until(
    () => `the end of all connections; there was ${lab.history.join()}`,
    () => over.includes(lab.history.filter((each) => !each.startsWith('RST')).at(-1) ?? ''),
  );
  await until(
    () => `the end of the kernel's connections with port ${port}`,
    async () => (await lab.kernelSockets(port)).every(({ state }) => state === 'TIME-WAIT' || state === 'LISTEN'),
  );
}
