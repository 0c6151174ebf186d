import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import nodeDns from 'node:dns';
import { join } from 'node:path';

const document = readFileSync(join(__dirname, '../../docs/dns.md'), 'utf8');

/** The rows of all tables: a member, a file, the title of a test in it. */
const ROWS = document
  .split('\n')
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
  .filter((cells) => cells.length === 3 && cells[1]?.startsWith('['))
  .map(([member = '', link = '', title = '']) => ({ member, file: /^\[(.*)\]/.exec(link)?.[1] ?? '', title }));

test('each test that docs/dns.md names is there', () => {
  expect(ROWS.length).toBeGreaterThan(80);
  const missing = ROWS.filter(({ file, title }) => {
    const source = readFileSync(join(__dirname, file), 'utf8');
    return !["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
  });
  expect(missing).toEqual([]);
});

test('docs/dns.md has every public member that Node has', () => {
  const methodsOf = (resolver: object): string[] => {
    const parent = Object.getPrototypeOf(resolver) as object | null;
    // What has no prototype is the one of all objects.
    return parent === null ? [] : [...Object.getOwnPropertyNames(resolver), ...methodsOf(parent)];
  };
  const members = [
    ...Object.keys(nodeDns).map((name) => `dns.${name}`),
    ...Object.keys(nodeDns.promises).map((name) => `dnsPromises.${name}`),
    ...methodsOf(nodeDns.Resolver.prototype).map((name) => `resolver.${name}`),
  ].filter((name) => !/\.(_.*|constructor)$/.test(name));
  const named = ROWS.map(({ member }) => member).join('\n');
  expect(members.filter((member) => !new RegExp(`\\b${member.replace('.', '\\.')}\\b`).test(named))).toEqual([]);
});
