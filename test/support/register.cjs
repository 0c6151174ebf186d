// `node --require` this, and it runs TypeScript, as with ts-node, in a third of the time: what a file was translated to is kept beside the
// packages. Labs and scenarios are processes of their own, hundreds in a run of all tests, and each loads much of the stack.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const FOLDER = resolve(__dirname, '../../node_modules/.cache/synack-test');
const OPTIONS = {
  swcrc: false,
  configFile: false,
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
/** With another of these the same source becomes something else. */
const VERSION = JSON.stringify([OPTIONS, require('@swc/core/package.json').version]);

const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest('hex');

process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8');
  const kept = join(FOLDER, hash(file));
  const ending = `\n// ${hash(VERSION, source)}`;
  module._compile(read(kept, ending) ?? translate(file, source, kept, ending), file);
};

function read(kept, ending) {
  try {
    const code = readFileSync(kept, 'utf8');
    return code.endsWith(ending) ? code : undefined;
  } catch {
    return undefined;
  }
}

function translate(file, source, kept, ending) {
  const code = require('@swc/core').transformSync(source, { ...OPTIONS, filename: file }).code + ending;
  try {
    // Others may do the same at this moment: it is there whole, or not at all.
    const begun = `${kept}.${process.pid}`;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(begun, code);
    renameSync(begun, kept);
  } catch {
    // Who may not write there translates it anew each time.
  }
  return code;
}
