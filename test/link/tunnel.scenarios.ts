import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { Stack } from '../../src';
import { LinkError } from '../../src/link/errors';
import type { Link } from '../../src/link/link';
import { RelayServer } from '../../src/link/relay-server';
import { UdpTunnelLink, type UdpTunnelOptions } from '../../src/link/tunnel-udp';
import { WebSocketTunnelLink } from '../../src/link/tunnel-websocket';
import { until } from '../support/lab-until';
import { bash, OtherNamespace } from '../support/other-namespace';
import { quiet } from '../support/quiet';
import { REGISTER } from '../support/typescript';

const HERE = '10.1.0.1';
const THERE = '10.1.0.2';
const PORT = 7000;
const BYTES = Buffer.alloc(200_000, 'through the tunnel');

/** Two machines on a wire; what they carry for others goes over it. */
async function twoMachines(): Promise<OtherNamespace> {
  const there = await OtherNamespace.open();
  await there.cable('eth0', 'eth0');
  bash(`ip address add ${HERE}/24 dev eth0`);
  there.sh(`ip address add ${THERE}/24 dev eth0`);
  return there;
}

/** Runs `host` of this file in a process over there, and waits until it is ready. */
async function start(
  there: OtherNamespace,
  ...args: readonly unknown[]
): Promise<{ host: ChildProcess; lines: AsyncIterator<string> }> {
  const node = ['--require', REGISTER, require.resolve('../support/netns-scenario')];
  const host = there.start(process.execPath, [...node, __filename, 'host', JSON.stringify(args)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (host.stdout === null) throw new Error('no output');
  const lines = createInterface(host.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return { host, lines };
}

function attach(link: Link, address: string): Stack {
  const stack = new Stack();
  stack.attach(link, { address: `${address}/24` });
  return stack;
}

async function echo(stack: Stack, host: string): Promise<boolean> {
  const socket = stack.net.connect({ host, port: 7 });
  socket.end(BYTES);
  const got: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) got.push(chunk);
  return Buffer.concat(got).equals(BYTES);
}

/** A host that echoes at port 7, and if it is told to calls another one's. */
export async function host(
  how: 'udp' | 'ws' | 'join-ws' | 'join-udp',
  address: string,
  medium: Link['medium'],
  call?: string,
) {
  const ready = (): void => void process.stdout.write('ready\n');
  let link: Link;
  if (how === 'udp') link = await UdpTunnelLink.open({ learn: true, local: { port: PORT }, medium, key: 'k' });
  else if (how === 'join-udp') link = await UdpTunnelLink.open({ peer: { host: HERE, port: PORT }, medium, key: 'k' });
  else if (how === 'join-ws') link = await WebSocketTunnelLink.open(`ws://${HERE}:${PORT}/relay`, { medium });
  else {
    const server = new WebSocketServer({ port: PORT });
    await once(server, 'listening');
    ready();
    const [socket] = (await once(server, 'connection')) as [import('ws').WebSocket];
    link = WebSocketTunnelLink.over(socket, { medium });
  }
  const stack = attach(link, address);
  stack.net.createServer((socket) => socket.pipe(socket)).listen(7);
  if (how !== 'ws') ready();
  if (call !== undefined) process.stdout.write(`${String(await echo(stack, call))}\n`);
  await delay(15_000);
}

/** Two hosts in two namespaces, joined by datagrams or by a WebSocket. */
export async function twoHosts(how: 'udp' | 'ws', medium: Link['medium'], network: '10.9.0.' | 'fd00:9::') {
  const there = await twoMachines();
  const { host } = await start(there, how, `${network}2`, medium);
  const link =
    how === 'udp'
      ? await UdpTunnelLink.open({ peer: { host: THERE, port: PORT }, medium, key: 'k' })
      : await WebSocketTunnelLink.open(`ws://${THERE}:${PORT}/`, { medium });
  const stack = attach(link, `${network}1`);
  const echoed = await echo(stack, `${network}2`);
  await stack.close();
  host.kill();
  there.close();
  return { echoed, counters: link.counters };
}

/** Three hosts and a relay: one beside it, two in another namespace, one of which comes by UDP. */
export async function relay(medium: Link['medium']) {
  const there = await twoMachines();
  const server = await RelayServer.listen({
    medium,
    webSocket: { port: PORT, path: '/relay' },
    udp: { local: { port: PORT }, key: 'k' },
  });
  const b = await start(there, 'join-ws', '10.9.0.2', medium);
  const c = await start(there, 'join-udp', '10.9.0.3', medium, '10.9.0.2');
  const link = await WebSocketTunnelLink.open(`ws://127.0.0.1:${PORT}/relay`, { medium });
  const stack = attach(link, '10.9.0.1');
  const results = [await echo(stack, '10.9.0.2'), await echo(stack, '10.9.0.3')];
  const called = await c.lines.next();
  const { size, links, counters } = server.relay;
  const seen = { links: links.size, stations: size, counters: { ...counters } };
  await stack.close();
  await linksOf(server, 2);
  const afterwards = server.relay.links.size;
  await server.close();
  b.host.kill();
  c.host.kill();
  there.close();
  return { results: [...results, called.value === 'true'], seen, afterwards };
}

/** Datagrams of all kinds at a link that learns its peer. */
export async function datagrams(options: Partial<UdpTunnelOptions>) {
  const link = await UdpTunnelLink.open({ learn: true, local: { address: '127.0.0.1' }, mtu: 1000, ...options });
  const frames: number[] = [];
  link.onReceive = (batch) => frames.push(...batch.map((frame) => frame.length));
  const before = link.send([new Uint8Array(60)]);
  const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
  const received: number[] = [];
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', (message) => received.push(message.length));
  }
  const say = async (index: 0 | 1, length: number): Promise<void> => {
    sockets[index].send(new Uint8Array(length), link.local.port, '127.0.0.1');
    await quiet(10);
  };
  await say(0, 13);
  const afterMalformed = link.peer?.port;
  await say(0, 60);
  const isLearned = link.peer?.port === sockets[0].address().port;
  await say(1, 60);
  for (const length of [0, 1, 13, 14, 1018, 1019, 9000]) await say(0, length);
  link.send([new Uint8Array(100)]);
  await quiet(10);
  await link.close();
  for (const socket of sockets) socket.close();
  return { before, afterMalformed, isLearned, frames, received, counters: link.counters };
}

/** Many frames at once, for a peer that is not there. */
export async function pressure(sendBuffer: number) {
  const link = await UdpTunnelLink.open({ peer: { host: '127.0.0.1', port: 9 }, sendBuffer });
  let taken = 0;
  while (link.send([new Uint8Array(1000)]) && taken < 1000) taken++;
  const drained = await Promise.race([
    new Promise(
      (resolve) =>
        (link.onDrain = () => {
          resolve('drained');
        }),
    ),
    delay(10_000, 'never'),
  ]);
  const again = link.send([new Uint8Array(1000)]);
  const error = await until(
    () => 'an error',
    () => link.lastError?.message,
  );
  await link.close();
  return { taken, drained, again, refused: link.counters.refused, error };
}

/** Why a tunnel does not open. */
export async function openFailure(what: string) {
  const udp = (options: UdpTunnelOptions): Promise<UdpTunnelLink> => UdpTunnelLink.open(options);
  const peer = { host: '127.0.0.1', port: 9 };
  const attempts: Readonly<Record<string, () => Promise<Link>>> = {
    neither: () => udp({}),
    both: () => udp({ peer, learn: true }),
    mtu: () => udp({ peer, mtu: 20 }),
    port: () => udp({ peer: { host: '127.0.0.1', port: 70_000 } }),
    taken: async () => {
      const { local } = await udp({ peer, local: { address: '127.0.0.1' } });
      return udp({ peer, local });
    },
    'not ours': () => udp({ peer, local: { address: '192.0.2.1' } }),
    refused: () => WebSocketTunnelLink.open('ws://127.0.0.1:9/'),
    'no url': () => WebSocketTunnelLink.open('what'),
    'not a WebSocket': async () => {
      const { createServer } = await import('node:http');
      createServer((_, response) => response.writeHead(404).end()).listen(8080, '127.0.0.1');
      return WebSocketTunnelLink.open('ws://127.0.0.1:8080/');
    },
    late: async () => {
      const { createServer } = await import('node:net');
      createServer().listen(8080, '127.0.0.1');
      return WebSocketTunnelLink.open('ws://127.0.0.1:8080/', { timeout: 100 });
    },
  };
  try {
    await attempts[what]?.();
    return 'opened';
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Waits until the relay has so many. */
async function linksOf({ relay }: RelayServer, count: number): Promise<void> {
  await until(
    () => `${count} links; there are ${relay.links.size}`,
    () => relay.links.size === count,
  );
}

/** A relay that goes and comes back, and turns away those for whom it has no room or no welcome. */
export async function relayReturns() {
  const where = {
    port: PORT,
    host: '127.0.0.1',
    admit: ({ headers }: { headers: { authorization?: string } }) => headers.authorization === 'me',
  };
  let server = await RelayServer.listen({ webSocket: where, links: 1 });
  const stranger = await WebSocketTunnelLink.open(`ws://127.0.0.1:${PORT}/`).catch((error: unknown) => String(error));
  const headers = { authorization: 'me' };
  const link = await WebSocketTunnelLink.open(`ws://127.0.0.1:${PORT}/`, { headers, reconnect: { first: 20 } });
  const log: boolean[] = [];
  link.onConnection = (connected) => log.push(connected);
  const second = await WebSocketTunnelLink.open(`ws://127.0.0.1:${PORT}/`, { headers, reconnect: false });
  await until(
    () => 'the second to be turned away',
    () => !second.connected,
  );
  const turnedAway = { counted: server.turnedAway, connected: second.connected };
  await server.close();
  await until(
    () => 'the link to notice',
    () => !link.connected,
  );
  const lost = { connected: link.connected, taken: link.send([new Uint8Array(60)]), dropped: link.counters.dropped };
  server = await RelayServer.listen({ webSocket: where });
  await until(
    () => 'the link to be back',
    () => link.connected,
  );
  await linksOf(server, 1);
  const back = { connected: link.connected, reconnects: link.reconnects, links: server.relay.links.size };
  await link.close();
  await linksOf(server, 0);
  const left = server.relay.links.size;
  await server.close();
  return { stranger, turnedAway, lost, back, left, log };
}
