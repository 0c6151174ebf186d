import { add, diff, ge, gt, le, lt, max } from '../../tcp/sequence';
import { FLAG } from '../../wire/tcp';
import type { Sent } from './outstanding';
import { kindOfRepeat, wasOvertaken } from './repeats';
import { NO_REMARK, type Remark, type Seen } from './seen';
import { Side } from './side';

/** A late ACK: stacks hold one back for 40 to 200 ms (RFC 9293 §3.8.6.3: less than 500). */
const LATE_ACK = { least: 35_000, most: 520_000 } as const;
/** What follows within so many µs, beside the round trip, follows from it. */
const AT_ONCE = 3_000;
/** Waiting for an answer that is counted, µs. */
const SLOW = 200_000;
const MOST_REPEATED = 32;

const NONE: readonly number[] = [];

/** Follows one conversation as its segments pass, and counts what there is to tell of it. */
export class Follower {
  readonly client = new Side('client');
  readonly server = new Side('server');
  /** Both have said SYN before either had heard the other. */
  simultaneousOpen = false;
  /** Since when the client waits for an answer, and the frame that asked. */
  private asked: { readonly frame: number; readonly time: number; readonly clean: number } | undefined;
  /** Neither speaks in turns: data comes when it comes. */
  takesTurns = true;
  private troubles = 0;
  /** Frames that the last segment says have arrived, and none before it did (SACK). */
  newlySacked: readonly number[] = NONE;
  /** The frame of the last challenge ACK. */
  challenge = 0;

  /** Takes the next segment from `side`. */
  segment(side: Side, seen: Seen): Remark {
    const other = side === this.client ? this.server : this.client;
    if (side.isDuplicatePacket(seen)) {
      side.tallies.add('duplicate-packet', seen.frame, seen.time);
      return { ...NO_REMARK, duplicate: true };
    }
    this.newlySacked = NONE;
    const { flags } = seen;
    const { frame, time } = seen;
    if (seen.checksum === 'bad') side.tallies.add('bad-checksum', frame, time);
    if (seen.congestionExperienced) side.tallies.add('congestion-experienced', frame, time);
    if (flags & FLAG.RST) {
      this.reset(side, other, seen);
      side.remember(seen);
      return NO_REMARK;
    }
    if (side.reset !== undefined) side.spokeAfterReset = true;
    if (flags & FLAG.ECE && !(flags & FLAG.SYN)) side.tallies.add('ecn-echo', frame, time);
    if (flags & FLAG.ACK) this.acknowledgment(side, other, seen);
    const remark = flags & FLAG.SYN ? this.syn(side, other, seen) : this.data(side, other, seen);
    this.window(side, seen, other);
    this.answered(other, time);
    if (remark.again !== undefined && remark.again !== 'spurious') this.tried(side, seen);
    side.remember(seen);
    return remark;
  }

  /** The largest data of one segment, as both have agreed; 1,460 where that was not seen. */
  get mss(): number {
    return Math.min(this.client.opening?.mss ?? 1460, this.server.opening?.mss ?? 1460);
  }

  /** Something came back: tries are over. */
  private answered(side: Side, time: number): void {
    if (side.tries > side.outage.tries) side.outage = { tries: side.tries, time: time - side.triesBegan.time };
    side.tries = 0;
    side.keepAlives = 0;
  }

  private tried(side: Side, { frame, time }: Seen): void {
    if (side.tries === 0) side.triesBegan = { frame, time };
    side.tries += 1;
    this.troubles += 1;
  }

  private syn(side: Side, other: Side, seen: Seen): Remark {
    const { seq, frame, time, flags, length } = seen;
    const isAnswer = (flags & FLAG.ACK) !== 0;
    side.synTries += 1;
    if (side.opening !== undefined) {
      // When both open at once, each answers with a SYN-ACK that has the number of its SYN.
      if (isAnswer && this.simultaneousOpen && !side.answered) {
        side.answered = true;
        return NO_REMARK;
      }
      side.tallies.add(isAnswer ? 'syn-ack-again' : 'syn-again', frame, time, time - side.lastTime);
      return { ...NO_REMARK, again: 'handshake', repeats: side.opening.frame };
    }
    const { options } = seen.segment;
    const has = (kind: string): boolean => options.some((option) => option.kind === kind);
    const mss = options.find((option) => option.kind === 'mss');
    const scale = options.find((option) => option.kind === 'window-scale');
    side.opening = {
      frame,
      time,
      isn: seq,
      mss: mss?.mss,
      shift: scale === undefined ? undefined : Math.min(scale.shift, 14),
      sackPermitted: has('sack-permitted'),
      timestamps: has('timestamps'),
      fastOpen: has('fast-open'),
      unknown: seen.optionsCut,
      ecn: isAnswer
        ? (flags & (FLAG.ECE | FLAG.CWR)) === FLAG.ECE
        : (flags & (FLAG.ECE | FLAG.CWR)) === (FLAG.ECE | FLAG.CWR),
      length,
    };
    if (!isAnswer && other.opening !== undefined) this.simultaneousOpen = true;
    side.known = false;
    side.begin(seq);
    const end = add(seq, 1 + length);
    side.outstanding.push(seq, end, frame, time);
    side.nxt = end;
    side.newBytes += length;
    return NO_REMARK;
  }

  private acknowledgment(side: Side, other: Side, seen: Seen): void {
    const { ack, frame, time, flags, length } = seen;
    if (!other.known) {
      other.begin(ack);
      return;
    }
    if (other.opening !== undefined && side.segments === 0 && other.una === other.opening.isn && !(flags & FLAG.SYN)) {
      // An ACK instead of a SYN-ACK: the other remembers a connection that was before (RFC 9293 §3.5.1).
      if (ack !== other.nxt) {
        side.tallies.add('challenge', frame, time);
        this.challenge = frame;
        return;
      }
    }
    if (gt(ack, other.nxt)) {
      if (diff(ack, other.nxt) >= 2 ** 30) return;
      side.tallies.add('unseen', frame, time, diff(ack, other.nxt));
      other.nxt = ack;
    }
    this.selective(side, other, seen);
    if (gt(ack, other.una)) {
      this.advances(side, other, seen);
      return;
    }
    const bare = length === 0 && !(flags & (FLAG.SYN | FLAG.FIN));
    if (bare && ack === other.una && other.openFlight && this.scaled(side, seen, other) === side.window) {
      other.duplicateAcks += 1;
      other.lastHoleTold = time;
      side.tallies.add('duplicate-ack', frame, time);
    }
  }

  private advances(side: Side, other: Side, seen: Seen): void {
    const { ack, time, frame, length } = seen;
    other.echo.ask(seen);
    const missed = other.takeAcknowledgedGaps(ack);
    if (missed > 0) side.tallies.add('unseen', frame, time, missed);
    const sent = other.outstanding.acknowledge(ack);
    if (sent !== undefined) {
      // (A SYN has a number, and no data.)
      if (sent.seq !== other.opening?.isn) other.largestAcked = Math.max(other.largestAcked, sent.size);
      if (sent.times === 1) {
        const rtt = time - sent.first;
        side.sample(rtt, frame);
        if (other.opening?.isn === sent.seq) side.rtt.handshake = rtt;
        if (length === 0) side.lastPureAck = { time, frame };
      } else if (length === 0) side.lastPureAck = { time: -Infinity, frame };
    }
    other.una = ack;
    other.duplicateAcks = 0;
    other.sacked.trim(ack);
    if (other.episode !== undefined && ge(ack, other.episode.high)) other.episode = undefined;
    if (other.fin !== undefined && ge(ack, other.fin.end)) other.finAckedAt ??= time;
  }

  private selective(side: Side, other: Side, { sack, ack, frame, time }: Seen): void {
    const [first, second] = sack ?? [];
    if (first === undefined || sack === undefined) return;
    // RFC 2883: the first block tells of what came twice.
    const twice =
      le(first.right, ack) || (second !== undefined && ge(first.left, second.left) && le(first.right, second.right));
    // When both open at once, SYN-ACK brings the SYN once more.
    if (twice && first.left !== other.opening?.isn) {
      side.tallies.add('dsack', frame, time, diff(first.right, first.left));
      this.wasForNothing(other, first.left, first.right);
    }
    for (const { left, right } of twice ? sack.slice(1) : sack) {
      if (!gt(right, ack) || other.sacked.covers(left, right)) continue;
      const had = other.sacked.parts;
      other.sacked.add(left, right);
      other.lastHoleTold = time;
      const isNew = ({ seq, end }: Sent): boolean => !had.some((part) => ge(seq, part.left) && le(end, part.right));
      const arrived = other.outstanding.within(left, right).filter(isNew);
      if (arrived.length > 0) this.newlySacked = [...this.newlySacked, ...arrived.map((sent) => sent.frame)];
    }
  }

  /** The first had arrived, or arrives late: what seemed lost was not. */
  private wasForNothing(side: Side, left: number, right: number): void {
    const index = side.repeated.findIndex(({ seq, end }) => ge(seq, left) && le(end, right));
    const [repeat] = index < 0 ? [] : side.repeated.splice(index, 1);
    if (repeat === undefined) return;
    const { kind, frame, time, length } = repeat;
    side.tallies.move(kind, 'spurious', frame, time, length);
    side.tallies.move('lost-behind', 'for-nothing', frame, time, length);
  }

  private data(side: Side, other: Side, seen: Seen): Remark {
    const { seq, length, flags, frame, time } = seen;
    const fin = flags & FLAG.FIN ? 1 : 0;
    if (!side.known) side.begin(seq);
    if (length + fin === 0) {
      // A keep-alive may have no data: it stands just before what is next.
      if (seq === add(side.nxt, -1) && side.una === side.nxt && side.fin === undefined && side.segments > 0)
        this.probes(side, other, seen);
      return NO_REMARK;
    }
    const end = add(seq, length + fin);
    if (length <= 1 && fin === 0 && this.isProbe(side, other, seq)) {
      this.probes(side, other, seen);
      if (gt(end, side.nxt)) {
        side.nxt = end;
        side.outstanding.push(seq, end, frame, time);
      }
      return NO_REMARK;
    }
    if (fin) this.fin(side, other, seen, end);
    if (gt(end, side.nxt)) return this.fresh(side, other, seen, end);
    return this.old(side, seen, end);
  }

  private isProbe(side: Side, other: Side, seq: number): boolean {
    if (seq === add(side.nxt, -1) && side.una === side.nxt && side.fin === undefined) return true;
    return other.window === 0 && other.zeroSince !== undefined && ge(seq, add(side.una, -1));
  }

  private probes(side: Side, other: Side, { frame, time }: Seen): void {
    side.tallies.add(other.window === 0 ? 'window-probe' : 'keep-alive', frame, time);
    if (other.window === 0) return;
    if (side.keepAlives === 0) side.triesBegan = { frame, time };
    side.keepAlives += 1;
  }

  private fin(side: Side, other: Side, { frame, time, ack, flags }: Seen, end: number): void {
    if (side.fin !== undefined) {
      if (side.fin.end === end) side.tallies.add('fin-again', frame, time);
      return;
    }
    const heard = other.fin !== undefined && (flags & FLAG.ACK) !== 0 && ge(ack, other.fin.end);
    side.fin = { frame, time, end, first: !heard, crossed: other.fin !== undefined && !heard };
  }

  private fresh(side: Side, other: Side, seen: Seen, end: number): Remark {
    const { seq, frame, time, length } = seen;
    let missing = 0;
    if (gt(seq, side.nxt)) {
      missing = diff(seq, side.nxt);
      side.addGap(side.nxt, seen);
    }
    if (!side.openFlight) side.idleBefore = time - Math.max(side.lastTime, other.lastTime);
    if (length > 0) {
      side.echo.hear(seen, side.lastData);
      this.turns(side, other, seen);
    }
    const again = lt(seq, side.nxt);
    if (again) side.tallies.add('lost-behind', frame, time, length);
    side.newBytes += Math.min(length, diff(end, side.nxt));
    side.outstanding.push(max(seq, side.nxt), end, frame, time);
    side.nxt = end;
    this.fillsWindow(side, other, seen);
    return missing === 0 ? NO_REMARK : { ...NO_REMARK, missing };
  }

  private old(side: Side, seen: Seen, end: number): Remark {
    const { seq, frame, time, length } = seen;
    const gap = side.fillGap(seq, end);
    if (gap !== undefined) {
      if (wasOvertaken(seen, gap, side)) {
        side.newBytes += length;
        side.tallies.add('reordered', frame, time, time - gap.time);
        return { ...NO_REMARK, fills: true, reordered: true };
      }
      side.newBytes += length;
      const kind = kindOfRepeat(side, seq, end, time, { last: gap.time, times: 1 });
      this.count(side, seen, kind);
      side.tallies.add('lost-before', frame, time, length);
      return { ...NO_REMARK, fills: true, again: kind };
    }
    const sent = side.outstanding.find(seq);
    const kind = kindOfRepeat(side, seq, end, time, sent);
    if (sent !== undefined) {
      sent.last = time;
      sent.times += 1;
      sent.size = Math.min(sent.size, diff(end, seq));
    }
    this.count(side, seen, kind);
    if (kind !== 'spurious') side.tallies.add('lost-behind', frame, time, length);
    return { ...NO_REMARK, again: kind, repeats: sent?.frame };
  }

  private count(
    side: Side,
    { frame, time, length, flags, seq }: Seen,
    kind: 'timeout' | 'fast-retransmit' | 'probe' | 'spurious',
  ): void {
    if (length === 0 && flags & FLAG.FIN) return;
    side.tallies.add(kind, frame, time, length);
    if (kind === 'spurious') return;
    side.repeated.push({ seq, end: add(seq, length), frame, time, kind, length });
    if (side.repeated.length > MOST_REPEATED) side.repeated.shift();
    side.episode ??= { kind, high: side.nxt };
    if (kind === 'timeout') side.episode = { kind, high: side.nxt };
    const full = length >= this.mss * 0.9;
    side.tallies.add(full ? 'again-full-size' : 'again-small', frame, time, length);
  }

  /** Who waits for whom, and for how long. */
  private turns(side: Side, other: Side, seen: Seen): void {
    const { time, frame, length } = seen;
    if (side === this.client) {
      const ack = other.lastPureAck;
      this.heldBack(side, other, seen, ack);
      this.asked = { frame, time, clean: this.troubles };
    } else {
      this.heldBack(side, other, seen, other.lastPureAck);
      const { asked } = this;
      if (asked !== undefined && length > 0) {
        const wait = time - asked.time - (Number.isFinite(side.rtt.least) ? side.rtt.least : 0);
        if (wait > SLOW && asked.clean === this.troubles) side.tallies.add('slow-answer', frame, time, wait);
      }
      this.asked = undefined;
    }
  }

  /** Nagle's algorithm at one end and delayed ACKs at the other wait for each other (RFC 9293 §3.7.4). */
  private heldBack(
    side: Side,
    other: Side,
    { time, frame, length }: Seen,
    { time: acked, frame: ackFrame }: { readonly time: number; readonly frame: number },
  ): void {
    if (length >= this.mss * 0.9 || other.lastData > side.lastData || !Number.isFinite(acked)) return;
    const late = acked - side.lastData;
    if (late < LATE_ACK.least || late > LATE_ACK.most) return;
    const round = Number.isFinite(side.rtt.least) ? side.rtt.least : 0;
    if (time - acked > round * 1.5 + AT_ONCE || side.openFlight) return;
    if (late < 3 * (Number.isFinite(other.rtt.least) ? other.rtt.least : 0)) return;
    side.tallies.add('held-back', frame, time, late);
    side.tallies.add('held-back', ackFrame, time, late);
  }

  private fillsWindow(side: Side, other: Side, { frame, time, length }: Seen): void {
    const { flight } = side;
    if (flight > side.mostInFlight) side.mostInFlight = flight;
    if (other.window === undefined || length === 0 || other.window === 0) return;
    if (flight === other.window) side.tallies.add('window-full', frame, time);
    if (flight + this.mss > other.window) side.tallies.add('window-limited', frame, time, other.window);
  }

  private scaled(side: Side, { flags, segment }: Seen, other: Side): number {
    const { opening } = side;
    if (flags & FLAG.SYN || opening?.shift === undefined || other.opening?.shift === undefined) return segment.window;
    return segment.window * 2 ** opening.shift;
  }

  private window(side: Side, seen: Seen, other: Side): void {
    const { frame, time, flags } = seen;
    const window = this.scaled(side, seen, other);
    side.window = window;
    if (flags & FLAG.SYN) return;
    side.largestWindow = Math.max(side.largestWindow, window);
    if (window === 0) {
      // Who has sent everything closes its window in earnest only while the other can still speak.
      if (other.fin !== undefined && other.finAckedAt !== undefined) return;
      if (side.zeroSince === undefined) side.tallies.add('zero-window', frame, time);
      side.zeroSince ??= { frame, time };
      this.troubles += 1;
    } else this.opens(side, frame, time);
  }

  /** The window is open again, or the capture ends. */
  opens(side: Side, frame: number, time: number): void {
    const { zeroSince } = side;
    if (zeroSince === undefined) return;
    const stalled = time - zeroSince.time;
    side.stalled += stalled;
    if (stalled >= side.longestStall.time) side.longestStall = { time: stalled, frame: zeroSince.frame, until: frame };
    side.zeroSince = undefined;
  }

  private reset(side: Side, other: Side, seen: Seen): void {
    const { seq, time, frame, flags, ttl } = seen;
    if (side.reset !== undefined) {
      side.reset.count += 1;
      return;
    }
    const last = Math.max(side.lastTime, other.lastTime);
    side.reset = {
      frame,
      time,
      hasAck: (flags & FLAG.ACK) !== 0,
      offset: side.known ? diff(seq, side.nxt) : 0,
      ttl,
      silence: Number.isFinite(last) ? time - last : 0,
      answers: other.lastFrame > side.lastFrame ? other.lastFrame : undefined,
      unanswered: other.lastData > side.lastData ? other.newBytes : 0,
      triesOfOther: other.tries + other.keepAlives,
      ownTries: side.tries + side.keepAlives,
      count: 1,
    };
  }
}
