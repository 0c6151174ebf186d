import { describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../src/ip/host';
import { nextLowerPlateau } from '../../src/ip/path-mtu';
import { viewIpv4 } from '../../src/wire/ipv4';
import { good, PEER, TEST_PROTOCOL, Wire } from './harness';

const MINUTE = 60_000_000;
const FAR = '192.0.2.7';

function routed(options: IpOptions = {}): Wire {
  return new Wire('ip', { gateway: PEER }, options);
}

describe("a path's MTU", () => {
  test("is the interface's until something smaller is learned, and then that for all who hold a path there", () => {
    const wire = routed();
    const [path, another, elsewhere] = [wire.path(FAR), wire.path(FAR), wire.path('192.0.2.8')];
    expect(path.mtu).toBe(1500);
    expect(wire.ip.updatePathMtu(path, 1280)).toBe(1280);
    expect([path.mtu, another.mtu, wire.path(FAR).mtu, elsewhere.mtu]).toEqual([1280, 1280, 1280, 1500]);
  });

  test('only falls by what routers say (RFC 1191 §3)', () => {
    const wire = routed();
    const path = wire.path(FAR);
    for (const [said, mtu] of [
      [1500, 1500],
      [9000, 1500],
      [1400, 1400],
      [1450, 1400],
      [1280, 1280],
      [65_535, 1280],
    ] as const) {
      expect(wire.ip.updatePathMtu(path, said)).toBe(mtu);
    }
  });

  test('is tried anew after 10 minutes (RFC 1191 §6.3), counted from when it was last heard', () => {
    const wire = routed();
    const path = wire.path(FAR);
    wire.ip.updatePathMtu(path, 1280);
    wire.clock.advanceTo(9 * MINUTE);
    wire.ip.updatePathMtu(path, 1280);
    wire.clock.advanceTo(19 * MINUTE - 1);
    expect(path.mtu).toBe(1280);
    wire.clock.advanceTo(19 * MINUTE);
    expect(path.mtu).toBe(1500);
    expect(wire.ip.updatePathMtu(path, 1400)).toBe(1400);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });

  test('something larger that a router says does not make the value new', () => {
    const wire = routed({ pathMtuExpires: MINUTE });
    const path = wire.path(FAR);
    wire.ip.updatePathMtu(path, 1280);
    wire.clock.advanceTo(MINUTE - 1);
    wire.ip.updatePathMtu(path, 1400);
    wire.clock.advanceTo(MINUTE);
    expect(path.mtu).toBe(1500);
  });

  test('rises by what was seen to get through (RFC 8899 §5.2), and is no newer by that', () => {
    const wire = routed();
    const path = wire.path(FAR);
    expect(wire.ip.raisePathMtu(path, 1400)).toBe(1500);
    wire.ip.updatePathMtu(path, 1000);
    wire.clock.advanceTo(9 * MINUTE);
    expect(wire.ip.raisePathMtu(path, 999)).toBe(1000);
    expect(wire.ip.raisePathMtu(path, 1400)).toBe(1400);
    wire.clock.advanceTo(10 * MINUTE - 1);
    expect(path.mtu).toBe(1400);
    wire.clock.advanceTo(10 * MINUTE);
    expect(path.mtu).toBe(1500);
    wire.ip.updatePathMtu(path, 1000);
    expect(wire.ip.raisePathMtu(path, 9000)).toBe(1500);
  });

  test('below 552 nobody is believed, and the packets may be fragmented until a probe gets through', () => {
    const wire = routed();
    const path = wire.path(FAR);
    wire.ip.updatePathMtu(path, 552);
    expect([path.mtu, path.dontFragment]).toEqual([552, true]);
    wire.ip.updatePathMtu(path, 551);
    expect([path.mtu, path.dontFragment]).toEqual([552, false]);
    wire.ip.updatePathMtu(path, 552);
    expect([path.mtu, path.dontFragment]).toEqual([552, false]);
    const send = (dontFragment?: boolean): boolean => {
      wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(8)], dontFragment === undefined ? {} : { dontFragment });
      return good(viewIpv4(good(wire.sent.at(-1)))).dontFragment;
    };
    expect([send(), send(true), send(false)]).toEqual([false, true, false]);
    wire.ip.raisePathMtu(path, 600);
    expect([path.mtu, path.dontFragment, send()]).toEqual([600, true, true]);
  });

  test.each([
    [1280, 1300, 1300, true],
    [1280, 1200, 1280, false],
    [1, 100, 100, true],
    [1, 67, 68, false],
    [0, 0, 68, false],
  ])('a least of %j and a router that says %j make %j', (minPathMtu, said, mtu, dontFragment) => {
    const wire = routed({ minPathMtu });
    const path = wire.path(FAR);
    wire.ip.updatePathMtu(path, said);
    expect([path.mtu, path.dontFragment]).toEqual([mtu, dontFragment]);
  });

  test('binds the protocol above; IP sends probes up to what the interface takes', () => {
    const wire = routed();
    const path = wire.path(FAR);
    wire.ip.updatePathMtu(path, 1000);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1480)])).toBe(true);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1481)])).toBe(false);
    expect(wire.host.counters).toEqual({ 'ip.too-big': 1 });
  });
});

describe('the bound', () => {
  test('of destinations that are remembered: the one that was learned longest ago goes, and is counted', () => {
    const wire = routed({ pathMtuCache: 3 });
    const paths = [1, 2, 3, 4].map((host) => wire.path(`192.0.2.${host}`));
    const mtus = (): number[] => paths.map(({ mtu }) => mtu);
    for (const path of paths.slice(0, 3)) wire.ip.updatePathMtu(path, 1280);
    wire.ip.updatePathMtu(good(paths[0]), 1280);
    expect(wire.host.counters).toEqual({});
    wire.ip.updatePathMtu(good(paths[3]), 1280);
    expect(mtus()).toEqual([1280, 1500, 1280, 1280]);
    expect(wire.host.counters).toEqual({ 'ip.path-mtu-full': 1 });
  });

  test('is not used up by routers that say nothing new', () => {
    const wire = routed({ pathMtuCache: 1 });
    const [path, another] = [wire.path(FAR), wire.path('192.0.2.8')];
    wire.ip.updatePathMtu(path, 1280);
    for (const mtu of [1500, 1501]) wire.ip.updatePathMtu(another, mtu);
    expect(path.mtu).toBe(1280);
    expect(wire.host.counters).toEqual({});
  });

  test('of 0 remembers none', () => {
    const wire = routed({ pathMtuCache: 0 });
    expect(wire.ip.updatePathMtu(wire.path(FAR), 1280)).toBe(1500);
  });
});

describe('plateaus (RFC 1191 §7.1)', () => {
  test.each([
    [65_535, 32_000],
    [1500, 1492],
    [1492, 1006],
    [1493, 1492],
    [552, 508],
    [508, 296],
    [296, 68],
    [68, 68],
    [0, 68],
  ])('below %i comes %i', (size, next) => {
    expect(nextLowerPlateau(size)).toBe(next);
  });

  test('lead from any size to the smallest in a few steps', () => {
    const steps: number[] = [];
    for (let size = 65_535; size > 68; size = nextLowerPlateau(size)) steps.push(size);
    expect(steps).toEqual([65_535, 32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296]);
  });
});
