import { LEVELS, type Level, type Requirement } from './requirements';
import type { Outcome } from './run';
import type { Naming } from './test-sources';

/**
 * Where a requirement stands. `skipped`: none of its tests could run on this machine. `missing`: it has none.
 */
export type Verdict = 'pass' | 'fail' | 'skipped' | 'missing' | 'not done';

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'skipped', 'missing', 'not done'];

export interface Row extends Requirement {
  readonly verdict: Verdict;
  /** Why it is deliberately not done. */
  readonly reason: string | undefined;
  readonly outcomes: readonly Outcome[];
}

/** Joins the requirements with what was run, in the order of the requirements. */
export function judge(
  requirements: readonly Requirement[],
  outcomes: readonly Outcome[],
  notDone: ReadonlyMap<string, string>,
): Row[] {
  return requirements.map((requirement) => {
    const own = outcomes.filter(({ id }) => id === requirement.id);
    const reason = notDone.get(requirement.id);
    return { ...requirement, reason, outcomes: own, verdict: reason === undefined ? verdictOf(own) : 'not done' };
  });
}

function verdictOf(outcomes: readonly Outcome[]): Verdict {
  if (outcomes.length === 0) return 'missing';
  if (outcomes.some(({ failed }) => failed > 0)) return 'fail';
  return outcomes.some(({ passed }) => passed > 0) ? 'pass' : 'skipped';
}

/** docs/conformance.md. */
export function conformanceDocument(rows: readonly Row[]): string {
  return `# RFC 9293, requirement by requirement

Written by \`npm run conformance\` from a run of the tests; do not edit. The list of requirements is
[rfc9293-requirements.tsv](rfc9293-requirements.tsv), with the ids of RFC 9293's appendix B. A test shows a requirement when its
title, or that of a \`describe\` around it, names the id. What is deliberately not done is in
[conformance-not-done.tsv](conformance-not-done.tsv), with the reason.

${summary(rows)}

The number behind a file is how many of its tests name the requirement.

| id | level | requirement | tests | pass or fail |
| --- | --- | --- | --- | --- |
${rows.map(line).join('\n')}
`;
}

function summary(rows: readonly Row[]): string {
  const line = (name: string, of: readonly Row[]): string => {
    const counts = VERDICTS.map((verdict) => of.filter((row) => row.verdict === verdict).length);
    return `| ${[name, of.length, ...counts].join(' | ')} |`;
  };
  return [
    `| level | requirements | ${VERDICTS.join(' | ')} |`,
    `| --- |${' --: |'.repeat(VERDICTS.length + 1)}`,
    ...LEVELS.map((level: Level) =>
      line(
        level,
        rows.filter((row) => row.level === level),
      ),
    ),
    line('all', rows),
  ].join('\n');
}

function line({ id, level, area, text, verdict, reason, outcomes }: Row): string {
  const tests = outcomes.map(({ file, passed, failed, skipped }) => {
    const name = file.replace(/^test\//, '').replace(/\.test\.ts$/, '');
    return `[${name}](../${file}) (${passed + failed + skipped})`;
  });
  const standing = reason === undefined ? verdict : `${verdict}: ${reason}`;
  return `| ${[id, level, `${area}: ${text}`, tests.join(', '), standing].map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/**
 * What stands in the document against the requirements and the tests' sources: one sentence for each thing that does not
 * match, none when it is up to date. Nothing is run, so whether the tests pass is not its matter.
 */
export function differences(
  document: string,
  requirements: readonly Requirement[],
  naming: Naming,
  notDone: ReadonlyMap<string, string>,
): string[] {
  const known = new Set(requirements.map(({ id }) => id));
  const problems: string[] = [];
  for (const [id, files] of naming) {
    if (!known.has(id)) problems.push(`${id}, which ${files.join(' and ')} names, is no requirement`);
    if (notDone.has(id)) problems.push(`${id} is said not to be done, but ${files.join(' and ')} names it`);
  }
  for (const id of notDone.keys()) if (!known.has(id)) problems.push(`${id}, said not to be done, is no requirement`);
  const written = new Map(
    document.split('\n').flatMap((row) => {
      const [, id] = /^\| ((?:MUST|SHLD|MAY|REC)-\d+) \|/.exec(row) ?? [];
      return id === undefined ? [] : [[id, row] as const];
    }),
  );
  for (const requirement of requirements) {
    const { id } = requirement;
    const row = written.get(id);
    if (row === undefined) {
      problems.push(`${id} has no row`);
      continue;
    }
    const listed = [...row.matchAll(/\]\(\.\.\/(test\/[^)]*)\)/g)].map(([, file]) => file);
    const named = naming.get(id) ?? [];
    if (listed.join() !== named.join()) {
      problems.push(
        `${id} lists ${listed.join(', ') || 'no tests'}, but it is ${named.join(', ') || 'none'} that name it`,
      );
    }
    const reason = notDone.get(id);
    const standing = row.slice(row.lastIndexOf(' | ') + 3, -2);
    const deliberate = reason === undefined ? undefined : cell(`not done: ${reason}`);
    if (deliberate === undefined ? standing.startsWith('not done') : !row.endsWith(` | ${deliberate} |`)) {
      problems.push(`${id} is '${standing}', which is not what conformance-not-done.tsv says`);
    }
  }
  for (const id of written.keys()) if (!known.has(id)) problems.push(`${id} has a row, but is no requirement`);
  return problems;
}
