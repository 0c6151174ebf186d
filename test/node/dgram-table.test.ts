import { expect, test } from '@jest/globals';
import * as nodeDgram from 'node:dgram';
import { memberRows, rowsWithoutTest } from '../support/member-table';

const ROWS = memberRows('dgram.md');

test('each test that docs/dgram.md names is there', () => {
  expect(ROWS.length).toBeGreaterThan(38);
  expect(rowsWithoutTest(ROWS)).toEqual([]);
});

test('docs/dgram.md has every public member that Node has', () => {
  const isPublic = (name: string): boolean => !/^_|^(constructor|default)$/.test(name);
  const members = [...Object.keys(nodeDgram), ...Object.getOwnPropertyNames(nodeDgram.Socket.prototype)];
  const named = ROWS.map(({ member }) => member).join('\n');
  expect(members.filter(isPublic).filter((member) => !new RegExp(`\\b${member}\\b`).test(named))).toEqual([]);
});
