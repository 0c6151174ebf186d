import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { FLAG } from '../../src/wire';
import { pcapFile, records, SHORT_TALK } from '../explain/files';
import { BIN, synack } from './run';

const folder = mkdtempSync(join(tmpdir(), 'synack-explain-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const TALK = pcapFile(records(SHORT_TALK));
const TEXT = new TextEncoder().encode('just a text');
const EVIL = '</script><script>document.title = "broken"</script><!--';
const BROKEN = pcapFile(
  records([
    ...SHORT_TALK.slice(0, 3),
    { from: 'client', seq: 101, ack: 301, flags: FLAG.ACK | FLAG.PSH, payload: `GET /${EVIL} HTTP/1.1\r\n\r\n` },
    { from: 'server', seq: 301, ack: 130, flags: FLAG.RST | FLAG.ACK },
  ]),
);

test('files, gzip, JSON, a page, languages, choices, and exit codes', async () => {
  const talk = file('talk.pcap', TALK);
  const packed = file('talk.pcap.gz', gzipSync(TALK));
  const cut = file('cut.pcap.gz', gzipSync(TALK).subarray(0, 200));
  const broken = file('broken.pcap', BROKEN);
  const page = join(folder, 'broken.html');
  const [text, json, html, korean, early, missing, none, inKorean, aFolder, nowhere] = await Promise.all([
    synack(['explain', '--width', '100', talk]),
    synack(['explain', '--json', '--exit-code', broken]),
    // As in a checkout, where the page is built when it is not there.
    synack(['explain', '--html', page, broken], { program: BIN }),
    synack(['explain', '--lang', 'ko', '--findings-only', '--only', 'server port 80 and not host 10.9.9.9', packed]),
    synack(['explain', '--findings-only', cut]),
    synack(['explain', join(folder, 'nothing.pcap')]),
    synack(['explain', file('text.txt', TEXT)]),
    synack(['explain', '--lang', 'ko', file('text.txt', TEXT)]),
    synack(['explain', folder]),
    synack(['explain', '--html', join(folder, 'no', 'x.html'), talk], { program: BIN }),
  ]);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(/8 packets, .*1 TCP conversation\.\n[^]*Nothing is wrong\./);
  expect(text.stdout).toContain('GET / HTTP/1.1: please.');
  expect(json.code).toBe(3);
  expect(JSON.parse(json.stdout)).toMatchObject({
    version: 1,
    file: 'broken.pcap',
    capture: { packets: 5, tcp: 5 },
    conversations: [
      {
        number: 1,
        client: { address: '10.0.0.1', port: 5000 },
        findings: [{ id: 'reset', severity: 'failure', frames: [4, 5], title: 'the server broke off (RST)' }, {}, {}],
      },
    ],
    totals: { reset: 1 },
  });
  expect(html).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const source = readFileSync(page, 'utf8');
  expect(source).toContain('id="synack-report"');
  expect(source).not.toContain('document.title = "broken"</script>');
  expect(korean.stdout).toMatch(/talk\.pcap\.gz에서 있었던 일[^]*문제가 없습니다/);
  expect(early).toMatchObject({ code: 0 });
  expect(early.stdout).toContain('[file-damaged]');
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('it is not there') });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('neither pcap nor pcapng') });
  expect(inKorean).toMatchObject({ code: 1, stderr: expect.stringMatching(/^synack: .*: 읽을 수 없습니다\. pcap도/) });
  expect(aFolder).toMatchObject({ code: 1, stderr: `synack: cannot read ${folder}: it is a folder\n` });
  const target = join(folder, 'no', 'x.html');
  expect(nowhere).toMatchObject({ code: 1, stderr: `synack: cannot write ${target}: there is no such folder\n` });
}, 60_000);
