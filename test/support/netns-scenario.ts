// The process of one scenario (see netns.ts): node netns-scenario.ts FILE EXPORT ARGUMENTS
import { createRequire } from 'node:module';
import type { Report } from './netns';

const load = createRequire(__filename);

async function run(): Promise<Report> {
  const [file = '', name = '', args = '[]'] = process.argv.slice(2);
  try {
    const scenarios = load(file) as Record<string, (...args: unknown[]) => unknown>;
    return { result: await scenarios[name]?.(...(JSON.parse(args) as unknown[])) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

void run().then((report) => {
  process.send?.(report, () => process.exit());
});
