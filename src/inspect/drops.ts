import type { IpDropEvent } from '../ip/trace';
import type { TcpDropEvent } from '../tcp/trace';

/**
 * Drops that the ladder is silent about: what is on a wire and concerns nobody here (IPv6's search for neighbours, other
 * stations' frames), and what the segment's own line shows already. The log has them all.
 */
const HIDDEN: ReadonlySet<string> = new Set([
  'ethernet.not-ours',
  'ethernet.unknown-type',
  'ethernet.vlan',
  'arp.unsolicited',
  'arp.unreachable',
  'ip.not-ours',
  'ip.unknown-protocol',
  'icmp.broadcast',
  'icmp.unexpected',
  'icmp.unknown-type',
  'icmp.rate-limited',
  'udp.no-listener',
  'dhcp.other-station',
  'tcp.broadcast',
  'tcp.challenge-acks',
  'tcp.outside-window',
]);

/** True when a drop is nothing to tell a newcomer of. */
export function isHidden({ layer, reason }: TcpDropEvent | IpDropEvent): boolean {
  return HIDDEN.has(`${layer}.${reason}`);
}
