import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { OnReadOpts, Socket } from 'node:net';
import { quiet } from '../support/quiet';
import { closed, FACES, LOOPBACK, listening, next, record, turns } from './faces';

describe.each(FACES)('onread of %s', (_name, net) => {
  async function reading(
    onread: OnReadOpts,
    work: (client: Socket, server: Socket) => Promise<void> | void,
  ): Promise<void> {
    const listener = net.createServer();
    const port = await listening(listener);
    const accepted = once(listener, 'connection') as Promise<[Socket]>;
    const client = net.connect({ port, host: LOOPBACK, onread });
    const [server] = await accepted;
    await work(client, server);
    await closed(listener);
  }

  test('a buffer that is used again and again, and no data event', async () => {
    const sent = randomBytes(300_000);
    const buffer = Buffer.alloc(10_000);
    const got: Buffer[] = [];
    const callback = (length: number, bytes: Uint8Array): boolean => {
      expect(bytes).toBe(buffer);
      got.push(Buffer.from(bytes.subarray(0, length)));
      return true;
    };
    await reading({ buffer, callback }, async (client, server) => {
      const seen = record(client, ['data', 'end', 'close']);
      server.end(sent);
      await next(client, 'close');
      expect(seen).toEqual(['end', 'close false']);
      expect(Buffer.concat(got).equals(sent)).toBe(true);
      expect(client.bytesRead).toBe(sent.length);
      expect(Math.max(...got.map(({ length }) => length))).toBe(buffer.length);
    });
  });

  test('a function that gives a buffer for each read', async () => {
    const made: Uint8Array[] = [];
    const used: unknown[] = [];
    const onread = {
      buffer: () => {
        const buffer = new Uint8Array(4);
        made.push(buffer);
        return buffer;
      },
      callback: (length: number, buffer: Uint8Array) => {
        used.push([made.indexOf(buffer), Buffer.from(buffer.subarray(0, length)).toString()]);
        return true;
      },
    };
    await reading(onread, async (client, server) => {
      server.end('0123456789');
      await next(client, 'close');
      expect(used).toEqual([
        [0, '0123'],
        [1, '4567'],
        [2, '89'],
      ]);
      expect(made).toHaveLength(4);
    });
  });

  test('a callback that returns false pauses, and resume goes on', async () => {
    let got = '';
    const callback = (length: number, buffer: Uint8Array): boolean => {
      got += Buffer.from(buffer.subarray(0, length)).toString();
      return false;
    };
    await reading({ buffer: Buffer.alloc(4), callback }, async (client, server) => {
      server.end('0123456789');
      await quiet(30);
      expect([got, client.bytesRead]).toEqual(['0123', 4]);
      client.resume();
      await quiet(30);
      expect(got).toBe('01234567');
      const ended = next(client, 'end');
      client.resume();
      await quiet(30);
      client.resume();
      await ended;
      expect(got).toBe('0123456789');
    });
  });

  test('pause and resume', async () => {
    let got = '';
    const callback = (length: number, buffer: Uint8Array): boolean => {
      got += Buffer.from(buffer.subarray(0, length)).toString();
      return true;
    };
    await reading({ buffer: Buffer.alloc(100), callback }, async (client, server) => {
      if (client.connecting) await next(client, 'connect');
      client.pause();
      server.write('paused');
      await quiet(30);
      expect(got).toBe('');
      client.resume();
      await quiet(30);
      expect(got).toBe('paused');
      server.end();
      await next(client, 'close');
    });
  });

  test("'this' of the callback is the socket", async () => {
    const selves: unknown[] = [];
    const callback = function (this: unknown): boolean {
      selves.push(this);
      return true;
    };
    await reading({ buffer: Buffer.alloc(9), callback }, async (client, server) => {
      server.end('x');
      await next(client, 'close');
      expect(selves).toEqual([client]);
    });
  });

  test('destroy from within the callback', async () => {
    let calls = 0;
    const sockets: Socket[] = [];
    const callback = (): boolean => {
      calls++;
      for (const socket of sockets) socket.destroy();
      return true;
    };
    await reading({ buffer: Buffer.alloc(1), callback }, async (client, server) => {
      sockets.push(client);
      server.on('error', () => undefined);
      server.write('many bytes');
      await next(client, 'close');
      await turns();
      expect(calls).toBe(1);
    });
  });

  test('what is no such option is ignored', async () => {
    await reading({ buffer: 5, callback: () => true } as never, async (client, server) => {
      server.end('as usual');
      const [data] = await next(client, 'data');
      expect(String(data)).toBe('as usual');
    });
  });
});
