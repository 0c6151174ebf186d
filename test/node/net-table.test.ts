import { expect, test } from '@jest/globals';
import * as nodeNet from 'node:net';
import { memberRows, rowsWithoutTest } from '../support/member-table';

const ROWS = memberRows('net.md');

test('each test that docs/net.md names is there', () => {
  expect(ROWS.length).toBeGreaterThan(100);
  expect(rowsWithoutTest(ROWS)).toEqual([]);
});

test('docs/net.md has every public member that Node has', () => {
  const isPublic = (name: string): boolean =>
    !/^_|^(constructor|default|Socket|Server|BlockList|SocketAddress)$/.test(name);
  const members = [
    ...Object.keys(nodeNet).map((name) => `net.${name}`),
    ...Object.getOwnPropertyNames(nodeNet.Socket.prototype).map((name) => `socket.${name}`),
    ...Object.getOwnPropertyNames(nodeNet.Server.prototype).map((name) => `server.${name}`),
    ...Object.getOwnPropertyNames(nodeNet.BlockList.prototype).map((name) => `blockList.${name}`),
    ...Object.getOwnPropertyNames(nodeNet.SocketAddress.prototype).map((name) => `socketaddress.${name}`),
  ].filter((name) => isPublic(name.split('.')[1] ?? ''));
  const named = ROWS.map(({ member }) => member).join('\n');
  expect(members.filter((member) => !new RegExp(`\\b${member.replace('.', '\\.')}\\b`).test(named))).toEqual([]);
});
