import type { Scheduled } from '../clock/clock';
import type { Address } from '../wire/address';
import type { Wanted } from './groups';
import type { IpHost } from './host';

/**
 * The protocols that routers speak. 1: IGMPv1. 2: IGMPv2 and MLDv1, which add leaving. 3: IGMPv3 and MLDv2, where each host says what
 * it wants, sources included.
 */
export type Generation = 1 | 2 | 3;

/** What the third generation says of a group: now, or since something changed. */
export interface GroupRecord<A extends Address> {
  readonly kind: 'is-include' | 'is-exclude' | 'to-include' | 'to-exclude';
  readonly group: A;
  readonly sources: readonly A[];
}

/** Puts messages on the wire. */
export interface GroupReportsWire<A extends Address> {
  report(group: A, generation: 1 | 2): void;
  leave(group: A): void;
  /** In as many messages as it takes. */
  records(records: readonly GroupRecord<A>[]): void;
}

/** The groups that are to be reported. */
export interface ReportedGroups<A extends Address> {
  groups(): Iterable<A>;
  /** `undefined`: nobody wants anything of the group. */
  wanted(group: A): Wanted<A> | undefined;
}

const SECOND = 1_000_000;
/** How often something is said of which one saying may be lost (RFC 3376 §8.1). */
const ROBUSTNESS = 2;
/** Within what time it is said again (RFC 2236 §8.10, RFC 3376 §8.11). */
const UNSOLICITED: Readonly<Record<Generation, number>> = { 1: 10 * SECOND, 2: 10 * SECOND, 3: SECOND };
/** How long a router of an older generation counts as there (RFC 2236 §4, RFC 3376 §8.12: twice the interval of queries and an answer). */
const OLDER_PRESENT: Readonly<Record<1 | 2, number>> = { 1: 400 * SECOND, 2: 260 * SECOND };

interface Reporting {
  timer: Scheduled | undefined;
  due: number;
  /** What the timer is for, and how often it is to be said yet. */
  changes: number;
  /** We were the last to report the group (RFC 2236 §3): then we say that we leave. */
  isReporter: boolean;
}

/**
 * Tells multicast routers, and the switches that listen, which groups we are in, as a host does in IGMP and MLD: when we join, when we are
 * asked, and when we leave (RFC 2236 §3 and §6, RFC 2710 §4; RFC 3376 §5, RFC 3810 §6).
 *
 * It begins with the second generation, which all routers and switches understand, and goes on with the third when a router asks in it,
 * unless an older one is there. Of the third it uses four records of six: a change is said as the state after it ("to include these
 * sources"), which needs no memory of what was said before; and a query about sources is answered with all that is wanted of the group.
 */
export class GroupReports<A extends Address> {
  readonly #host: Pick<IpHost, 'clock' | 'random32'>;
  readonly #wire: GroupReportsWire<A>;
  readonly #groups: ReportedGroups<A>;
  readonly #isReported: (group: A) => boolean;
  /** Of each group that we are in, and of those that we have just left. */
  readonly #reporting = new Map<A, Reporting>();
  /** Until when a router of each older generation counts as there, µs. */
  readonly #olderUntil = { 1: -Infinity, 2: -Infinity };
  #third = false;
  /** For the answer to "which groups at all?", in the third generation. */
  readonly #general: Pick<Reporting, 'timer' | 'due'> = { timer: undefined, due: 0 };

  /** @param isReported false for the groups that need no report, because everybody is in them */
  constructor(
    host: Pick<IpHost, 'clock' | 'random32'>,
    wire: GroupReportsWire<A>,
    groups: ReportedGroups<A>,
    isReported: (group: A) => boolean,
  ) {
    this.#host = host;
    this.#wire = wire;
    this.#groups = groups;
    this.#isReported = isReported;
  }

  /** As which routers are spoken to now. */
  get generation(): Generation {
    const now = this.#host.clock.now();
    if (now < this.#olderUntil[1]) return 1;
    if (now < this.#olderUntil[2]) return 2;
    return this.#third ? 3 : 2;
  }

  /** What is wanted of `group` has changed; `wasWanted`: something was before. */
  changed(group: A, wasWanted: boolean): void {
    if (!this.#isReported(group)) return;
    const isLeft = this.#groups.wanted(group) === undefined;
    const { generation } = this;
    const known = this.#reporting.get(group);
    if (generation === 3) {
      const reporting = known ?? this.#create(group);
      reporting.changes = ROBUSTNESS;
      this.#sayChange(group, reporting);
    } else if (isLeft) {
      known?.timer?.cancel();
      this.#reporting.delete(group);
      if (generation === 2 && known?.isReporter === true) this.#wire.leave(group);
    } else if (!wasWanted) {
      const reporting = known ?? this.#create(group);
      reporting.changes = ROBUSTNESS;
      this.#sayChange(group, reporting);
    }
  }

  /**
   * A router asks.
   * @param maxDelay within which we answer, µs
   * @param group `undefined`: about all
   */
  query(generation: Generation, maxDelay: number, group?: A): void {
    if (generation === 3) this.#third = true;
    else this.#olderUntil[generation] = this.#host.clock.now() + OLDER_PRESENT[generation];
    if (group !== undefined) this.#answerWithin(maxDelay, group);
    else if (this.generation === 3) {
      this.#within(maxDelay, this.#general, () => {
        this.#sayAll();
      });
    } else for (const each of this.#groups.groups()) this.#answerWithin(maxDelay, each);
  }

  /** Another host has reported a group: routers know enough (RFC 2236 §3). */
  heard(group: A): void {
    const reporting = this.#reporting.get(group);
    if (reporting === undefined || this.generation === 3) return;
    reporting.timer?.cancel();
    reporting.timer = undefined;
    reporting.changes = 0;
    reporting.isReporter = false;
  }

  /** The interface is gone. */
  close(): void {
    this.#general.timer?.cancel();
    for (const { timer } of this.#reporting.values()) timer?.cancel();
    this.#reporting.clear();
  }

  #create(group: A): Reporting {
    const reporting = { timer: undefined, due: 0, changes: 0, isReporter: false };
    this.#reporting.set(group, reporting);
    return reporting;
  }

  #answerWithin(maxDelay: number, group: A): void {
    if (!this.#isReported(group) || this.#groups.wanted(group) === undefined) return;
    const reporting = this.#reporting.get(group) ?? this.#create(group);
    this.#within(maxDelay, reporting, () => {
      this.#timeout(group, reporting);
    });
  }

  /** Starts the timer, unless it runs and ends within that time anyway (RFC 2236 §3). */
  #within(maxDelay: number, what: Pick<Reporting, 'timer' | 'due'>, then: () => void): void {
    const now = this.#host.clock.now();
    if (what.timer !== undefined && what.due <= now + maxDelay) return;
    what.timer?.cancel();
    what.due = now + 1 + Math.floor((this.#host.random32() / 2 ** 32) * maxDelay);
    what.timer = this.#host.clock.schedule(what.due, () => {
      what.timer = undefined;
      then();
    });
  }

  #timeout(group: A, reporting: Reporting): void {
    if (reporting.changes > 0) this.#sayChange(group, reporting);
    else this.#say(group, reporting, false);
  }

  /** Something has changed: it is said now, and again. */
  #sayChange(group: A, reporting: Reporting): void {
    reporting.changes--;
    this.#say(group, reporting, true);
    if (reporting.changes > 0) {
      this.#within(UNSOLICITED[this.generation], reporting, () => {
        this.#timeout(group, reporting);
      });
    } else if (this.#groups.wanted(group) === undefined) this.#reporting.delete(group);
  }

  #say(group: A, reporting: Reporting, hasChanged: boolean): void {
    const { generation } = this;
    const wanted = this.#groups.wanted(group);
    if (generation === 3) this.#wire.records([recordOf(group, wanted, hasChanged)]);
    else if (wanted !== undefined) {
      reporting.isReporter = true;
      this.#wire.report(group, generation);
    }
  }

  #sayAll(): void {
    const all = [...this.#groups.groups()].filter((group) => this.#isReported(group));
    if (all.length > 0) this.#wire.records(all.map((group) => recordOf(group, this.#groups.wanted(group), false)));
  }
}

function recordOf<A extends Address>(group: A, wanted: Wanted<A> | undefined, hasChanged: boolean): GroupRecord<A> {
  // To exclude nobody is to want all; to include nobody is to want nothing.
  if (wanted === 'all') return { kind: hasChanged ? 'to-exclude' : 'is-exclude', group, sources: [] };
  return { kind: hasChanged ? 'to-include' : 'is-include', group, sources: [...(wanted ?? [])] };
}

/**
 * Records in portions that fit into a message each. One with more sources than that is said in several (RFC 3376 §4.2.16).
 * @param room for records, in bytes
 * @param head of a record without sources, in bytes
 * @param each source, in bytes
 */
export function* portions<A extends Address>(
  records: readonly GroupRecord<A>[],
  room: number,
  head: number,
  each: number,
): Generator<GroupRecord<A>[]> {
  const most = Math.max(1, Math.floor((room - head) / each));
  let portion: GroupRecord<A>[] = [];
  let left = room;
  for (const { sources, ...record } of records) {
    let from = 0;
    do {
      const some = sources.slice(from, from + most);
      const size = head + each * some.length;
      if (size > left && portion.length > 0) {
        yield portion;
        portion = [];
        left = room;
      }
      portion.push({ ...record, sources: some });
      left -= size;
      from += most;
    } while (from < sources.length);
  }
  if (portion.length > 0) yield portion;
}
