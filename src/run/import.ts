import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { moduleName, type ModuleTable } from './modules';

/** Where the modules that Node's loader makes look for what they give out. */
const SHARED = Symbol.for('synack.modules');

const shared = globalThis as unknown as Record<symbol, ModuleTable | undefined>;

/**
 * Runs in the loader's own thread, which has nothing of ours: so it is told the names, and makes small modules that look for the values when
 * they are evaluated, in the program's thread.
 */
const LOADER = `
let exported;
export function initialize(data) { exported = new Map(data); }
export function resolve(specifier, context, next) {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier;
  if (!exported.has(name)) return next(specifier, context);
  return { url: 'synack:' + name, shortCircuit: true };
}
export function load(url, context, next) {
  if (!url.startsWith('synack:')) return next(url, context);
  const name = url.slice(7);
  const names = exported.get(name);
  const source = [
    'const module = globalThis[Symbol.for("synack.modules")].get(' + JSON.stringify(name) + ');',
    'export default module;',
    ...names.map((each) => 'export const ' + each + ' = module.' + each + ';'),
  ].join('\\n');
  return { format: 'module', source, shortCircuit: true };
}
`;

let isRegistered = false;

/**
 * From now on `import … from 'node:net'` gives what is in the table: `module.register` of Node 20.6 and later.
 * @returns what undoes it for modules that are not loaded yet; Node cannot take its hook out again
 */
export function hookImport(table: ModuleTable): () => void {
  shared[SHARED] = table;
  if (!isRegistered) {
    isRegistered = true;
    register(`data:text/javascript,${encodeURIComponent(LOADER)}`, {
      parentURL: pathToFileURL(__filename),
      data: [...table.keys()].map((name) => [name, namesOf(name)]),
    });
  }
  return () => {
    shared[SHARED] = new Map([...table.keys()].map((name) => [name, nodesOwn(name)]));
  };
}

/** What Node's own module exports by name, which is what a program may import. */
function namesOf(name: string): string[] {
  return Object.keys(nodesOwn(name)).filter((each) => /^[A-Za-z_$][\w$]*$/.test(each) && each !== 'default');
}

function nodesOwn(name: string): object {
  return createRequire(__filename)(`node:${moduleName(name)}`) as object;
}
