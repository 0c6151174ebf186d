import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Stack } from '../../src';
import { Controls } from '../../src/inspector/controls';
import type { ImpairmentSettings } from '../../src/inspector/protocol';

let stack: Stack;
beforeEach(() => {
  stack = new Stack();
});
afterEach(() => stack.close());

/** A server's socket, the client's, and the controls; `id` is the server's end's connection. */
async function pair() {
  const server = stack.net.createServer({ allowHalfOpen: true }).listen(7);
  await once(server, 'listening');
  const client = stack.net.connect({ port: 7, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const id = stack.tcp.connections().find(({ local }) => local.port === 7)?.id ?? 0;
  const controls = new Controls({ stack, links: [], isOwn: () => false });
  const read = async (from: Socket): Promise<string> => {
    const [data] = (await once(from, 'data')) as [Buffer];
    return data.toString();
  };
  return { client, socket, id, controls, read };
}
const request = 1;

describe("on a connection that is a program's socket", () => {
  test('text goes out as if the program had written it', async () => {
    const { controls, client, socket, id, read } = await pair();
    controls.carryOut({ type: 'send', request, connection: id, text: '안녕\n' });
    expect(await read(client)).toBe('안녕\n');
    expect(socket.bytesWritten).toBe(7);
  });

  test('close: FIN behind what was written; the program may go on reading, and a write of its own then ends nothing', async () => {
    const { controls, client, socket, id, read } = await pair();
    socket.write('last words');
    controls.carryOut({ type: 'close', request, connection: id });
    expect(await read(client)).toBe('last words');
    await once(client, 'end');
    expect(socket.writableFinished).toBe(true);
    client.write('still here');
    expect(await read(socket)).toBe('still here');
    // With nobody to listen to its error, as `once` would.
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write('too late');
    expect(await closed).toBe(true);
    for (const again of ['close', 'abort'] as const) {
      expect(() => {
        controls.carryOut({ type: again, request, connection: 1_000_000 });
      }).toThrow('the connection is gone');
    }
  });

  test('what cannot be is refused in words', async () => {
    const { controls, socket, id } = await pair();
    socket.end();
    await once(socket, 'finish');
    expect(() => {
      controls.carryOut({ type: 'close', request, connection: id });
    }).toThrow(/our end is closed already: the connection is in FIN-WAIT/);
    expect(() => {
      controls.carryOut({ type: 'send', request, connection: id, text: 'x' });
    }).toThrow(/sends no more \(FIN\)/);
    expect(() => {
      controls.carryOut({ type: 'send', request, connection: id, text: '' });
    }).toThrow('nothing to send');
  });

  test('abort: the other end hears a reset, this program that its socket is closed', async () => {
    const { controls, client, socket, id } = await pair();
    const failed = once(client, 'error');
    const closed = once(socket, 'close');
    controls.carryOut({ type: 'abort', request, connection: id });
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(await closed).toEqual([false]);
  });

  test('other errors that nobody listens to are what they were', async () => {
    const { controls, socket, id } = await pair();
    controls.carryOut({ type: 'send', request, connection: id, text: 'x' });
    expect(() => socket.emit('error', new Error('another'))).toThrow('another');
  });
});

describe('on a connection without a socket', () => {
  test('the calls of RFC 9293', async () => {
    const controls = new Controls({ stack, links: [], isOwn: ({ local }) => local.port === 9293 });
    const listener = stack.tcp.open({ passive: true, local: { port: 7 } });
    stack.tcp.open({ passive: true, local: { port: 9293 } });
    const client = stack.net.connect({ port: 7, host: '127.0.0.1', allowHalfOpen: true });
    const own = stack.net.connect(9293, '127.0.0.1');
    const called = new Promise<void>((resolve) => listener.on('connection', resolve));
    await Promise.all([called, once(client, 'connect'), once(own, 'connect')]);
    const connection = listener.accept();
    if (typeof connection === 'string') throw new Error(connection);
    controls.carryOut({ type: 'send', request, connection: connection.id, text: 'hello' });
    expect(((await once(client, 'data')) as [Buffer])[0].toString()).toBe('hello');
    expect(() => {
      controls.carryOut({ type: 'send', request, connection: connection.id, text: 'x'.repeat(20_000_000) });
    }).toThrow(/only \d+ of 20000000 bytes: the send buffer is full/);
    controls.carryOut({ type: 'abort', request, connection: connection.id });
    expect(connection.state).toBe('CLOSED');
    const ours = stack.tcp.connections().find(({ local }) => local.port === 9293)?.id ?? 0;
    expect(() => {
      controls.carryOut({ type: 'abort', request, connection: ours });
    }).toThrow('leave it alone');
  });
});

describe('the bad network', () => {
  function impairing(impairment?: ImpairmentSettings) {
    const set: unknown[] = [];
    const links = [{ set: (settings: object) => set.push(settings) }];
    const controls = new Controls({ stack, links, isOwn: () => false, ...(impairment && { impairment }) });
    const impair = (settings: ImpairmentSettings): void => {
      controls.carryOut({ type: 'impair', request, settings });
    };
    return { set, controls, impair };
  }

  test('what is given changes, the rest stays', () => {
    const { set, controls, impair } = impairing({ loss: 0.1, delay: 1000 });
    impair({ loss: 0, rate: 1_000_000 });
    expect(set).toEqual([{ loss: 0, rate: 1_000_000 }]);
    expect(controls.impairment).toEqual({ loss: 0, delay: 1000, rate: 1_000_000 });
    impair({ rate: null });
    expect(set.at(-1)).toEqual({ rate: 0 });
    expect(controls.impairment).toEqual({ loss: 0, delay: 1000, rate: null });
  });

  test.each<[ImpairmentSettings, string]>([
    [{ loss: 1.1 }, 'loss is a probability from 0 to 1'],
    [{ corrupt: NaN }, 'corrupt is a probability'],
    [{ delay: -1 }, 'delay is a whole number of microseconds'],
    [{ jitter: 61_000_000 }, 'at most 60 s'],
    [{ rate: 3 }, 'the rate is a whole number of bits a second'],
  ])('%j is refused: %s', (settings, reason) => {
    const { set, impair } = impairing();
    expect(() => {
      impair({ duplicate: 0.5, ...settings });
    }).toThrow(reason);
    expect(set).toEqual([]);
  });

  test('there is none without a wire', () => {
    const controls = new Controls({ stack, links: [], isOwn: () => false });
    expect(() => {
      controls.carryOut({ type: 'impair', request, settings: { loss: 0.5 } });
    }).toThrow('there is no wire');
  });
});
