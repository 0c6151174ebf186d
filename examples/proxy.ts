// A WebSocket client behind an HTTP proxy: CONNECT makes a tunnel, and the WebSocket goes through it. As root, in a lab with a proxy at
// 10.9.0.1:8888 (tinyproxy, squid) and a WebSocket server at 10.9.0.1:8000:
//   npx ts-node examples/proxy.ts http://10.9.0.1:8888 ws://10.9.0.1:8000
import { WebSocket } from 'ws';
import { Stack, TapLink } from '../src';

const [proxy = '', server = ''] = process.argv.slice(2);

const stack = new Stack();
stack.attach(TapLink.open('tap0').unref(), { address: '10.9.0.2/24' });

const socket = new WebSocket(server, { agent: stack.proxyAgent(proxy) });
socket.on('open', () => {
  socket.send('hello through a proxy');
});
socket.on('message', (data: Buffer) => {
  console.log(data.toString());
  socket.close();
});
