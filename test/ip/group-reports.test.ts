import { describe, expect, test } from '@jest/globals';
import { GroupReports, portions, type Generation, type GroupRecord } from '../../src/ip/group-reports';
import type { Wanted } from '../../src/ip/groups';
import { formatIpv4Address, requireIpv4Address } from '../../src/wire/address';
import { TestHost } from './harness';

const SECOND = 1_000_000;

/** A host in groups: what it says is written down with its time in ms. */
class Member {
  readonly host = new TestHost();
  readonly clock = this.host.clock;
  readonly reports: GroupReports<number>;
  readonly #wanted = new Map<number, Wanted<number>>();
  #log: string[] = [];

  constructor() {
    const said = (text: string): void => {
      this.#log.push(`${Math.floor(this.clock.now() / 1000)} ${text}`);
    };
    this.reports = new GroupReports<number>(
      this.host,
      {
        report: (group, generation) => {
          said(`report ${formatIpv4Address(group)} v${generation}`);
        },
        leave: (group) => {
          said(`leave ${formatIpv4Address(group)}`);
        },
        records: (records) => {
          said(records.map(describeRecord).join(', '));
        },
      },
      { groups: () => this.#wanted.keys(), wanted: (group) => this.#wanted.get(group) },
      (group) => group !== 0xe0000001,
    );
  }

  want(group: string, wanted: 'all' | string[] | undefined): void {
    const number = requireIpv4Address(group);
    const wasWanted = this.#wanted.has(number);
    if (wanted === undefined) this.#wanted.delete(number);
    else this.#wanted.set(number, wanted === 'all' ? wanted : new Set(wanted.map(requireIpv4Address)));
    this.reports.changed(number, wasWanted);
  }

  query(generation: Generation, seconds: number, group?: string): void {
    this.reports.query(generation, seconds * SECOND, group === undefined ? undefined : requireIpv4Address(group));
  }

  heard(group: string): void {
    this.reports.heard(requireIpv4Address(group));
  }

  after(seconds: number): this {
    this.clock.advanceTo(this.clock.now() + seconds * SECOND);
    return this;
  }

  log(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  /** The same without the times. */
  said(): string[] {
    return this.log().map((line) => line.slice(line.indexOf(' ') + 1));
  }
}

function describeRecord({ kind, group, sources }: GroupRecord<number>): string {
  return [kind, formatIpv4Address(group), ...sources.map(formatIpv4Address)].join(' ');
}

const A = '239.1.2.3';
const B = '239.1.2.4';

describe('the second generation (RFC 2236)', () => {
  test('who joins says so at once, and once more within 10 s', () => {
    const member = new Member();
    member.want(A, 'all');
    expect(member.log()).toEqual([`0 report ${A} v2`]);
    expect(member.after(10).said()).toEqual([`report ${A} v2`]);
    expect(member.clock.nextDeadline()).toBeUndefined();
    expect(member.after(1000).said()).toEqual([]);
  });

  test('who leaves says so, at once', () => {
    const member = new Member();
    member.want(A, 'all');
    member.log();
    member.want(A, undefined);
    expect(member.log()).toEqual([`0 leave ${A}`]);
    expect(member.clock.nextDeadline()).toBeUndefined();
  });

  test('the group of all hosts is never spoken of', () => {
    const member = new Member();
    member.want('224.0.0.1', 'all');
    member.query(2, 10);
    member.query(3, 10);
    member.after(30);
    member.want('224.0.0.1', undefined);
    expect(member.log()).toEqual([]);
  });

  test('a query is answered for each group, at random within the time', () => {
    const member = new Member();
    for (const group of [A, B]) member.want(group, 'all');
    member.after(20).log();
    member.query(2, 10);
    expect(member.log()).toEqual([]);
    const log = member.after(10).log();
    expect(log.map((line) => line.split(' ')[2]).sort()).toEqual([A, B]);
    expect(new Set(log.map((line) => line.split(' ')[0])).size).toBe(2);
    expect(member.clock.nextDeadline()).toBeUndefined();
  });

  test('one for a group is answered for that, if we are in it', () => {
    const member = new Member();
    for (const group of [A, B]) member.want(group, 'all');
    member.after(20).log();
    member.query(2, 1, A);
    member.query(2, 1, '239.9.9.9');
    expect(member.after(1).said()).toEqual([`report ${A} v2`]);
  });

  test('queries in a flood are answered once: a timer that runs is reset only by a shorter time', () => {
    const member = new Member();
    member.want(A, 'all');
    member.after(20).log();
    for (let count = 0; count < 100; count++) member.query(2, 10);
    member.query(2, 0.1);
    expect(member.after(0.1).said()).toEqual([`report ${A} v2`]);
    expect(member.after(20).said()).toEqual([]);
  });

  test("another host's report answers for us, and then we do not say that we leave", () => {
    const member = new Member();
    member.want(A, 'all');
    member.after(20).log();
    member.query(2, 10);
    member.heard(A);
    member.heard(B);
    expect(member.after(10).log()).toEqual([]);
    member.want(A, undefined);
    expect(member.log()).toEqual([]);
  });

  test('other sources of the same group are no news to it', () => {
    const member = new Member();
    member.want(A, ['10.9.0.7']);
    member.after(20).log();
    member.want(A, ['10.9.0.7', '10.9.0.8']);
    member.want(A, 'all');
    expect(member.after(20).log()).toEqual([]);
  });
});

test('a router of the first generation gets reports of the first, and no word of leaving, for 400 s (RFC 2236 §4)', () => {
  const member = new Member();
  member.query(1, 10);
  member.want(A, 'all');
  expect(member.said()).toEqual([`report ${A} v1`]);
  member.after(20).log();
  member.want(A, undefined);
  expect(member.log()).toEqual([]);
  member.after(379);
  expect(member.reports.generation).toBe(1);
  member.after(1);
  expect(member.reports.generation).toBe(2);
});

describe('the third generation (RFC 3376)', () => {
  function third(): Member {
    const member = new Member();
    member.query(3, 1);
    member.after(1).log();
    return member;
  }

  test('begins when a router speaks it, and ends for 260 s when one speaks the second', () => {
    const member = third();
    expect(member.reports.generation).toBe(3);
    member.query(2, 1);
    expect(member.reports.generation).toBe(2);
    expect(member.after(260).reports.generation).toBe(3);
  });

  test('joining and leaving are changes of what is wanted, said twice within a second', () => {
    const member = third();
    member.want(A, 'all');
    expect(member.log()).toEqual([`1000 to-exclude ${A}`]);
    expect(member.after(1).said()).toEqual([`to-exclude ${A}`]);
    member.want(A, undefined);
    expect(member.said()).toEqual([`to-include ${A}`]);
    expect(member.after(1).said()).toEqual([`to-include ${A}`]);
    expect(member.clock.nextDeadline()).toBeUndefined();
    expect(member.after(100).said()).toEqual([]);
  });

  test('sources that are asked for are named, and a change says all of them', () => {
    const member = third();
    member.want(A, ['10.9.0.7']);
    expect(member.said()).toEqual([`to-include ${A} 10.9.0.7`]);
    member.want(A, ['10.9.0.7', '10.9.0.8']);
    expect(member.said()).toEqual([`to-include ${A} 10.9.0.7 10.9.0.8`]);
    member.want(A, 'all');
    expect(member.said()).toEqual([`to-exclude ${A}`]);
    // What is said again is what holds then.
    expect(member.after(1).said()).toEqual([`to-exclude ${A}`]);
  });

  test('who comes back while he is leaving says that', () => {
    const member = third();
    member.want(A, 'all');
    member.after(1).log();
    member.want(A, undefined);
    member.want(A, 'all');
    member.log();
    expect(member.after(2).said()).toEqual([`to-exclude ${A}`]);
  });

  test('a query is answered for all groups at once, and for one by itself', () => {
    const member = third();
    member.want(A, 'all');
    member.want(B, ['10.9.0.7']);
    member.after(20).log();
    member.query(3, 10);
    member.query(3, 10);
    expect(member.after(10).said()).toEqual([`is-exclude ${A}, is-include ${B} 10.9.0.7`]);
    member.query(3, 1, B);
    expect(member.after(1).said()).toEqual([`is-include ${B} 10.9.0.7`]);
    expect(member.clock.nextDeadline()).toBeUndefined();
  });

  test("others' reports change nothing", () => {
    const member = third();
    member.want(A, 'all');
    member.after(20).log();
    member.query(3, 10, A);
    member.heard(A);
    expect(member.after(10).said()).toEqual([`is-exclude ${A}`]);
  });
});

test('close leaves no timer', () => {
  const member = new Member();
  member.query(3, 10);
  member.want(A, 'all');
  member.query(3, 10, A);
  member.reports.close();
  expect(member.clock.nextDeadline()).toBeUndefined();
});

describe('records in messages', () => {
  const record = (group: number, count: number): GroupRecord<number> => ({
    kind: 'is-include',
    group,
    sources: Array.from({ length: count }, (_, source) => source),
  });
  const shapes = (records: GroupRecord<number>[], room: number): number[][] =>
    [...portions(records, room, 8, 4)].map((portion) => portion.map(({ sources }) => sources.length));

  test('as many as fit into each', () => {
    expect(shapes([record(1, 0), record(2, 0), record(3, 2), record(4, 0)], 24)).toEqual([
      [0, 0],
      [2, 0],
    ]);
    expect(shapes([], 24)).toEqual([]);
  });

  test('one with more sources than a message has is said in several', () => {
    expect(shapes([record(1, 10)], 24)).toEqual([[4], [4], [2]]);
    expect(shapes([record(1, 5), record(2, 1)], 28)).toEqual([[5], [1]]);
  });
});
