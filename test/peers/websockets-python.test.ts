import { expect } from 'expect';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { certificates } from '../support/certificates';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { file, said, website } from './website';

/** Debian's, whatever other Python is there. */
const PYTHON = '/usr/bin/python3';
const LARGE = 16 << 20;

const CLIENT = `
import asyncio, hashlib, ssl, sys, websockets
url, ca, compression = sys.argv[1], sys.argv[2], sys.argv[3] or None
async def main():
    context = ssl.create_default_context(cafile=ca) if url.startswith('wss:') else None
    async with websockets.connect(url, ssl=context, max_size=None, compression=compression) as socket:
        print([extension.name for extension in socket.extensions])
        await socket.send('größer ☃')
        print(await socket.recv())
        await socket.send(['one, ', 'two, ', 'three'])
        print(await socket.recv())
        data = bytes(range(256)) * (${LARGE} // 256)
        await socket.send(data)
        print(hashlib.sha256(await socket.recv()).hexdigest())
        await (await socket.ping())
        await socket.close(4000, 'enough')
        print(socket.close_code, socket.close_reason)
asyncio.run(main())
`;

const SERVER = `
import asyncio, ssl, sys, websockets
host, port, cert, key = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
async def echo(socket):
    async for message in socket:
        if message == 'close': await socket.close(4001, 'as you wish')
        else: await socket.send(message)
async def main():
    context = None
    if cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
    async with websockets.serve(echo, host, port, ssl=context, max_size=None):
        await asyncio.Future()
asyncio.run(main())
`;

const DATA = Buffer.alloc(LARGE, Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
const HASH = createHash('sha256').update(DATA).digest('hex');

// What is missing is named as what installs it.
const hasModule = spawnSync(PYTHON, ['-c', 'import websockets']).status === 0;

labSuite(__filename, "Python's websockets", hasModule ? ['ss'] : ['python3-websockets'], (test) => {
  for (const scheme of ['ws', 'wss'] as const) {
    for (const compression of ['', 'deflate']) {
      test(`${scheme}, its client, ${compression || 'no'} compression`, async (lab) => {
        const site = await website(lab, (_request, response) => response.writeHead(404).end());
        const server = new WebSocketServer({
          server: scheme === 'ws' ? site.http : site.https,
          maxPayload: 2 * LARGE,
          perMessageDeflate: compression !== '',
        });
        server.on('connection', (socket) => {
          socket.on('message', (data, binary) => {
            socket.send(data, { binary });
          });
        });
        const client = lab.start(PYTHON, '-c', CLIENT, site.url(scheme), site.ca, compression);
        expect(await said(client)).toBe(
          `${compression ? "['permessage-deflate']" : '[]'}\ngrößer ☃\none, two, three\n${HASH}\n4000 enough\n`,
        );
      });
    }

    test(`${scheme}, its server, and our client`, async (lab) => {
      const { server, ca } = await certificates();
      const port = scheme === 'ws' ? 80 : 443;
      const identity =
        scheme === 'ws' ? ['', ''] : [file(lab, 'cert.pem', server.cert), file(lab, 'key.pem', server.key)];
      lab.start(PYTHON, '-c', SERVER, lab.kernel, String(port), ...identity);
      await lab.kernelSocket(port, 'LISTEN');
      await talk(lab, scheme, ca.cert);
    });
  }
});

async function talk(lab: Lab, scheme: 'ws' | 'wss', ca: string): Promise<void> {
  const stack = lab.attach();
  const agent = scheme === 'ws' ? new stack.http.Agent() : new stack.https.Agent({ ca });
  const client = new WebSocket(`${scheme}://${lab.kernel}/`, { agent, maxPayload: 2 * LARGE });
  await once(client, 'open');
  expect(client.extensions).toContain('permessage-deflate');
  for (const sent of ['größer ☃', DATA]) {
    client.send(sent);
    const [data, binary] = (await once(client, 'message')) as [Buffer, boolean];
    expect(binary).toBe(typeof sent !== 'string');
    expect(data.equals(Buffer.from(sent as Buffer))).toBe(true);
  }
  client.ping('x');
  await once(client, 'pong');
  client.send('close');
  expect(String(await once(client, 'close'))).toBe('4001,as you wish');
}
