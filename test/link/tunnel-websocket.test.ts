import { expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { WebSocketTunnelLink, type TunnelSocket } from '../../src/link/tunnel-websocket';

const SECOND = 1_000_000;

/** A WebSocket that does what the test says. */
class FakeSocket implements TunnelSocket {
  binaryType = 'blob';
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: number[] = [];
  ended = 0;
  readonly #listeners: { readonly type: string; readonly listener: (event: never) => void }[] = [];

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }
  send(bytes: Uint8Array): void {
    this.sent.push(bytes.length);
  }
  close(): void {
    this.ended++;
  }
  say(type: string, event: object = {}): void {
    if (type === 'open') this.readyState = 1;
    if (type === 'close') this.readyState = 3;
    for (const each of this.#listeners) if (each.type === type) each.listener(event as never);
  }
}

/** One that has `ping`, as `ws` has. */
class PingSocket extends FakeSocket {
  pings = 0;
  pong: () => void = () => undefined;
  ping(): void {
    this.pings++;
  }
  on(_: 'pong', listener: () => void): void {
    this.pong = listener;
  }
}

async function connected<Socket extends FakeSocket>(
  make: () => Socket,
  options: { sendBuffer?: number; reconnect?: false } = {},
) {
  const clock = new VirtualClock();
  const sockets: Socket[] = [];
  const connect = (): TunnelSocket => {
    const socket = make();
    sockets.push(socket);
    return socket;
  };
  const opening = WebSocketTunnelLink.open('ws://x/', { clock, connect, mtu: 1000, ...options });
  sockets[0]?.say('open');
  return { clock, sockets, link: await opening };
}

const frame = [new Uint8Array(60)];

test('attempts to connect again come at longer and longer times, and at the first ones after a success', async () => {
  const { clock, sockets, link } = await connected(() => new FakeSocket());
  const log: boolean[] = [];
  link.onConnection = (isConnected) => log.push(isConnected);
  const attempts: number[] = [];
  for (let i = 1; i <= 10; i++) {
    const before = clock.now();
    sockets.at(-1)?.say('error', { message: 'gone' });
    sockets.at(-1)?.say('close');
    while (sockets.length === i) clock.advanceTo(clock.now() + 10_000);
    attempts.push((clock.now() - before) / SECOND);
  }
  attempts.forEach((waited, index) => {
    const whole = Math.min(0.25 * 2 ** index, 30);
    expect(waited).toBeGreaterThanOrEqual(whole / 2);
    expect(waited).toBeLessThanOrEqual(whole + 0.02);
  });
  expect(log).toEqual([false]);
  expect(link.lastError?.message).toBe('gone');
  sockets.at(-1)?.say('open');
  expect(log).toEqual([false, true]);
  expect(link.reconnects).toBe(1);
  sockets.at(-1)?.say('close');
  clock.advanceTo(clock.now() + 0.26 * SECOND);
  expect(sockets).toHaveLength(12);
  await link.close();
  sockets.at(-1)?.say('close');
  clock.advanceTo(clock.now() + 100 * SECOND);
  expect(sockets).toHaveLength(12);
});

test('a link that was closed, or is not to be connected again, stays so', async () => {
  const { clock, sockets, link } = await connected(() => new FakeSocket(), { reconnect: false });
  sockets[0]?.say('close');
  clock.advanceTo(clock.now() + 100 * SECOND);
  expect(sockets).toHaveLength(1);
  expect(link.send(frame)).toBe(true);
  expect(link.counters).toMatchObject({ sent: 0, dropped: 1 });
});

test('while too many bytes wait frames are refused, until half of them are gone', async () => {
  const { clock, sockets, link } = await connected(() => new FakeSocket(), { sendBuffer: 1000 });
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no socket');
  let drained = 0;
  link.onDrain = () => drained++;
  socket.bufferedAmount = 900;
  expect(link.send(frame)).toBe(true);
  socket.bufferedAmount = 960;
  expect(link.send(frame)).toBe(false);
  socket.bufferedAmount = 501;
  clock.advanceTo(clock.now() + SECOND);
  expect([link.send(frame), drained]).toEqual([false, 0]);
  socket.bufferedAmount = 500;
  clock.advanceTo(clock.now() + 0.01 * SECOND);
  expect([link.send(frame), drained]).toEqual([true, 1]);
  expect(link.counters).toMatchObject({ sent: 2, refused: 2 });
});

test('binary messages of the right length are frames, an empty one is a sign of life', async () => {
  const { sockets, link } = await connected(() => new FakeSocket());
  const lengths: number[] = [];
  link.onReceive = (batch) => lengths.push(...batch.map((each) => each.length));
  for (const length of [0, 13, 14, 1018, 1019]) sockets[0]?.say('message', { data: new ArrayBuffer(length) });
  sockets[0]?.say('message', { data: 'text' });
  await turn();
  expect(sockets[0]?.binaryType).toBe('arraybuffer');
  expect(lengths).toEqual([14, 1018]);
  expect(link.counters).toMatchObject({ received: 2, malformed: 3 });
});

test('a ping that is not answered before the next ends the connection', async () => {
  const { clock, sockets, link } = await connected(() => new PingSocket());
  const [socket] = sockets;
  clock.advanceTo(clock.now() + 15 * SECOND);
  socket?.pong();
  clock.advanceTo(clock.now() + 15 * SECOND);
  expect(socket?.pings).toBe(2);
  expect(link.connected).toBe(true);
  clock.advanceTo(clock.now() + 15 * SECOND);
  expect(socket?.ended).toBe(1);
  expect(link.connected).toBe(false);
  clock.advanceTo(clock.now() + SECOND);
  expect(sockets).toHaveLength(2);
});

test('a socket without pings gets empty messages', async () => {
  const { clock, sockets } = await connected(() => new FakeSocket());
  clock.advanceTo(clock.now() + 31 * SECOND);
  expect(sockets[0]?.sent).toEqual([0, 0]);
});
