// An echo server whose TCP is synack's, at 10.9.0.2 on a TAP device. As root:
//   npx synack lab -- sh -c 'npx ts-node examples/echo.ts & sleep 2; echo hello | nc -N 10.9.0.2 7'
import { Stack, TapLink } from '../src';

const stack = new Stack();
stack.attach(TapLink.open('tap0', { host: '10.9.0.1/24' }), { address: '10.9.0.2/24' });
stack.net.createServer((socket) => socket.pipe(socket)).listen(7);
