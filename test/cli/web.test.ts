import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { printable } from '../../src/cli/web/access-log';
import { makeCertificate, readCertificate } from '../../src/cli/web/certificate';
import { echoPage } from '../../src/cli/web/page';
import { plainRange } from '../../src/cli/web/range';
import { createWebServer, prepareWeb, type WebOptions, type WebServer } from '../../src/cli/web/services';
import { SystemClock } from '../../src/clock/system-clock';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/node/stack';

const ADDRESS = '10.9.0.2';

let folder: string;
let server: Stack;
let client: Stack;
let lines: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'synack-web-'));
  const site = join(folder, 'site');
  mkdirSync(join(site, 'sub'), { recursive: true });
  mkdirSync(join(site, '.git'));
  writeFileSync(join(site, 'index.html'), '<p>home');
  writeFileSync(join(site, 'digits.txt'), '0123456789');
  writeFileSync(join(site, 'sub', 'index.html'), '<p>sub');
  writeFileSync(join(site, '.git', 'config'), 'secret');
  writeFileSync(join(folder, 'outside.txt'), 'secret');
  symlinkSync(join(folder, 'outside.txt'), join(site, 'link.txt'));
  symlinkSync(join(site, 'digits.txt'), join(site, 'digits-too.txt'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  const clock = new SystemClock();
  const [a, b] = memoryPair({ clock });
  server = new Stack({ clock, seed: 1 });
  client = new Stack({ clock, seed: 2 });
  server.attach(a, { address: `${ADDRESS}/24` });
  client.attach(b, { address: '10.9.0.1/24' });
  lines = [];
});
afterEach(async () => {
  await client.close();
  await server.close();
});

async function start(name: string, port: number, options: Partial<WebOptions> = {}): Promise<WebServer> {
  const prepared = prepareWeb(name, { lang: 'en', ...options });
  if (prepared === undefined) throw new Error(`${name} is none of the web's`);
  const web = await createWebServer(server, ADDRESS, prepared, (line) => lines.push(line));
  web.server.listen(port, ADDRESS);
  await once(web.server, 'listening');
  return web;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function get(path: string, options: http.RequestOptions = {}): Promise<Answer> {
  const request = client.http.request({ host: ADDRESS, path, agent: false, ...options }).end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('http', () => {
  beforeEach(async () => {
    await start('http', 80, { directory: join(folder, 'site') });
  });

  test('index.html, a file, its type and ETag, HEAD', async () => {
    expect(await get('/')).toMatchObject({ status: 200, body: '<p>home' });
    const file = await get('/digits.txt?query');
    expect(file).toMatchObject({ status: 200, body: '0123456789', headers: { 'content-type': 'text/plain' } });
    expect((await get('/digits.txt', { headers: { 'if-none-match': file.headers.etag } })).status).toBe(304);
    const head = await get('/digits.txt', { method: 'HEAD', headers: { range: 'bytes=0-3' } });
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } });
    expect((await get('/digits-too.txt')).body).toBe('0123456789');
  });

  test('a directory has a slash at its end, and never names another host', async () => {
    expect(await get('/sub/')).toMatchObject({ status: 200, body: '<p>sub' });
    expect(await get('/sub?x')).toMatchObject({ status: 301, headers: { location: '/sub/?x' } });
    expect((await get('//sub')).headers.location ?? '').not.toMatch(/^\/\//);
  });

  test.each([
    ['bytes=2-4', 206, '234'],
    ['bytes=7-', 206, '789'],
    ['bytes=-3', 206, '789'],
    ['bytes=-30', 206, '0123456789'],
    ['bytes=5-99', 206, '56789'],
    ['bytes=10-', 416, ''],
    ['bytes=-0', 416, ''],
    ['bytes=5-2', 200, '0123456789'],
    ['bytes=0-0', 200, '0123456789'],
    ['bytes=0-1,3-4', 200, '0123456789'],
    ['lines=1-2', 200, '0123456789'],
  ])('range %s: %i %j', async (range, status, body) => {
    expect(await get('/digits.txt', { headers: { range } })).toMatchObject({ status, body });
  });

  test('If-Range: the whole file when it has changed', async () => {
    const { 'last-modified': time = '' } = (await get('/digits.txt')).headers;
    const since = (date: string): http.RequestOptions => ({ headers: { range: 'bytes=1-2', 'if-range': date } });
    expect((await get('/digits.txt', since(time))).body).toBe('12');
    expect((await get('/digits.txt', since(new Date(0).toUTCString()))).body).toBe('0123456789');
  });

  test.each([
    '/nothing',
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/sub/../../outside.txt',
    '/link.txt',
    '/.git/config',
    '/%2egit/config',
    '/%00',
    '/%',
    '/digits.txt/',
    '/digits.txt%00.html',
  ])('%s is not there, in words', async (path) => {
    const { status, body } = await get(path);
    expect([status, body]).toEqual([404, '404 Not Found\nThere is no such file here.\n']);
  });

  test('only GET and HEAD; a line for each request', async () => {
    const { status, headers } = await get('/', { method: 'DELETE' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(lines).toEqual([expect.stringMatching(/^10\.9\.0\.1:\d+ DELETE \/ 405 \(\d+ ms\)$/)]);
  });

  test('a client that goes away in the middle of a file', async () => {
    writeFileSync(join(folder, 'site', 'large'), Buffer.alloc(5_000_000));
    const request = client.http.request({ host: ADDRESS, path: '/large', agent: false }).end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.destroy();
    while (lines.length === 0) await new Promise(setImmediate);
    expect(lines[0]).toMatch(/GET \/large 200 \(\d+ ms, cut off\)$/);
    expect((await get('/digits.txt')).status).toBe(200);
  });
});

describe('https and wss', () => {
  test('a certificate of our own: EC P-256, for the address and localhost, for some weeks', async () => {
    const now = new Date('2026-01-31T12:00:00Z');
    const { cert, key, fingerprint } = await makeCertificate(ADDRESS, now);
    const read = new X509Certificate(cert);
    expect(read.checkIP(ADDRESS)).toBe(ADDRESS);
    expect(read.checkHost('localhost')).toBe('localhost');
    expect(read.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(read.ca).toBe(false);
    const days = (Date.parse(read.validTo) - now.getTime()) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    expect(readCertificate(join(folder, 'cert.pem'), join(folder, 'key.pem')).fingerprint).toBe(fingerprint);
  });

  test('https serves with the certificate it is given, to a client that trusts it', async () => {
    const [certFile, keyFile] = [join(folder, 'cert2.pem'), join(folder, 'key2.pem')];
    const { cert, key, fingerprint } = await makeCertificate(ADDRESS);
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const web = await start('https', 443, { directory: join(folder, 'site'), cert: certFile, key: keyFile });
    expect(web.certificate).toMatchObject({ fingerprint, isOurs: false });
    const request = client.https.get({ host: ADDRESS, path: '/digits.txt', ca: cert, agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(await text(response)).toBe('0123456789');
    const distrust = client.https.get({ host: ADDRESS, path: '/digits.txt', agent: false });
    await expect(once(distrust, 'response')).rejects.toThrow('self-signed certificate');
  });

  test('what is wrong with the options is told in words', async () => {
    const wrong = (name: string, options: Partial<WebOptions>) => () => prepareWeb(name, { lang: 'en', ...options });
    const file = join(folder, 'outside.txt');
    expect(wrong('http', { directory: join(folder, 'none') })).toThrow(/^cannot serve the directory .*none: /);
    expect(wrong('http', { directory: file })).toThrow('it is a file; give the directory that it is in');
    expect(wrong('ws', { directory: folder })).toThrow('ws serves no directory');
    expect(wrong('echo', { directory: folder })).toThrow('echo serves no directory');
    expect(wrong('http', { cert: file, key: file })).toThrow('http has no certificate; https and wss have');
    expect(wrong('wss', { cert: file })).toThrow(/--cert .* needs --key with it/);
    expect(wrong('wss', { key: file })).toThrow(/--key .* needs --cert with it/);
    expect(wrong('wss', { cert: file, key: join(folder, 'none') })).toThrow(/^cannot read the key: /);
    expect(wrong('wss', { cert: file, key: file })).toThrow(/^cannot use the certificate .* Both are PEM files/);
    const other = join(folder, 'other-key.pem');
    writeFileSync(join(folder, 'one.pem'), (await makeCertificate(ADDRESS)).cert);
    writeFileSync(other, (await makeCertificate(ADDRESS)).key);
    chmodSync(other, 0o600);
    expect(wrong('wss', { cert: join(folder, 'one.pem'), key: other })).toThrow(/^cannot use the certificate/);
    expect(wrong('echo', {})()).toBeUndefined();
  });
});

describe('ws', () => {
  const connect = (path = '/'): WebSocket =>
    new WebSocket(`ws://${ADDRESS}${path}`, { agent: new client.http.Agent(), perMessageDeflate: true });

  test('sends back text and binary as they were', async () => {
    await start('ws', 80);
    const socket = connect('/anywhere');
    await once(socket, 'open');
    for (const message of ['hello', '', '안녕', Buffer.alloc(3_000_000, 7)]) {
      socket.send(message);
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
      expect(isBinary).toBe(typeof message !== 'string');
      expect(data.equals(Buffer.from(message))).toBe(true);
    }
    socket.close(1000);
    await once(socket, 'close');
    while (lines.length < 2) await new Promise(setImmediate);
    expect(lines).toEqual([
      expect.stringMatching(/^10\.9\.0\.1:\d+ \/anywhere WebSocket open$/),
      expect.stringMatching(/^10\.9\.0\.1:\d+ WebSocket closed: 1000, 4 messages$/),
    ]);
  });

  test('a client that sends and never reads is not heard for ever', async () => {
    await start('ws', 80);
    const socket = connect();
    await once(socket, 'open');
    socket.pause();
    const block = Buffer.alloc(500_000);
    for (let i = 0; i < 40; i++) socket.send(block);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(socket.bufferedAmount).toBeGreaterThan(10_000_000);
    let heard = 0;
    socket.on('message', () => (heard += 1));
    socket.resume();
    while (heard < 40) await new Promise(setImmediate);
    socket.terminate();
  });

  test('at the end: the close handshake, then TCP, and then it has ended', async () => {
    const web = await start('ws', 80);
    const socket = connect();
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await web.end(3000);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1001, 'the server ends']);
    expect(client.tcp.connections().map(({ state }) => state)).not.toContain('ESTABLISHED');
  });

  test('a client that does not answer the close is not waited for', async () => {
    const web = await start('ws', 80);
    const socket = connect();
    await once(socket, 'open');
    socket.pause();
    const ended = web.end(100);
    await ended;
    while (lines.length < 2) await new Promise(setImmediate);
    expect(lines.at(-1)).toContain('WebSocket closed: 1006');
    socket.terminate();
  });

  test('a page for browsers that needs nothing from elsewhere', async () => {
    await start('ws', 80);
    const { status, headers, body } = await get('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toBe(echoPage('en'));
    for (const lang of ['en', 'ko'] as const) expect(echoPage(lang)).not.toMatch(/(src|href)="(?!data:)|undefined/);
    expect((await get('/favicon.ico')).status).toBe(404);
    expect((await get('/', { method: 'PUT' })).status).toBe(405);
  });
});

test('a range for sirv', () => {
  expect(plainRange(undefined, 10)).toBeUndefined();
  expect(plainRange('bytes=-', 10)).toBeUndefined();
  expect(plainRange('bytes=-4', 10)).toBe('bytes=6-');
  expect(plainRange(`bytes=${'9'.repeat(40)}-`, 10)).toBeUndefined();
});

test('what clients send is harmless on a terminal', () => {
  expect(printable('/a\u001b[2Jb\u00e9')).toBe('/a%1b[2Jb%e9');
  expect(printable('x'.repeat(1000))).toHaveLength(203);
});
