import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ClientOptions, type PerMessageDeflateOptions, type RawData, WebSocket, WebSocketServer } from 'ws';
import { Stack } from '../../../src/node/stack';
import type { TraceEvent } from '../../../src/trace';
import { type Certificates, certificates } from '../../support/certificates';
import { LOOPBACK, next, turns } from '../faces';

const MIB = 1 << 20;

let made: Certificates;
beforeAll(async () => {
  made = await certificates();
});

interface Site {
  readonly stack: Stack;
  readonly server: WebSocketServer;
  readonly url: string;
  readonly options: ClientOptions;
  /** A client that is connected, and the server's end of it. */
  readonly connect: (options?: ClientOptions) => Promise<{ client: WebSocket; server: WebSocket }>;
}

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const ending of endings.splice(0)) await ending();
});

/** A stack with a server of WebSockets on the port that the scheme has. */
async function site(
  scheme: 'ws' | 'wss',
  perMessageDeflate: boolean | PerMessageDeflateOptions = false,
): Promise<Site> {
  const stack = new Stack();
  endings.push(() => stack.close());
  const web = scheme === 'ws' ? stack.http.createServer() : stack.https.createServer(made.server);
  const server = new WebSocketServer({ server: web, perMessageDeflate, maxPayload: 32 * MIB });
  web.listen(scheme === 'ws' ? 80 : 443, LOOPBACK);
  await once(web, 'listening');
  const agent = scheme === 'ws' ? new stack.http.Agent() : new stack.https.Agent({ ca: made.ca.cert });
  const options: ClientOptions = { agent, perMessageDeflate, maxPayload: 32 * MIB };
  const url = `${scheme}://localhost/chat`;
  return {
    stack,
    server,
    url,
    options,
    connect: async (more = {}) => {
      const accepted = once(server, 'connection') as Promise<[WebSocket]>;
      const client = new WebSocket(url, { ...options, ...more });
      const [[other]] = await Promise.all([accepted, once(client, 'open')]);
      return { client, server: other };
    },
  };
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary });
  });
}

/** The next message: bytes, or a text. */
async function message(socket: WebSocket): Promise<Buffer | string> {
  const [data, isBinary] = (await once(socket, 'message')) as [RawData, boolean];
  const bytes = data as Buffer;
  return isBinary ? bytes : bytes.toString();
}

describe.each(['ws', 'wss'] as const)('%s on the port of its own', (scheme) => {
  test('text and binary, both ways', async () => {
    const { connect } = await site(scheme);
    const { client, server } = await connect();
    echo(server);
    for (const sent of ['hello', 'größer ☃', Buffer.from([0, 255, 1]), '', Buffer.alloc(0)]) {
      client.send(sent);
      expect(await message(client)).toEqual(sent);
    }
    server.send('unasked');
    expect(await message(client)).toBe('unasked');
  });

  test('the addresses below, and the port', async () => {
    const { server, connect } = await site(scheme);
    const seen = once(server, 'connection') as Promise<[WebSocket, { socket: Socket }]>;
    await connect();
    const [, { socket }] = await seen;
    expect([socket.remoteAddress, socket.localPort]).toEqual([LOOPBACK, scheme === 'ws' ? 80 : 443]);
  });

  test('fragments are one message', async () => {
    const { connect } = await site(scheme);
    const { client, server } = await connect();
    const received = message(server);
    client.send('one, ', { fin: false });
    await turns();
    client.send('two, ', { fin: false });
    client.send('three', { fin: true });
    expect(await received).toBe('one, two, three');
  });

  test('ping and pong, in the middle of fragments too', async () => {
    const { connect } = await site(scheme);
    const { client, server } = await connect();
    const received = message(server);
    client.send('one, ', { fin: false });
    const pong = once(client, 'pong');
    client.ping('are you there?');
    expect(String((await pong)[0])).toBe('are you there?');
    client.send('two');
    expect(await received).toBe('one, two');
    const other = once(server, 'pong');
    server.ping();
    await other;
  });

  test('permessage-deflate: text that repeats takes few bytes', async () => {
    const { server: listener, connect } = await site(scheme, { threshold: 0 });
    const seen = once(listener, 'connection') as Promise<[WebSocket, { socket: Socket }]>;
    const { client, server } = await connect();
    echo(server);
    expect(client.extensions).toBe('permessage-deflate');
    const [, { socket }] = await seen;
    const before = socket.bytesRead;
    const text = 'again and '.repeat(100_000);
    client.send(text);
    expect((await message(client)) === text).toBe(true);
    expect(socket.bytesRead - before).toBeLessThan(20_000);
  });

  test.each([false, true])('16 MiB each way at once, deflate: %s', async (deflate) => {
    const { connect } = await site(scheme, deflate);
    const { client, server } = await connect();
    const sent = [randomBytes(16 * MIB), randomBytes(16 * MIB)] as const;
    const heard = [message(client), message(server)];
    client.send(sent[0]);
    server.send(sent[1]);
    expect((await Promise.all(heard)).map(sha256)).toEqual([sent[1], sent[0]].map(sha256));
  });

  test('back-pressure: what the peer does not take is told by bufferedAmount, and comes later', async () => {
    const { connect } = await site(scheme);
    const { client, server } = await connect();
    server.pause();
    let sent = 0;
    for (; sent < 64; sent++) client.send(Buffer.alloc(MIB, sent));
    await turns(100);
    expect(client.bufferedAmount).toBeGreaterThan(32 * MIB);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      server.on('message', (data: Buffer) => {
        if (data.length === MIB && data[0] === received) received++;
        if (received === sent) resolve();
      });
    });
    server.resume();
    await all;
    await turns();
    expect(client.bufferedAmount).toBe(0);
  });

  test.each(['client', 'server'] as const)('the %s closes, with a code and a reason', async (closer) => {
    const { connect } = await site(scheme);
    const ends = await connect();
    const [one, other] = closer === 'client' ? [ends.client, ends.server] : [ends.server, ends.client];
    const closes = [next(one, 'close'), next(other, 'close')];
    one.close(4001, 'enough');
    expect(one.readyState).toBe(WebSocket.CLOSING);
    const codes = (await Promise.all(closes)).map(([code, reason]) => `${String(code)} ${String(reason)}`);
    expect(codes).toEqual(['4001 enough', '4001 enough']);
  });

  test('terminate: the other end knows no code', async () => {
    const { connect } = await site(scheme);
    const { client, server } = await connect();
    const closes = [next(client, 'close'), next(server, 'close')];
    client.terminate();
    expect((await Promise.all(closes)).map(([code]) => code)).toEqual([1006, 1006]);
  });

  test('a hundred at once, each its own', async () => {
    const { server, connect } = await site(scheme);
    server.on('connection', echo);
    const ends = await Promise.all(Array.from({ length: scheme === 'ws' ? 100 : 20 }, () => connect()));
    const answers = ends.map(async ({ client }, index) => {
      client.send(`number ${index}`);
      return await message(client);
    });
    expect(await Promise.all(answers)).toEqual(ends.map((_, index) => `number ${index}`));
  });

  test('a createConnection instead of an agent', async () => {
    const { stack, connect } = await site(scheme);
    const { client, server } = await connect({
      agent: undefined,
      createConnection: scheme === 'ws' ? stack.net.connect : (stack.tls.connect as never),
      ...(scheme === 'wss' && { ca: made.ca.cert }),
    });
    echo(server);
    client.send('by hand');
    expect(await message(client)).toBe('by hand');
  });

  test('nobody listens, and a server that has no WebSockets', async () => {
    const { stack, options } = await site(scheme);
    const refused = new WebSocket(`${scheme}://localhost:81/`, options);
    const [error] = await next(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED', address: LOOPBACK, port: 81 });
    const web = scheme === 'ws' ? stack.http.createServer() : stack.https.createServer(made.server);
    web.on('request', (_request, response) => response.writeHead(404).end());
    web.listen(82);
    const [unexpected] = await next(new WebSocket(`${scheme}://localhost:82/`, options), 'error');
    expect(unexpected).toMatchObject({ message: 'Unexpected server response: 404' });
  });
});

describe('the connection below', () => {
  test.each(['client', 'server'] as const)(
    'stands, and takes bytes both ways, until the %s closes; then four steps',
    async (closer) => {
      const { stack, connect } = await site('ws');
      const { client, server } = await connect();
      echo(server);
      const states: Record<'client' | 'server', string[]> = { client: [], server: [] };
      const note = (event: TraceEvent): void => {
        if (event.type !== 'transition') return;
        states[event.connection.local.port === 80 ? 'server' : 'client'].push(event.to);
      };
      stack.observe(note);

      for (let i = 0; i < 5; i++) {
        client.send('still here');
        expect(await message(client)).toBe('still here');
        await turns();
      }
      expect(states).toEqual({ client: [], server: [] });

      const ends = [next(client, 'close'), next(server, 'close')];
      (closer === 'client' ? client : server).close();
      await Promise.all(ends);
      await turns();
      // The end that answers the Close frame is the first of the two to have nothing left to say.
      const first = closer === 'client' ? 'server' : 'client';
      expect(states).toEqual({
        client: [],
        server: [],
        [closer]: ['CLOSE-WAIT', 'LAST-ACK', 'CLOSED'],
        [first]: ['FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT'],
      });
    },
  );
});

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
