import type { SackBlock } from '../../wire/tcp-options';
import { diff, ge, gt, le, lt } from '../sequence';
import type { Segment } from '../segment';
import type { Tcb } from '../tcb';

/**
 * The peer's SACK blocks go into the scoreboard (RFC 2018 §5). Blocks of what was never sent, or is turned around, are left out.
 * @returns the right edge of a DSACK (RFC 2883 §4), if the first block is one
 */
export function takeSack(tcb: Tcb, segment: Segment): number | undefined {
  const { sack } = segment;
  if (sack.length === 0) return undefined;
  const { snd, inFlight, delivery } = tcb;
  const dsack = isDsack(tcb, segment) ? sack[0] : undefined;
  for (const block of sack) {
    if (block === dsack) continue;
    const { left, right } = block;
    if (!lt(left, right) || gt(right, snd.nxt)) {
      tcb.host.count('tcp.bad-sack');
      continue;
    }
    if (le(right, snd.una)) continue;
    inFlight.sack(lt(left, snd.una) ? snd.una : left, right, snd.mss, delivery);
  }
  if (dsack === undefined) return undefined;
  tcb.trouble.dsacksIn += 1;
  tcb.rack.duplicateReported(tcb);
  if (tcb.recovery.mayBeUndone) tcb.recovery.undo.duplicateReported(dsack.right, diff(dsack.right, dsack.left));
  return dsack.right;
}

/** RFC 2883 §4: the first block reports a duplicate when it lies below the ACK, or inside the second block. */
function isDsack({ snd }: Tcb, { ack, sack }: Segment): boolean {
  const [first, second] = sack;
  if (first === undefined || !lt(first.left, first.right) || gt(first.right, snd.nxt)) return false;
  // Not of what a window ago or more was sent: a very old segment could say that by chance.
  if (diff(snd.una, first.left) > Math.max(snd.maxWnd, diff(snd.nxt, snd.una))) return false;
  return le(first.right, ack) || (second !== undefined && contains(second, first));
}

function contains(outer: SackBlock, inner: SackBlock): boolean {
  return ge(inner.left, outer.left) && le(inner.right, outer.right);
}
