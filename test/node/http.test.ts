import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { closed, FACES, LOOPBACK, listening } from './faces';

describe.each(FACES)("Node's http over %s", (_name, net) => {
  /** An http server that gets its connections from ours, and an agent that makes them. */
  async function serve(listener: http.RequestListener, agentOptions?: http.AgentOptions) {
    const web = http.createServer(listener);
    let connections = 0;
    const server = net.createServer((socket) => {
      connections++;
      web.emit('connection', socket);
    });
    const port = await listening(server);
    const agent = new http.Agent(agentOptions);
    agent.createConnection = () => net.connect(port, LOOPBACK);
    return {
      async request(options: http.RequestOptions, body?: Buffer) {
        const request = http.request({ host: 'synack.test', agent, ...options });
        request.end(body);
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        await once(response, 'end');
        return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
      },
      connections: () => connections,
      async close() {
        agent.destroy();
        web.closeAllConnections();
        await closed(server);
      },
    };
  }

  test('GET', async () => {
    const site = await serve((request, response) => {
      response.setHeader('x-method', request.method ?? '');
      response.end(`you asked for ${request.url ?? ''}`);
    });
    const { status, headers, body } = await site.request({ path: '/page' });
    expect([status, headers['x-method'], body.toString()]).toEqual([200, 'GET', 'you asked for /page']);
    await site.close();
  });

  test('a megabyte up and down again', async () => {
    const site = await serve((request, response) => {
      request.pipe(response);
    });
    const sent = randomBytes(1_000_000);
    const { body } = await site.request({ method: 'POST' }, sent);
    expect(body.equals(sent)).toBe(true);
    await site.close();
  });

  test('keep-alive: ten requests, one connection', async () => {
    const site = await serve((_request, response) => response.end('ok'), { keepAlive: true, maxSockets: 1 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => site.request({})));
    expect(answers.map(({ body }) => body.toString())).toEqual(Array.from({ length: 10 }, () => 'ok'));
    expect(site.connections()).toBe(1);
    await site.close();
  });

  test('Upgrade hands out the socket itself', async () => {
    const web = http.createServer();
    web.on('upgrade', (_request, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    const server = net.createServer((socket) => web.emit('connection', socket));
    const port = await listening(server);
    const request = http.request({
      createConnection: () => net.connect(port, LOOPBACK),
      headers: { connection: 'Upgrade', upgrade: 'echo' },
    });
    request.end();
    const [, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, Socket];
    expect(socket).toBeInstanceOf(net.Socket);
    socket.write('both ways');
    const [echo] = (await once(socket, 'data')) as [Buffer];
    expect(echo.toString()).toBe('both ways');
    socket.end();
    await closed(server);
  });

  test('a server that hangs up: socket hang up', async () => {
    const site = await serve((request) => {
      request.socket.destroy();
    });
    await expect(site.request({})).rejects.toMatchObject({ code: 'ECONNRESET' });
    await site.close();
  });

  test('createServer().closeIdleConnections and timeouts find their sockets', async () => {
    const web = http.createServer({ keepAliveTimeout: 20 }, (_request, response) => response.end());
    const server = net.createServer((socket) => web.emit('connection', socket));
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    client.write('GET / HTTP/1.1\r\nHost: synack.test\r\n\r\n');
    client.resume();
    // The server's keep-alive time-out ends it.
    await once(client, 'close');
    await closed(server);
  });
});
