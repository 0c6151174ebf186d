import { describe, expect, test } from '@jest/globals';
import { LESSONS, Run, type Lesson, type RunOptions } from '../../src/lessons';

/** All that a run has shown, as text. */
function digest(run: Run): string {
  const shown = { moments: run.moments, rows: run.timelines.map(({ rows }) => rows.slice()), steps: run.steps };
  return JSON.stringify(shown, (key, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
    // Each row is there once, with the timelines.
    if (key === 'row' && typeof value === 'object' && value !== null && 'index' in value) return value.index;
    return value instanceof Set ? [...value] : value;
  });
}

function variants(lesson: Lesson): [string, RunOptions, Lesson['claims']][] {
  return [
    ['as it is', {}, lesson.claims],
    ...lesson.suggestions.map(({ id, actions, seed, claims }): [string, RunOptions, Lesson['claims']] => [
      id,
      { actions, ...(seed !== undefined && { seed }) },
      claims,
    ]),
  ];
}

function textsOf(lesson: Lesson): { en: string; ko: string }[] {
  return [
    ...[lesson.title, lesson.summary, lesson.goal],
    ...lesson.glossary.map(({ means }) => means),
    ...lesson.beats,
    ...Object.values(lesson.settings).flatMap((setting) => [
      setting.label,
      ...(setting.kind === 'choice' ? Object.values(setting.options) : []),
    ]),
    ...lesson.suggestions.flatMap(({ title, look, claims }) => [title, look, ...claims]),
    ...lesson.claims,
  ];
}

test('every lesson has an id of its own, and one that a link can carry', () => {
  const ids = LESSONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+$/);
});

describe.each(LESSONS.map((lesson) => [lesson.id, lesson] as const))('%s', (_, lesson) => {
  test.each(variants(lesson))('what it claims holds: %s', (_name, options, claims) => {
    const run = new Run(lesson, options).finish();
    const broken = claims.filter(({ holds }) => !holds(run)).map(({ en }) => en);
    expect(broken).toEqual([]);
    expect(claims.length).toBeGreaterThan(0);
  });

  test('every beat is said in some run', () => {
    const said = new Set(
      variants(lesson).flatMap(([, options]) => new Run(lesson, options).finish().beats.map(({ beat }) => beat.id)),
    );
    expect(lesson.beats.map(({ id }) => id).filter((id) => !said.has(id))).toEqual([]);
  });

  test('the same again is the same, bit for bit, and stepping is as good as running through', () => {
    const through = new Run(lesson, { seed: 3 }).finish();
    const stepped = new Run(lesson, { seed: 3 });
    while (stepped.step().length > 0);
    stepped.finish();
    expect(digest(stepped) === digest(through)).toBe(true);
    expect(through.again({ steps: through.steps }).moments).toHaveLength(through.moments.length);
  });

  test('all of it is there in English and in Korean', () => {
    const hangul = /[가-힣]/;
    for (const { en, ko } of textsOf(lesson)) {
      expect([en, hangul.test(en)]).toEqual([en, false]);
      // A name such as BBR is the same everywhere; a sentence is not.
      if (en.includes(' ')) expect([ko, hangul.test(ko)]).toEqual([ko, true]);
      expect(ko).not.toBe('');
    }
    expect(lesson.beats.length).toBeGreaterThan(0);
    expect(new Set(lesson.beats.map(({ id }) => id)).size).toBe(lesson.beats.length);
  });
});
