import { expect } from '@jest/globals';
import { Ladder, type LadderOptions } from '../../src/inspect/ladder';
import type { TraceEvent } from '../../src/trace';

/** The ladder of `events`, as lines. */
export function draw(events: readonly TraceEvent[], options: Partial<LadderOptions> = {}): string[] {
  let text = '';
  const ladder = new Ladder({ write: (more) => (text += more), names: { remote: () => 'nc' }, ...options });
  for (const event of events) ladder.event(event);
  ladder.end();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

/** The same without the legend, which is at the top. */
export function drawn(events: readonly TraceEvent[], options: Partial<LadderOptions> = {}): string {
  const lines = draw(events, options);
  return `\n${lines.slice(lines.indexOf('') + 1).join('\n')}\n`;
}
