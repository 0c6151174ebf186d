import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LinkError } from '../../src/link/errors';
import { RawSocketLink, type RawSocketOptions } from '../../src/link/raw-socket';
import { emitIpv4, emitUdp, PROTOCOL, requireIpv4Address } from '../../src/wire';
import { bash } from '../support/other-namespace';
import { answeredOf, PATIENT } from '../support/pings';
import { quiet } from '../support/quiet';
import { attachRaw, OURS, OURS6, PEER, rawCable, rawTables, runThere } from '../support/raw-cable';
import { REGISTER } from '../support/typescript';

/** What a failure says. */
function failure(call: () => unknown): { code: string; message: string } | 'none' {
  try {
    call();
    return 'none';
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { code: error.code, message: error.message };
  }
}

// ── how it ends ──────────────────────────────────────────────────────────────────────────────────────────────────────

const PROGRAM = ['--require', REGISTER, resolve(__dirname, '../support/raw-program.ts')];

/** A program with a link, in a process of its own, from when the link is open. */
async function program(what: string): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const child = spawn(process.execPath, [...PROGRAM, what], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

/** The program does this, or is sent a signal. How it ended, and the tables while it ran, at its end, and after the next open. */
export async function ending(what: string, signal: NodeJS.Signals | 'none') {
  const there = await rawCable();
  const child = await program(what);
  const running = rawTables().length;
  if (signal === 'none') child.stdin.write('now\n');
  else child.kill(signal);
  const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
  const ended = rawTables().length;
  const link = RawSocketLink.open('eth0', { ports: '80' });
  const open = rawTables();
  await link.close();
  there.close();
  return {
    by: by ?? code,
    running,
    ended,
    next: open.length === 1 && open[0] === link.table,
    closed: rawTables().length,
  };
}

/** The kernel's rules and connections before, while a link is open and its program is killed, and after. */
export async function untouched() {
  const there = await rawCable();
  bash(`nft 'table ip nat { chain out { type nat hook postrouting priority 100; tcp dport 9 counter masquerade; }; }'
        nft 'table inet mine { set s { type inet_service; elements = { 1, 2 }; }; chain in { type filter hook input priority 0; tcp dport @s drop; }; }'`);
  const server = createServer((socket) => socket.pipe(socket)).listen(7000, OURS);
  await once(server, 'listening');
  const command = `exec 3<>/dev/tcp/${OURS}/7000; for i in $(seq 8); do echo line $i >&3; read -u 3 -r line; echo $line; sleep 0.2; done`;
  const connection = runThere(there, command);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const rules = (): string =>
    bash('nft list table ip nat; nft list table inet mine; ip route; ip -6 route; ip address | grep inet');
  const before = rules();
  const child = await program('');
  const during = rules();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const link = RawSocketLink.open('eth0');
  await link.close();
  const after = rules();
  const { output } = await connection;
  socket.destroy();
  server.close();
  there.close();
  return {
    same: before === during && before === after,
    lines: output.toString().split('\n').length - 1,
    tables: bash('nft list tables'),
  };
}

// ── ports and addresses ──────────────────────────────────────────────────────────────────────────────────────────────

/** A port that is reserved later, the kernel's ports, and those of another link. */
export async function ports() {
  const there = await rawCable();
  const server = createServer().listen(8000, '0.0.0.0');
  await once(server, 'listening');
  const kernels = failure(() => RawSocketLink.open('eth0', { ports: '80,8000' }));
  const link = RawSocketLink.open('eth0', { ports: '80' });
  const stack = attachRaw(link);
  stack.net.createServer((socket) => socket.end('hello')).listen(8080);
  // Not reserved: the kernel, who has nobody there, refuses.
  const before = (await runThere(there, `nc -w 10 ${OURS} 8080`)).output.toString();
  link.reservePort(8080);
  const after = (await runThere(there, `nc -w 10 ${OURS} 8080`)).output.toString();
  const taken = failure(() => {
    link.reservePort(8000);
  });
  const twice = failure(() => RawSocketLink.open('eth0', { ports: '8080,10000-11000' }));
  const beside = RawSocketLink.open('eth0', { ports: '81,10000-11000' });
  const all = [link.ports.toString(), beside.ports.toString()];
  // A program on the same host is refused at once, as where nobody listens.
  const local = createConnection(8080, OURS);
  const [refused] = (await once(local, 'error')) as [NodeJS.ErrnoException];
  await beside.close();
  await stack.close();
  server.close();
  there.close();
  return { kernels, before, after, taken, twice, all, refused: refused.code };
}

/** What is handed on of what a peer sends, by protocol and port. */
export async function filtered() {
  const there = await rawCable();
  const link = RawSocketLink.open('eth0', { ports: '80', addresses: [OURS] });
  const received: string[] = [];
  link.onReceive = (batch) => {
    for (const packet of batch) received.push(`${packet[9] ?? 0}: ${((packet[22] ?? 0) << 8) | (packet[23] ?? 0)}`);
  };
  await runThere(
    there,
    `for port in 79 80 81 20000; do echo x >/dev/udp/${OURS}/$port; (echo >/dev/tcp/${OURS}/$port) & done; sleep 0.5; kill $(jobs -p)`,
  );
  await runThere(there, `ping -c 2 -i 0.05 ${OURS}; echo x >/dev/udp/${OURS6}/80`);
  await quiet(50);
  const { addresses, counters, overflowed } = link;
  await link.close();
  there.close();
  return {
    received: [...new Set(received)].sort(),
    addresses,
    counted: counters.received === received.length,
    overflowed,
  };
}

/** Pings are answered by the stack, and by nobody else. */
export async function echo() {
  const there = await rawCable();
  const link = RawSocketLink.open('eth0', { echo: 'stack' });
  const stack = attachRaw(link);
  const ping = async (to: string) => {
    const { output } = await runThere(there, `ping -c 3 -i 0.05 ${PATIENT.join(' ')} ${to}`);
    const report = output.toString();
    return { sequences: answeredOf(report).slice(0, 3), twice: report.includes('DUP') };
  };
  const answered = [await ping(OURS), await ping(OURS6)];
  const { received, sent } = link.counters;
  await stack.close();
  there.close();
  return { answered, counted: received >= 6 && sent >= 6 };
}

// ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────

function packet(src: string, dst: string, protocol: number, payload: Uint8Array): Uint8Array {
  const fields = {
    dscp: 0,
    ecn: 0,
    identification: 1,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
  };
  return emitIpv4({ ...fields, protocol, src, dst, options: new Uint8Array(0), payload });
}

function udp(src: string, dst: string, srcPort: number, length = 4): Uint8Array {
  const pseudo = { src: requireIpv4Address(src), dst: requireIpv4Address(dst) };
  return packet(src, dst, PROTOCOL.UDP, emitUdp({ srcPort, dstPort: 9, payload: new Uint8Array(length) }, pseudo));
}

/** What the link sends, and what it does not, with why. */
export async function sending() {
  const there = await rawCable();
  const link = RawSocketLink.open('eth0', { ports: '80' });
  const errors: string[] = [];
  link.onError = ({ message }) => errors.push(message);
  const taken = [
    udp(OURS, PEER, 80),
    udp(OURS, OURS, 80),
    udp(OURS, PEER, 81),
    udp(OURS, PEER, 82),
    udp('10.7.0.9', PEER, 80),
    packet(OURS, '224.0.0.22', 2, new Uint8Array(8)),
    udp(OURS, PEER, 80, 1473),
    udp(OURS, PEER, 80).subarray(0, 10),
  ].map((bytes) => link.send([bytes.subarray(0, 28), bytes.subarray(28)]));
  const { counters } = link;
  const before = { ...counters };
  bash('ip link delete eth0');
  link.send([udp(OURS, PEER, 80)]);
  await link.close();
  await link.close();
  const afterClose = link.send([udp(OURS, PEER, 80)]);
  there.close();
  return { taken, errors, before, afterClose, dropped: counters.dropped, tables: rawTables() };
}

// ── it cannot be opened ──────────────────────────────────────────────────────────────────────────────────────────────

export async function openFailures(attempts: readonly (readonly [device: string, options: RawSocketOptions])[]) {
  const there = await rawCable();
  const told = attempts.map(([device, options]) => failure(() => RawSocketLink.open(device, options)));
  there.close();
  return { told, tables: rawTables() };
}

/** The program in a place where something is missing; what it says. */
export async function openWithout(before: string, wrapper: readonly string[]) {
  const there = await rawCable();
  const command = `${before} exec "$@"`;
  const args = ['--mount', 'sh', '-c', command, 'sh', ...wrapper, process.execPath, ...PROGRAM, 'exits'];
  const { stdout } = spawnSync('unshare', args, { encoding: 'utf8' });
  there.close();
  return { stdout, tables: rawTables() };
}
