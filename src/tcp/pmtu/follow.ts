import { updateSendMss } from '../mss';
import { startRetransmissionTimer } from '../recovery/una';
import { diff, ge, lt } from '../sequence';
import type { Tcb } from '../tcb';
import { clearTimer } from '../timers';

/**
 * Takes up what has become known of the path since the last time: by ICMP, here or on another connection to the same host, by an estimate
 * that has grown too old (RFC 1191 §6.3), by probes (RFC 4821). The effective send MSS follows, and what is in flight and too big goes
 * again at once, in smaller segments. Called before anything is sent.
 */
export function followPath(tcb: Tcb, now: number): void {
  const { pmtu, snd, host } = tcb;
  pmtu.heard(snd.una);
  if (lt(pmtu.cutUntil, snd.una)) pmtu.cutUntil = snd.una;
  if (lt(pmtu.probeFrom, snd.una)) pmtu.probeFrom = snd.una;
  const { size, lost, end } = pmtu.search;
  if (size > 0 && ge(snd.una, end)) host.raisePathMtu(pmtu.search.arrived());
  if (lost > 0) judgeLostProbe(tcb);
  followSettings(tcb);
  followIp(tcb);
  const { search } = pmtu;
  const effective = search.on ? Math.min(search.low, pmtu.path) : pmtu.path;
  const { ipOptionsLength } = host;
  if (effective === tcb.pathMss + tcb.headers && ipOptionsLength === pmtu.ipOptions) return;
  const falls = effective < tcb.pathMss + tcb.headers;
  pmtu.ipOptions = ipOptionsLength;
  tcb.pathMss = Math.max(1, effective - tcb.headers);
  updateSendMss(tcb);
  if (falls) cut(tcb, effective, now);
}

/**
 * A probe was lost. Alone: it was too big, and nothing is to be concluded about congestion (RFC 4821 §7.6.2). With others: nothing is to
 * be concluded about its size (§7.6.4).
 */
function judgeLostProbe(tcb: Tcb): void {
  const { pmtu, recovery, snd, host } = tcb;
  const { search } = pmtu;
  pmtu.probeFrom = snd.nxt;
  if (recovery.phase === 'open') {
    search.tooBig(search.lost);
    host.count('tcp.mtu-probes-lost');
    sendsAgain(tcb);
  } else host.count('tcp.mtu-probes-inconclusive');
  search.lost = 0;
}

function followSettings(tcb: Tcb): void {
  const {
    pmtu,
    settings: { mtuProbing, baseMss },
  } = tcb;
  if (mtuProbing === 'always' && !pmtu.search.on) pmtu.startSearch(Math.min(baseMss + tcb.headers, pmtu.path));
  else if (mtuProbing === 'off' && pmtu.search.on) pmtu.search.stop();
}

function followIp(tcb: Tcb): void {
  const { pmtu, host, settings, inFlight } = tcb;
  const { search } = pmtu;
  const mtu = host.pathMtu;
  if (mtu === pmtu.path) return;
  if (mtu > pmtu.path) {
    // Who probes does not take an old estimate's end for proof of a larger MTU.
    if (search.on) search.again();
    else if (settings.mtuProbing !== 'off') pmtu.startSearch(pmtu.path);
  } else {
    pmtu.evidence.cut(mtu);
    if (search.on) search.low = Math.min(search.low, mtu);
    if (search.size > mtu) {
      // The router's word came before the loss was noticed.
      search.size = 0;
      for (let range = inFlight.oldest; range !== undefined; range = range.later) {
        if (!range.mtuProbe) continue;
        inFlight.markLost(range);
        break;
      }
      sendsAgain(tcb);
    }
  }
  pmtu.path = mtu;
}

/**
 * What is under way and larger than the MSS now is lost for certain, and not for congestion: it goes out again as the congestion window
 * lets it, which stays as it is (RFC 1191 §6.5).
 */
function cut(tcb: Tcb, mtu: number, now: number): void {
  const { inFlight, snd, pmtu } = tcb;
  pmtu.evidence.cut(mtu);
  const before = inFlight.lost;
  for (let range = inFlight.oldest; range !== undefined;) {
    const { later } = range;
    if (diff(range.end, range.start) > snd.mss) inFlight.markLost(range);
    range = later;
  }
  if (inFlight.lost === before) return;
  sendsAgain(tcb);
  clearTimer(tcb, 'probe', now);
  // With a closed window the persist timer has the say.
  if (tcb.timers.get('retransmission') !== undefined) startRetransmissionTimer(tcb, now);
}

/** What is in flight now is sent again for its size. Its duplicate ACKs tell of no congestion (as in RFC 6582 §3.2, step 2). */
function sendsAgain({ pmtu, recovery, snd }: Tcb): void {
  pmtu.cutUntil = snd.nxt;
  if (recovery.phase === 'open') recovery.point = snd.nxt;
}
