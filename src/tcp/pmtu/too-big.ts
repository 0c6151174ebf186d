import { diff, ge } from '../sequence';
import type { Tcb } from '../tcb';

/**
 * A router says that a packet is too big for its next link, which takes `mtu` octets (RFC 1191 §4; ICMP "fragmentation needed and DF
 * set"). `seq` was found to be in flight. The word is believed at once as long as it contradicts nothing that we have seen ourselves; if it
 * does, the path may have changed, or it was made up: that shows when the segment times out, or does not (RFC 5927 §7.2).
 */
export function packetTooBig(tcb: Tcb, seq: number, mtu: number): void {
  const { pmtu, host, snd, settings } = tcb;
  const { evidence } = pmtu;
  evidence.heard(snd.una);
  // Without DF nobody says so; and nothing that we sent was larger than that.
  if (!settings.pmtuDiscovery || mtu >= evidence.sent) {
    host.count('tcp.too-big-rejected');
    return;
  }
  if (mtu > evidence.acked) {
    host.lowerPathMtu(mtu);
    return;
  }
  host.count('tcp.too-big-doubted');
  evidence.keep(mtu, seq);
}

/** The retransmission timer went off: a doubted claim about this segment is believed now. */
export function believeClaim(tcb: Tcb): void {
  const { pmtu, snd, host, inFlight, settings } = tcb;
  const { head } = inFlight;
  if (head === undefined || !settings.pmtuDiscovery || !ge(head.start, snd.una)) return;
  const mtu = pmtu.evidence.timedOut(snd.una, Math.min(snd.mss, diff(head.end, head.start)));
  if (mtu > 0) host.lowerPathMtu(mtu);
}
