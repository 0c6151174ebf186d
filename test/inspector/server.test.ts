import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { Stack } from '../../src';
import { Door, LOOPBACK_HOSTS } from '../../src/inspector/door';
import { decode, encode } from '../../src/inspector/encoding';
import { Inspector, listenOn, type InspectorOptions } from '../../src/inspector/inspector';
import { passOn } from '../../src/inspector/pass-on';
import type { ServerMessage } from '../../src/inspector/protocol';
import { until } from '../support/lab-until';

const HTML = '<!doctype html><script type="module">let x = 1;</script><p>page</p>';
const TOKEN = 'abcdefghijklmnop';

const opened: { close(): unknown }[] = [];
let stack: Stack;
beforeEach(() => {
  stack = new Stack();
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await stack.close();
});

function inspecting(options: InspectorOptions = {}): Inspector {
  const inspector = new Inspector(stack, {
    token: TOKEN,
    page: () => Promise.resolve(HTML),
    program: 'test',
    ...options,
  });
  opened.push(inspector);
  return inspector;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function get(url: string | { socketPath: string; path: string }, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { headers, agent: false };
    const asked = typeof url === 'string' ? request(url, options) : request({ ...url, ...options });
    asked.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    asked.end();
  });
}

/** A page's WebSocket: what came, and how it ended. */
class Client {
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<string>;
  readonly socket: WebSocket;
  private changed: () => void = () => undefined;

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws').replace('/?', '/live?'), options);
    opened.push({
      close: () => {
        this.socket.terminate();
      },
    });
    this.socket.on('message', (data: Buffer) => {
      this.messages.push(decode(data.toString()) as ServerMessage);
      this.changed();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('error', (error) => {
        resolve(error.message);
      });
      this.socket.on('close', (code, reason) => {
        resolve(`${code} ${reason.toString()}`.trim());
      });
    });
  }

  /** The first message of a type that there is, or that comes. */
  async message<T extends ServerMessage['type']>(type: T, where: (message: ServerMessage) => boolean = () => true) {
    for (;;) {
      const found = this.messages.find((each) => each.type === type && where(each));
      if (found !== undefined) return found as Extract<ServerMessage, { type: T }>;
      await new Promise<void>((resolve) => (this.changed = resolve));
    }
  }
}

describe('the page', () => {
  test('comes with a policy under which nothing but its own script runs, and is kept nowhere', async () => {
    const url = await inspecting().listen(0);
    const { status, headers, text } = await get(url);
    expect([status, text]).toEqual([200, HTML]);
    const port = new URL(url).port;
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'sha256-qtc3jf64UXA5J6U02kfQ0Cvn9Uz4wXUaN3NNUVgR2v4='; style-src 'unsafe-inline'; " +
        `img-src data: blob:; font-src data:; connect-src 'self' ws://127.0.0.1:${port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  test('that is not there says what to do', async () => {
    const page = (): Promise<string> => Promise.reject(new Error('the page is not there; try: npm run web'));
    const { status, text } = await get(await inspecting({ page }).listen(0));
    expect([status, text]).toEqual([500, 'the page is not there; try: npm run web\n']);
  });

  test('is at / and can be read; there is nothing else', async () => {
    const url = await inspecting().listen(0);
    expect((await get(url.replace('/?', '/etc/passwd?'))).status).toBe(404);
    expect((await get(url.replace('/?', '/about?'))).text).toContain('"program":"test"');
  });
});

describe('who is let in', () => {
  test('nobody without the token, under a strange name, or from another site; that is counted', async () => {
    const inspector = inspecting();
    const url = await inspector.listen(0);
    const { host, port } = new URL(url);
    const refused: [string, Record<string, string>][] = [
      [url.replace(TOKEN, ''), {}],
      [url.replace(TOKEN, TOKEN.toUpperCase()), {}],
      [url.replace(TOKEN, `${TOKEN}x`), {}],
      [url, { host: `evil.example:${port}` }],
      [url, { origin: 'http://evil.example' }],
      [url, { origin: 'null' }],
      // Another server of this machine.
      [url, { origin: 'http://127.0.0.1:1' }],
    ];
    for (const [address, headers] of refused) {
      const { status, text } = await get(address, headers);
      expect([headers, status]).toEqual([headers, 403]);
      expect(text).not.toContain(TOKEN);
      const client = new Client(address, { headers });
      expect(await client.closed).toBe('Unexpected server response: 403');
    }
    expect(inspector.live.counters).toMatchObject({ requestsRefused: 2 * refused.length, clients: 0 });
    const welcome: Record<string, string>[] = [{}, { origin: `http://${host}` }, { host: `localhost:${port}` }];
    for (const headers of welcome) {
      expect((await get(url, headers)).status).toBe(200);
    }
    // Through a port that ssh passes on.
    expect((await get(url, { host: 'localhost:8000', origin: 'http://localhost:8000' })).status).toBe(200);
  });

  test('not more pages than the limit, and each that goes makes room', async () => {
    const inspector = inspecting({ maxClients: 2 });
    const url = await inspector.listen(0);
    const [one, other] = [new Client(url), new Client(url)];
    await Promise.all([one.message('hello'), other.message('hello')]);
    expect(await new Client(url).closed).toBe('Unexpected server response: 503');
    expect(inspector.live.counters).toMatchObject({ clients: 2, clientsRefused: 1 });
    one.socket.close();
    await one.closed;
    await new Client(url).message('hello');
  });

  test('not too many requests at a time', () => {
    const time = { now: 0 };
    const door = new Door({ token: undefined, hosts: () => [], maxRequests: 3, now: () => time.now });
    const ask = (): unknown => door.check({ headers: {}, url: '/' } as never)?.status;
    expect([ask(), ask(), ask(), ask()]).toEqual([undefined, undefined, undefined, 429]);
    time.now = 1000;
    expect(ask()).toBeUndefined();
  });

  test('who does not know the token does not use up what is for who does', () => {
    const door = new Door({ token: TOKEN, hosts: () => LOOPBACK_HOSTS, maxRequests: 3, now: () => 0 });
    const ask = (token: string): unknown =>
      door.check({ headers: { host: '127.0.0.1:9293' }, url: `/?token=${token}` } as never)?.status;
    expect(['x', '', 'y', 'z', ''].map(ask)).toEqual([403, 403, 403, 429, 429]);
    expect([TOKEN, TOKEN, TOKEN, TOKEN].map(ask)).toEqual([undefined, undefined, undefined, 429]);
  });
});

describe('a page that is connected', () => {
  test('hears who this is, all sockets, and what happens', async () => {
    const url = await inspecting().listen(0);
    const server = stack.net.createServer((socket) => socket.end('bye')).listen(7);
    await once(server, 'listening');
    const client = new Client(url);
    expect(await client.message('hello')).toMatchObject({
      version: 1,
      program: 'test',
      pid: process.pid,
      self: false,
      controls: { impair: false, connections: true },
    });
    const { stack: report } = await client.message('snapshot');
    expect(report.sockets).toMatchObject([{ state: 'LISTEN', id: 0 }]);
    stack.net.connect(7, '127.0.0.1').resume();
    const { events } = await client.message('events');
    expect(events.some((event) => event.type === 'transition' && event.to === 'SYN-SENT')).toBe(true);
    expect(events.find((event) => event.type === 'segment')).toMatchObject({ length: 0, variables: { mss: 536 } });
  });

  test('is the only reason to listen to the stack', async () => {
    const url = await inspecting().listen(0);
    const { host } = stack as unknown as { host: { trace: unknown; sampler: unknown } };
    expect(host.trace).toBeUndefined();
    const client = new Client(url);
    await client.message('snapshot');
    expect([typeof host.trace, typeof host.sampler]).toEqual(['function', 'function']);
    client.socket.close();
    await client.closed;
    // Our end hears of it in its turn.
    await until(
      () => 'nobody to listen',
      () => host.trace === undefined,
    );
    expect([host.trace, host.sampler]).toEqual([undefined, undefined]);
  });

  test('that sends nonsense hears so, one that sends too much is gone', async () => {
    const inspector = inspecting({ maxMessages: 5 });
    const url = await inspector.listen(0);
    const client = new Client(url);
    await client.message('hello');
    for (const text of [
      'nonsense',
      '5',
      '{"type":"fly","request":3}',
      '{"type":"close","request":4,"connection":-1}',
    ]) {
      client.socket.send(text);
    }
    await client.message('failed', (each) => each.type === 'failed' && each.request === 4);
    expect(client.messages.filter(({ type }) => type === 'failed')).toMatchObject([
      { request: 0, reason: 'this is no JSON', code: 'not-json' },
      { request: 0 },
      { request: 3, reason: 'this server does not know such a request' },
      { request: 4 },
    ]);
    for (let i = 0; i < 5; i++) client.socket.send('{}');
    expect(await client.closed).toBe('1008 too many messages');

    const other = new Client(url);
    await other.message('hello');
    other.socket.send('x'.repeat(70_000));
    expect(await other.closed).toMatch(/^1009/);
  });
});

describe('over a Unix socket', () => {
  test('it is passed on to loopback by another process, which has the door', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synack-inspector-'));
    opened.push({
      close: () => {
        rmSync(folder, { recursive: true });
      },
    });
    const path = join(folder, 'test.inspect');
    const inspector = inspecting();
    inspector.listenPath(path);
    expect(JSON.parse((await get({ socketPath: path, path: '/about' })).text)).toMatchObject({
      program: 'test',
      connections: 0,
    });
    const door = createServer();
    passOn(door, path, new Door({ token: TOKEN, hosts: () => LOOPBACK_HOSTS }));
    opened.push(door);
    const url = `http://127.0.0.1:${await listenOn(door, 0)}/?token=${TOKEN}`;
    expect(await get(url)).toMatchObject({ status: 200, text: HTML });
    expect((await get(url.replace(TOKEN, 'wrong'))).status).toBe(403);
    expect(await new Client(url.replace(TOKEN, 'wrong')).closed).toBe('Unexpected server response: 403');
    const client = new Client(url);
    expect(await client.message('hello')).toMatchObject({ program: 'test' });
    client.socket.send(encode({ type: 'close', request: 1, connection: 99 }));
    expect(await client.message('failed')).toMatchObject({ request: 1, reason: expect.stringContaining('is gone') });
    inspector.close();
    expect(await client.closed).toBe('1001 the program ends');
    expect(await get(url)).toMatchObject({ status: 502, text: expect.stringContaining('has ended') });
    expect(await new Client(url).closed).toBe('Unexpected server response: 502');
  });
});

test('a port that is taken: the next one, unless it was asked for', async () => {
  const inspector = inspecting();
  const [one, other] = [await inspector.listen(), await inspector.listen()];
  expect(Number(new URL(other).port)).toBeGreaterThan(Number(new URL(one).port));
  await expect(inspector.listen(Number(new URL(one).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
