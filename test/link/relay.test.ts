import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { PacketLink } from '../../src/link/packets';
import { Relay, type RelayOptions } from '../../src/link/relay';

function setUp(medium: 'ethernet' | 'ip', options: Partial<RelayOptions> = {}) {
  const clock = new VirtualClock();
  const relay = new Relay({ clock, medium, ...options });
  const log: string[] = [];
  const links = ['a', 'b', 'c'].map((name) => new PacketLink({ name, medium }));
  for (const link of links) link.onPacket = (packet) => log.push(`${link.name}${packet.at(-1) ?? ''}`);
  const removers = links.map((link) => relay.add(link));
  let count = 0;
  /** Sends a frame or packet at a link; answers who got it. */
  const at = (index: number, src: number, dst: number): string[] => {
    const frame = medium === 'ethernet' ? ethernet(src, dst) : ipv4(src, dst);
    frame[frame.length - 1] = ++count;
    links[index]?.inject(frame);
    return log.splice(0).map((each) => each.replace(`${count}`, ''));
  };
  return { clock, relay, links, removers, at };
}

const GROUP = 0xff;

function ethernet(src: number, dst: number): Uint8Array {
  return Uint8Array.of(dst === GROUP ? 1 : 2, 0, 0, 0, 0, dst, 2, 0, 0, 0, 0, src, 8, 0, 0);
}

function ipv4(src: number, dst: number): Uint8Array {
  const packet = new Uint8Array(21);
  packet[0] = 0x45;
  packet.set([10, 0, 0, src], 12);
  packet.set(dst === GROUP ? [224, 0, 0, 1] : [10, 0, 0, dst], 16);
  return packet;
}

describe.each(['ethernet', 'ip'] as const)('a relay of %s', (medium) => {
  test('learns who is where, and floods for groups and strangers', () => {
    const { at, relay } = setUp(medium);
    expect(at(0, 1, 2)).toEqual(['b', 'c']);
    expect(at(1, 2, 1)).toEqual(['a']);
    expect(at(0, 1, 2)).toEqual(['b']);
    expect(at(2, 3, GROUP)).toEqual(['a', 'b']);
    expect(at(1, 9, 2)).toEqual([]);
    // One that moves is followed.
    expect(at(2, 1, 2)).toEqual(['b']);
    expect(at(1, 2, 1)).toEqual(['c']);
    expect(relay.counters).toEqual({ forwarded: 4, flooded: 2, filtered: 1, dropped: 0, evicted: 0 });
  });

  test('forgets who was silent for long, and of too many the one that was silent longest', () => {
    const { at, clock, relay } = setUp(medium, { addresses: 2, age: 10 });
    at(0, 1, GROUP);
    at(1, 2, GROUP);
    at(0, 1, GROUP);
    at(2, 3, GROUP);
    expect(relay.size).toBe(2);
    expect(relay.counters.evicted).toBe(1);
    expect(at(2, 3, 1)).toEqual(['a']);
    expect(at(0, 1, 2)).toEqual(['b', 'c']);
    clock.advanceTo(clock.now() + 10_000_001);
    expect(at(2, 3, 1)).toEqual(['a', 'b']);
  });

  test('joins links of its medium only, so many at a time, and lets them go', () => {
    const { at, relay, removers } = setUp(medium, { links: 3 });
    expect(() => relay.add(new PacketLink({ medium }))).toThrow('the relay has 3 links, its limit');
    at(1, 2, GROUP);
    removers[1]?.();
    removers[1]?.();
    expect(at(0, 1, 2)).toEqual(['c']);
    expect(at(1, 2, 1)).toEqual([]);
    const other = medium === 'ip' ? 'ethernet' : 'ip';
    expect(() => relay.add(new PacketLink({ medium: other }))).toThrow(`a relay of ${medium} cannot join packets`);
  });

  test('does not wait for a link without room, and drops what is none of its frames', () => {
    const { at, relay, links } = setUp(medium);
    const b = links[1];
    if (b === undefined) throw new Error('no link');
    b.send = () => false;
    expect(at(0, 1, GROUP)).toEqual(['c']);
    links[0]?.inject(new Uint8Array(13));
    links[0]?.inject(new Uint8Array(1600).fill(0x45));
    expect(relay.counters.dropped).toBeGreaterThanOrEqual(2);
  });
});

test('IPv6 packets go where their addresses are', () => {
  const { links, relay } = setUp('ip');
  const packet = (src: number, dst: number): Uint8Array => {
    const bytes = new Uint8Array(40);
    bytes[0] = 0x60;
    bytes.set([0xfd], 8);
    bytes[23] = src;
    bytes.set([0xfd], 24);
    bytes[39] = dst;
    return bytes;
  };
  links[0]?.inject(packet(1, 2));
  links[1]?.inject(packet(2, 1));
  expect(relay.counters).toMatchObject({ flooded: 1, forwarded: 1 });
  expect(relay.size).toBe(2);
});
