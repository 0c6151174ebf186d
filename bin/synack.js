#!/usr/bin/env node
'use strict';

// In a checkout the sources run as they are, by way of ts-node; the published package and the Docker image have dist/.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const source = join(root, 'src/cli/main.ts');

function tsNode() {
  try {
    return require('ts-node');
  } catch {
    return undefined;
  }
}

const compiler = existsSync(source) ? tsNode() : undefined;
if (compiler !== undefined) {
  compiler.register({ cwd: root });
  require(source);
} else if (existsSync(join(root, 'dist/cli/main.js'))) {
  require('../dist/cli/main.js');
} else {
  console.error(`synack: neither ts-node nor dist/ is there to run; try: ${join(root, 'scripts/setup.sh')}`);
  process.exitCode = 1;
}
