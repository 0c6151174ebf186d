import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { CHECKED, UNFILLED, type FrameBatch, type Link } from '../../src/link/link';
import { LoopbackLink } from '../../src/link/loopback';
import { memoryPair, type MemoryOptions } from '../../src/link/memory';
import { seeTcpFrame, tcpFrame } from '../support/tcp-frame';

/** What arrives at a link, batch by batch, as text. */
function arrivals(link: Link): string[][] {
  const batches: string[][] = [];
  link.onReceive = (batch: FrameBatch) => {
    batches.push(batch.map((frame) => Buffer.from(frame).toString()));
  };
  return batches;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function pair(options: Partial<MemoryOptions> = {}) {
  const clock = new VirtualClock();
  const [a, b] = memoryPair({ clock, ...options });
  return { clock, a, b, atA: arrivals(a), atB: arrivals(b) };
}

describe('memoryPair', () => {
  test('has two ends, as they were asked for', () => {
    const { a, b } = pair();
    expect([a.name, a.medium, a.mtu, b.name]).toEqual(['memory-a', 'ip', 1500, 'memory-b']);
    expect(a.offload).toEqual({ checksum: false, segmentation: 0 });
    const other = pair({ medium: 'ethernet', mtu: 9000, names: ['left', 'right'] });
    expect([other.a.name, other.b.name, other.b.medium, other.b.mtu]).toEqual(['left', 'right', 'ethernet', 9000]);
  });

  test('what one end sends in a turn arrives at the other as one batch, after the turn and never inside send', () => {
    const { clock, a, b, atA, atB } = pair();
    clock.turn(() => {
      expect(a.send([bytes('one')])).toBe(true);
      expect(a.send([bytes('t'), bytes('w'), bytes('o')])).toBe(true);
      expect(b.send([bytes('back')])).toBe(true);
      expect([atA, atB]).toEqual([[], []]);
    });
    expect(atB).toEqual([['one', 'two']]);
    expect(atA).toEqual([['back']]);
    expect(a.counters).toEqual({ sent: 2, received: 1, refused: 0, dropped: 0 });
    expect(b.counters).toEqual({ sent: 1, received: 2, refused: 0, dropped: 0 });
  });

  test('an answer from inside onReceive arrives at the same time, in a batch of its own', () => {
    const { clock, a, b, atA } = pair();
    b.onReceive = (batch) => {
      for (const frame of batch) b.send([frame, bytes('!')]);
    };
    clock.turn(() => a.send([bytes('ping')]));
    expect(atA).toEqual([['ping!']]);
    expect(clock.now()).toBe(0);
  });

  test.each(['Uint8Array', 'Buffer'])('a frame is copied: the sender may write to its %s again', (kind) => {
    const { clock, a, atB } = pair();
    const memory = kind === 'Buffer' ? Buffer.from('first') : bytes('first');
    clock.turn(() => {
      a.send([memory]);
      memory.fill(120);
      a.send([memory.subarray(0, 2), memory.subarray(2)]);
      memory.fill(121);
    });
    expect(atB).toEqual([['first', 'xxxxx']]);
  });

  test('the queue is bounded: beyond it send refuses, and onDrain is called once when there is room', () => {
    const { clock, a, atB } = pair({ queue: 3 });
    let drains = 0;
    a.onDrain = () => {
      drains++;
      expect(atB).toHaveLength(drains);
    };
    clock.turn(() => {
      const taken = ['1', '2', '3', '4', '5'].map((text) => a.send([bytes(text)]));
      expect(taken).toEqual([true, true, true, false, false]);
    });
    expect(atB).toEqual([['1', '2', '3']]);
    expect(drains).toBe(1);
    expect(a.counters).toEqual({ sent: 3, received: 0, refused: 2, dropped: 0 });
    clock.turn(() => a.send([bytes('6')]));
    expect([drains, atB[1]]).toEqual([1, ['6']]);
    expect(() => pair({ queue: 0 })).toThrow("a link's queue holds a whole number of frames, 1 or more, not 0");
  });

  test('the queue holds 1024 frames unless said otherwise', () => {
    const { a } = pair();
    let taken = 0;
    while (a.send([bytes('x')])) taken++;
    expect(taken).toBe(1024);
  });

  test('onDrain waits for room that the delivery itself has not filled again', () => {
    const clock = new VirtualClock();
    const lo = new LoopbackLink({ clock, queue: 2 });
    const taken: boolean[] = [];
    let drains = 0;
    lo.onReceive = () => {
      lo.onReceive = () => undefined;
      for (const text of ['3', '4', '5']) taken.push(lo.send([bytes(text)]));
    };
    lo.onDrain = () => {
      drains++;
      taken.push(lo.send([bytes('6')]));
    };
    clock.turn(() => {
      for (const text of ['0', '1', '2']) taken.push(lo.send([bytes(text)]));
    });
    expect(taken).toEqual([true, true, false, true, true, false, true]);
    expect(drains).toBe(1);
  });

  test('onDrain is called also when the receiver throws, and what comes later arrives', () => {
    const { clock, a, b } = pair({ queue: 1 });
    let drains = 0;
    a.onDrain = () => drains++;
    b.onReceive = () => {
      throw new Error('in onReceive');
    };
    a.send([bytes('1')]);
    a.send([bytes('2')]);
    expect(() => {
      clock.advanceTo(0);
    }).toThrow('in onReceive');
    expect(drains).toBe(1);
    const atB = arrivals(b);
    clock.turn(() => a.send([bytes('3')]));
    expect(atB).toEqual([['3']]);
  });

  test.each([
    ['ip', 100, 100],
    ['ethernet', 100, 118],
  ] as const)('a frame that is too long for the MTU is dropped (%s, %d)', (medium, mtu, longest) => {
    const { clock, a, atB } = pair({ medium, mtu });
    clock.turn(() => {
      expect(a.send([new Uint8Array(longest - 1), new Uint8Array(2)])).toBe(true);
      expect(a.send([new Uint8Array(longest)])).toBe(true);
    });
    expect(atB.flat().map((text) => text.length)).toEqual([longest]);
    expect(a.counters).toEqual({ sent: 1, received: 0, refused: 0, dropped: 1 });
  });

  test('offload: segments pass whole and unfilled, and the other end is told so', () => {
    const { clock, a, b } = pair({ offload: true, medium: 'ethernet' });
    expect([a.offload, b.offload]).toEqual([a, b].map(() => ({ checksum: true, segmentation: 65_455 })));
    const infos: number[][] = [];
    const seen: unknown[] = [];
    b.onReceive = (batch, info) => {
      infos.push(Array.from(info ?? []));
      seen.push(...batch.map((each, at) => seeTcpFrame(each, info?.[at])));
    };
    const [large, small, complete] = [1460, 0, undefined].map((segmentSize) =>
      tcpFrame({
        segment: segmentSize === 1460 ? 'P. 0:60000(60000) ack 1' : '. 0:100(100) ack 1',
        ...(segmentSize !== undefined && { segmentSize }),
      }),
    );
    clock.turn(() => {
      for (const each of [large, small, complete]) if (each !== undefined) a.send(each.frame, each.work);
    });
    expect(infos).toEqual([[CHECKED | UNFILLED | 1460, CHECKED | UNFILLED, 0]]);
    expect(seen).toEqual([
      { segment: 'P. 0:60000(60000) ack 1 win 65535', id: 0, segmentSize: 1460, checked: true, unfilled: true },
      { segment: '. 0:100(100) ack 1 win 65535', id: 0, checked: true, unfilled: true },
      { segment: '. 0:100(100) ack 1 win 65535', id: 0 },
    ]);
    expect(a.counters).toMatchObject({ sent: 3, dropped: 0 });
  });

  test('offload: what is not to be cut is as long as the MTU lets it be', () => {
    const { clock, a } = pair({ offload: true });
    clock.turn(() => {
      a.send([new Uint8Array(1501)]);
      a.send([new Uint8Array(1501)], { segmentSize: 0, checksumStart: 20, checksumOffset: 16 });
      a.send([new Uint8Array(1501)], { segmentSize: 1400, checksumStart: 20, checksumOffset: 16 });
    });
    expect(a.counters).toMatchObject({ sent: 1, dropped: 2 });
  });

  test('closing one end drops what is under way both ways, and what is sent afterwards', async () => {
    const { clock, a, b, atA, atB } = pair();
    a.send([bytes('to b')]);
    b.send([bytes('to a')]);
    await a.close();
    await a.close();
    expect([a.send([bytes('x')]), b.send([bytes('x')])]).toEqual([true, true]);
    clock.advanceTo(1);
    expect([atA, atB, clock.size]).toEqual([[], [], 0]);
    expect([a.counters.dropped, b.counters.dropped]).toEqual([2, 2]);
  });

  test('a sender that was refused hears that its frames are taken again when the other end is closed', async () => {
    const { clock, a, b } = pair({ queue: 1 });
    let drains = 0;
    a.onDrain = () => drains++;
    expect([a.send([bytes('1')]), a.send([bytes('2')])]).toEqual([true, false]);
    await b.close();
    expect(drains).toBe(0);
    clock.advanceTo(0);
    expect(drains).toBe(1);
  });

  test('what arrives where nobody listens is dropped', () => {
    const clock = new VirtualClock();
    const [a] = memoryPair({ clock });
    clock.turn(() => a.send([bytes('x')]));
    expect(clock.size).toBe(0);
  });
});

describe('LoopbackLink', () => {
  test('gives back what is sent, after the turn', () => {
    const clock = new VirtualClock();
    const lo = new LoopbackLink({ clock });
    const arrived = arrivals(lo);
    expect([lo.name, lo.medium, lo.mtu]).toEqual(['lo', 'ip', 65536]);
    clock.turn(() => {
      lo.send([bytes('a')]);
      lo.send([bytes('b')]);
      expect(arrived).toEqual([]);
    });
    expect(arrived).toEqual([['a', 'b']]);
    expect(lo.counters).toEqual({ sent: 2, received: 2, refused: 0, dropped: 0 });
  });

  test('has the bounds of a memory link', async () => {
    const clock = new VirtualClock();
    const lo = new LoopbackLink({ clock, name: 'lo1', mtu: 10, queue: 1 });
    const arrived = arrivals(lo);
    let drains = 0;
    lo.onDrain = () => drains++;
    clock.turn(() => {
      expect([lo.send([new Uint8Array(11)]), lo.send([bytes('1')]), lo.send([bytes('2')])]).toEqual([
        true,
        true,
        false,
      ]);
    });
    expect([lo.name, arrived, drains]).toEqual(['lo1', [['1']], 1]);
    lo.send([bytes('3')]);
    await lo.close();
    clock.advanceTo(1);
    expect(arrived).toEqual([['1']]);
    expect(lo.counters).toEqual({ sent: 2, received: 1, refused: 1, dropped: 2 });
  });
});
