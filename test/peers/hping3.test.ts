import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Stack } from '../../src';
import type { Interface } from '../../src/ip/interface';
import type { Connection } from '../../src/tcp/user';
import { UNREACHABLE } from '../../src/wire/icmp';
import { FLAG } from '../../src/wire/tcp';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import type { Program } from '../support/lab-program';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { Forger, quote } from './forger';

const PORT = 7;
const MILLISECOND = 1000;

/** RFC 5961 §7: so many challenge ACKs at most in a period. */
const CHALLENGES = 10;
const PERIOD = 5000;

labSuite(__filename, 'attacks with hping3 and forged segments', ['hping3', 'python3'], (test) => {
  test('a SYN flood from everywhere does not stop legitimate connects (RFC 4987 §3.6)', async (lab) => {
    const stack = lab.attach({ tcp: { synAckRetries: 1 } });
    // The answers to made-up addresses shall go out too, and end at the kernel, which has nowhere to send them on.
    nothingLeaves(lab);
    stack.ip.addRoute({ prefix: '0.0.0.0/0', gateway: lab.kernel, interface: tapOf(stack) });
    echo(stack);

    const flood = hping3(lab, 100_000_000, '-i', 'u50', '--rand-source', '-S', '-p', `${PORT}`);
    // Far more than there is room for: each SYN cookie stands for a handshake of which nothing was kept.
    await until(
      () => `SYN cookies; counted was ${JSON.stringify(stack.counters)}`,
      () => (stack.counters['tcp.syn-cookies-sent'] ?? 0) > 3000,
    );
    for (let wave = 0; wave < 10; wave++) {
      // The TAP's queue may overflow and lose a SYN; the kernel's second and third come after one and three seconds.
      await Promise.all(Array.from({ length: 10 }, () => echoes(lab, randomBytes(10_000))));
    }
    expect(stack.counters['tcp.syn-cookies-accepted']).toBeGreaterThan(0);
    expect(flood.describe()).toMatch(/^hping3 runs/);
    flood.signal('SIGINT');
    await flood.ended;
    await noneLeft(stack);
  });

  test('RFC 5961 §3.2: a RST in the window, but not at RCV.NXT, is challenged, sparingly', async (lab) => {
    const { forger, segment, rcvNxt, answers, stillEchoes } = await victim(lab);
    for (let guess = 1; guess <= 100; guess++) await forger.segments([segment(FLAG.RST, rcvNxt() + 100 * guess)]);
    await answers.counted('tcp.challenge-acks', 100);
    expect(answers.sent()).toBeGreaterThan(0);
    expect(answers.sent()).toBeLessThanOrEqual(answers.most());
    await stillEchoes();
  });

  test('RFC 5961 §3.2: a RST outside the window is dropped without an answer', async (lab) => {
    const { forger, segment, rcvNxt, answers, stillEchoes } = await victim(lab);
    for (let guess = 0; guess < 50; guess++) {
      await forger.segments([segment(FLAG.RST, rcvNxt() - 1 - guess)]);
      await forger.segments([segment(FLAG.RST | FLAG.ACK, rcvNxt() + 2 ** 31 + guess)]);
    }
    await answers.counted('tcp.outside-window', 100);
    expect(answers.sent()).toBe(0);
    await stillEchoes();
  });

  test('the one RST at exactly RCV.NXT is believed: our forgeries do arrive', async (lab) => {
    const { forger, segment, rcvNxt, stack, client } = await victim(lab);
    await forger.segments([segment(FLAG.RST, rcvNxt())]);
    await until(
      () => 'the end of the connection',
      () => stack.tcp.connections().length === 0,
    );
    // The kernel, of which nobody has asked anything, finds out with its next segment.
    const reset = once(client, 'error');
    client.write('hello?');
    expect(await reset).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
  });

  test('RFC 5961 §4.2: a SYN for the connection is challenged, sparingly, wherever it stands', async (lab) => {
    const { forger, segment, rcvNxt, answers, stillEchoes } = await victim(lab);
    for (let guess = 0; guess < 40; guess++) {
      await forger.segments([segment(FLAG.SYN, rcvNxt() + 100 * guess)]);
      await forger.segments([segment(FLAG.SYN, rcvNxt() - 1000 - 100 * guess)]);
      await forger.segments([segment(FLAG.SYN, rcvNxt() + 2 ** 31 + 100 * guess)]);
    }
    await until(
      () => `all SYNs; there were ${answers.heard(FLAG.SYN)}`,
      () => answers.heard(FLAG.SYN) === 120,
    );
    expect(answers.sent()).toBeGreaterThan(0);
    expect(answers.sent()).toBeLessThanOrEqual(answers.most());
    await stillEchoes();
  });

  test('RFC 5961 §5.2: data whose ACK is out of range is challenged and not taken', async (lab) => {
    const { forger, segment, rcvNxt, sndNxt, answers, stillEchoes } = await victim(lab);
    const payload = Buffer.from('forged');
    for (let guess = 0; guess < 50; guess++) {
      const seq = rcvNxt();
      await forger.segments([{ ...segment(FLAG.ACK, seq), ack: (sndNxt() + 1 + 1000 * guess) >>> 0, payload }]);
      await forger.segments([{ ...segment(FLAG.ACK, seq), ack: (sndNxt() + 2 ** 31 + 1000 * guess) >>> 0, payload }]);
      await forger.segments([{ ...segment(0, seq), payload }]);
    }
    await answers.counted('tcp.challenge-acks', 100);
    expect(answers.sent()).toBeLessThanOrEqual(answers.most());
    await stillEchoes();
  });

  test('RFC 5927 §4.1: ICMP errors about what is not in flight change nothing', async (lab) => {
    const { forger, segment, sndNxt, connection, answers, stillEchoes } = await victim(lab);
    const mss = connection.status().mss.send;
    for (let guess = 0; guess < 20; guess++) {
      const { srcPort: dstPort, dstPort: srcPort } = segment(0, 0);
      const seq = (sndNxt() + 1000 * (guess - 10)) >>> 0;
      const quoted = quote(lab, { srcPort, dstPort, seq, flags: FLAG.ACK });
      for (const code of Object.values(UNREACHABLE)) {
        await forger.icmp({ type: 'destination-unreachable', code, nextHopMtu: code === 4 ? 68 : 0, quoted });
      }
      await forger.icmp({ type: 'source-quench', quoted });
    }
    await answers.counted('tcp.icmp-out-of-window', 80);
    expect(connection.status()).toMatchObject({ state: 'ESTABLISHED', error: undefined });
    expect(connection.status().mss.send).toBe(mss);
    await stillEchoes();
  });

  test('who knows all but the sequence number cannot disturb a connection that carries data', async (lab) => {
    const { stack, client, answers, localPort } = await busy(lab);
    const ports = ['-p', `${PORT}`, '-s', `${localPort}`, '-k'];
    const blind = [['-R'], ['-R', '-A'], ['-S'], ['-S', '-A'], ['-A', '-d', '100'], ['-F', '-A']];
    const attacks = blind.map((flags) => hping3(lab, 50_000, '-i', 'u500', ...ports, ...flags));
    const attack = async (): Promise<void> => {
      await answers.counted('tcp.outside-window', 10_000);
      for (const each of attacks) each.signal('SIGINT');
      await Promise.all(attacks.map((each) => each.ended));
    };
    await goesOn(client, attack());
    await noneLeft(stack);
  });

  test('RFC 5961 §1: a RST and a SYN in each window of the sequence space do not either', async (lab) => {
    const { stack, client, connection, answers, localPort } = await busy(lab);
    const forger = new Forger(lab);
    await until(
      () => `a window of a megabyte; it is ${connection.status().rcv.wnd}`,
      () => connection.status().rcv.wnd >= 1_000_000,
    );
    // Half a window, so that one falls into it wherever it is by then.
    const stride = connection.status().rcv.wnd / 2;
    const sweep = async (flags: number): Promise<void> => {
      const guesses = Array.from({ length: 2 ** 32 / stride }, (_, step) => Math.floor(step * stride));
      await forger.segments(guesses.map((seq) => ({ srcPort: localPort, dstPort: PORT, seq, flags })));
    };
    await goesOn(client, Promise.all([sweep(FLAG.RST), sweep(FLAG.SYN)]));
    await answers.counted('tcp.challenge-acks', 2);
    await noneLeft(stack);
  });

  test('what is malformed is counted and dropped, and leaves nothing behind', async (lab) => {
    const stack = lab.attach({ tcp: { msl: 50 * MILLISECOND }, watched: false });
    const timers = timersOf(stack);
    echo(stack);
    const client = connect({ host: lab.address, port: PORT });
    await once(client, 'connect');

    // Once for all that is made but once, then to see that nothing of a packet stays.
    await malformed(lab);
    const before = { octets: heap(), packets: packetsIn(stack) };
    await malformed(lab);
    const packets = packetsIn(stack) - before.packets;
    expect(packets).toBeGreaterThan(10_000);
    expect((heap() - before.octets) / packets).toBeLessThan(80);

    const { counters } = stack;
    for (const drop of [
      'tcp.bad-checksum',
      'tcp.malformed',
      'ip.martian-source',
      'icmp.bad-quote',
      'udp.no-listener',
    ]) {
      expect([drop, counters[drop]]).toEqual([drop, expect.any(Number)]);
    }
    client.end('alive');
    expect(String(await untilEnd(client))).toBe('alive');
    await noneLeft(stack);
    expect([...timers]).toEqual([]);
  });
});

/** Starts hping3 against the stack. It ends when it has sent, or been sent, so many packets. */
function hping3(lab: Lab, count: number, ...args: readonly string[]): Program {
  return lab.start('hping3', '-q', '-n', '-I', lab.tap, '-c', `${count}`, ...args, lab.address);
}

/** Thousands of everything malformed or misplaced that hping3 can make. Some end early: they take others' replies for theirs. */
async function malformed(lab: Lab): Promise<void> {
  const open = ['-p', `${PORT}`];
  const kinds = [
    ['-S', '-b', ...open], // a bad checksum
    [...open], // no control bit at all
    ['-F', '-P', '-U', ...open], // "Christmas tree"
    ['-F', '-S', '-R', '-P', '-A', '-U', '-X', '-Y', ...open],
    ['-S', '-F', ...open],
    ['-S', '-O', '4', ...open], // a Data Offset inside the header
    ['-S', '-O', '15', ...open], // one beyond the segment
    ['-A', '-O', '8', '-d', '12', ...open], // random octets for options
    ['-S', '-f', '-d', '100', ...open], // fragments
    ['-S', '-x', '-g', '64', '-d', '64', ...open], // a fragment whose others never come
    ['-0', '-H', '6', '-d', '8'], // a TCP header of 8 octets
    ['-S', '-a', lab.address, '-s', `${PORT}`, '-k', ...open], // from the stack's own socket ("land")
    ['-1', '-C', '3', '-K', '3', '--force-icmp'], // an error about a packet that never was
    ['-2', '-p', '9', '-d', '10'], // UDP to a closed port
  ];
  const runs = kinds.map((kind) => hping3(lab, 2000, '-i', 'u500', ...kind));
  await Promise.all(runs.map((run) => run.ended));
}

/** A server that sends back what it hears. */
function echo(stack: Stack): void {
  stack.net
    .createServer((socket) => {
      socket.on('error', () => undefined); // it was reset
      socket.pipe(socket);
    })
    .listen(PORT);
}

/** A client of the kernel's has these octets echoed, and closes. */
async function echoes(lab: Lab, octets: Buffer): Promise<void> {
  const client = connect({ host: lab.address, port: PORT });
  client.end(octets);
  expect(sha256(await untilEnd(client))).toBe(sha256(octets));
}

/** A connection between the kernel and an echo server. */
async function busy(lab: Lab) {
  const stack = lab.attach({ tcp: { receiveBuffer: 4_000_000 } });
  echo(stack);
  const client = connect({ host: lab.address, port: PORT });
  await once(client, 'connect');
  client.write(randomBytes(100_000));
  await take(client, 100_000);
  const [connection] = stack.tcp.connections();
  const { localPort } = client;
  if (connection === undefined || localPort === undefined) throw new Error('it has just connected');
  return { stack, client, connection, answers: new Answers(stack, connection), localPort };
}

/** All that the client sends during the attack, and until it closes, comes back. */
async function goesOn(client: Socket, attack: Promise<unknown>): Promise<void> {
  const heard = untilEnd(client);
  const sent = await sendDuring(client, attack);
  expect(sha256(await heard)).toBe(sha256(sent));
}

/** A quiet connection between the kernel and an echo server, and one who knows everything about it. */
async function victim(lab: Lab) {
  // Without timestamps it is the sequence numbers alone that have to hold.
  lab.sysctl('tcp_timestamps', '0');
  const stack = lab.attach();
  echo(stack);
  const client = connect({ host: lab.address, port: PORT });
  const stillEchoes = async (): Promise<void> => {
    const octets = randomBytes(1000);
    client.write(octets);
    expect(sha256(await take(client, octets.length))).toBe(sha256(octets));
  };
  await stillEchoes();
  const [connection] = stack.tcp.connections();
  if (connection === undefined) throw new Error('it has just echoed something');
  await until(
    () => 'everything to be acknowledged',
    () => connection.status().inFlight === 0 && Object.keys(connection.status().timers).length === 0,
  );
  return {
    stack,
    client,
    connection,
    stillEchoes,
    forger: new Forger(lab),
    answers: new Answers(stack, connection),
    rcvNxt: () => connection.status().rcv.nxt,
    sndNxt: () => connection.status().snd.nxt,
    /** A segment of the client's, as far as the ports and the ACK go. */
    segment: (flags: number, seq: number) => ({
      srcPort: connection.remote.port,
      dstPort: PORT,
      seq: seq >>> 0,
      ack: (flags & FLAG.ACK) === 0 ? 0 : connection.status().snd.nxt,
      flags,
    }),
  };
}

/** What a connection has made of the segments that came since. */
class Answers {
  private readonly before: Readonly<Record<string, number>>;
  private readonly began = performance.now();
  private readonly seen = { in: [] as number[], out: [] as number[] };

  constructor(
    private readonly stack: Stack,
    connection: Connection,
  ) {
    this.before = { ...stack.counters };
    stack.observe((event) => {
      if (event.type !== 'segment' || event.connection.id !== connection.id) return;
      this.seen[event.direction].push(event.segment.flags);
    });
  }

  /** How many segments it has sent. */
  sent(): number {
    return this.seen.out.length;
  }

  /** How many challenge ACKs may have been sent by now: the time since it began has a part in one period more than it lasts. */
  most(): number {
    return CHALLENGES * (Math.ceil((performance.now() - this.began) / PERIOD) + 1);
  }

  /** How many with these control bits and no other it has received. */
  heard(flags: number): number {
    return this.seen.in.filter((each) => each === flags).length;
  }

  /** Waits until the counter has gone up by so much. */
  async counted(name: string, least: number): Promise<void> {
    const grown = (): number => (this.stack.counters[name] ?? 0) - (this.before[name] ?? 0);
    await until(
      () => `${name} to grow by ${least}; it has by ${grown()}`,
      () => grown() >= least,
    );
  }
}

/** The next octets from a socket. */
async function take(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer): number => chunks.push(chunk);
  socket.on('data', collect);
  await until(
    () => `${length} octets; there came ${Buffer.concat(chunks).length}`,
    () => Buffer.concat(chunks).length >= length,
  );
  socket.off('data', collect);
  return Buffer.concat(chunks);
}

/** Sends random octets as long as the attack lasts, and ends. Returns what was sent. */
async function sendDuring(socket: Socket, attack: Promise<unknown>): Promise<Buffer> {
  const sent: Buffer[] = [];
  const over = attack.then(() => true);
  while (!(await Promise.race([over, delay(5, false)]))) {
    const octets = randomBytes(20_000);
    sent.push(octets);
    if (!socket.write(octets)) await Promise.race([once(socket, 'drain'), over]);
  }
  socket.end();
  return Buffer.concat(sent);
}

/** Made-up addresses stay in the lab: the kernel forwards nothing, and has no route that leads out of it. */
function nothingLeaves(lab: Lab): void {
  lab.sysctl('ip_forward', '0');
  const routes = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1);
  expect(routes.map((route) => route.split('\t')[0])).toEqual([lab.tap]);
}

async function noneLeft({ tcp }: Stack): Promise<void> {
  await until(
    () => `the end of all connections; there are ${tcp.connections().length}`,
    () => tcp.connections().length === 0,
  );
}

/** The timers that are set, as `#3 retransmission`, from now on. */
function timersOf(stack: Stack): ReadonlySet<string> {
  const timers = new Set<string>();
  stack.observe((event) => {
    if (event.type !== 'timer') return;
    const timer = `#${event.connection.id} ${event.timer}`;
    if (event.action === 'set') timers.add(timer);
    else timers.delete(timer);
  });
  return timers;
}

function tapOf(stack: Stack): Interface {
  const tap = stack.ip.interfaces.find(({ loopback }) => !loopback);
  if (tap === undefined) throw new Error('the stack is attached to a TAP');
  return tap;
}

function packetsIn(stack: Stack): number {
  return tapOf(stack).counters.inPackets;
}

/** Octets that are in use, once all that is not was collected. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
