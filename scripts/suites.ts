import { buildSync } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, lastRun, regressions, runSuite, type Ground, type Workplace } from './suites/compare';
import { LIBRARIES } from './suites/mocha';
import { node } from './suites/node';

const SUITES = [...LIBRARIES, ...['net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns'].map(node)];
const GROUNDS: readonly Ground[] = ['node', 'synack'];

/**
 * `npm run suites [-- [--on node|synack] [suite…] [--only text]]`: runs libraries' own tests on Node's own network and on synack, and
 * prints both results. Fails when a test passes on Node, does not on synack, and docs/suites-differences.tsv has no reason for it.
 */
async function main(args: readonly string[]): Promise<number> {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const [on, only = ''] = [option('--on'), option('--only')];
  const names = args.filter((each, at) => !each.startsWith('--') && !(args[at - 1]?.startsWith('--') ?? false));
  const suites = SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
  const root = join(__dirname, '..');
  const place = build(root);
  const reasons = readReasons(root);
  let unexplained = 0;
  const rows: string[] = [];
  for (const suite of suites) {
    for (const ground of GROUNDS) if (on === undefined || on === ground) await runSuite(suite, ground, only, place);
    const [onNode, onSynack] = GROUNDS.map((ground) => lastRun(suite, ground, place) ?? {});
    if (onNode === undefined || onSynack === undefined) continue;
    const lost = regressions(onNode, onSynack);
    for (const test of lost) {
      const reason = reasons.get(`${suite.name}\t${test}`);
      if (reason === undefined) unexplained += 1;
      console.log(`${suite.name}\t${test}\t${reason ?? '?'}`);
    }
    const columns = [onNode, onSynack].map(count).flatMap(({ pass, fail, skip }) => [pass, fail, skip]);
    rows.push(`| ${[suite.title, ...columns, lost.length].join(' | ')} |`);
  }
  console.log(
    '\n| Suite | Node: passed | failed | skipped | synack: passed | failed | skipped | fail on synack alone |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
  console.log(rows.join('\n'));
  if (unexplained > 0) console.log(`\n${unexplained} differences without a reason`);
  return unexplained === 0 ? 0 : 1;
}

/** The sources as the package has them: a process starts in a fraction of the time that ts-node takes. */
function build(root: string): Workplace {
  const cache = process.env['SYNACK_SUITES'] ?? join(tmpdir(), 'synack-suites');
  const home = join(cache, 'synack');
  mkdirSync(home, { recursive: true });
  mkdirSync(join(cache, 'results'), { recursive: true });
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('.ts'),
  );
  buildSync({
    entryPoints: sources.map((each) => join(root, 'src', each)),
    outdir: join(home, 'dist'),
    format: 'cjs',
    platform: 'node',
    target: 'node20',
  });
  for (const each of ['bin', 'package.json']) cpSync(join(root, each), join(home, each), { recursive: true });
  if (!existsSync(join(home, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  return { cache, synack: join(home, 'bin/synack.js') };
}

/** docs/suites-differences.tsv: suite, test, reason. */
function readReasons(root: string): Map<string, string> {
  const lines = readFileSync(join(root, 'docs/suites-differences.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [suite = '', test = '', reason = ''] = line.split('\t');
      return [`${suite}\t${test}`, reason];
    }),
  );
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
