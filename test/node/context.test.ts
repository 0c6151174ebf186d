import { afterAll, describe, expect, test } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import * as nodeDgram from 'node:dgram';
import { once } from 'node:events';
import * as nodeHttp from 'node:http';
import * as nodeNet from 'node:net';
import { Stack } from '../../src/node/stack';
import { closed, listening, LOOPBACK, portOf } from './faces';

const stack = new Stack();
afterAll(() => stack.close());

const FACES = [
  { name: 'node', net: nodeNet, http: nodeHttp, dgram: nodeDgram },
  { name: 'synack', net: stack.net, http: stack.http, dgram: stack.dgram },
];

/** Programs find by it for whom they work: what it held where a socket was made, its listeners find. */
const storage = new AsyncLocalStorage<string>();

describe.each(FACES)('AsyncLocalStorage over $name', ({ net, http, dgram }) => {
  test('a client is in the context of connect, a server in that of listen, its connections in that of nobody', async () => {
    const seen = new Set<string>();
    const see = (what: string): void => {
      seen.add(`${what}: ${storage.getStore() ?? 'nobody'}`);
    };
    const server = net.createServer();
    server.on('connection', (socket) => {
      see('connection');
      socket.on('data', (bytes) => {
        see('data at the server');
        socket.end(bytes);
      });
      socket.on('close', () => {
        see('close at the server');
      });
    });
    const port = await storage.run('the server', () => listening(server));
    const clients = ['first', 'second'].map((name) =>
      storage.run(name, () => {
        const socket = net.connect(port, LOOPBACK);
        for (const event of ['connect', 'data', 'end', 'close']) {
          socket.on(event, () => {
            see(`${name}, ${event}`);
          });
        }
        return socket;
      }),
    );
    // Whoever writes, the news are the other's.
    storage.run('somebody else', () => {
      for (const client of clients) client.write('hello');
    });
    await Promise.all(clients.map((client) => once(client, 'close')));
    await storage.run('who closes', () => closed(server));
    const events = ['connect', 'data', 'end', 'close'];
    expect([...seen].sort()).toEqual(
      [
        'connection: the server',
        'data at the server: nobody',
        'close at the server: nobody',
        ...['first', 'second'].flatMap((name) => events.map((event) => `${name}, ${event}: ${name}`)),
      ].sort(),
    );
  });

  test('requests that share a connection hear of their own responses', async () => {
    const server = http.createServer((request, response) => response.end(request.url));
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string): Promise<unknown> =>
      storage.run(
        path,
        () =>
          new Promise((resolve, reject) => {
            const request = http.get({ port: portOf(server), host: LOOPBACK, path, agent }, (response) => {
              const before = storage.getStore();
              response.on('data', (bytes: Buffer) => {
                resolve([bytes.toString(), before, storage.getStore()]);
              });
            });
            request.on('error', reject);
          }),
      );
    const paths = ['/a', '/b', '/c'];
    expect(await Promise.all(paths.map(ask))).toEqual(paths.map((path) => [path, path, path]));
    agent.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a datagram is heard of in the context of its socket, idleness in that of setTimeout', async () => {
    const udp = storage.run('udp', () => dgram.createSocket('udp4').bind(0, LOOPBACK));
    await once(udp, 'listening');
    const heard = new Promise((resolve) => {
      udp.on('message', () => {
        resolve(storage.getStore());
      });
    });
    storage.run('the sender', () => {
      udp.send('hello', udp.address().port, LOOPBACK);
    });
    expect(await heard).toBe('udp');
    udp.close();

    const server = net.createServer();
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    await once(client, 'connect');
    const idle = new Promise((resolve) => {
      storage.run('who waits', () => {
        client.setTimeout(5, () => {
          resolve(storage.getStore());
        });
      });
    });
    expect(await idle).toBe('who waits');
    client.destroy();
    await closed(server);
  });
});
