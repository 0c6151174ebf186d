import { expect, test } from '@jest/globals';
import nodeDns from 'node:dns';
import { memberRows, rowsWithoutTest } from '../support/member-table';

const ROWS = memberRows('dns.md');

test('each test that docs/dns.md names is there', () => {
  expect(ROWS.length).toBeGreaterThan(80);
  expect(rowsWithoutTest(ROWS)).toEqual([]);
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
