import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RawSocketLink } from '../../src/link/raw-socket';
import type { Stack } from '../../src/node/stack';
import type { Connection } from '../../src/tcp/user';
import { parseAddress } from '../../src/wire';
import type { OtherNamespace } from '../support/other-namespace';
import { until } from '../support/lab-until';
import { answeredOf, PATIENT } from '../support/pings';
import { quiet } from '../support/quiet';
import { attachRaw, OURS, OURS6, PEER, PEER6, rawCable, RawCapture, rawTables, runThere } from '../support/raw-cable';

const MB = 1_000_000;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The programs call, send `bytes`, and get them back. */
async function asClients(there: OtherNamespace, family: 4 | 6, bytes: Uint8Array) {
  const [ours, host] = family === 4 ? [OURS, OURS] : [OURS6, `[${OURS6}]`];
  const echoes = async (command: string): Promise<boolean> =>
    sha256((await runThere(there, command, bytes)).output) === sha256(bytes);
  return {
    nc: await echoes(`nc -N ${ours} 7`),
    ncat: await echoes(`ncat ${ours} 7`),
    socat: await echoes(`socat -t 5 - TCP${family}:${host}:7`),
    // The face of `http` does not listen on IPv6 addresses yet.
    curl: family === 6 || (await echoes(`curl -s --data-binary @- http://${host}/`)),
  };
}

/** The programs are called, and both ends send at once. */
async function asServers(there: OtherNamespace, stack: Stack, family: 4 | 6, bytes: Uint8Array) {
  const peer = family === 4 ? PEER : PEER6;
  const right = sha256(bytes);
  const talks = async (port: number, command: string): Promise<boolean> => {
    const program = runThere(there, `exec ${command}`, bytes);
    while (there.sh(`ss -Htln sport = ${port}`) === '') await delay(10);
    const heard = await talk(stack.tcp.open({ remote: { address: peer, port } }), bytes);
    return sha256(heard) === right && sha256((await program).output) === right;
  };
  return {
    nc: await talks(5001, `nc -N -l ${peer} 5001`),
    ncat: await talks(5002, `ncat -${family} -l 5002`),
    socat: await talks(5003, `socat -t 5 TCP${family}-LISTEN:5003,reuseaddr -`),
  };
}

/** Sends all of `bytes`; resolves with what came until the peer shut down, which some programs do not before we have sent all. */
function talk(connection: Connection, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const heard: Uint8Array[] = [];
    let left = bytes;
    const advance = (): void => {
      let got = connection.receive();
      for (; typeof got !== 'string'; got = connection.receive()) heard.push(got);
      while (left.length > 0) {
        const taken = connection.send(left);
        if (typeof taken === 'string') return;
        left = left.subarray(taken);
      }
      if (got !== 'EOF') return;
      connection.shutdown();
      resolve(Buffer.concat(heard));
    };
    connection.on('readable', advance).on('writable', advance).on('connect', advance).on('error', reject);
  });
}

/** Sends back what comes to this port, over either family. */
function echoAt(stack: Stack, port: number): void {
  const listener = stack.tcp.open({ passive: true, local: { address: '::', port } });
  listener.on('connection', () => {
    const connection = listener.accept();
    if (typeof connection !== 'string') echo(connection);
  });
}

function echo(connection: Connection): void {
  let pending: Uint8Array = new Uint8Array(0);
  const advance = (): void => {
    for (;;) {
      if (pending.length === 0) {
        const received = connection.receive();
        if (received === 'EOF') connection.close();
        if (typeof received === 'string') return;
        pending = received;
      }
      const taken = connection.send(pending);
      if (typeof taken === 'string') return;
      pending = pending.subarray(taken);
    }
  };
  connection.on('readable', advance).on('writable', advance);
  advance();
}

/** How many of three echo requests of ours are answered. */
async function pinged(stack: Stack, address: string): Promise<number> {
  const path = stack.ip.path(parseAddress(address) ?? 0);
  if (typeof path === 'string') throw new Error(path);
  let replies = 0;
  const ping = stack.ip.ping({ reply: () => replies++ });
  if (typeof ping === 'string') throw new Error(ping);
  for (const sequence of [1, 2, 3]) {
    ping.send(path, { sequence, data: new Uint8Array(56) });
    await until(
      () => `reply ${sequence}`,
      () => replies === sequence,
    );
  }
  await quiet(20);
  return replies;
}

/** Everything over one family, with a capture of the whole run. */
export async function programs(family: 4 | 6) {
  const there = await rawCable();
  const capture = await RawCapture.start();
  const link = RawSocketLink.open('eth0', { ports: '7,80' });
  const stack = attachRaw(link);
  echoAt(stack, 7);
  stack.http.createServer((request, response) => request.pipe(response)).listen(80);
  const bytes = randomBytes(2 * MB);
  const [ours, peer] = family === 4 ? [OURS, PEER] : [OURS6, PEER6];
  const clients = await asClients(there, family, bytes);
  const servers = await asServers(there, stack, family, bytes);
  const { output } = await runThere(there, `ping -c 3 -i 0.05 ${PATIENT.join(' ')} ${ours}`);
  const replies = await pinged(stack, peer);
  const { resets, packets, malformed } = await capture.end();
  const { tested, counters } = link;
  await stack.close();
  there.close();
  return {
    clients,
    servers,
    answered: answeredOf(output.toString()).slice(0, 3),
    twice: output.includes('DUP'),
    replies,
    resets,
    isCaptured: packets > 500,
    malformed,
    tested,
    lost: { dropped: counters.dropped, notOurs: counters.notOurs, fromSelf: counters.fromSelf },
    tables: rawTables(),
  };
}

/** RSTs that a connection asks for go out, once: nobody listens; the program resets. */
export async function resets() {
  const there = await rawCable();
  const capture = await RawCapture.start();
  const link = RawSocketLink.open('eth0', { ports: '80' });
  const stack = attachRaw(link);
  const { output } = await runThere(there, `nc -v ${OURS} 20005 2>&1`);
  stack.net.createServer((socket) => socket.resetAndDestroy()).listen(80);
  await runThere(there, `nc ${OURS} 80`);
  const captured = await capture.end();
  await stack.close();
  there.close();
  return { refused: /refused|timed out/.exec(output.toString())?.[0], resets: captured.resets };
}

/** UDP, with a socket of the stack's at the port, and without one. */
export async function datagrams(family: 4 | 6) {
  const there = await rawCable();
  const capture = await RawCapture.start();
  const link = RawSocketLink.open('eth0', { ports: '4053' });
  const stack = attachRaw(link);
  const socket = stack.udp.open({ local: { address: '::', port: 4053 } });
  socket.user = {
    socketChanged() {
      const message = socket.receive();
      if (typeof message !== 'string') socket.send(Buffer.from(`${message.data.length} octets`), message.remote);
    },
  };
  // Until it is answered, or refused.
  const send = (port: number, text: string) =>
    runThere(there, `nc -u -W 1 -w 10 ${family === 4 ? OURS : OURS6} ${port}`, text);
  const { output } = await send(4053, 'hello');
  // Three fragments, which the kernel puts together.
  const long = (await send(4053, 'x'.repeat(3000))).output;
  await send(20_005, 'hello');
  const { errors, malformed } = await capture.end();
  await stack.close();
  there.close();
  return { answers: [output.toString(), long.toString()], errors, malformed };
}
