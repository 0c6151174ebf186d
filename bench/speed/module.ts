// A process for one work that needs no network: its argument is a module, which exports `measure`. Sends the rows.
import { createRequire } from 'node:module';
import type { Row } from './row';

async function main(): Promise<void> {
  const { measure } = createRequire(__filename)(process.argv[2] ?? '') as { measure: () => Promise<Row[]> };
  process.send?.(await measure());
}

void main().then(() => {
  process.disconnect();
});
