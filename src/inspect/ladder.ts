import type { ArpEvent, IcmpEvent, IpDropEvent, NeighbourEvent } from '../ip/trace';
import type { State } from '../tcp/states';
import type { ConnectionId, SegmentEvent, TcpDropEvent, TimerEvent, TransitionEvent } from '../tcp/trace';
import type { TraceEvent } from '../trace';
import { FLAG } from '../wire/tcp';
import { markOf } from './application/say';
import type { Told } from './application/told';
import { Ration, type Count } from './burst';
import type { Purpose, Reading } from './conversation';
import { shortOfDhcp } from './dhcp';
import { isAboutNeighbours, shortOfGroups } from './groups';
import { isHidden } from './drops';
import { duration } from './duration';
import { Exchange, type ShownState } from './exchange';
import { LANGUAGES, type Lang, type Words } from './lang';
import { Layout, type Row } from './layout';
import { narrate } from './narration';
import { partsOfSegment, shortOfArp, shortOfIcmp, shortOfNdp, type Short } from './on-the-arrow';

/** Silence in µs on a connection that is worth a line. */
const LONG_SILENCE = 1_000_000;
/** For so long in µs something may come for a connection that is gone. */
const LATE = 2_000_000;
/** Connections followed at a time; beyond that the one that was heard of first is forgotten. */
const MOST_EXCHANGES = 4096;

/** The user's calls that close a connection, and the states in which they send nothing (RFC 9293 §3.10.4, §3.10.5). */
const USER_CALLS: ReadonlySet<string> = new Set(['ABORT', 'CLOSE']);
const ENDS_WITHOUT_RST: ReadonlySet<State> = new Set<State>(['SYN-SENT', 'CLOSING', 'LAST-ACK', 'TIME-WAIT']);

const FAILURES: ReadonlySet<Purpose> = new Set<Purpose>(['abort', 'refusal', 'no-such-connection']);

export interface LadderOptions {
  /** Takes whole lines, each with its line end. */
  readonly write: (text: string) => void;
  readonly lang?: Lang;
  /** The terminal's width in columns. 80 by default; from 100 on the words stand beside the arrows. */
  readonly width?: number;
  readonly color?: boolean;
  /** Draws with ASCII characters only. */
  readonly ascii?: boolean;
  /** Counts most segments of a quick succession instead of showing each. On by default. */
  readonly collapse?: boolean;
  readonly names?: {
    /** What our end is called; `synack` by default. */
    readonly local?: string;
    /** What the other end is called; nothing by default. */
    readonly remote?: (address: string, port: number) => string;
  };
}

/**
 * The ladder: every segment an arrow between two lines that stand for the two ends, with their states outside and what it says in
 * plain words. Takes the events of a stack, in order, and writes lines. The left end is the other one's, the right end ours.
 */
export class Ladder {
  private readonly layout: Layout;
  private readonly words: Words;
  private readonly exchanges = new Map<string, Exchange>();
  /** When connections ended, by their ends. */
  private readonly gone = new Map<string, number>();
  private readonly drops = new Ration();
  private introduced = 0;
  private last: Exchange | undefined;
  private anythingWritten = false;
  private lastIsLoose = false;
  private readonly explained = new Set<string>();

  constructor(private readonly options: LadderOptions) {
    const { width = 80, color = false, ascii = false } = options;
    this.layout = new Layout({ width, color, ascii });
    this.words = LANGUAGES[options.lang ?? 'en'];
  }

  /** Shows what happened, if it is something to show. */
  event(event: TraceEvent): void {
    switch (event.type) {
      case 'segment': {
        this.segment(event);
        return;
      }
      case 'transition': {
        this.transition(event);
        return;
      }
      case 'timer': {
        this.timer(event);
        return;
      }
      case 'retransmission':
        return this.known(event.connection)?.conversation.retransmits(event.cause);
      case 'drop': {
        this.drop(event);
        return;
      }
      case 'arp': {
        this.arp(event);
        return;
      }
      case 'ndp': {
        const said = shortOfNdp(event, this.words);
        if (said !== undefined) this.short(event.direction, said);
        return;
      }
      case 'icmp': {
        this.icmp(event);
        return;
      }
      case 'group':
        if (!isAboutNeighbours(event)) this.short(event.direction, shortOfGroups(event, this.words));
        return;
      case 'neighbour': {
        this.neighbour(event);
        return;
      }
      case 'dhcp':
        this.short(event.direction, shortOfDhcp(event, this.words));
        return;
      case 'dhcp-state':
      case 'udp':
      case 'forward':
      case 'congestion':
    }
  }

  /** Writes what was counted and not told yet. To be called when nothing has come for a while. */
  flush(): void {
    for (const exchange of this.exchanges.values()) this.tellCounts(exchange);
  }

  /** Writes what is left to say. */
  end(): void {
    this.flush();
  }

  private segment(event: SegmentEvent): void {
    const { time, direction, segment } = event;
    if (this.isStray(event)) return;
    const exchange = this.find(event);
    const reading = exchange.observe(event);
    const changed = exchange.statesChanged;
    const told = exchange.dialogue.read(event);
    const shown =
      this.options.collapse === false || exchange.burst.shows(time, direction, reading, markOf(told)) || changed;
    const dropped = direction === 'in' ? exchange.takeDropped() : '';
    if (exchange.burst.isDue(time) || shown) this.tellCounts(exchange);
    if (shown) {
      this.silence(exchange, time);
      this.put(exchange, this.rowOf(event, reading, told, dropped));
      this.waitInTimeWait(exchange, event);
    }
    exchange.lastTime = time;
    const answered = direction === 'out' || (segment.flags & FLAG.RST) !== 0;
    if (exchange.id.id === 0 ? answered : exchange.ourState === 'CLOSED' || exchange.ourState === 'LISTEN')
      this.close(exchange);
  }

  private rowOf({ direction, segment }: SegmentEvent, reading: Reading, told: Told, dropped: string): Row {
    const { layout, words } = this;
    const narration = narrate(reading, { words, room: layout.words, ascii: this.options.ascii === true, told });
    const ink = FAILURES.has(reading.purpose) ? 'failure' : reading.again ? 'warning' : undefined;
    return {
      rung: layout.arrow(direction, partsOfSegment(segment, reading, layout.glyphs), ink),
      words: `${narration} ${dropped}`.trimEnd(),
      speaker: direction === 'in' ? 'peer' : 'us',
    };
  }

  /**
   * What still comes for a connection that has just gone, and what answers it: many segments may have been on their way. The
   * log has them.
   */
  private isStray({ connection, segment, time }: SegmentEvent): boolean {
    if (connection.id !== 0 || segment.flags & FLAG.SYN || this.known(connection) !== undefined) return false;
    const ends = endsOf(connection);
    const gone = this.gone.get(ends);
    if (gone === undefined || time - gone > LATE) return false;
    this.remember(ends, time);
    return true;
  }

  private remember(ends: string, time: number): void {
    this.gone.delete(ends);
    dropOldest(this.gone);
    this.gone.set(ends, time);
  }

  /** Says why TIME-WAIT waits, once, below the segment after which there is only waiting. */
  private waitInTimeWait(exchange: Exchange, { direction, segment }: SegmentEvent): void {
    if (exchange.ourState !== 'TIME-WAIT' || exchange.toldOfTimeWait) return;
    if (direction === 'in' && segment.flags & FLAG.FIN) return;
    exchange.toldOfTimeWait = true;
    const wait = exchange.timeWait;
    if (wait === undefined) return;
    this.put(exchange, { words: this.words.waitsTwoMsl(this.local, this.duration(wait), this.once('time-wait')) });
  }

  private transition({ from, to, event, connection, time }: TransitionEvent): void {
    const { words } = this;
    const { address, port } = connection.local;
    const endpoint = address === '0.0.0.0' ? words.port(port) : `${address}:${port}`;
    const local = this.local;
    if (from === 'CLOSED' && to === 'LISTEN') {
      this.say(words.listens(local, endpoint));
      return;
    }
    const exchange = this.known(connection);
    if (exchange === undefined) {
      if (from === 'LISTEN' && to === 'CLOSED') this.say(words.listensNoMore(local, endpoint));
      return;
    }
    if (to !== 'CLOSED') return;
    exchange.ourState = 'CLOSED';
    // A segment is behind it that was shown, or is about to be.
    if (event.startsWith('rcv')) return;
    if (USER_CALLS.has(event) && !ENDS_WITHOUT_RST.has(from) && !exchange.resetSent) return;
    this.tellCounts(exchange);
    const wait = exchange.timeWait;
    const timeout = event.includes('timeout');
    if (from === 'TIME-WAIT' && timeout && wait !== undefined) {
      this.put(exchange, { words: words.waitIsOver(this.duration(wait)) });
    } else if (!exchange.resetSent) {
      this.put(exchange, { words: timeout ? words.givesUp : words.endsSilently });
    }
    exchange.lastTime = time;
    this.close(exchange);
  }

  private timer({ timer, action, connection, time, deadline }: TimerEvent): void {
    if (timer !== 'time-wait' || action !== 'set') return;
    const exchange = this.known(connection);
    if (exchange !== undefined) exchange.timeWait = deadline - time;
  }

  private drop(event: TcpDropEvent | IpDropEvent): void {
    if (isHidden(event)) return;
    const { words, layout } = this;
    const why = words.dropReasons[event.reason] ?? event.detail;
    const exchange = event.layer === 'tcp' && event.connection !== undefined ? this.known(event.connection) : undefined;
    if (exchange === undefined) {
      const share = this.drops.take(event.time, `${event.layer}.${event.reason}`);
      if (share === 'no') return;
      const rung = layout.brokenArrow('in', `${words.dropped}: ${event.layer} ${event.reason}`);
      this.put(undefined, { rung, words: share === 'last' ? `${why} ${layout.glyphs.ellipsis}` : why });
    } else {
      // The segment has a line of its own, which comes now.
      exchange.dropped = `(${words.dropped}: ${why})`;
    }
  }

  private arp(event: ArpEvent): void {
    this.short(event.direction, shortOfArp(event, this.words));
  }

  private icmp(event: IcmpEvent): void {
    const short = shortOfIcmp(event, this.words);
    if (short !== undefined) this.short(event.direction, short);
  }

  private neighbour({ state, address, mac = '' }: NeighbourEvent): void {
    if (state === 'failed') this.put(undefined, { words: this.words.nobodyAnswers(address) });
    if (state === 'conflict') this.put(undefined, { words: this.words.addressConflict(address, mac) });
  }

  private short(direction: 'in' | 'out', { parts, words }: Short): void {
    this.put(undefined, {
      rung: this.layout.arrow(direction, parts, 'faint'),
      words,
      speaker: direction === 'in' ? 'peer' : 'us',
    });
  }

  // --- Connections

  private find(event: SegmentEvent): Exchange {
    const key = keyOf(event.connection);
    let exchange = this.exchanges.get(key);
    if (exchange !== undefined) return exchange;
    dropOldest(this.exchanges);
    this.introduced += 1;
    exchange = new Exchange(event.connection, this.introduced, event);
    this.exchanges.set(key, exchange);
    this.introduce(exchange);
    return exchange;
  }

  private known(connection: ConnectionId): Exchange | undefined {
    return this.exchanges.get(keyOf(connection));
  }

  private get local(): string {
    return this.options.names?.local ?? 'synack';
  }

  /** The names above the lifelines. */
  private introduce(exchange: Exchange): void {
    const { layout } = this;
    this.legend();
    this.blank();
    const { local, remote } = exchange.id;
    const name = this.options.names?.remote?.(remote.address, remote.port) ?? '';
    this.lines(
      layout.names(
        exchange.tag,
        `${name} ${remote.address}:${remote.port}`.trim(),
        `${this.local} ${local.address}:${local.port}`,
      ),
    );
    this.last = exchange;
    this.put(exchange, { lifeline: layout.glyphs.lifelineStart });
  }

  private legend(): void {
    if (!this.once('legend')) return;
    this.blank();
    const { layout, words } = this;
    for (const text of [words.legendStates(this.local), words.legendNumbers]) {
      this.lines(layout.paragraph(text).map((line) => layout.paint('faint', line)));
    }
  }

  /** True the first time: what is explained once need not be explained again. */
  private once(what: 'legend' | 'time-wait' | 'other-waits'): boolean {
    if (this.explained.has(what)) return false;
    this.explained.add(what);
    return true;
  }

  /** The lifelines end: the connection is gone. */
  private close(exchange: Exchange): void {
    this.tellCounts(exchange);
    const otherWaits = exchange.peerState === 'TIME-WAIT' && this.once('other-waits');
    if (otherWaits) this.put(exchange, { words: this.words.otherWaits });
    else if (exchange.statesChanged) this.put(exchange, {});
    this.put(exchange, { lifeline: this.layout.glyphs.lifelineEnd });
    this.exchanges.delete(keyOf(exchange.id));
    this.remember(endsOf(exchange.id), exchange.lastTime ?? 0);
  }

  private tellCounts(exchange: Exchange): void {
    const counts = exchange.burst.take();
    if (counts === undefined) return;
    for (const direction of ['in', 'out'] as const) {
      const count = counts[direction];
      if (count.segments > 0) this.putBetween(exchange, this.countRung(direction, count));
    }
  }

  private countRung(direction: 'in' | 'out', count: Count): string {
    const { layout, words } = this;
    const { left, right } = layout.glyphs;
    let text = words.more(count.segments, count.bytes);
    if (count.again > 0) text += `, ${words.ofThemAgain(count.again)}`;
    const [before, after] = direction === 'in' ? ['', ` ${right}`] : [`${left} `, ''];
    return layout.centred(`${before}${text}${after}`);
  }

  private silence(exchange: Exchange, time: number): void {
    const passed = time - (exchange.lastTime ?? time);
    if (passed < LONG_SILENCE) return;
    const { dots } = this.layout.glyphs;
    this.putBetween(exchange, this.layout.centred(`${dots} ${this.words.later(this.duration(passed))} ${dots}`));
  }

  // --- Writing

  /** Writes a row, with the states beside it that have changed since they were last shown. */
  private put(exchange: Exchange | undefined, row: Row): void {
    if (exchange === undefined) {
      this.putLoose(row);
      return;
    }
    const returns = this.last !== undefined && this.last !== exchange;
    const { paint } = this.layout;
    const ink = (state: ShownState): string => paint(state.isNew ? 'strong' : 'faint', state.text);
    const { peer, us } = exchange.takeStates(returns);
    this.lines(this.layout.row({ ...row, tag: this.tag(exchange), left: ink(peer), right: ink(us) }));
    this.last = exchange;
  }

  /** Writes a row that belongs to no connection; several of them stand together. */
  private putLoose(row: Row): void {
    this.legend();
    if (!this.lastIsLoose && this.exchanges.size === 0) this.blank();
    this.lines(this.layout.row(row));
    this.lastIsLoose = true;
  }

  /** Writes a row between two segments, without states. */
  private putBetween(exchange: Exchange, rung: string): void {
    this.lines(this.layout.row({ rung, tag: this.tag(exchange) }));
  }

  /** Nothing, unless other connections stand above or between. */
  private tag(exchange: Exchange): string {
    const alone = this.exchanges.size === 1 && (this.last === undefined || this.last === exchange);
    return alone ? '' : exchange.tag;
  }

  private say(text: string): void {
    if (this.lastIsLoose) this.blank();
    this.lines(this.layout.paragraph(text));
  }

  private blank(): void {
    if (this.anythingWritten) this.options.write('\n');
  }

  private lines(lines: readonly string[]): void {
    this.anythingWritten = true;
    this.lastIsLoose = false;
    this.options.write(lines.map((line) => `${line}\n`).join(''));
  }

  private duration(µs: number): string {
    return duration(µs, this.words);
  }
}

/** Segments that belong to no connection all have the number 0: their addresses tell them apart. */
function keyOf(connection: ConnectionId): string {
  return connection.id === 0 ? endsOf(connection) : String(connection.id);
}

function endsOf({ local, remote }: ConnectionId): string {
  return `${local.address}:${local.port} ${remote.address}:${remote.port}`;
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size < MOST_EXCHANGES) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
