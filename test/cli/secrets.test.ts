import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { KeyLogFile } from '../../src/cli/key-log';
import { SecretsFirst } from '../../src/cli/secrets-first';
import { encodePacket, encodeSecrets } from '../../src/link/pcapng';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'synack-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const packet = (length: number): Uint8Array => encodePacket({ time: 0, bytes: new Uint8Array(length) });

describe('secrets in a capture', () => {
  test('stand before the frames of the turn in which they become known', async () => {
    const blocks: Uint8Array[] = [];
    const capture = new SecretsFirst((block) => blocks.push(block));
    capture.frame(packet(1));
    await turn();
    capture.frame(packet(2));
    await Promise.resolve();
    capture.secret(Buffer.from('CLIENT_RANDOM a b\n'));
    capture.secret(Buffer.from('CLIENT_RANDOM c d\n'));
    capture.frame(packet(3));
    await turn();
    const secrets = encodeSecrets(Buffer.from('CLIENT_RANDOM a b\nCLIENT_RANDOM c d\n'));
    expect(blocks).toEqual([packet(1), secrets, packet(2), packet(3)]);
  });

  test('frames of a turn without end are not held back for ever, nor lost at the end', () => {
    const blocks: Uint8Array[] = [];
    const capture = new SecretsFirst((block) => blocks.push(block));
    for (let i = 0; i < 3; i++) capture.frame(packet(4_000_000));
    expect(blocks).toHaveLength(3);
    capture.frame(packet(1));
    capture.secret(Buffer.from('x\n'));
    capture.flush();
    expect(blocks).toHaveLength(5);
  });
});

describe('a key log file', () => {
  test('is for its owner only, and lines are added to what is there', () => {
    const name = join(folder, 'keys');
    const open = () =>
      KeyLogFile.open(name, (message) => {
        throw new Error(message);
      });
    const file = open();
    file.write(Buffer.from('one\n'));
    expect(readFileSync(name, 'utf8')).toBe('one\n');
    file.close();
    const again = open();
    again.write(Buffer.from('two\n'));
    again.close();
    again.write(Buffer.from('nothing\n'));
    expect(readFileSync(name, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  test('that cannot be written is told in words', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => KeyLogFile.open(join(folder, 'file', 'keys'), () => undefined)).toThrow(/^cannot write the key log: /);
  });
});
