import { ge, gt, lt } from '../sequence';
import type { Tcb } from '../tcb';

/**
 * What is remembered from the time that a recovery began, in order to find out that it was for nothing: by the timestamp that the
 * peer echoes (Eifel, RFC 3522, RFC 4015), or when DSACKs report every retransmission as a duplicate (RFC 2883, RFC 3708).
 */
export class Undo {
  /** A recovery is going on, or has ended, that could still be undone. */
  armed = false;
  /** SND.UNA when it began. */
  private from = 0;
  /** Octets sent again since, and not reported as duplicates. -1: none was sent again. */
  private outstanding = -1;
  /** The timestamp (TSval) on the first retransmission, µs; `undefined` before it. */
  private sentAgainAt: number | undefined = undefined;
  /** The end of what was sent again; means something while `sentAgainAt` is known. */
  private sentAgainUpTo = 0;

  begin(una: number): void {
    this.armed = true;
    this.from = una;
    // A retransmission of an earlier recovery may still be under way: its ACK is for no original.
    if (this.sentAgainAt !== undefined && gt(this.sentAgainUpTo, una)) return;
    this.outstanding = -1;
    this.sentAgainAt = undefined;
  }

  end(): void {
    this.armed = false;
  }

  /** Octets up to `end` go out again. */
  sentAgain(end: number, octets: number, now: number): void {
    this.outstanding = Math.max(0, this.outstanding) + octets;
    if (this.sentAgainAt === undefined || gt(end, this.sentAgainUpTo)) this.sentAgainUpTo = end;
    this.sentAgainAt ??= Math.floor(now / 1000) * 1000;
  }

  /** A DSACK for `octets` up to `right`. */
  duplicateReported(right: number, octets: number): void {
    if (this.armed && this.outstanding > 0 && ge(right, this.from))
      this.outstanding = Math.max(0, this.outstanding - octets);
  }

  /** Every retransmission has turned out to be a duplicate. */
  get allDuplicates(): boolean {
    return this.armed && this.outstanding === 0;
  }

  /** The ACK that has just moved SND.UNA was for something sent before the first retransmission: it echoes an earlier time, µs. */
  echoesOriginal(tcb: Tcb, echoedAt: number): boolean {
    if (!this.armed || echoedAt < 0 || this.sentAgainAt === undefined || lt(tcb.snd.una, this.from)) return false;
    return echoedAt < this.sentAgainAt;
  }
}
