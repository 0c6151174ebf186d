import { describe, expect, test } from '@jest/globals';
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

describe('joinFrame', () => {
  test('gives a single slice as it is, and several or none in a new array', () => {
    const slice = Uint8Array.of(1, 2);
    expect(joinFrame([slice])).toBe(slice);
    expect([...joinFrame([slice, Uint8Array.of(), Uint8Array.of(3)])]).toEqual([1, 2, 3]);
    expect(joinFrame([])).toHaveLength(0);
  });
});
