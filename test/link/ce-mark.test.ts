import { describe, expect, test } from '@jest/globals';
import { markCongestion } from '../../src/link/ce-mark';
import { emitIpv4, viewIpv4 } from '../../src/wire/ipv4';
import { emitIpv6, viewIpv6 } from '../../src/wire/ipv6';
import { WireError } from '../../src/wire/error';
import { ordinaryPacket } from '../support/packets';

function packet(ecn: number): Uint8Array {
  return emitIpv4({
    ...ordinaryPacket({ protocol: 6, src: '10.9.0.1', dst: '10.9.0.2', payload: new Uint8Array(8) }),
    ecn,
    dscp: 10,
  });
}

describe('a router that marks instead of dropping (RFC 3168 §5)', () => {
  test.each([
    [0, false, 0],
    [1, true, 3],
    [2, true, 3],
    [3, true, 3],
  ])('ECN %i: marked %p, then %i, and the checksum still holds', (ecn, marked, after) => {
    const bytes = packet(ecn);
    expect(markCongestion(bytes, 0)).toBe(marked);
    const view = viewIpv4(bytes, 0);
    if (view instanceof WireError) throw new Error(view.message);
    expect([view.ecn, view.dscp, view.checksumIsGood()]).toEqual([after, 10, true]);
  });

  test.each([
    [0, false, 0],
    [1, true, 3],
    [2, true, 3],
    [3, true, 3],
  ])('IPv6, ECN %i: marked %p, then %i, and all else stays', (ecn, marked, after) => {
    const fields = {
      dscp: 10,
      flowLabel: 0xabcde,
      ttl: 64,
      extensions: [],
      protocol: 6,
      src: 'fd00::1',
      dst: 'fd00::2',
    };
    const whole = emitIpv6({ ...fields, ecn, payload: new Uint8Array(8) });
    const frame = Buffer.concat([new Uint8Array(12), Uint8Array.of(0x86, 0xdd), whole]);
    for (const [bytes, offset] of [
      [whole, 0],
      [frame, 14],
    ] as const) {
      expect(markCongestion(bytes, offset)).toBe(marked);
      const view = viewIpv6(bytes, offset);
      if (view instanceof WireError) throw new Error(view.message);
      expect([view.ecn, view.dscp, view.flowLabel]).toEqual([after, 10, 0xabcde]);
    }
  });

  test('what is not IP, or not what its frame says, stays as it is', () => {
    const frame = new Uint8Array(14 + 28);
    frame.set(packet(2), 14);
    frame[12] = 0x86;
    frame[13] = 0xdd;
    const before = frame.slice();
    expect(markCongestion(frame, 14)).toBe(false);
    expect(markCongestion(frame.subarray(0, 10), 0)).toBe(false);
    expect(frame).toEqual(before);
  });
});
