import { describe, expect, test } from '@jest/globals';
import { Ladder } from '../../src/inspect/ladder';
import type { TraceEvent } from '../../src/trace';
import { draw, drawn } from './draw';
import { helloFromNc, segment } from './script';

describe('bulk data', () => {
  /** `count` segments of 1,460 bytes, every second of them acknowledged. */
  function bulk(count: number, step = 100): TraceEvent[] {
    const events: TraceEvent[] = helloFromNc().slice(0, 3);
    let seq = 3812905113;
    let time = 1000;
    for (let i = 0; i < count; i++) {
      const next = (seq + 1460) >>> 0;
      events.push(segment(`< . ${seq}:${next}(1460) ack 1390211 | ESTABLISHED`, { time: (time += step) }));
      if (i % 2 === 1) events.push(segment(`> . 1390211:1390211(0) ack ${next} | ESTABLISHED`, { time }));
      seq = next;
    }
    return events;
  }

  test('a handful is shown, and the rest counted', () => {
    const text = drawn(bulk(417), { width: 100 });
    expect(text.slice(text.indexOf('│ ESTABLISHED  I hear'))).toBe(`│ ESTABLISHED  I hear you.
                │── ACK  seq 1  len 1460  ack 1 ─────────▶│              here: 1,460 bytes, binary.
                │── ACK  seq 1461  len 1460  ack 1 ──────▶│              here: 1,460 bytes, binary.
                │◀─ ACK  ack 2921 ────────────────────────│              got it. next is 2921.
                │── ACK  seq 2921  len 1460  ack 1 ──────▶│              here: 1,460 bytes, binary.
                │── ACK  seq 4381  len 1460  ack 1 ──────▶│              here: 1,460 bytes, binary.
                │◀─ ACK  ack 5841 ────────────────────────│              got it. next is 5841.
                │── ACK  seq 5841  len 1460  ack 1 ──────▶│              here: 1,460 bytes, binary.
                │   412 more segments, 601,520 bytes ▶    │
                │           ◀ 206 more segments           │
`);
  });

  test('50 MB are a few lines, and while they come something is told now and then', () => {
    const lines = draw(bulk(35_000));
    expect(lines.length).toBeLessThan(50);
    expect(lines.filter((line) => line.includes('more segment')).length).toBeGreaterThanOrEqual(4);
    const counted = lines.flatMap((line) => / ([\d,]+) more segments?, /u.exec(line)?.[1] ?? []);
    expect(counted.reduce((sum, count) => sum + Number(count.replaceAll(',', '')), 0)).toBe(35_000 - 5);
  });

  test('segments that come one by one are all shown', () => {
    expect(draw(bulk(20, 600_000)).join('\n')).not.toContain('more segment');
  });

  test('collapse can be turned off', () => {
    expect(draw(bulk(40), { collapse: false }).filter((line) => line.includes('len 1460'))).toHaveLength(40);
  });

  test('a FIN in the middle of it is shown, behind what was counted', () => {
    const events = bulk(20);
    const [fin] = [segment('< F. 3812934313:3812934313(0) ack 1390211 | ESTABLISHED → CLOSE-WAIT', { time: 3001 })];
    const text = draw([...events, fin], { width: 100 }).join('\n');
    expect(text.indexOf('15 more segments')).toBeGreaterThan(0);
    expect(text.indexOf("let's hang up")).toBeGreaterThan(text.indexOf('15 more segments'));
  });

  test('of many drops a handful is shown each second', () => {
    const drops = Array.from({ length: 1000 }, (_, i): TraceEvent => ({
      type: 'drop',
      layer: 'tcp',
      time: i * 2000,
      reason: 'bad-checksum',
      detail: '',
    }));
    const lines = draw(drops).filter((line) => line.includes('bad-checksum'));
    expect(lines).toHaveLength(10);
    expect(draw(drops).filter((line) => line.includes('wrong …'))).toHaveLength(2);
  });

  test('flush tells what was counted so far, once', () => {
    let text = '';
    const ladder = new Ladder({ write: (more) => (text += more) });
    for (const event of bulk(20)) ladder.event(event);
    expect(text).not.toContain('more segments');
    ladder.flush();
    ladder.flush();
    expect(text.match(/15 more segments/g)).toHaveLength(1);
  });
});
