import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseNotDone, parseRequirements, readNotDone, readRequirements } from '../../scripts/conformance/requirements';
import { outcomes } from '../../scripts/conformance/run';
import { conformanceDocument, differences, judge } from '../../scripts/conformance/table';
import { idsInTitles, readNaming } from '../../scripts/conformance/test-sources';

const ROOT = resolve(__dirname, '../..');

describe('docs/conformance.md', () => {
  test('lists the tests that there are; otherwise run `npm run conformance`', () => {
    const document = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');
    expect(differences(document, readRequirements(ROOT), readNaming(ROOT), readNotDone(ROOT))).toEqual([]);
  });
});

describe('the ids that a test file names', () => {
  const ids = (source: string): string[] => [...idsInTitles(source)];

  test('stand in titles, several in one, anywhere in it', () => {
    expect(ids("test('MUST-18, SHLD-1: both (and MAY-3)', () => {});")).toEqual(['MUST-18', 'SHLD-1', 'MAY-3']);
    expect(ids('test(`REC-1: ${n} and MUST-2`, () => {});')).toEqual(['REC-1', 'MUST-2']);
  });

  test('hold for all within a describe', () => {
    expect(ids("describe('MUST-18: Karn', () => { test('one', () => {}); test('MUST-19: two', () => {}); });")).toEqual(
      ['MUST-18', 'MUST-19'],
    );
  });

  test('may come from a table, or stand behind `skip`', () => {
    expect(ids("test.each([['x', 'MUST-63: y']])('%s: %s', () => {});")).toEqual(['MUST-63']);
    expect(ids("describe.each([1])('MUST-7: %i', () => {});")).toEqual(['MUST-7']);
    expect(ids("(root ? test : test.skip)('MUST-8', () => {});")).toEqual(['MUST-8']);
  });

  test('do not stand in comments, nor in what a test does', () => {
    expect(ids("// MUST-1\ntest('none', () => { fail('MUST-2'); /MUST-3/.test('MUST-4'); });")).toEqual([]);
  });
});

describe('the document', () => {
  const requirements = parseRequirements(
    [
      'id\tlevel\tarea\ttext',
      'MUST-1\tmust\twindow\tunsigned',
      'SHLD-2\tshould-not\tclose\tA | B',
      'MAY-3\tmay\topen\tthis',
      'MUST-4\tmust-not\topen\tthat',
      'MUST-5\tmust\topen\tall',
    ].join('\n'),
  );
  const notDone = parseNotDone('id\treason\nMAY-3\tnobody | asked\n');
  const naming = new Map([
    ['MUST-1', ['test/a.test.ts', 'test/b/c.test.ts']],
    ['SHLD-2', ['test/a.test.ts']],
    ['MUST-5', ['test/lab.test.ts', 'test/lost.test.ts']],
  ]);
  const report = {
    testResults: [
      {
        name: '/root/test/b/c.test.ts',
        assertionResults: [{ ancestorTitles: ['MUST-1: group'], title: 'one', status: 'passed' }],
      },
      {
        name: '/root/test/a.test.ts',
        assertionResults: [
          { ancestorTitles: ['group'], title: 'MUST-1, SHLD-2: one', status: 'passed' },
          { ancestorTitles: ['group MUST-1'], title: 'MUST-1: two', status: 'pending' },
          { ancestorTitles: [], title: 'SHLD-2: three', status: 'failed' },
        ],
      },
      {
        name: '/root/test/lab.test.ts',
        assertionResults: [{ ancestorTitles: [], title: 'MUST-5', status: 'passed' }],
      },
    ],
  };
  const rows = judge(requirements, outcomes('/root', report, naming), notDone);
  const document = conformanceDocument(rows);
  const differ = (changed = document, names = naming, undone = notDone): string[] =>
    differences(changed, requirements, names, undone);

  test('has one row an id', () => {
    expect(document.split('\n').filter((row) => /^\| [A-Z]+-/.test(row))).toEqual([
      '| MUST-1 | MUST | window: unsigned | [a](../test/a.test.ts) (2), [b/c](../test/b/c.test.ts) (1) | pass |',
      '| SHLD-2 | SHOULD NOT | close: A \\| B | [a](../test/a.test.ts) (2) | fail |',
      '| MAY-3 | MAY | open: this |  | not done: nobody \\| asked |',
      '| MUST-4 | MUST NOT | open: that |  | missing |',
      '| MUST-5 | MUST | open: all | [lab](../test/lab.test.ts) (1), [lost](../test/lost.test.ts) (1) | fail |',
    ]);
  });

  test('adds up', () => {
    expect(document).toContain('| level | requirements | pass | fail | skipped | missing | not done |');
    expect(document).toContain('| MUST | 2 | 1 | 1 | 0 | 0 | 0 |');
    expect(document).toContain('| MAY | 1 | 0 | 0 | 0 | 0 | 1 |');
    expect(document).toContain('| all | 5 | 1 | 2 | 0 | 1 | 1 |');
  });

  test('a requirement whose tests cannot run here is neither passed nor failed', () => {
    const skipped = [{ id: 'MUST-1', file: 'test/a.test.ts', passed: 0, failed: 0, skipped: 1 }];
    expect(judge(requirements, skipped, notDone)[0]?.verdict).toBe('skipped');
  });

  test('matches the sources that it was made from, whether they pass or not', () => {
    expect(differ()).toEqual([]);
  });

  test('does not match when a test has come or gone', () => {
    const come = new Map([...naming, ['MUST-4', ['test/d.test.ts']]]);
    expect(differ(document, come)).toEqual(['MUST-4 lists no tests, but it is test/d.test.ts that name it']);
    const gone = new Map([...naming, ['MUST-1', ['test/a.test.ts']]]);
    expect(differ(document, gone)).toEqual([
      'MUST-1 lists test/a.test.ts, test/b/c.test.ts, but it is test/a.test.ts that name it',
    ]);
  });

  test('does not match when a requirement has come or gone', () => {
    expect(differ(document.replace(/^\| MUST-4 .*\n/m, ''))).toEqual(['MUST-4 has no row']);
    expect(differ(document.replace('| MUST-4 |', '| MUST-9 |'))).toEqual([
      'MUST-4 has no row',
      'MUST-9 has a row, but is no requirement',
    ]);
  });

  test('does not match when something else is deliberately not done', () => {
    expect(differ(document, naming, new Map())).toHaveLength(1);
    expect(differ(document, naming, parseNotDone('id\treason\nMAY-3\tnobody asked\n'))).toHaveLength(1);
    expect(differ(document, naming, new Map([...notDone, ['MUST-4', 'because']]))).toHaveLength(1);
  });

  test('an id that is none is a slip of the pen', () => {
    expect(differ(document, new Map([...naming, ['MUST-99', ['test/a.test.ts']]]))).toEqual([
      'MUST-99, which test/a.test.ts names, is no requirement',
    ]);
    expect(differ(document, naming, new Map([...notDone, ['MAY-99', 'because']]))).toEqual([
      'MAY-99, said not to be done, is no requirement',
    ]);
  });

  test('what is tested is done', () => {
    expect(differ(document, new Map([...naming, ['MAY-3', ['test/a.test.ts']]]))).toContain(
      'MAY-3 is said not to be done, but test/a.test.ts names it',
    );
  });
});

describe('the lists', () => {
  test('say what is wrong with a row', () => {
    expect(() => parseRequirements('id\tlevel\tarea\ttext\nMUST-1\tmust\twindow')).toThrow(/should have 4 columns/);
    expect(() => parseRequirements('id\tlevel\tarea\ttext\nMUST-1\tmaybe\twindow\tx')).toThrow(/the level 'maybe'/);
    const row = 'MUST-1\tmust\twindow\tx';
    expect(() => parseRequirements(['id\tlevel\tarea\ttext', row, row].join('\n'))).toThrow(
      /MUST-1 stands there twice/,
    );
    expect(() => parseNotDone('id\treason\nMAY-3\t \n')).toThrow(/should have 2 columns/);
  });
});
