import { describe, expect, test } from '@jest/globals';
import { dataLength, type SegmentEvent, type SegmentSampler } from '../../src/tcp/trace';
import type { TraceEvent } from '../../src/trace';
import { twoStacks } from '../inspector/two-stacks';

const segments = (events: readonly TraceEvent[]): SegmentEvent[] => events.filter((event) => event.type === 'segment');

describe('who listens and does not want every segment', () => {
  test('is asked of each, with what is known of it, and hears of those that it wants', () => {
    const { near, talk } = twoStacks();
    const all: TraceEvent[] = [];
    const wanted: TraceEvent[] = [];
    const asked: (readonly [direction: string, flags: number, length: number, reason?: string, ...more: number[]])[] =
      [];
    const sampler: SegmentSampler = (direction, _connection, flags, length, reason, _of, seq, window) => {
      asked.push([direction, flags, length, reason, seq, window]);
      return length > 0 && direction === 'in';
    };
    near.observe((event) => all.push(event));
    near.observe((event) => wanted.push(event), { sampler });
    talk(10_000);
    expect(asked).toEqual(
      segments(all).map(({ direction, segment: { flags, payload, seq, window }, reason }) => [
        direction,
        flags,
        payload.length,
        reason,
        seq,
        window,
      ]),
    );
    expect(segments(wanted)).toEqual(
      segments(all).filter(({ direction, segment }) => direction === 'in' && segment.payload.length > 0),
    );
    expect(wanted.filter(({ type }) => type === 'transition')).toEqual(all.filter(({ type }) => type === 'transition'));
  });

  test('alone, saves the stack the making of events', () => {
    const { near, talk } = twoStacks();
    const heard: TraceEvent[] = [];
    const connections: [number, number][] = [];
    const stop = near.observe((event) => heard.push(event), {
      sampler: (_direction, { id }, _flags, _length, _reason, of) => {
        if (of !== undefined) connections.push([id, of.id]);
        return false;
      },
    });
    talk(10_000);
    stop();
    expect(segments(heard)).toEqual([]);
    expect(heard.some(({ type }) => type === 'transition')).toBe(true);
    expect(connections.length).toBeGreaterThan(10);
    expect(connections.every(([id, of]) => id === of)).toBe(true);
  });
});

test('the data of a segment that was given in several calls is joined when it is asked for', () => {
  const { far, near, clock } = twoStacks();
  near.tcp.open({ passive: true, local: { port: 7 } });
  const seen: SegmentEvent[] = [];
  far.observe((event) => {
    if (event.type === 'segment' && event.direction === 'out' && dataLength(event) > 0) seen.push(event);
  });
  const caller = far.tcp.open({ remote: { address: '10.9.0.2', port: 7 } });
  clock.advanceBy(100_000);
  for (const text of ['a', 'bc', 'def']) caller.send(Buffer.from(text));
  clock.advanceBy(100_000);
  expect(seen.map(dataLength)).toEqual([1, 5]);
  // Also of a copy.
  const payloads = seen.map(({ segment }) => ({ ...segment }).payload);
  expect(Buffer.concat(payloads).toString()).toBe('abcdef');
});
