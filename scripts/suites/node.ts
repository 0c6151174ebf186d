import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from './suite';

/** Node's own tests of one of its modules: each file is a program that exits with 0. */
export function node(module: string): Suite {
  const isOurs = new RegExp(`^test-${module}-.*\\.m?js$`);
  return {
    name: `node-${module}`,
    title: `Node.js 20.19.2, ${module}`,
    source: {
      debian: 'n/nodejs/nodejs_20.19.2+dfsg.orig.tar.xz',
      sha256: '5e5559381ad031d245a8efa403458abbb73755f74c3e6380f185a4dd342b7949',
    },
    packages: [],
    limit: 20_000,
    files: (folder) =>
      ['parallel', 'sequential'].flatMap((group) =>
        readdirSync(join(folder, 'test', group))
          .filter((each) => isOurs.test(each))
          .map((each) => `test/${group}/${each}`),
      ),
    flags: (folder, file) => {
      const [, flags] = /^\/\/ Flags: (.*)$/m.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
      return flags?.trim().split(/\s+/) ?? [];
    },
    program: (file) => [file],
    read: ({ code, stdout }) => {
      const isSkipped = /^1\.\.0 # Skipped/m.test(stdout);
      return new Map([['', code !== 0 ? 'fail' : isSkipped ? 'skip' : 'pass']]);
    },
  };
}
