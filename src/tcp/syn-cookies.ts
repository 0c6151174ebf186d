import { FLAG } from '../wire/tcp';
import type { Settings } from './options';
import { synOptions } from './output/syn-options';
import { windowShift } from './receive-window';
import { add, gt } from './sequence';
import { emptyOutgoing, emptySegment, hasFlag, type OutgoingSegment, type Segment } from './segment';
import { sipHash, type SipKey } from '../siphash';

/** The counter in a cookie goes up so often, µs. A cookie is good until it has gone up twice: for 64 to 128 s. */
export const COOKIE_PERIOD = 64_000_000;
const PERIODS = 2;

/**
 * The MSSs that a cookie can say; one in between counts as the next lower. 536 is for peers that announce none, 1440, 1452 and 1460 for
 * Ethernet (with IPv6 on the peer's side of a translator, PPPoE, plain), 8960 for jumbo frames.
 */
export const COOKIE_MSS: readonly number[] = [64, 536, 1220, 1360, 1440, 1452, 1460, 8960];

/** What else a SYN offers, and a cookie's timestamp carries. */
export interface CookieOptions {
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  readonly ecn: boolean;
}

/**
 * SYN cookies (RFC 4987 §3.6, appendix A): an initial sequence number that says by itself what a half-open connection would have
 * remembered, so that a SYN can be answered and forgotten.
 *
 * From the top: 5 bits of a counter, 3 of the MSS's place in the table, 24 of a MAC over the four-tuple, the peer's ISN, the whole
 * counter and the MSS. A number that only the four-tuple and the peer's ISN decide is added, so that nobody can read the first eight
 * bits either. Of the 2³² numbers that a forger may try, at most 16 are good at one time: 8 MSSs in 2 periods.
 */
export class SynCookies {
  /** Two secrets: one for the MAC, one for what is added to it. */
  constructor(
    private readonly macKey: SipKey,
    private readonly maskKey: SipKey,
  ) {}

  /**
   * The ISN for a SYN,ACK that is not remembered.
   * @param tuple the four-tuple as 32-bit words
   * @param irs the peer's ISN
   * @param mss that the peer announced
   * @param now µs
   * @returns `undefined` for an MSS that is smaller than all that a cookie can say
   */
  make(tuple: readonly number[], irs: number, mss: number, now: number): number | undefined {
    let index = COOKIE_MSS.length - 1;
    while (index >= 0 && (COOKIE_MSS[index] ?? 0) > mss) index -= 1;
    if (index < 0) return undefined;
    const count = Math.floor(now / COOKIE_PERIOD);
    const plain = ((count << 27) | (index << 24) | this.mac(tuple, irs, count, index)) >>> 0;
    return add(plain, this.mask(tuple, irs));
  }

  /** The MSS that a cookie which came back says, or `undefined`: it is none of ours, or too old. Parameters as for `make`. */
  read(tuple: readonly number[], irs: number, cookie: number, now: number): number | undefined {
    const plain = add(cookie, -this.mask(tuple, irs));
    const current = Math.floor(now / COOKIE_PERIOD);
    const age = ((current & 31) - (plain >>> 27)) & 31;
    const index = (plain >>> 24) & 7;
    if (age >= PERIODS || (plain & 0xff_ffff) !== this.mac(tuple, irs, current - age, index)) return undefined;
    return COOKIE_MSS[index];
  }

  private mac(tuple: readonly number[], irs: number, count: number, index: number): number {
    return sipHash(this.macKey, [...tuple, irs, count >>> 0, index]) & 0xff_ffff;
  }

  private mask(tuple: readonly number[], irs: number): number {
    return sipHash(this.maskKey, [...tuple, irs]);
  }
}

/** True while a cookie that was sent at `sentAt` could still come back. */
export function mayComeBack(sentAt: number, now: number): boolean {
  return now - sentAt <= PERIODS * COOKIE_PERIOD;
}

/** The low bits of a cookie's timestamp: four of the window scale, SACK-permitted, ECN. */
const OPTION_BITS = 0x3f;
const SACK_BIT = 0x10;
const ECN_BIT = 0x20;
/** In place of a window scale: there is none. (14 is the most, RFC 7323 §2.3.) */
const NO_SCALE = 0xf;

/**
 * A TSval whose low bits carry the options. It is at most 63 ticks before `clock` and never after it, so that later segments, which
 * have the clock itself, are never older than it (RFC 7323 §5.3).
 */
export function stampOptions(clock: number, { windowScale, sackPermitted, ecn }: CookieOptions): number {
  const scale = windowScale === undefined ? NO_SCALE : Math.min(14, windowScale);
  const bits = scale | (sackPermitted ? SACK_BIT : 0) | (ecn ? ECN_BIT : 0);
  const stamp = ((clock & ~OPTION_BITS) | bits) >>> 0;
  return gt(stamp, clock) ? add(stamp, -(OPTION_BITS + 1)) : stamp;
}

/** What the TSecr that answers such a TSval says. */
export function readStamp(stamp: number): CookieOptions {
  const scale = stamp & 0xf;
  return {
    windowScale: scale === NO_SCALE ? undefined : scale,
    sackPermitted: (stamp & SACK_BIT) !== 0,
    ecn: (stamp & ECN_BIT) !== 0,
  };
}

/**
 * The SYN,ACK that answers a SYN with a cookie. Without timestamps it can offer no option but the MSS, since nobody would remember.
 *
 * @param settings the listener's
 * @param pathMss the largest segment that the path carries
 * @param clock our timestamp clock now
 */
export function cookieSynAck(
  syn: Segment,
  cookie: number,
  settings: Settings,
  pathMss: number,
  clock: number,
): OutgoingSegment {
  const stamped = settings.timestamps && syn.timestamps;
  const options: CookieOptions = {
    windowScale: settings.windowScaling ? syn.windowScale : undefined,
    sackPermitted: settings.sack && syn.sackPermitted,
    ecn: settings.ecn !== false && asksForEcn(syn),
  };
  return {
    ...emptyOutgoing(),
    seq: cookie,
    ack: add(syn.seq, 1),
    flags: FLAG.SYN | FLAG.ACK | (stamped && options.ecn ? FLAG.ECE : 0),
    wnd: Math.min(65_535, settings.receiveBuffer),
    options: synOptions({
      mss: Math.min(pathMss, settings.mss ?? pathMss),
      sackPermitted: stamped && options.sackPermitted,
      timestamps: stamped ? { value: stampOptions(clock, options), echo: syn.tsval } : undefined,
      windowScale: stamped && options.windowScale !== undefined ? windowShift(settings.receiveBufferMax) : undefined,
    }),
    reason: 'handshake',
  };
}

/** The SYN as it must have been, by the ACK that brings its cookie back. */
export function rebuildSyn(ack: Segment, mss: number, settings: Settings): Segment {
  const stamped = settings.timestamps && ack.timestamps;
  const options = stamped ? readStamp(ack.tsecr) : undefined;
  return {
    ...emptySegment(),
    seq: add(ack.seq, -1),
    flags: FLAG.SYN | (options?.ecn === true ? FLAG.ECE | FLAG.CWR : 0),
    wnd: ack.wnd,
    mss,
    windowScale: options?.windowScale,
    sackPermitted: options?.sackPermitted === true,
    timestamps: stamped,
    tsval: ack.tsval,
  };
}

function asksForEcn(syn: Segment): boolean {
  return hasFlag(syn, FLAG.ECE) && hasFlag(syn, FLAG.CWR);
}
