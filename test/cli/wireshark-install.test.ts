import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeInterface, encodePacket, encodeSectionHeader, LINKTYPE } from '../../src/link/pcapng';
import { REMARK_WORDS } from '../../src/inspect/annotate/words';
import { install, uninstall, wiresharkFolders } from '../../src/cli/wireshark-install';
import { ROOT } from './run';

const before = { ...process.env };
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'synack-home-'));
  mkdirSync(join(home, 'bin'));
  process.env = { HOME: home, PATH: join(home, 'bin') };
});

afterEach(() => {
  process.env = before;
  rmSync(home, { recursive: true });
});

/** A program of this name says so. */
function says(name: string, text: string): void {
  const file = join(home, 'bin', name);
  writeFileSync(file, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(file, 0o755);
}

describe("where Wireshark looks for what is a person's own", () => {
  test.each([
    ['Wireshark 3.6.2 (Git v3.6.2)', '.config/wireshark/extcap'],
    ['Wireshark 4.0.17 (Git v4.0.17)', '.config/wireshark/extcap'],
    ['Wireshark 4.2.2', '.local/lib/wireshark/extcap'],
    ['Wireshark 4.4.7.', '.local/lib/wireshark/extcap'],
  ])('without tshark, by its version: %s', (version, extcap) => {
    says('wireshark', version);
    expect(wiresharkFolders()).toMatchObject({
      profiles: join(home, '.config/wireshark/profiles'),
      extcap: join(home, extcap),
    });
  });

  test('as tshark says, wherever that is', () => {
    says('wireshark', 'Wireshark 4.0.17');
    says('tshark', 'Personal configuration:\t/of/mine/config\nPersonal Extcap path:\t/of/mine/extcap');
    expect(wiresharkFolders()).toMatchObject({ profiles: '/of/mine/config/profiles', extcap: '/of/mine/extcap' });
  });

  test('with neither: as the environment says', () => {
    process.env['XDG_CONFIG_HOME'] = join(home, 'xdg');
    expect(wiresharkFolders().profiles).toBe(join(home, 'xdg/wireshark/profiles'));
    process.env['WIRESHARK_CONFIG_DIR'] = join(home, 'odd name');
    expect(wiresharkFolders()).toMatchObject({
      profiles: join(home, 'odd name/profiles'),
      extcap: join(home, 'odd name/extcap'),
    });
  });
});

describe('synack wireshark --install', () => {
  test('again: changed files are kept beside ours, the noted windows stay; --uninstall also takes away what an older Wireshark had', () => {
    says('wireshark', 'Wireshark 4.0.17');
    expect(install()).toHaveLength(3);
    const profile = join(home, '.config/wireshark/profiles/synack');
    writeFileSync(join(profile, 'colorfilters'), 'mine');
    writeFileSync(join(profile, 'recent'), 'windows');
    says('wireshark', 'Wireshark 4.2.0');
    expect(install().join('\n')).toContain('your own colorfilters is kept beside ours: colorfilters.before');
    expect(readFileSync(join(profile, 'colorfilters.before'), 'utf8')).toBe('mine');
    expect(readFileSync(join(profile, 'colorfilters'), 'utf8')).toContain('retransmission');
    expect(readFileSync(join(profile, 'recent'), 'utf8')).toBe('windows');
    expect(uninstall()).toHaveLength(3);
    expect(existsSync(join(home, '.config/wireshark/extcap'))).toBe(false);
    expect(uninstall()).toEqual(['nothing of ours was there']);
  });

  test('where it cannot write it says so', () => {
    process.env['XDG_CONFIG_HOME'] = '/dev/null';
    expect(install).toThrow(/^cannot install: .*\/dev\/null/);
  });
});

const isInstalled = spawnSync('tshark', ['--version'], { timeout: 20_000 }).status === 0;

function lines(name: string): string[] {
  const text = readFileSync(join(ROOT, 'wireshark/profile', name), 'utf8');
  return text.split('\n').filter((line) => /^[@"]/.test(line));
}

(isInstalled ? test : test.skip)('every filter of the profile is one for the Wireshark that is installed', () => {
  process.env['PATH'] = before['PATH'];
  expect(wiresharkFolders().profiles).toContain(home);
  install();
  const empty = join(home, 'empty.pcapng');
  const interfaceBlock = encodeInterface({ linkType: LINKTYPE.ETHERNET, name: 'tap0' });
  writeFileSync(empty, Buffer.concat([encodeSectionHeader(), interfaceBlock]));
  const rules = lines('colorfilters').map((line) => line.split('@')[2] ?? '');
  const buttons = lines('dfilter_buttons').map((line) => (line.split('","')[2] ?? '').replaceAll('\\x22', '"'));
  expect(rules.length + buttons.length).toBeGreaterThan(15);
  const every = [...rules, ...buttons].map((filter) => `(${filter})`).join(' || ');
  const asRoot = /^Running as user .*\n/;
  const { status, stderr } = spawnSync('tshark', ['-C', 'synack', '-r', empty, '-Y', every], {
    encoding: 'utf8',
    env: process.env,
    timeout: 20_000,
  });
  expect([status, stderr.replace(asRoot, '')]).toEqual([0, '']);
});

(isInstalled ? test : test.skip).each(['en', 'ko'] as const)('colours of what was lost and dropped; in %s', (lang) => {
  process.env['PATH'] = before['PATH'];
  const words = REMARK_WORDS[lang];
  const comments = [
    words.sent(`ACK; ${words.lost('lost')}`),
    words.sent(`ACK; ${words.lost('overflowed, reordered')}`),
    words.sent(`ACK; ${words.lost('marked')}; ${words.congestion('undone')}`),
    words.received(`ACK; ${words.dropped('tcp.outside-window', 'lost')}`),
  ];
  const file = join(home, 'colours.pcapng');
  const packets = comments.map((comment) => encodePacket({ time: 0, bytes: new Uint8Array(60), comment }));
  const interfaceBlock = encodeInterface({ linkType: LINKTYPE.ETHERNET, name: 'tap0' });
  writeFileSync(file, Buffer.concat([encodeSectionHeader(), interfaceBlock, ...packets]));
  const found = ['lost by the bad network', 'dropped'].map((name) => {
    const filter =
      lines('colorfilters')
        .find((line) => line.startsWith(`@${name}@`))
        ?.split('@')[2] ?? '';
    const args = ['-r', file, '-Y', filter, '-T', 'fields', '-e', 'frame.number'];
    return spawnSync('tshark', args, { encoding: 'utf8', env: process.env, timeout: 20_000 }).stdout;
  });
  expect(found).toEqual(['1\n2\n', '4\n']);
});
