import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as nodeNet from 'node:net';
import { join } from 'node:path';

const document = readFileSync(join(__dirname, '../../docs/net.md'), 'utf8');

/** The rows of all tables: a member, a file, the title of a test in it. */
const ROWS = document
  .split('\n')
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
  .filter((cells) => cells.length === 3 && cells[1]?.startsWith('['))
  .map(([member = '', link = '', title = '']) => ({ member, file: /^\[(.*)\]/.exec(link)?.[1] ?? '', title }));

test('each test that docs/net.md names is there', () => {
  expect(ROWS.length).toBeGreaterThan(100);
  const missing = ROWS.filter(({ file, title }) => {
    const source = readFileSync(join(__dirname, file), 'utf8');
    return !["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
  });
  expect(missing).toEqual([]);
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
