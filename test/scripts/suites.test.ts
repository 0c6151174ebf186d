import { describe, expect, test } from '@jest/globals';
import { count, regressions } from '../../scripts/suites/compare';
import { LIBRARIES } from '../../scripts/suites/mocha';
import { node } from '../../scripts/suites/node';
import { ENDS, type Ended, type Verdict } from '../../scripts/suites/suite';

const said = (stdout: string, code: number | undefined = 0): Ended => ({ code, stdout, stderr: '' });

describe('what the suites of libraries give', () => {
  test('a regression is what passes on Node and does not on synack, be it that it was never heard of', () => {
    const onNode = { a: 'pass', b: 'pass', c: 'pass', d: 'fail', e: 'skip' } as const;
    const onSynack = { a: 'pass', b: 'fail', d: 'fail', e: 'fail' } as const;
    expect(regressions(onNode, onSynack)).toEqual(['b', 'c']);
    expect(count(onNode)).toEqual({ pass: 3, fail: 1, skip: 1 });
  });

  test("mocha's report, whatever the program says around it", () => {
    const [ws] = LIBRARIES;
    const report = { passes: [{ fullTitle: 'one' }], failures: [], pending: [{ fullTitle: 'two' }] };
    const text = `a word before\n${JSON.stringify(report, undefined, 2)}\nand after\n`;
    const verdicts: [string, Verdict][] = [
      ['one', 'pass'],
      ['two', 'skip'],
    ];
    expect([...(ws?.read(said(text)) ?? [])]).toEqual(verdicts);
    expect([...(ws?.read({ ...said(text), code: undefined }) ?? [])]).toEqual([...verdicts, [ENDS, 'fail']]);
    expect([...(ws?.read(said('it broke', 1)) ?? [])]).toEqual([[ENDS, 'fail']]);
  });

  test("Node's own: the code with which a file exits", () => {
    const read = (ended: Ended): Map<string, Verdict> => node('net').read(ended);
    expect([...read(said(''))]).toEqual([['', 'pass']]);
    expect([...read(said('1..0 # Skipped: no IPv6\n'))]).toEqual([['', 'skip']]);
    expect([...read(said('', 1))]).toEqual([['', 'fail']]);
    expect([...read({ ...said(''), code: undefined })]).toEqual([['', 'fail']]);
  });
});
