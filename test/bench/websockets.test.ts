import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';

const ROOT = join(__dirname, '../..');
const reason = whyNoTap();
const withTap = reason === undefined ? test : test.skip;

withTap(
  `200 WebSockets echo at once over a TAP: none is lost, and no memory is kept${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const args = ['-r', 'ts-node/register', 'bench/websockets/main.ts', '200', '3'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^200 WebSockets at once, for 3 s\n\d+ messages back .*\n0 changed, 0 connections broken/);
    expect(status).toBe(0);
  },
  60_000,
);
