import { describe, expect, test } from '@jest/globals';
import type { Link } from '../../../src/link/link';
import { Random } from '../../../src/random';
import type { Status } from '../../../src/tcp/status';
import type { ConnectionOptions } from '../../../src/tcp/user';
import { FilteredLink } from '../../support/filtered-link';
import { MILLISECOND, MINUTE, World } from '../../support/simulation';
import { PLAIN_CALL, Talks } from '../../support/simulation-talk';
import { someBytes } from '../../support/simulation-user';

/** A link that carries packets of `most` octets, and loses larger ones without a word. */
function silent(most: number): (link: Link) => Link {
  const keep = ({ length }: Uint8Array): boolean => length <= most;
  return (link) => new FilteredLink(link, { in: keep, out: keep });
}

interface Outcome {
  readonly status: Status;
  /** The sizes of the packets with which the sender has probed. */
  readonly probes: readonly number[];
  readonly counters: Readonly<Record<string, number>>;
}

/** `bytes` go through a link that carries `most` octets. */
function transfer(most: number, options: ConnectionOptions, { bytes = 1_000_000, loss = 0, mtu = 1500 } = {}): Outcome {
  const world = new World({
    seed: 3,
    mtu,
    network: { delay: 5 * MILLISECOND, rate: 50_000_000, loss },
    around: silent(most),
  });
  const random = new Random(1);
  const habits = {
    write: { size: 65_536, pause: 0 },
    read: { size: 65_536, pause: 0 },
    shutdown: 'when-sent',
  } as const;
  const talks = new Talks(world, [
    {
      caller: world.a,
      ...PLAIN_CALL,
      options: { caller: options, called: {} },
      habits: { caller: habits, called: habits },
      bytes: { caller: someBytes(random, bytes), called: new Uint8Array(0) },
    },
  ]);
  const probes: number[] = [];
  let status: Status | undefined;
  let last = 0;
  const done = (): boolean => {
    const now = talks.usersOf(0)?.caller.connection.status();
    const underWay = now?.mtuProbing.underWay ?? 0;
    if (underWay !== last && underWay > 0) probes.push(underWay);
    last = underWay;
    status = now ?? status;
    return talks.isDone;
  };
  world.runUntil(done, 10 * MINUTE, () => talks.describe());
  world.expectNothingLeft();
  if (status === undefined) throw new Error('there was no connection');
  return { status, probes, counters: world.a.stack.counters };
}

describe('a link that loses packets of more than 1400 octets without a word', () => {
  test('always: the search finds what it carries, to 8 octets, without a time-out and without congestion', () => {
    const { status, probes, counters } = transfer(1400, { mtuProbing: 'always' });
    expect(probes).toEqual([1500, 1282, 1391, 1445, 1418, 1404, 1397]);
    expect(status).toMatchObject({ pmtu: 1397, bytesLost: 0, mtuProbing: { sent: 7, arrived: 3, tooBig: 4 } });
    expect(counters).not.toHaveProperty(['tcp.spurious-recoveries']);
    // The four probes, each in two segments.
    expect(status.retransmissions).toBe(8);
  });

  test.each(['reno', 'cubic', 'bbr'] as const)(
    'always, with %s and other losses besides: it gets through',
    (congestion) => {
      const { status } = transfer(1400, { mtuProbing: 'always', congestion }, { loss: 0.01, bytes: 3_000_000 });
      expect(status.pmtu).toBeGreaterThan(1300);
      expect(status.pmtu).toBeLessThanOrEqual(1400);
    },
  );

  test('always, for a peer that has neither SACK nor timestamps', () => {
    const { status } = transfer(1400, { mtuProbing: 'always', sack: false, timestamps: false });
    expect(status).toMatchObject({ bytesLost: 0, mtuProbing: { tooBig: 4 } });
    expect(status.pmtu).toBeGreaterThan(1390);
  });

  test('black-hole: three time-outs, then the same search', () => {
    const { status, probes } = transfer(1400, { mtuProbing: 'black-hole' });
    expect(status.mtuProbing).toMatchObject({ blackHoles: 1, tooBig: 4, arrived: 3 });
    expect(probes[0]).toBe(1500);
    expect(status.pmtu).toBeGreaterThan(1390);
  });

  test('below baseMss: halved until it gets through, and up again from there', () => {
    const { status } = transfer(600, { mtuProbing: 'black-hole' }, { bytes: 300_000 });
    expect(status.mtuProbing.blackHoles).toBe(2);
    expect(status.pmtu).toBeGreaterThan(592);
    expect(status.pmtu).toBeLessThanOrEqual(600);
  });

  test('a link that carries all: one probe', () => {
    const { status, probes } = transfer(9000, { mtuProbing: 'always' }, { mtu: 9000 });
    expect(probes).toEqual([9000]);
    expect(status).toMatchObject({ pmtu: 9000, retransmissions: 0 });
  });
});
