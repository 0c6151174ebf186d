import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Stack } from '../../src';
import { joinFrame, type FrameBatch } from '../../src/link/link';
import { PacketLink } from '../../src/link/packets';

describe('PacketLink', () => {
  test('hands out what is sent, at once, joined and copied', () => {
    const link = new PacketLink();
    const out: Uint8Array[] = [];
    link.onPacket = (packet) => out.push(packet);
    const memory = Uint8Array.of(1, 2, 3, 4);
    expect(link.send([memory.subarray(0, 1), memory.subarray(1)])).toBe(true);
    expect(link.send([memory])).toBe(true);
    expect(out).toHaveLength(2);
    memory.fill(0);
    expect(out.map((packet) => [...packet])).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
  });

  test('hands in one packet or several as one batch, at once, without a copy', () => {
    const link = new PacketLink();
    const batches: FrameBatch[] = [];
    link.onReceive = (batch) => batches.push(batch);
    const [a, b] = [Uint8Array.of(1), Buffer.from([2])];
    link.inject(a);
    link.inject([a, b]);
    link.inject([]);
    expect(batches).toHaveLength(2);
    expect(batches[0]?.[0]).toBe(a);
    expect(batches[1]?.[1]).toBe(b);
    expect(link.counters).toEqual({ sent: 0, received: 3, refused: 0, dropped: 0 });
  });

  test('an answer may be injected while the packet that asked is being sent', () => {
    const link = new PacketLink();
    const log: string[] = [];
    link.onPacket = (packet) => {
      log.push(`out ${packet.length}`);
      if (packet.length < 3) link.inject(new Uint8Array(packet.length + 1));
    };
    link.onReceive = ([packet]) => {
      log.push(`in ${packet?.length ?? 0}`);
      link.send([new Uint8Array(3)]);
    };
    link.send([new Uint8Array(1)]);
    expect(log).toEqual(['out 1', 'in 2', 'out 3']);
  });

  test('is what it was asked to be', () => {
    const plain = new PacketLink();
    expect([plain.name, plain.medium, plain.mtu]).toEqual(['packets', 'ip', 1500]);
    const link = new PacketLink({ name: 'vpn', medium: 'ethernet', mtu: 1400 });
    expect([link.name, link.medium, link.mtu]).toEqual(['vpn', 'ethernet', 1400]);
  });

  test('drops what is too long, and everything once it is closed', async () => {
    const link = new PacketLink({ mtu: 10 });
    let seen = 0;
    link.onPacket = link.onReceive = () => seen++;
    expect(link.send([new Uint8Array(11)])).toBe(true);
    await link.close();
    await link.close();
    expect(link.send([new Uint8Array(1)])).toBe(true);
    link.inject([new Uint8Array(1), new Uint8Array(1)]);
    expect(seen).toBe(0);
    expect(link.counters).toEqual({ sent: 0, received: 0, refused: 0, dropped: 4 });
  });
});

describe('PacketLink as an iterable', () => {
  const packet = (first: number): Uint8Array => Uint8Array.of(first, 0);

  test('gives what is sent from then on, one by one, until it is closed', async () => {
    const link = new PacketLink();
    link.send([packet(0)]);
    const seen: number[] = [];
    const loop = (async () => {
      for await (const each of link) seen.push(each[0] ?? 0);
    })();
    link.send([packet(1)]);
    link.send([packet(2)]);
    await turn();
    expect(seen).toEqual([1, 2]);
    link.send([packet(3)]);
    await link.close();
    await loop;
    expect(seen).toEqual([1, 2, 3]);
    expect(await link.packets().next()).toEqual({ value: undefined, done: true });
  });

  test('refuses what a slow program has no room for, and has room when half was taken', async () => {
    const link = new PacketLink({ queue: 4 });
    let drained = 0;
    link.onDrain = () => drained++;
    const packets = link.packets();
    expect([1, 2, 3, 4, 5].map((each) => link.send([packet(each)]))).toEqual([true, true, true, true, false]);
    expect(link.queued).toBe(4);
    await packets.next();
    expect(link.send([packet(5)])).toBe(false);
    expect(drained).toBe(0);
    await packets.next();
    expect(drained).toBe(1);
    expect(link.send([packet(5)])).toBe(true);
    expect(link.counters).toEqual({ sent: 5, received: 0, refused: 2, dropped: 0 });
    await link.close();
    const rest: number[] = [];
    for await (const each of packets) rest.push(each[0] ?? 0);
    expect(rest).toEqual([3, 4, 5]);
  });

  test('a loop that is left throws away what waits, and nothing waits any more', async () => {
    const link = new PacketLink({ queue: 2 });
    let drained = 0;
    link.onDrain = () => drained++;
    const packets = link.packets();
    for (const each of [1, 2, 3]) link.send([packet(each)]);
    for await (const each of packets) {
      expect(each[0]).toBe(1);
      link.send([packet(2)]);
      break;
    }
    expect(drained).toBe(1);
    expect(link.send([packet(1)])).toBe(true);
    expect(link.queued).toBe(0);
  });

  test('takes packets from generators and streams, until they end', async () => {
    const link = new PacketLink();
    const batches: FrameBatch[] = [];
    link.onReceive = (batch) => batches.push(batch);
    await link.pipeFrom([packet(1), [packet(2), packet(3)]]);
    await link.pipeFrom(Readable.from([Buffer.from([4])]));
    expect(batches.map((batch) => batch.map((each) => each[0]))).toEqual([[1], [2, 3], [4]]);
  });

  test('takes no more when it is closed, and lets the generator know', async () => {
    const link = new PacketLink();
    let isLetKnow = false;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<Uint8Array>>(() => undefined),
        return: () => {
          isLetKnow = true;
          return Promise.resolve({ value: undefined, done: true as const });
        },
      }),
    };
    const piped = link.pipeFrom(source);
    await link.close();
    await piped;
    expect(isLetKnow).toBe(true);
  });

  test('passes on what the source throws, and takes packets only', async () => {
    const link = new PacketLink();
    const broken = Readable.from([packet(1)]);
    broken.destroy(new Error('no more'));
    await expect(link.pipeFrom(broken)).rejects.toThrow('no more');
    await expect(link.pipeFrom(['text'] as never)).rejects.toThrow('a link takes packets as Uint8Array');
    expect(() => new PacketLink({ queue: 0 })).toThrow('queue is 0');
  });

  test("two stacks, one a stage in the other one's pipe", async () => {
    const [a, b] = [new PacketLink(), new PacketLink()];
    const [client, server] = [new Stack(), new Stack()];
    client.attach(a, { address: '10.0.0.1/24' });
    server.attach(b, { address: '10.0.0.2/24' });
    const piped = Promise.all([a.pipeFrom(b), b.pipeFrom(a)]);
    server.net.createServer((socket) => socket.pipe(socket)).listen(7);
    const socket = client.net.connect({ host: '10.0.0.2', port: 7 });
    const bytes = Buffer.alloc(300_000, 'synack');
    socket.end(bytes);
    const got: Buffer[] = [];
    for await (const chunk of socket as AsyncIterable<Buffer>) got.push(chunk);
    expect(Buffer.concat(got).equals(bytes)).toBe(true);
    await Promise.all([client.close(), server.close()]);
    await piped;
  });
});

describe('joinFrame', () => {
  test('gives a single slice as it is, and several or none in a new array', () => {
    const slice = Uint8Array.of(1, 2);
    expect(joinFrame([slice])).toBe(slice);
    expect([...joinFrame([slice, Uint8Array.of(), Uint8Array.of(3)])]).toEqual([1, 2, 3]);
    expect(joinFrame([])).toHaveLength(0);
  });
});
