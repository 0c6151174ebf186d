import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A checkout of its own on a machine whose programs are these: real ones that setup.sh uses, and stand-ins that log. */
let checkout: string;

const TOOLS = ['bash', 'cat', 'dirname', 'env', 'find', 'uname'];
const NEEDED_TO_RUN = ['g++', 'make', 'python3', 'ip', 'ping', 'nc.openbsd', 'ncat', 'nft'];
const NEEDED_TO_TEST =
  'chromium curl ethtool hping3 rdisc6 nmap openssl redis-server redis-cli socat tcpdump tinyproxy traceroute tshark udhcpd wget wireshark wrk xdotool Xvfb'.split(
    ' ',
  );

const path = (...parts: string[]): string => join(checkout, ...parts);

function program(name: string, script: string, folder = 'programs'): void {
  writeFileSync(path(folder, name), `#!/bin/bash\n${script}\n`);
  chmodSync(path(folder, name), 0o755);
}

function lock(file: string, packages: Record<string, { version?: string; optional?: boolean }>): void {
  writeFileSync(path(file), JSON.stringify({ packages }));
}

function setup(env: NodeJS.ProcessEnv = {}, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(path('scripts/setup.sh'), args, {
    env: { PATH: path('programs'), LOG: path('log'), ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, log: readFileSync(path('log'), 'utf8').trim().split('\n') };
}

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'synack-setup-'));
  for (const folder of ['programs', 'scripts', 'native/build/Release', 'node_modules'])
    mkdirSync(path(folder), { recursive: true });
  for (const name of TOOLS) symlinkSync(`/bin/${name}`, path('programs', name));
  symlinkSync(process.execPath, path('programs/node'));
  for (const name of [...NEEDED_TO_RUN, ...NEEDED_TO_TEST]) program(name, 'exit 1');
  for (const name of ['apt-get', 'npm']) program(name, `echo ${name} "$@" >>"$LOG"`);
  program('sudo', 'shift; exec "$@"');
  copyFileSync(resolve(__dirname, '../../scripts/setup.sh'), path('scripts/setup.sh'));
  program('build-native.sh', 'echo build-native >>"$LOG"', 'scripts');
  writeFileSync(path('native/addon.c'), '');
  utimesSync(path('native/addon.c'), 1, 1);
  writeFileSync(path('native/build/Release/synack.node'), '');
  lock('package-lock.json', { '': {}, 'node_modules/a': { version: '1.0.0' } });
  lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  writeFileSync(path('log'), '');
});

afterEach(() => {
  rmSync(checkout, { recursive: true });
});

describe('scripts/setup.sh', () => {
  test('says and does nothing when nothing is missing', () => {
    expect(setup()).toEqual({ status: 0, stdout: '', stderr: '', log: [''] });
  });

  test('SYNACK_SETUP=skip leaves everything as it is', () => {
    rmSync(path('programs/tshark'));
    rmSync(path('node_modules'), { recursive: true });
    expect(setup({ SYNACK_SETUP: 'skip' })).toEqual({ status: 0, stdout: '', stderr: '', log: [''] });
  });

  test('installs the packages of the programs that are missing', () => {
    for (const name of ['ncat', 'tshark']) rmSync(path('programs', name));
    const { status, stderr, log } = setup();
    expect(status).toBe(0);
    expect(log).toEqual(['apt-get update -qq', expect.stringMatching(/^apt-get install .* ncat tshark$/)]);
    expect(stderr).toBe('synack setup: installing ncat tshark\n');
  });

  test('`run` does without the programs of the tests', () => {
    for (const name of NEEDED_TO_TEST) rmSync(path('programs', name));
    expect(setup({}, 'run').log).toEqual(['']);
    rmSync(path('programs/ncat'));
    expect(setup({}, 'run').log[1]).toMatch(/ ncat$/);
  });

  test('goes on when apt-get fails', () => {
    rmSync(path('programs/tshark'));
    program('apt-get', 'exit 100');
    rmSync(path('node_modules/.package-lock.json'));
    const { status, stderr, log } = setup();
    expect(status).toBe(0);
    expect(stderr).toMatch(/apt-get could not install all of: tshark$/m);
    expect(log).toEqual([expect.stringMatching(/^npm ci /)]);
  });

  test('says what to install where there is no apt-get', () => {
    for (const name of ['tshark', 'apt-get']) rmSync(path('programs', name));
    const { status, stderr } = setup();
    expect(status).toBe(0);
    expect(stderr).toMatch(/not Debian or Ubuntu; please install what they call: tshark$/m);
  });

  const root = process.getuid?.() === 0;
  (root ? test : test.skip)(`says what to install when it may not${root ? '' : ' (skipped: needs root)'}`, () => {
    rmSync(path('programs/tshark'));
    program('sudo', 'exit 1');
    chmodSync(checkout, 0o755);
    const nobody = 65534;
    const { status, stderr } = spawnSync(path('scripts/setup.sh'), {
      env: { PATH: path('programs') },
      encoding: 'utf8',
      uid: nobody,
    });
    expect(status).toBe(0);
    expect(stderr).toMatch(/please run: sudo apt-get install tshark$/m);
  });

  test.each([
    ['a package of another version', { 'node_modules/a': { version: '0.9.0' } }],
    ['a package that is not there', {}],
  ])('npm ci for %s', (_, installed) => {
    lock('node_modules/.package-lock.json', installed);
    expect(setup().log).toEqual([expect.stringMatching(/^npm ci /)]);
  });

  test('npm ci without node_modules', () => {
    rmSync(path('node_modules'), { recursive: true });
    expect(setup().log).toEqual([expect.stringMatching(/^npm ci /)]);
  });

  test('optional packages may be absent: they can be for another platform', () => {
    lock('package-lock.json', {
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '1.0.0', optional: true },
    });
    expect(setup().log).toEqual(['']);
  });

  test('fails when npm does: nothing runs without its packages', () => {
    rmSync(path('node_modules'), { recursive: true });
    program('npm', 'exit 4');
    expect(setup().status).toBe(4);
  });

  test('builds the addon when its sources are newer, or it is not there', () => {
    utimesSync(path('native/build/Release/synack.node'), 0, 0);
    expect(setup().log).toEqual(['build-native']);
    writeFileSync(path('log'), '');
    rmSync(path('native/build'), { recursive: true });
    expect(setup().log).toEqual(['build-native']);
  });

  test('goes on when the addon cannot be built', () => {
    rmSync(path('native/build'), { recursive: true });
    program('build-native.sh', 'exit 1', 'scripts');
    const { status, stderr } = setup();
    expect(status).toBe(0);
    expect(stderr).toMatch(/TAP devices will not open$/m);
  });
});
