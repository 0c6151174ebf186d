import { describe, expect, test } from '@jest/globals';
import { markCongestion } from '../../src/link/ce-mark';
import { emitIpv4, viewIpv4 } from '../../src/wire/ipv4';
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

  test('what is not IPv4 stays as it is', () => {
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
