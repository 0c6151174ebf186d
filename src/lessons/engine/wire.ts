import type { VirtualClock } from '../../clock/virtual-clock';
import type { End } from '../../inspect';
import { readUint16, writeUint16 } from '../../wire/bytes';
import { updateChecksum } from '../../wire/checksum';
import { joinFrame, NO_OFFLOAD, type Frame as LinkFrame, type FrameBatch, type Link } from '../../link/link';
import { Random } from '../../random';
import type { FrameId } from './action';
import { tooBig } from './ghost';

/** A cable between two hosts, the same in both directions. Times in µs. */
export interface WireOptions {
  /** How long a frame takes, once it has left. Default 20 ms, so that arrows slope. */
  readonly delay?: number;
  /** Bits/s; 0, the default: no limit. */
  readonly rate?: number;
  /** How many frames wait for the rate, the one being sent included. Default 50; those beyond are lost. */
  readonly queue?: number;
  /** The probability, 0 to 1, that a frame is lost. Default 0. */
  readonly loss?: number;
  /** Default 1500 bytes. */
  readonly mtu?: number;
  /** In the middle is a router, and behind it no larger packets than so many bytes get through. Default: there is none. */
  readonly narrow?: number;
  /** Whether what that router tells the sender by ICMP (RFC 1191 §4) gets through. Default `true`; else a firewall throws it away. */
  readonly narrowTells?: boolean;
  /**
   * Where more frames than so many wait for the rate, the router in front of the wire speaks up (active queue management, RFC 7567): it
   * marks a frame whose sender understands that (ECN, RFC 3168 §5), and drops any other. Then it gives the sender time to react: 200 ms.
   * Default: it says nothing.
   */
  readonly mark?: number;
}

/**
 * What becomes of a frame. `nowhere`: it came to the other end, and nobody is there who has its address, or the machine is down.
 */
export type Fate = 'under-way' | 'arrived' | 'lost' | 'nowhere';

/**
 * Why a frame is lost: the reader wanted it, by chance, too many waited for the wire, it is too big for a part of the way, or a firewall
 * throws it away.
 */
export type LossCause = 'action' | 'chance' | 'queue' | 'size' | 'filter';

/** A frame on a wire. */
export interface Frame {
  /** `undefined` for one that no end sent: a copy, an old or a forged one. */
  readonly id: FrameId | undefined;
  /** Made by the wire from another one. */
  readonly isCopy: boolean;
  /** Which one that is. */
  readonly of?: Frame;
  /** The router in front of the wire has marked it: congestion experienced (RFC 3168 §5). */
  readonly isMarked: boolean;
  /** What a router says by ICMP of a packet that is too big: the largest that it can pass on, bytes. */
  readonly tooBig?: number;
  /** It comes from nobody who is here: it was left over from an earlier connection, or is forged. */
  readonly isGhost: boolean;
  readonly from: End;
  /** The IP packet. */
  readonly bytes: Uint8Array;
  /** When its sender gave it to the wire, when it has left (it may wait for the wire's rate), and when it arrives or is lost, µs. */
  readonly sent: number;
  readonly leaves: number;
  readonly ends: number;
  /** How far it gets: 1 is the other end; less for one that is lost on the way. */
  readonly reach: number;
  readonly loss: LossCause | undefined;
  fate: Fate;
  /** The index of its row in the wire's timeline. */
  row: number | undefined;
}

/** What the reader wants to become of a frame. */
export interface Wish {
  drop?: boolean;
  delay?: number;
  copy?: boolean;
}

/** Who is told what happens on a wire. */
export interface WireWatcher {
  /** A frame was given to the wire. */
  frameSent(frame: Frame): void;
  /** It arrives: delivers it by calling `deliver`. */
  frameArrives(frame: Frame, deliver: () => void): void;
  frameLost(frame: Frame): void;
  /** The router in the middle is about to tell the sender of a frame, which did not fit, what would; `isHeard`: it gets there. */
  routerTells(frame: Frame, mtu: number, isHeard: boolean): void;
}

const LOST_AT = 0.55;
/** How far a firewall lets what the router says come, as a part of the way from the router. */
const FILTERED_AT = 0.35;
/** How long a router waits after it has spoken up, µs: a few round trips, so that whoever heard it can slow down. */
const PATIENCE = 200_000;

/** One end of a wire, as a stack sees it. */
export class WireEnd implements Link {
  readonly medium = 'ip';
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;
  /** There when ACKs wait for what the program answers at once. */
  onReceived?: () => void;
  isOpen = true;

  constructor(
    readonly name: string,
    private readonly wire: Wire,
    private readonly end: End,
    piggyback: boolean,
  ) {
    this.mtu = wire.mtu;
    if (piggyback) this.onReceived = () => undefined;
  }

  send(frame: LinkFrame): boolean {
    if (this.isOpen) this.wire.send(this.end, new Uint8Array(joinFrame(frame)));
    return true;
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
}

/** A wire on which each frame has a number, and can be lost, held up or doubled by it. */
export class Wire {
  readonly mtu: number;
  /** All that were sent, in that order. */
  readonly frames: Frame[] = [];
  /** How many each end has sent. */
  readonly count = { left: 0, right: 0 };
  readonly options: Required<WireOptions>;
  private readonly plugged: Partial<Record<End, WireEnd>> = {};
  private readonly free = { left: 0, right: 0 };
  private readonly departures: Record<End, number[]> = { left: [], right: [] };
  /** Until when the router in front of the wire says nothing more. */
  private readonly patient = { left: 0, right: 0 };
  private readonly chance: Record<End, Random>;
  private underWayCount = 0;

  constructor(
    readonly index: number,
    /** The IPv4 addresses at its two ends. */
    readonly addresses: Readonly<Record<End, string>>,
    private readonly clock: VirtualClock,
    random: Random,
    private readonly wishes: (id: FrameId) => Wish,
    private readonly watcher: WireWatcher,
    options: WireOptions = {},
  ) {
    this.options = {
      ...{ delay: 20_000, rate: 0, queue: 50, loss: 0, mtu: 1500, narrow: Infinity, narrowTells: true },
      mark: Infinity,
      ...options,
    };
    this.mtu = this.options.mtu;
    this.chance = { left: random.fork(), right: random.fork() };
  }

  /**
   * Plugs a stack in at one end; who was there before is cut off.
   * @param piggyback ACKs wait for what the program answers at once
   */
  plug(end: End, name: string, piggyback: boolean): WireEnd {
    this.unplug(end);
    const plugged = new WireEnd(name, this, end, piggyback);
    this.plugged[end] = plugged;
    return plugged;
  }

  unplug(end: End): void {
    const before = this.plugged[end];
    if (before !== undefined) before.isOpen = false;
  }

  /** How many frames are on the way. */
  get underWay(): number {
    return this.underWayCount;
  }

  send(from: End, bytes: Uint8Array): void {
    this.count[from] += 1;
    const id = { wire: this.index, from, n: this.count[from] };
    const wish = this.wishes(id);
    const unlucky = this.chance[from].chance(this.options.loss);
    const speaksUp = this.speaksUp(from);
    const isMarked = speaksUp && speaksEcn(bytes);
    // Who does not understand a mark understands a loss; its room in the queue stays free.
    const leaves = speaksUp && !isMarked ? undefined : this.depart(from, bytes.length);
    const isTooBig = bytes.length > this.options.narrow;
    const loss = wish.drop ? 'action' : unlucky ? 'chance' : isTooBig ? 'size' : undefined;
    if (isMarked) markCongestion(bytes);
    const frame = this.put({ id, from, bytes, leaves, loss, held: wish.delay ?? 0, isMarked });
    if (wish.copy && frame.loss === undefined) {
      const held = Math.max(1, this.options.delay >> 3);
      this.put({ from, bytes, leaves, loss: undefined, held, of: frame, isMarked });
    }
  }

  /** Puts a packet on the wire that nobody here has sent: one left over from the past, or forged. */
  inject(from: End, bytes: Uint8Array): void {
    this.put({ from, bytes, leaves: this.clock.now(), loss: undefined, held: 0, isGhost: true });
  }

  private put(given: {
    id?: FrameId;
    from: End;
    bytes: Uint8Array;
    /** `undefined`: there is no room in the queue. */
    leaves: number | undefined;
    loss: LossCause | undefined;
    held: number;
    of?: Frame;
    isGhost?: boolean;
    isMarked?: boolean;
    tooBig?: number;
    /** How far a frame gets that is lost on the way. */
    lostAt?: number;
  }): Frame {
    const { id, from, bytes, held, of, isGhost = false, isMarked = false, tooBig: limit, lostAt = LOST_AT } = given;
    const now = this.clock.now();
    const loss = given.leaves === undefined ? 'queue' : given.loss;
    const leaves = given.leaves ?? now;
    const reach = loss === undefined ? 1 : loss === 'queue' ? 0 : lostAt;
    const ends = leaves + Math.round(this.options.delay * reach) + (loss === undefined ? held : 0);
    const fate = 'under-way' as const;
    const frame: Frame = {
      ...{ id, from, bytes, isCopy: of !== undefined, isGhost, isMarked, sent: now, leaves, ends, reach, loss },
      ...(of !== undefined && { of }),
      ...(limit !== undefined && { tooBig: limit }),
      fate,
      row: undefined,
    };
    this.frames.push(frame);
    this.underWayCount += 1;
    this.watcher.frameSent(frame);
    this.clock.schedule(ends, () => {
      this.underWayCount -= 1;
      if (loss !== undefined) {
        frame.fate = 'lost';
        this.watcher.frameLost(frame);
        if (loss === 'size') this.tellTooBig(frame);
      } else this.arrive(frame);
    });
    return frame;
  }

  /** The router in the middle tells a frame's sender what would get through. */
  private tellTooBig(frame: Frame): void {
    const { narrow, narrowTells, delay } = this.options;
    this.watcher.routerTells(frame, narrow, narrowTells);
    const start = 1 - LOST_AT;
    this.put({
      ...{ from: frame.from === 'left' ? 'right' : 'left', bytes: tooBig(frame.bytes, narrow), held: 0 },
      ...{ leaves: this.clock.now() - Math.round(delay * start), isGhost: true, tooBig: narrow },
      ...{ loss: narrowTells ? undefined : 'filter', lostAt: start + LOST_AT * FILTERED_AT },
    });
  }

  private arrive(frame: Frame): void {
    const to = frame.from === 'left' ? 'right' : 'left';
    const end = this.plugged[to];
    const isThere = end?.isOpen === true && destinationOf(frame.bytes) === this.addresses[to];
    frame.fate = isThere ? 'arrived' : 'nowhere';
    this.watcher.frameArrives(frame, () => {
      // The receiver may keep slices of what it is given.
      if (!isThere) return;
      end.onReceive([new Uint8Array(frame.bytes)]);
      end.onReceived?.();
    });
  }

  /** Too many of an end's frames wait, and the router has not said so for a while. */
  private speaksUp(from: End): boolean {
    const now = this.clock.now();
    if (now < this.patient[from]) return false;
    const waiting = this.departures[from].filter((leaves) => leaves > now).length;
    if (waiting < this.options.mark) return false;
    this.patient[from] = now + PATIENCE;
    return true;
  }

  /** When so many bytes have left at the wire's rate; `undefined` when there is no room to wait. */
  private depart(from: End, length: number): number | undefined {
    const { rate, queue } = this.options;
    const now = this.clock.now();
    if (rate === 0) return now;
    const departures = this.departures[from];
    while (departures[0] !== undefined && departures[0] <= now) departures.shift();
    if (departures.length >= queue) return undefined;
    this.free[from] = Math.max(this.free[from], now) + Math.ceil((length * 8 * 1_000_000) / rate);
    departures.push(this.free[from]);
    return this.free[from];
  }
}

/** Its sender understands marks: ECT(0) or ECT(1) (RFC 3168 §5). */
function speaksEcn(packet: Uint8Array): boolean {
  return ((packet[1] ?? 0) & 3) !== 0;
}

/** Writes "congestion experienced" into the header of an IPv4 packet, as a router does. */
function markCongestion(packet: Uint8Array): void {
  const before = readUint16(packet, 0);
  writeUint16(packet, 0, before | 3);
  writeUint16(packet, 10, updateChecksum(readUint16(packet, 10), before, before | 3));
}

function destinationOf(packet: Uint8Array): string {
  return Array.from(packet.subarray(16, 20)).join('.');
}
