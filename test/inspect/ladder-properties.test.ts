import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth } from '../../src/inspect/display-width';
import { STATES, type State } from '../../src/tcp/states';
import type { TraceEvent } from '../../src/trace';
import { draw } from './draw';
import { daytime, helloFromNc, PEER, segment, US } from './script';

const CONNECTION = { id: 1, local: US, remote: PEER };

/** SGR, the escape sequences that set colours. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'gu');

const isRow = (line: string): boolean => /^.{16}[│┬┴]/u.test(line);

describe('the ladder, whatever comes', () => {
  const anyState = fc.constantFrom<State>(...STATES);
  const anySegment: fc.Arbitrary<TraceEvent> = fc
    .record({
      id: fc.integer({ min: 0, max: 3 }),
      direction: fc.constantFrom('in' as const, 'out' as const),
      time: fc.integer({ min: 0, max: 5_000_000 }),
      seq: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 0xffffffff })),
      ack: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 0xffffffff })),
      flags: fc.oneof(fc.constantFrom(2, 18, 16, 24, 17, 4, 20), fc.integer({ min: 0, max: 511 })),
      window: fc.constantFrom(0, 1, 65535),
      payload: fc.oneof(
        fc.constant(new Uint8Array()),
        fc.uint8Array({ maxLength: 40 }),
        fc.string().map((text) => new TextEncoder().encode(text)),
      ),
      before: anyState,
      after: anyState,
    })
    .map(({ id, direction, time, before, after, ...rest }) => ({
      type: 'segment' as const,
      time,
      direction,
      connection: { id, local: US, remote: { address: '203.113.100.200', port: 65000 + id } },
      segment: {
        srcPort: 1,
        dstPort: 2,
        urgent: 0,
        options: [
          { kind: 'mss' as const, mss: 1460 },
          { kind: 'sack' as const, blocks: [{ left: 5, right: 9 }] },
        ],
        ...rest,
      },
      before,
      after,
    }));
  const anyTransition: fc.Arbitrary<TraceEvent> = fc
    .record({
      id: fc.integer({ min: 0, max: 3 }),
      from: anyState,
      to: anyState,
      event: fc.constantFrom('ABORT', 'rcv RST', '2MSL timeout'),
    })
    .map(({ id, ...rest }) => ({ type: 'transition', time: 0, connection: { ...CONNECTION, id }, ...rest }));

  test('no line is wider than the terminal, and the lifelines never move', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ arbitrary: anySegment, weight: 9 }, { arbitrary: anyTransition, weight: 1 }), {
          maxLength: 40,
        }),
        fc.integer({ min: 56, max: 160 }),
        fc.constantFrom('en' as const, 'ko' as const),
        fc.boolean(),
        fc.boolean(),
        (events, width, lang, color, collapse) => {
          const lines = draw(events, { width, lang, color, collapse }).map((line) => line.replaceAll(COLOUR, ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
          const columns = new Set<string>();
          for (const line of lines.filter(isRow)) {
            const glyphs = Array.from(line).reduce<{ at: number; found: number[] }>(
              ({ at, found }, character) => ({
                at: at + displayWidth(character),
                found: /[│┬┴]/u.test(character) ? [...found, at] : found,
              }),
              { at: 0, found: [] },
            ).found;
            columns.add(`${glyphs[0] ?? -1} ${glyphs.at(-1) ?? -1}`);
          }
          expect(columns.size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('colours only when asked for; ASCII only when asked for', () => {
    const events = [...helloFromNc(), ...daytime()];
    expect(draw(events).join('')).not.toContain('\u001b');
    expect(draw(events, { color: true }).join('')).toContain('\u001b[');
    expect(draw(events, { color: true }).map((line) => line.replaceAll(COLOUR, '').trimEnd())).toEqual(draw(events));
    expect(draw(events, { ascii: true }).join('\n')).toMatch(/^[\n -~]*$/u);
  });

  test('too narrow a terminal gets the narrowest ladder there is', () => {
    expect(Math.max(...draw(helloFromNc(), { width: 10 }).map(displayWidth))).toBe(56);
  });

  test('connections beyond the bound are forgotten, oldest first', () => {
    const events = Array.from({ length: 5000 }, (_, i) =>
      segment('< S 100:100(0) | LISTEN → SYN-RECEIVED', { id: i + 1, peer: { address: '10.9.0.1', port: 10_000 + i } }),
    );
    expect(draw(events).filter((line) => line.includes('can you hear me?'))).toHaveLength(5000);
  });
});
