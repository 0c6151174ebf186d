import type { IcmpReport } from '../../ip/protocol';

/** Codes of "destination unreachable" (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1), in ping's words. */
const UNREACHABLE: readonly string[] = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  'Frag needed and DF set',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
];

/** An ICMP error in the words of iputils' ping. */
export function errorWords({ kind, code, nextHopMtu }: Pick<IcmpReport, 'kind' | 'code' | 'nextHopMtu'>): string {
  switch (kind) {
    case 'destination-unreachable': {
      const words = UNREACHABLE[code] ?? `Destination Unreachable, Bad Code: ${code}`;
      return nextHopMtu === undefined ? words : `${words} (mtu = ${nextHopMtu})`;
    }
    case 'time-exceeded':
      return code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded';
    case 'parameter-problem':
      return 'Parameter problem';
    case 'source-quench':
      return 'Source Quench';
  }
}
