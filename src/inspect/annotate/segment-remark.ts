import { add, diff } from '../../tcp/sequence';
import type { State } from '../../tcp/states';
import type {
  CongestionEvent,
  RetransmissionEvent,
  SegmentEvent,
  TcpDropEvent,
  TimerEvent,
  TransitionEvent,
} from '../../tcp/trace';
import { dataLength, segmentLength } from '../../tcp/trace';
import type { Variables } from '../../tcp/variables';
import { FLAG } from '../../wire/tcp';
import type { Purpose, Reading } from '../conversation';
import type { Words } from '../lang';
import { narrate } from '../narration';
import { flagNames } from '../on-the-arrow';
import type { RemarkWords } from './words';

/** What a connection tells besides its segments. */
export type Happening = TransitionEvent | TimerEvent | RetransmissionEvent | CongestionEvent | TcpDropEvent;

/** Things of one kind that are told of a segment; of more only their number. */
const MOST = 4;
/** A limit that stands for none. */
const NO_LIMIT = 2 ** 53 - 1;

/** What moves a connection, and is said in words. */
const SPOKEN: ReadonlySet<Purpose> = new Set<Purpose>([
  'syn',
  'syn-ack',
  'handshake-ack',
  'first-fin',
  'second-fin',
  'ack-of-first-fin',
  'last-ack',
  'refusal',
  'no-such-connection',
  'abort',
]);

/** Lines about a segment; which part of it a frame is stands between the first one's head and tail. */
export interface SegmentLines {
  readonly head: string;
  readonly tail: string;
  readonly second: string | undefined;
}

/** A segment in words: what is known of it so far. */
export class SegmentRemark {
  private readonly number: number;
  private readonly before: State;
  private after: State;
  private readonly what: string;
  private readonly sentence: string | undefined;
  private readonly facts: string[] = [];
  private readonly variables: Variables | undefined;
  private readonly earlier: Variables | undefined;
  private readonly causes: string[] = [];
  private readonly timers = new Map<string, string>();
  private readonly answers: string[] = [];

  constructor(
    event: SegmentEvent,
    reading: Reading,
    happened: readonly Happening[],
    last: Variables | undefined,
    private readonly words: RemarkWords,
    sentences: Words,
  ) {
    this.number = event.connection.id;
    this.variables = event.variables;
    this.earlier = last;
    this.after = event.after;
    const moved = happened.find((each) => each.type === 'transition');
    this.before = event.direction === 'out' && moved !== undefined ? moved.from : event.before;
    this.what = this.tellWhat(event, reading, happened);
    if (SPOKEN.has(reading.purpose)) this.sentence = `"${narrate(reading, { words: sentences })}"`;
    this.tellFacts(event, reading, last);
    if (event.direction === 'in') this.tellWhatIsLeft(event, reading, happened);
    for (const each of happened) this.add(each);
    this.after = event.after;
  }

  /** Something followed from it. */
  add(event: Happening): void {
    const { words } = this;
    switch (event.type) {
      case 'transition':
        this.after = event.to;
        keep(this.causes, event.event);
        return;
      case 'timer':
        if (event.action === 'set')
          this.timers.set(event.timer, `${nameOf(event)} ${time(event.deadline - event.time)}`);
        else if (event.action === 'cleared') this.timers.set(event.timer, words.cleared(nameOf(event)));
        else this.timers.set(event.timer, words.fired(nameOf(event)));
        return;
      case 'congestion':
        keep(this.facts, words.congestion(event.cause));
        return;
      case 'drop':
        keep(this.facts, words.dropped(`${event.layer}.${event.reason}`, event.detail));
        return;
      case 'retransmission':
    }
  }

  /** It was sent in answer. */
  answeredBy({ segment, reason }: SegmentEvent, length: number): void {
    const { reasons, bytes } = this.words;
    const isNamed = reason === 'challenge' || reason === 'data';
    const again = reason === 'retransmission' && length > 0 ? this.words.dataAgain : undefined;
    const what = again ?? (isNamed ? reasons[reason] : flagNames(segment.flags));
    this.answers.push(length > 0 ? `${what} ${bytes(length)}` : what);
  }

  /**
   * What is said of it, in the parts of two lines.
   * @param remarks about the packet as a whole
   */
  lines(remarks: readonly string[]): SegmentLines {
    const { words, number, before, after, causes, what, sentence, facts, answers, timers } = this;
    const state = before === after ? after : `${before} -> ${after}`;
    const why = causes.length === 0 ? '' : ` (${limited(causes, words)})`;
    const head = `${number === 0 ? '' : `#${number} `}${state}${why}: ${what}${sentence === undefined ? '' : `; ${sentence}`}`;
    const parts = [...remarks, ...facts];
    if (answers.length > 0) parts.push(words.answered(limited(answers, words)));
    if (timers.size > 0) parts.push(words.timers([...timers.values()].join(', ')));
    const tail = parts.map((each) => `; ${each}`).join('');
    return {
      head,
      tail,
      second: this.variables === undefined ? undefined : describe(this.variables, this.earlier, words),
    };
  }

  private tellWhat(event: SegmentEvent, reading: Reading, happened: readonly Happening[]): string {
    const { words } = this;
    const { purposes, reasons } = words;
    const length = dataLength(event);
    const size = `${length > 0 ? `, ${words.bytes(length)}` : ''}${ecn(event.segment.flags)}`;
    if (event.direction === 'in') {
      if (opensByCookie(event, happened)) return words.received(`${purposes['handshake-ack']}${size}, ${words.cookie}`);
      const again = reading.again && reading.purpose !== 'zero-window' ? `, ${words.again}` : '';
      return words.received(`${purposes[reading.purpose]}${size}${again}`);
    }
    const { reason = 'ack' } = event;
    if (reason === 'retransmission') {
      const told = happened.find((each) => each.type === 'retransmission');
      const cause = told?.cause ?? reading.cause;
      const name = told !== undefined && cause === 'timeout' ? words.timeout(told.count) : cause && words.causes[cause];
      const of = SPOKEN.has(reading.purpose) ? `, ${purposes[reading.purpose]}` : '';
      return words.sent(`${reasons.retransmission}${of}${size}${name === undefined ? '' : `, ${name}`}`);
    }
    if (event.connection.id === 0 && reading.purpose === 'syn-ack')
      return words.sent(`${purposes['syn-ack']}${size}, ${words.cookie}`);
    const isPlain = reason === 'ack' || reason === 'handshake' || reason === 'fin' || reason === 'reset';
    const says = isPlain && reading.purpose !== 'duplicate-ack' && reading.purpose !== 'data';
    return words.sent(`${says ? purposes[reading.purpose] : reasons[reason]}${size}`);
  }

  /** What of it is in order, and was not taken: our window is closed, say. What is dropped has its reason. */
  private tellWhatIsLeft(event: SegmentEvent, reading: Reading, happened: readonly Happening[]): void {
    const { segment, variables } = event;
    const isElsewhere = reading.duplicate || reading.missing > 0 || (segment.flags & FLAG.RST) !== 0;
    const hasNone = reading.length === 0 && (segment.flags & FLAG.FIN) === 0;
    if (variables === undefined || isElsewhere || hasNone || happened.some(({ type }) => type === 'drop')) return;
    const length = segmentLength(event);
    const left = Math.min(diff(add(segment.seq, length), variables.rcv.nxt), length);
    if (left > 0) this.facts.push(this.words.notTaken(left));
  }

  private tellFacts({ direction, segment, variables }: SegmentEvent, reading: Reading, last?: Variables): void {
    const { words, facts } = this;
    if (direction === 'out') return;
    if (variables !== undefined && last !== undefined && (segment.flags & FLAG.ACK) !== 0) {
      const acknowledged = diff(variables.snd.una, last.snd.una);
      if (acknowledged > 0) facts.push(words.acknowledges(acknowledged));
      const sacked = variables.sacked - last.sacked;
      if (sacked > 0) facts.push(words.sacks(sacked));
    }
    if (reading.duplicate) facts.push(words.duplicate);
    if (reading.missing > 0) facts.push(words.outOfOrder(reading.missing));
    if (reading.fills) facts.push(words.fills);
  }
}

/** An ACK from nowhere that makes a connection: its number is one that we have given away. */
function opensByCookie({ before, segment }: SegmentEvent, happened: readonly Happening[]): boolean {
  const isNew = before === 'LISTEN' && (segment.flags & FLAG.SYN) === 0;
  return isNew && happened.some((each) => each.type === 'transition' && each.to === 'ESTABLISHED');
}

/** Explicit congestion notification (RFC 3168 §6.1), as the flags have it. */
function ecn(flags: number): string {
  return `${flags & FLAG.ECE ? ', ECE' : ''}${flags & FLAG.CWR ? ', CWR' : ''}`;
}

/** Who looks for retransmissions is not to find every segment that sets the timer of that name. */
function nameOf({ timer }: TimerEvent): string {
  return timer === 'retransmission' ? 'rto' : timer;
}

function describe(variables: Variables, earlier: Variables | undefined, words: RemarkWords): string {
  const { variables: names, was } = words;
  const { mss, cwnd, ssthresh, underWay, sacked, lost, srtt, rto, snd, rcv, buffered } = variables;
  const limit = (bytes: number): string => (bytes >= NO_LIMIT ? names.none : String(Math.round(bytes)));
  const moved = (from: number, to: number): string => (from === to ? limit(to) : `${limit(to)} (${was(limit(from))})`);
  const parts = [
    `cwnd ${moved(earlier?.cwnd ?? cwnd, cwnd)}`,
    `ssthresh ${moved(earlier?.ssthresh ?? ssthresh, ssthresh)}`,
    `${names.underWay} ${underWay}`,
  ];
  if (sacked > 0) parts.push(`${names.sacked} ${sacked}`);
  if (lost > 0) parts.push(`${names.lost} ${lost}`);
  parts.push(`srtt ${srtt === undefined ? names.none : time(srtt)}`, `rto ${time(rto)}`);
  parts.push(`${names.theirWindow} ${snd.wnd}`, `${names.ourWindow} ${rcv.wnd}`);
  if (earlier !== undefined && earlier.mss !== mss) parts.push(`mss ${moved(earlier.mss, mss)}`);
  if (buffered.outOfOrder > 0) parts.push(`${names.outOfOrder} ${buffered.outOfOrder}`);
  return parts.join(', ');
}

/** µs as people write them: `1 s`, `0.213 ms`. */
function time(µs: number): string {
  if (µs >= 1_000_000) return `${Number((µs / 1_000_000).toFixed(2))} s`;
  return `${Number((µs / 1000).toPrecision(3))} ms`;
}

function keep(list: string[], text: string): void {
  if (list.length < 2 * MOST) list.push(text);
}

function limited(list: readonly string[], { more }: RemarkWords): string {
  if (list.length <= MOST) return list.join(', ');
  return `${list.slice(0, MOST).join(', ')}, ${more(list.length - MOST)}`;
}
