import { describe, expect, test } from '@jest/globals';
import { defineLesson, MILLISECOND, Run, SECOND, segmentsOf, when, type Action, type Setup } from '../../src/lessons';
import type { World } from '../../src/lessons';
import { FLAG } from '../../src/wire/tcp';

const texts = { en: 'text', ko: '글' };
const frame = (name: 'left' | 'right', n: number) => ({ wire: 0, from: name, n });

/** A run of a lesson in which A sends 3,000 bytes to B and both close. */
function run(actions: readonly Action[] = [], script = talk, setup: Setup = {}): Run {
  const lesson = defineLesson({
    ...{ id: 'a-lesson', group: 'opening', title: texts, summary: texts, goal: texts, rfc: [], glossary: [] },
    settings: {},
    setup: () => setup,
    script,
    beats: [
      { id: 'late', when: when.at(5 * SECOND), ...texts },
      { id: 'second-data', when: when.sent('A', 'data'), nth: 2, ...texts },
    ],
    ...{ claims: [], suggestions: [] },
  });
  return new Run(lesson, { actions });
}

function talk(world: World): void {
  world.b.listen(80, (server) => server.onEnd(() => server.close()));
  world.at(0, () => world.a.connect(world.b, 80).send(3000).close());
}

const kinds = (moments: readonly { kind: string }[]): string[] => moments.map(({ kind }) => kind);

describe('a run', () => {
  test('moves from one thing worth showing to the next', () => {
    const running = run();
    expect(kinds(running.moments)).toEqual(['call', 'state']);
    expect(kinds(running.step())).toEqual(['call', 'state', 'sent', 'call', 'call']);
    expect(running.now).toBe(0);
    expect(running.underWay()).toHaveLength(1);
    expect(kinds(running.step())).toEqual(['arrived', 'state', 'sent']);
    expect(running.now).toBe(20 * MILLISECOND);
  });

  test('shows where frames are', () => {
    const running = run();
    running.advanceTo(5 * MILLISECOND);
    const [syn] = running.underWay();
    expect(syn).toMatchObject({ id: frame('left', 1), fate: 'under-way' });
    if (syn !== undefined) expect(running.position(syn)).toBeCloseTo(0.25);
    running.advanceTo(20 * MILLISECOND);
    expect(syn?.fate).toBe('arrived');
  });

  test('says beats once: at a time, and with the n-th moment of a kind', () => {
    const { beats, moments } = run().finish();
    const before = moments.slice(
      0,
      moments.findIndex((moment) => moment.kind === 'beat'),
    );
    expect(before.filter(when.sent('A', 'data'))).toHaveLength(2);
    expect(beats.map(({ beat, time }) => [beat.id, time])).toEqual([
      ['second-data', 40 * MILLISECOND],
      ['late', 5 * SECOND],
    ]);
  });

  test('goes back by going anew', () => {
    const running = run().finish();
    const earlier = running.again({ time: 20 * MILLISECOND });
    expect(earlier.now).toBe(20 * MILLISECOND);
    expect(earlier.timeline.rows.slice().filter(({ kind }) => kind === 'segment')).toHaveLength(2);
    expect(running.again({ steps: 2 }).now).toBe(20 * MILLISECOND);
    expect(running.again({ steps: 1000 }).moments).toHaveLength(running.moments.length);
  });
});

describe('the ladder', () => {
  test('has both true states: the sender’s when it sent, the receiver’s when it arrived', () => {
    const rows = segmentsOf(run().finish(), 'A');
    expect(rows[0]).toMatchObject({ time: 0, arrives: 20 * MILLISECOND, from: 'left' });
    expect([rows[0]?.left.state, rows[0]?.right.state]).toEqual(['SYN-SENT', 'SYN-RECEIVED']);
    expect([rows[1]?.left.state, rows[1]?.right.state]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
  });

  test('the receiver’s state is the one before its program has done anything', () => {
    const [fin] = segmentsOf(run().finish(), 'A', 'first-fin');
    expect([fin?.left.state, fin?.right.state]).toEqual(['FIN-WAIT-1', 'CLOSE-WAIT']);
  });

  test('a state that a segment has not changed yet is the one before', () => {
    const running = run();
    running.step();
    const [syn] = segmentsOf(running, 'A');
    expect([syn?.left.state, syn?.right.state, syn?.arrives]).toEqual(['SYN-SENT', 'LISTEN', undefined]);
  });

  test('a lost segment is marked when the wire has lost it', () => {
    const running = run([{ type: 'drop', frame: frame('left', 3) }]);
    running.advanceTo(45 * MILLISECOND);
    expect([...(segmentsOf(running, 'A')[2]?.marks ?? [])]).toEqual([]);
    running.finish();
    const rows = segmentsOf(running, 'A');
    expect([...(rows[2]?.marks ?? [])]).toEqual(['lost']);
    expect(rows[2]?.arrives).toBeUndefined();
    const again = rows.filter(({ reading }) => reading.again);
    expect(again.map(({ event }) => event.segment.seq)).toEqual([rows[2]?.event.segment.seq]);
    expect([...(again[0]?.marks ?? [])]).toEqual(['retransmission', 'fills']);
    expect([...(rows[3]?.marks ?? [])]).toContain('sacked');
  });

  test('a delayed segment is overtaken, a copy arrives after the first', () => {
    const delayed = run([{ type: 'delay', frame: frame('left', 3), by: 2 * MILLISECOND }]).finish();
    expect([...(segmentsOf(delayed, 'A')[3]?.marks ?? [])]).toContain('out-of-order');
    const copied = run([{ type: 'copy', frame: frame('left', 3) }]).finish();
    const copy = copied.timeline.rows.slice().find((row) => copied.timeline.frameOf(row)?.isCopy);
    expect(copy?.kind === 'segment' && [...copy.marks]).toEqual(['dropped', 'duplicate']);
    // It is told as what it is a copy of, and nobody has sent it.
    expect(copy?.kind === 'segment' && [copy.reading.absolute, copy.reading.length]).toEqual([false, 1448]);
    expect(copied.moments.filter(when.sent('A', 'data'))).toHaveLength(3);
    // A copy has no number of its own: what comes after it keeps its own.
    expect(copied.world.wires[0]?.count.left).toBe(run().finish().world.wires[0]?.count.left);
  });

  test('an old segment comes from nobody, and is answered', () => {
    const script = (world: World): void => {
      world.b.listen(80);
      world.at(0, () => {
        world.inject('left', { src: { port: 5000 }, flags: FLAG.SYN, seq: 77 });
      });
    };
    const running = run([], script).finish();
    const rows = running.timeline.rows.slice().filter((row) => row.kind === 'segment');
    expect(rows.map(({ reading, left, right }) => [reading.purpose, left.state, right.state])).toEqual([
      ['syn', 'CLOSED', 'SYN-RECEIVED'],
      ['syn-ack', 'CLOSED', 'SYN-RECEIVED'],
      ['refusal', 'CLOSED', expect.stringMatching(/CLOSED|LISTEN/)],
    ]);
  });
});

test('who forges an address is nobody, and what is answered goes nowhere', () => {
  const script = (world: World): void => {
    world.b.listen(80);
    world.at(0, () => {
      world.inject('left', { src: { address: '10.0.0.66', port: 5000 }, flags: FLAG.SYN, seq: 77 });
    });
  };
  const running = run([], script, { tcp: { synAckRetries: 1 } }).finish();
  const rows = running.timeline.rows.slice().filter((row) => row.kind === 'segment');
  expect(rows.map(({ reading, left, marks }) => [reading.purpose, left.state, [...marks]])).toEqual([
    ['syn', undefined, []],
    ['syn-ack', undefined, ['lost']],
    ['syn-ack', undefined, ['retransmission', 'lost']],
  ]);
  expect(running.moments.flatMap((moment) => (moment.kind === 'lost' ? moment.why : []))).toEqual([
    'nowhere',
    'nowhere',
  ]);
  expect(running.talk('B')).toBeUndefined();
});

describe('hosts', () => {
  test('a machine that crashes forgets, says nothing, and answers with RST when it is up again', () => {
    const script = (world: World): void => {
      world.b.listen(80);
      world.at(0, () => {
        const client = world.a.connect(world.b, 80);
        world.at(2 * SECOND, () => client.send('hello'));
      });
    };
    const running = run([{ type: 'do', at: SECOND, host: 'B', call: 'crash' }], script);
    running.advanceTo(SECOND);
    expect([running.state('A'), running.state('B')]).toEqual(['ESTABLISHED', 'CLOSED']);
    expect(running.underWay()).toHaveLength(0);
    running.finish();
    expect([running.state('A'), running.state('B')]).toEqual(['CLOSED', 'CLOSED']);
    expect(segmentsOf(running, 'B', 'no-such-connection')).toHaveLength(1);
  });

  test('a frame for a machine that is down goes nowhere', () => {
    const running = run([], (world) => {
      world.b.listen(80);
      world.b.crash(Infinity);
      world.at(0, () => world.a.connect(world.b, 80));
    });
    running.advanceTo(SECOND / 2);
    expect(running.moments.at(-1)).toMatchObject({ kind: 'lost', host: 'A', why: 'nowhere' });
  });

  test('three hosts on two wires: what one hears it can say on', () => {
    const script = (world: World): void => {
      const proxy = world.host('P');
      world.b.listen(80, (server) => server.onEnd(() => server.close()));
      proxy.listen(8080, (near) => {
        const far = proxy.connect(world.b, 80);
        near.onData((bytes) => far.send(bytes)).onEnd(() => far.close());
        far.onEnd(() => near.close());
      });
      world.at(0, () => world.a.connect(proxy, 8080).send(3000).close());
    };
    const running = run([], script, {
      hosts: ['A', 'P', 'B'],
      wires: [
        ['A', 'P'],
        ['P', 'B'],
      ],
    }).finish();
    expect(running.talk('B')?.heardBytes).toBe(3000);
    expect(running.timelines.map(({ hosts }) => hosts)).toEqual([
      { left: 'A', right: 'P' },
      { left: 'P', right: 'B' },
    ]);
    for (const { rows } of running.timelines) expect(rows.length).toBeGreaterThan(8);
  });

  test('a slow wire with a short queue loses what does not fit', () => {
    const running = run([], talk, { wire: { rate: 100_000, queue: 1 } }).finish();
    expect(running.moments.some((moment) => moment.kind === 'lost' && moment.why === 'queue')).toBe(true);
    expect(running.talk('B')?.heardBytes).toBe(3000);
  });
});

describe('a router whose queue grows', () => {
  function queued(ecn: boolean): Run {
    const sends = (world: World): void => {
      world.b.listen(80);
      world.at(0, () => world.a.connect(world.b, 80).send(14_000));
    };
    const wire = { rate: 1_000_000, mark: 4 };
    return run([], sends, { wire, tcp: { ecn }, until: 5 * SECOND }).finish();
  }

  test('marks what understands that, so that the checksum holds and the receiver says so, and then is patient', () => {
    const done = queued(true);
    const marked = done.world.wires[0]?.frames.filter(({ isMarked }) => isMarked) ?? [];
    expect(marked).toHaveLength(1);
    expect((marked[0]?.bytes[1] ?? 0) & 3).toBe(3);
    const rows = done.timeline.rows.slice().filter((row) => row.kind === 'segment');
    expect(rows.filter(({ marks }) => marks.has('marked')).map(({ marks }) => [...marks])).toEqual([['marked']]);
    expect(segmentsOf(done, 'B', 'ack').some(({ event }) => (event.segment.flags & FLAG.ECE) !== 0)).toBe(true);
    expect(done.moments.some(({ kind }) => kind === 'lost')).toBe(false);
  });

  test('drops what does not', () => {
    const done = queued(false);
    expect(done.world.wires[0]?.frames.some(({ isMarked }) => isMarked)).toBe(false);
    expect(done.moments.flatMap((moment) => (moment.kind === 'lost' ? moment.why : []))[0]).toBe('queue');
    expect(done.talk('B')?.heardBytes).toBe(14_000);
  });
});

test('a port that is taken is told to the program, and ends nothing else', () => {
  const twice = (world: World): void => {
    world.b.listen(80);
    const call = (): void => {
      world.a.tryConnect(world.b, 80, { local: { port: 5000 } });
    };
    world.at(0, call);
    world.at(SECOND, call);
  };
  const done = run([], twice).finish();
  expect(done.moments.filter(when.call('A', 'refused'))).toHaveLength(1);
  expect(done.state('A')).toBe('ESTABLISHED');
});

describe('a narrow place on the way', () => {
  function narrow(narrowTells: boolean): Run {
    const sends = (world: World): void => {
      world.b.listen(80);
      world.at(0, () => world.a.connect(world.b, 80).send(2000));
    };
    return run([], sends, { wire: { narrow: 1000, narrowTells }, until: 5 * SECOND }).finish();
  }

  test('large frames are lost there; its router tells the sender, from the middle, and that is no segment of the ladder', () => {
    const done = narrow(true);
    const lost = done.moments.filter((moment) => moment.kind === 'lost');
    expect(lost.map(({ why, frame }) => [why, frame.reach, frame.bytes.length])).toEqual([['size', 0.55, 1500]]);
    const [told] = done.world.wires[0]?.frames.filter(({ isGhost }) => isGhost) ?? [];
    // 11 ms to the middle, and 11 ms back.
    expect([told?.from, told?.sent, told?.ends, told?.row]).toEqual(['right', 51_000, 62_000, undefined]);
    expect(done.talk('B')?.heardBytes).toBe(2000);
    expect(
      segmentsOf(done, 'A', 'data').every(({ marks, reading }) => marks.has('lost') || reading.length <= 948),
    ).toBe(true);
  });

  test('if it does not tell, they vanish again and again', () => {
    const done = narrow(false);
    expect(done.talk('B')?.heardBytes).toBe(0);
    expect(done.moments.filter((moment) => moment.kind === 'lost' && moment.why === 'size').length).toBeGreaterThan(3);
  });

  test('what the router says is in the ladder and among the moments, also when a firewall throws it away', () => {
    for (const isHeard of [true, false]) {
      const done = narrow(isHeard);
      const notes = done.timeline.rows.slice().filter((row) => row.kind === 'note' && row.event.type === 'too-big');
      expect(notes[0]).toMatchObject({ at: 'left', time: 51_000, event: { mtu: 1000, isHeard } });
      expect(done.moments.find(({ kind }) => kind === 'icmp')).toMatchObject({ host: 'A', mtu: 1000, isHeard });
      const [said] = done.world.wires[0]?.frames.filter(({ tooBig }) => tooBig === 1000) ?? [];
      // From the middle to A; or to somewhere before it.
      expect([said?.fate, said?.loss, said?.reach === 1]).toEqual(
        isHeard ? ['arrived', undefined, true] : ['lost', 'filter', false],
      );
    }
  });
});
