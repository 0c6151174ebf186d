import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SERVICES, timeOfDay, type ServiceName } from '../../src/cli/services';
import { SystemClock } from '../../src/clock/system-clock';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/node/stack';

let server: Stack;
let client: Stack;

beforeEach(() => {
  const clock = new SystemClock();
  const [a, b] = memoryPair({ clock });
  server = new Stack({ clock, seed: 1 });
  client = new Stack({ clock, seed: 2 });
  server.attach(a, { address: '10.9.0.2/24' });
  client.attach(b, { address: '10.9.0.1/24' });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

/** A connection to the service, and what becomes of it at the server's side. */
async function connect(name: ServiceName): Promise<{ socket: Socket; served: Promise<unknown> }> {
  const service = SERVICES[name];
  const listener = server.net.createServer({ allowHalfOpen: true });
  listener.listen(service.port, '10.9.0.2');
  await once(listener, 'listening');
  const served = once(listener, 'connection').then(([socket]: Socket[]) => socket && service.serve(socket));
  const socket = client.net.connect({ host: '10.9.0.2', port: service.port, allowHalfOpen: true });
  await once(socket, 'connect');
  return { socket, served };
}

async function all(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  await once(socket, 'end');
  return text;
}

describe('services', () => {
  test('echo (RFC 862) sends everything back, also after the client has hung up its half', async () => {
    const { socket, served } = await connect('echo');
    const sent = 'x'.repeat(1_000_000);
    socket.end(sent);
    expect(await all(socket)).toBe(sent);
    await served;
  });

  test('discard (RFC 863) says nothing and hangs up when the client does', async () => {
    const { socket, served } = await connect('discard');
    socket.end('x'.repeat(100_000));
    expect(await all(socket)).toBe('');
    await served;
  });

  test("chargen (RFC 864) sends RFC 864's pattern until the client hangs up", async () => {
    const { socket, served } = await connect('chargen');
    const heard = all(socket);
    setImmediate(() => socket.end());
    const text = await heard;
    const lines = text.split('\r\n');
    expect(lines[0]).toBe(' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg');
    expect(lines[1]).toBe('!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh');
    expect(lines.slice(0, -1).every((line) => line.length === 72)).toBe(true);
    expect(lines[95]).toBe(lines[0]);
    await served;
  });

  test('daytime (RFC 867) says the time and hangs up first', async () => {
    const { socket, served } = await connect('daytime');
    expect(await all(socket)).toMatch(/^[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}, \d{4} \d\d:\d\d:\d\d-UTC\r\n$/);
    socket.end();
    await served;
    expect(timeOfDay(new Date(Date.UTC(1982, 1, 22, 17, 37, 43)))).toBe('Monday, February 22, 1982 17:37:43-UTC');
  });
});
