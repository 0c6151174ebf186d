import { build, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import * as ts from 'typescript';
import type { Build } from './steady';

const CORE = join(__dirname, '../../src/core.ts');

/** How often something of each kind was found and taken out. */
export interface Stripped {
  /** `….trace?.(event)`. */
  calls: number;
  /** `….trace === undefined`, or `!==`. */
  questions: number;
  /** `const { trace } = host`. */
  names: number;
}

/** Makes new classes each time it is called: what V8 has compiled of others, and how, is not theirs. */
export type Loader = () => Build;

export interface Builds {
  readonly traced: Loader;
  readonly bare: Loader;
  readonly stripped: Stripped;
}

/** The core as it is, and the same with all that reports to the trace taken out, made in the same way. */
export async function builds(): Promise<Builds> {
  const stripped: Stripped = { calls: 0, questions: 0, names: 0 };
  return { traced: await bundle([]), bare: await bundle([withoutTrace(stripped)]), stripped };
}

async function bundle(plugins: Plugin[]): Promise<Loader> {
  // Syntax is minified for what it does with branches that never run; names stay, for profiles.
  const { outputFiles } = await build({
    entryPoints: [CORE],
    plugins,
    bundle: true,
    write: false,
    format: 'cjs',
    target: 'es2022',
    minifySyntax: true,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild has made nothing');
  const require = createRequire(__filename);
  let made = 0;
  return () => {
    const module: { exports: unknown } = { exports: {} };
    made += 1;
    // A comment of its own, or V8 would take the code that it has.
    const wrapped = `(function (module, exports, require) {// ${made}\n${file.text}\n})`;
    const run = runInThisContext(wrapped) as (module: object, exports: unknown, require: NodeJS.Require) => void;
    run(module, module.exports, require);
    return module.exports as Build;
  };
}

function withoutTrace(stripped: Stripped): Plugin {
  return {
    name: 'without-trace',
    setup(build) {
      build.onLoad({ filter: /\/src\/(tcp|ip|stack)\/.*\.ts$/ }, async ({ path }) => ({
        contents: stripTrace(path, await readFile(path, 'utf8'), stripped),
        loader: 'ts',
      }));
    },
  };
}

/** A module's source with nobody to report to, as if the host's `trace` were always `undefined`. */
export function stripTrace(path: string, text: string, stripped: Stripped): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const cuts: { from: number; to: number; by: string }[] = [];
  const cut = (node: ts.Node, by: string) => cuts.push({ from: node.getStart(source), to: node.getEnd(), by });
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.questionDotToken !== undefined && isTrace(node.expression)) {
      stripped.calls += 1;
      cut(node, 'undefined');
      return;
    }
    if (isQuestion(node)) {
      stripped.questions += 1;
      cut(node, node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken ? 'true' : 'false');
      return;
    }
    if (ts.isVariableDeclaration(node) && bindsTrace(node.name)) {
      stripped.names += 1;
      cut(node, 'trace: any = undefined');
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return cuts
    .sort((one, other) => other.from - one.from)
    .reduce((left, { from, to, by }) => left.slice(0, from) + by + left.slice(to), text);
}

/** `trace` by itself, or that of something; not `tcb.trace`, which is a connection's name. */
function isTrace(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return node.text === 'trace';
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'trace') return false;
  return !(ts.isIdentifier(node.expression) && node.expression.text === 'tcb');
}

function isQuestion(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node) || !isTrace(node.left)) return false;
  const { kind } = node.operatorToken;
  if (kind !== ts.SyntaxKind.EqualsEqualsEqualsToken && kind !== ts.SyntaxKind.ExclamationEqualsEqualsToken)
    return false;
  return ts.isIdentifier(node.right) && node.right.text === 'undefined';
}

/** `{ trace }` and nothing else. */
function bindsTrace(name: ts.BindingName): boolean {
  if (!ts.isObjectBindingPattern(name) || name.elements.length !== 1) return false;
  const [element] = name.elements;
  return element !== undefined && ts.isIdentifier(element.name) && element.name.text === 'trace';
}
