import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { idsIn } from './requirements';

/** Which test files name a requirement: id → paths from the root, such as `test/tcp/nagle.test.ts`. Both sorted. */
export type Naming = ReadonlyMap<string, readonly string[]>;

const RUNNERS = new Set(['test', 'it', 'describe']);

/** Reads the sources of all tests. Nothing is run. */
export function readNaming(root: string): Naming {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .sort();
  const naming = new Map<string, string[]>();
  for (const file of files) {
    for (const id of idsInTitles(readFileSync(join(root, file), 'utf8'))) {
      naming.set(id, [...(naming.get(id) ?? []), file]);
    }
  }
  return naming;
}

/** The ids in a test file's titles: those of `describe` and `test`, and what `each` puts into them. */
export function idsInTitles(source: string): Set<string> {
  const ids = new Set<string>();
  // Most files name none, and need not be parsed.
  if (idsIn(source).length === 0) return ids;
  const collect = (node: ts.Node): void => {
    if (isText(node)) for (const id of idsIn(node.text)) ids.add(id);
    ts.forEachChild(node, collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && startsTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined) collect(title);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.ES2022));
  return ids;
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** `test`, `describe.skip`, `test.each(table)`, `(root ? test : test.skip)`: what a title is given to. */
function startsTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return RUNNERS.has(callee.text);
  if (ts.isConditionalExpression(callee)) return startsTest(callee.whenTrue) || startsTest(callee.whenFalse);
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee) || ts.isParenthesizedExpression(callee)) {
    return startsTest(callee.expression);
  }
  return false;
}
