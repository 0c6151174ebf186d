import { expect, test } from '@jest/globals';
import { LANGUAGES } from '../../src/inspect/lang';
import { ControlError } from '../../src/inspector/controls';
import { REASONS } from '../../src/inspector/reasons';

test('every reason has its facts in every language', () => {
  const facts = { name: 'jitter', seconds: 60, state: 'FIN-WAIT-1', taken: 3, length: 5, error: 'ECONNRESET' };
  for (const texts of Object.values(REASONS)) {
    const [first, ...others] = Object.keys(LANGUAGES).map((lang) => {
      const text = texts[lang as keyof typeof LANGUAGES](facts);
      expect(text).not.toContain('?');
      return Object.values(facts)
        .filter((each) => text.includes(String(each)))
        .join();
    });
    for (const each of others) expect(each).toBe(first);
  }
  expect(new ControlError('bad-time', { name: 'jitter', seconds: 60 }).message).toBe(
    'jitter is a whole number of microseconds, at most 60 s',
  );
});
