// WebSocket over TLS, on port 443: a server at 10.9.0.2, and a client at 10.9.0.3 in a stack of its own. No root, no device: the two
// are joined by a cable in memory.
//   npx ts-node examples/wss.ts
import { generate } from 'selfsigned';
import { WebSocket, WebSocketServer } from 'ws';
import { memoryPair, Stack, SystemClock } from '../src';

async function main(): Promise<void> {
  const clock = new SystemClock();
  const [cable, otherEnd] = memoryPair({ clock });
  const server = new Stack({ clock });
  server.attach(cable, { address: '10.9.0.2/24' });
  const client = new Stack({ clock, dns: { hosts: { 'echo.test': '10.9.0.2' } } });
  client.attach(otherEnd, { address: '10.9.0.3/24' });

  const { private: key, cert } = await generate([{ name: 'commonName', value: 'echo.test' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'echo.test' }] }],
  });
  const web = server.https.createServer({ key, cert });
  new WebSocketServer({ server: web }).on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary });
    });
  });
  web.listen(443);

  const socket = new WebSocket('wss://echo.test/', { ca: cert, agent: new client.https.Agent() });
  socket.on('open', () => {
    socket.send('hello over TLS, over a TCP of our own');
  });
  socket.on('message', (data: Buffer) => {
    console.log(data.toString());
    socket.close();
  });
  socket.on('close', () => {
    void client.close();
    void server.close();
  });
}

void main();
