import { diff } from '../sequence';
import type { Tcb } from '../tcb';

/** So many retransmission time-outs in a row of a full-sized segment (RFC 8899 §5.1.2, MAX_PROBES). */
const TIMEOUTS = 3;
/** No path is believed to carry less data in a segment, octets (Linux's `tcp_mtu_probe_floor`). */
const FLOOR = 48;

/**
 * The retransmission timer went off. When full-sized segments vanish again and again, and no router says why, the path may be a black hole
 * for packets of their size (RFC 2923 §2.1, RFC 4821 §7.7): smaller ones are tried, and from there larger ones are searched for.
 */
export function suspectBlackHole(tcb: Tcb): void {
  const { settings, inFlight, pmtu, rto, snd, host } = tcb;
  if (settings.mtuProbing === 'off' || !settings.pmtuDiscovery || rto.backoff < TIMEOUTS) return;
  const { head } = inFlight;
  if (head === undefined || diff(head.end, head.start) < snd.mss) return;
  const { baseMss } = settings;
  const smaller = tcb.pathMss > baseMss ? baseMss : Math.max(FLOOR, tcb.pathMss >>> 1);
  if (smaller >= tcb.pathMss) return;
  host.count('tcp.mtu-black-holes');
  pmtu.startSearch(smaller + tcb.headers);
  pmtu.search.counters.blackHoles += 1;
  pmtu.probeFrom = snd.nxt;
}
