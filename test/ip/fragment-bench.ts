import { expect } from '@jest/globals';
import { isIpv4Fragment, reassembleIpv4 } from '../../src/ip/fragment-ipv4';
import { Reassembly, type Fragment, type ReassemblySettings, type WholePacket } from '../../src/ip/reassembly';
import { emitIpv4, PROTOCOL, viewIpv4, type Ipv4Packet, type Ipv4View } from '../../src/wire/ipv4';
import { ordinaryPacket } from '../support/packets';
import { good, PEER, TEST_PROTOCOL, TestHost, US } from './harness';

export const SECOND = 1_000_000;
const SETTINGS: ReassemblySettings = {
  reassemblyTimeout: 30 * SECOND,
  reassemblyBytes: 4 << 20,
  reassemblies: 1024,
  reassemblyFragments: 256,
  reassemblyShare: 0.25,
};

/** Reassembly alone: fragments go in, whole packets, counters and expired first fragments come out. */
export class Bench {
  readonly host = new TestHost();
  readonly expired: Uint8Array[] = [];
  readonly reassembly: Reassembly;
  readonly arrival = {
    interface: {
      dropIn: (name: string): void => {
        this.host.count(name);
      },
    },
    broadcast: false,
  };

  constructor(settings: Partial<ReassemblySettings> = {}) {
    this.reassembly = new Reassembly(this.host, { ...SETTINGS, ...settings }, (first) => this.expired.push(first));
  }

  /** A fragment of IPv4: where it begins, its payload, whether more follow. */
  add(
    fragmentOffset: number,
    payload: Uint8Array,
    moreFragments: boolean,
    of: Partial<Ipv4Packet> = {},
  ): Ipv4View | undefined {
    const packet = fragment({ fragmentOffset, payload, moreFragments, ...of });
    const view = good<Ipv4View>(viewIpv4(packet));
    expect(isIpv4Fragment(view)).toBe(true);
    const whole = reassembleIpv4(this.reassembly, view, this.arrival);
    // The link's memory is used again: nothing of it may be kept.
    packet.fill(0xee);
    return whole;
  }

  /** A fragment of IPv6. */
  add6(of: Partial<Fragment> & { readonly text: string }): WholePacket | undefined {
    const payload = new TextEncoder().encode(of.text);
    const bytes = new Uint8Array(48 + payload.length);
    bytes.set(payload, 48);
    return this.reassembly.add(
      {
        src: SIX,
        dst: SIX + 1n,
        protocol: PROTOCOL.UDP,
        identification: 0x12345678,
        fragmentOffset: 0,
        moreFragments: false,
        ecn: 0,
        bytes,
        offset: 0,
        headersEnd: 40,
        payload: 48,
        end: bytes.length,
        ...of,
      },
      this.arrival,
    );
  }

  get counters(): Readonly<Record<string, number>> {
    return this.host.counters;
  }
}

export const SIX = 0x20010db8_00000000_00000000_00000001n;

export function fragment(packet: Partial<Ipv4Packet> & Pick<Ipv4Packet, 'payload'>): Uint8Array {
  return emitIpv4(
    ordinaryPacket({ identification: 7, dontFragment: false, protocol: TEST_PROTOCOL, src: PEER, dst: US, ...packet }),
  );
}

/** Bytes of which each says where it is. */
export function data(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((from + index) * 7 + ((from + index) >>> 8)) & 0xff);
}
