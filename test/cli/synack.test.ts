import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { displayWidth } from '../../src/inspect';
import { BIN, synack } from './run';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'synack-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('synack', () => {
  test('a checkout runs its sources as they are', async () => {
    const { code, stdout, stderr } = await synack(['--version'], { program: BIN });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('--help of everything fits 100 columns and ends in examples', async () => {
    const helps = await Promise.all(
      [[], ['demo'], ['lab'], ['serve'], ['nc'], ['ping'], ['ping6'], ['traceroute'], ['arp'], ['ss'], ['router']].map(
        (command) => synack([...command, '--help']),
      ),
    );
    for (const { code, stdout, stderr } of helps) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(100);
      expect(stdout).not.toMatch(/undefined|in-lab/);
    }
    for (const { stdout } of helps.slice(2)) expect(stdout).toContain('Examples:');
  });

  test('mistakes are told in a line, without a stack trace', async () => {
    const mistakes = await Promise.all(
      [
        ['serve', 'gopher'],
        ['serve', 'echo', '--port', '99999'],
        ['serve', 'echo', '--impair', 'loss=many'],
        ['serve', 'echo', '--tap', 'not/a/name'],
        ['serve', 'echo', '--offload', 'hardware'],
        ['serve', 'http', '/no/such/directory'],
        ['serve', 'ws', '/tmp'],
        ['serve', 'wss', '--cert', 'package.json'],
        ['nc'],
        ['nc', '10.9.0.1'],
        ['nc', '--pcap', '-', '10.9.0.1', '7'],
        ['ss', 'sport', '=', ':http'],
        ['router', '--link', 'memory'],
        ['serve', 'echo', '--link', 'wifi:wlan0'],
        ['serve', 'echo', '--link', 'pcap:lo'],
        ['serve', 'echo', '--link', 'tap:tap9', '--tap', 'tap9'],
        ['serve', 'echo', '--address', '10.9.0.2'],
        ['teleport'],
      ].map(async (args) => [args.join(' '), await synack(args)] as const),
    );
    for (const [command, { code, stdout, stderr }] of mistakes) {
      expect(`${command}: ${code ?? ''} ${stdout}`).toBe(`${command}: 1 `);
      expect(stderr).not.toMatch(/^ {4}at |undefined|\[object/m);
      expect(stderr.trim()).not.toBe('');
    }
  });

  test('the demo without a device: two synacks, both languages, and a capture', async () => {
    const [english, korean] = await Promise.all([
      synack(['demo', '--memory', '--pcap', join(folder, 'en.pcapng')]),
      synack(['demo', '--memory', '--lang', 'ko', '--pcap', join(folder, 'ko.pcapng')], { env: { COLUMNS: '80' } }),
    ]);
    for (const { code, stderr, stdout } of [english, korean]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const state of ['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'LAST-ACK', 'TIME-WAIT', 'CLOSED'])
        expect(stdout).toContain(state);
    }
    expect(english.stdout).toContain('can you hear me?');
    expect(english.stdout).toContain('(1 s are over)');
    expect(english.stdout).toContain('none is left');
    expect(korean.stdout).toContain('들려?');
    expect(Math.max(...korean.stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
    expect(readFileSync(join(folder, 'en.pcapng')).readUInt32BE(0)).toBe(0x0a0d0d0a);
  });

  test('the demo of a WebSocket without a device', async () => {
    const { code, stdout, stderr } = await synack(
      ['demo', 'websocket', '--memory', '--lang', 'ko', '--pcap', join(folder, 'ws.pcapng')],
      { env: { COLUMNS: '80' } },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of [
      '101 Switching Protocols: 좋아.',
      'WebSocket 텍스트 6바이트: "안녕"',
      '닫기 1000 "이만": 나도.',
    ])
      expect(stdout).toContain(text);
    expect(stdout.split('\n').filter((line) => line.includes('FIN-ACK'))).toHaveLength(2);
    expect(Math.max(...stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  });
});
