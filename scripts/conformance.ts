import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNotDone, readRequirements } from './conformance/requirements';
import { runTests } from './conformance/run';
import { conformanceDocument, differences, judge } from './conformance/table';
import { readNaming } from './conformance/test-sources';

/**
 * `npm run conformance`: runs the tests that name a requirement of RFC 9293 and writes docs/conformance.md; fails when one
 * does. With `-- --check` it only looks whether the document lists the tests that there are.
 */
function main(args: readonly string[]): number {
  const root = join(__dirname, '..');
  const path = join(root, 'docs/conformance.md');
  const requirements = readRequirements(root);
  const notDone = readNotDone(root);
  const naming = readNaming(root);
  if (!args.includes('--check')) {
    const rows = judge(requirements, runTests(root, naming), notDone);
    writeFileSync(path, conformanceDocument(rows));
    for (const verdict of ['fail', 'skipped', 'missing'] as const) {
      const ids = rows.filter((row) => row.verdict === verdict).map(({ id }) => id);
      if (ids.length > 0) console.log(`${verdict}: ${ids.join(' ')}`);
    }
    const passed = rows.filter((row) => row.verdict === 'pass').length;
    console.log(`docs/conformance.md: ${passed} of ${rows.length} requirements pass`);
    if (rows.some((row) => row.verdict === 'fail')) return 1;
  }
  const problems = differences(readFileSync(path, 'utf8'), requirements, naming, notDone);
  for (const problem of problems) console.error(`conformance: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
