import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RawSocketLink } from '../../src/link/raw-socket';
import type { Stack } from '../../src/node/stack';
import { parseAddress } from '../../src/wire';
import type { OtherNamespace } from '../support/other-namespace';
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
    curl: await echoes(`curl -s --data-binary @- http://${host}/`),
  };
}

/** The programs are called, and send back what comes. */
async function asServers(there: OtherNamespace, stack: Stack, family: 4 | 6, bytes: Uint8Array) {
  const peer = family === 4 ? PEER : PEER6;
  const echoes = async (port: number, command: string): Promise<boolean> => {
    const server = there.start('bash', ['-c', `exec ${command}`]);
    while (there.sh(`ss -Htln sport = ${port}`) === '') await delay(10);
    const socket = stack.net.connect({ host: peer, port, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.end(bytes);
    await once(socket, 'close');
    server.kill();
    return sha256(Buffer.concat(chunks)) === sha256(bytes);
  };
  return {
    nc: await echoes(
      5001,
      `bash -c 'rm -f /tmp/raw-$$; mkfifo /tmp/raw-$$; nc -N -l ${peer} 5001 </tmp/raw-$$ | cat >/tmp/raw-$$; rm /tmp/raw-$$'`,
    ),
    ncat: await echoes(5002, `ncat -${family} -l 5002 -e /bin/cat`),
    socat: await echoes(5003, `socat TCP${family}-LISTEN:5003,reuseaddr EXEC:cat`),
  };
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
    await delay(20);
  }
  return replies;
}

/** Everything over one family, with a capture of the whole run. */
export async function programs(family: 4 | 6) {
  const there = await rawCable();
  const capture = await RawCapture.start();
  const link = RawSocketLink.open('eth0', { ports: '7,80' });
  const stack = attachRaw(link);
  stack.net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(7);
  stack.http.createServer((request, response) => request.pipe(response)).listen(80);
  const bytes = randomBytes(2 * MB);
  const [ours, peer] = family === 4 ? [OURS, PEER] : [OURS6, PEER6];
  const clients = await asClients(there, family, bytes);
  const servers = await asServers(there, stack, family, bytes);
  const { output } = await runThere(there, `ping -c 3 -i 0.05 ${ours}`);
  const replies = await pinged(stack, peer);
  const { resets, packets, malformed } = await capture.end();
  const { tested, counters } = link;
  await stack.close();
  there.close();
  return {
    clients,
    servers,
    answered: /(\d+) received(, \+\d+ duplicates)?/.exec(output.toString())?.[0],
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
  const link = RawSocketLink.open('eth0', { ports: '53' });
  const stack = attachRaw(link);
  const socket = stack.dgram.createSocket(family === 4 ? 'udp4' : 'udp6');
  socket.on('message', (message, { address, port }) => {
    socket.send(`you said ${message.toString()}`, port, address);
  });
  socket.bind(53);
  await once(socket, 'listening');
  const host = family === 4 ? OURS : `[${OURS6}]`;
  const send = (port: number) => runThere(there, `socat -t 0.3 - UDP${family}:${host}:${port}`, 'hello');
  const { output } = await send(53);
  // 3000 bytes are three fragments each way.
  const long = (await runThere(there, `socat -b 4000 -t 0.3 - UDP${family}:${host}:53`, 'x'.repeat(3000))).output
    .length;
  await send(20_005);
  const { errors, malformed } = await capture.end();
  await stack.close();
  there.close();
  return { answer: output.toString(), long, errors, malformed };
}
