import type { Row } from '../speed/row';

/** Runs one benchmark alone, when its file is what Node was started with, and prints its rows. */
export function runAlone(module: NodeJS.Module, measure: () => Promise<readonly Row[]>): void {
  if (require.main !== module) return;
  measure().then(
    (rows) => {
      process.stdout.write(`${rows.map(formatRow).join('\n')}\n`);
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}

function formatRow({ work, unit, synack, peer, peerName, ratio, runs, details = {} }: Row): string {
  const more = Object.entries(details).map(([name, value]) => `\n  ${name}: ${value}`);
  return `${work}: ${synack} ${unit} beside ${peer} (${peerName}); ratio ${ratio}, ${runs} pairs${more.join('')}`;
}
