import { describe, expect, test } from '@jest/globals';
import { CHECKED, segmentSizeOf, UNFILLED } from '../../../src/link/link';
import { infoOf, outgoing } from '../../../src/link/raw-socket/packet';
import { emitIpv4, emitIpv6, emitTcp, parseAddress, pseudoHeaderSum } from '../../../src/wire';
import { writeUint16 } from '../../../src/wire/bytes';

const MTU = 1500;

function tcpSegment(payload: number, src: string, dst: string, isUnfilled: boolean): Uint8Array {
  const [from, to] = [parseAddress(src) ?? 0, parseAddress(dst) ?? 0];
  const fields = { srcPort: 5, dstPort: 80, seq: 1, ack: 0, flags: 16, window: 1, urgent: 0, options: [] };
  const bytes = emitTcp({ ...fields, payload: new Uint8Array(payload).fill(7) }, { src: from, dst: to });
  if (isUnfilled) writeUint16(bytes, 16, pseudoHeaderSum(from, to, 6, bytes.length));
  return bytes;
}

function ipv4(payload: Uint8Array, fields: { protocol?: number; fragmentOffset?: number } = {}): Uint8Array {
  return emitIpv4({
    dscp: 0,
    ecn: 0,
    identification: 1,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 6,
    src: '10.7.0.1',
    dst: '10.7.0.2',
    options: new Uint8Array(0),
    payload,
    ...fields,
  });
}

function ipv6(payload: Uint8Array, protocol = 6, extensions: { type: number; data: Uint8Array }[] = []): Uint8Array {
  const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, src: 'fd07::1', dst: 'fd07::2' };
  return emitIpv6({ ...fields, protocol, extensions, payload });
}

describe('what is known of a packet that came in', () => {
  const families = [
    [
      'IPv4',
      (payload: number, isUnfilled: boolean) => ipv4(tcpSegment(payload, '10.7.0.1', '10.7.0.2', isUnfilled)),
      1460,
    ],
    [
      'IPv6',
      (payload: number, isUnfilled: boolean) => ipv6(tcpSegment(payload, 'fd07::1', 'fd07::2', isUnfilled)),
      1440,
    ],
  ] as const;

  test.each(families)(
    '%s: a checksum that nobody has filled in, and segments that were joined',
    (_, make, segmentSize) => {
      expect(infoOf(make(100, false), MTU)).toBe(0);
      expect(infoOf(make(100, true), MTU)).toBe(CHECKED | UNFILLED);
      const joined = infoOf(make(20_000, true), MTU);
      expect(joined & ~0xffff).toBe(CHECKED | UNFILLED);
      expect(segmentSizeOf(joined)).toBe(segmentSize);
      expect(infoOf(make(20_000, false), MTU)).toBe(segmentSize);
    },
  );

  test('nothing of other protocols, and of what ends before the checksum', () => {
    expect(infoOf(ipv4(new Uint8Array(3000), { protocol: 1 }), MTU)).toBe(0);
    expect(infoOf(ipv4(new Uint8Array(17)), MTU)).toBe(0);
    expect(infoOf(ipv4(new Uint8Array(7), { protocol: 17 }), MTU)).toBe(0);
  });
});

describe('what is read of a packet that is to go out', () => {
  const udp = Uint8Array.of(0x4e, 0x20, 0, 53, 0, 8, 0, 0);

  test('addresses and the source port', () => {
    expect(outgoing(ipv4(udp, { protocol: 17 }))).toEqual({
      src: parseAddress('10.7.0.1'),
      dst: parseAddress('10.7.0.2'),
      port: 20_000,
      isKernels: false,
    });
    expect(outgoing(ipv6(udp, 17))).toMatchObject({ src: parseAddress('fd07::1'), port: 20_000, isKernels: false });
  });

  test('no port in a later fragment, nor in ICMP', () => {
    expect(outgoing(ipv4(udp, { protocol: 17, fragmentOffset: 8 }))?.port).toBeUndefined();
    expect(outgoing(ipv4(udp, { protocol: 1 }))?.port).toBeUndefined();
  });

  test("group membership and neighbour discovery are the kernel's", () => {
    const hopByHop = { type: 0, data: Uint8Array.of(5, 2, 0, 0, 1, 0) };
    expect(outgoing(ipv4(udp, { protocol: 2 }))?.isKernels).toBe(true);
    expect(outgoing(ipv6(Uint8Array.of(143, 0, 0, 0), 58, [hopByHop]))?.isKernels).toBe(true);
    const ours = [1, 4, 128, 129].map((type) => outgoing(ipv6(Uint8Array.of(type, 0, 0, 0), 58))?.isKernels);
    const kernels = [133, 135, 136].map((type) => outgoing(ipv6(Uint8Array.of(type, 0, 0, 0), 58))?.isKernels);
    expect([...ours, ...kernels]).toEqual([false, false, false, false, true, true, true]);
  });

  test('nothing where the header is cut off', () => {
    expect([0, 1, 19].map((length) => outgoing(ipv4(udp).subarray(0, length)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(outgoing(ipv6(udp).subarray(0, 39))).toBeUndefined();
  });
});
