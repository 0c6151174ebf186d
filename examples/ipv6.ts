// An echo server for IPv4 and IPv6 at once, on any link (docs/links.md). As root:
//   npx synack lab --ipv6 -- sh -c 'npx ts-node examples/ipv6.ts tap:tap0,address=10.9.0.2/24+fd00:9::2/64 &
//     sleep 3; echo hello | nc -N fd00:9::2 7; echo hello | nc -N 10.9.0.2 7'
import { openLink, Stack } from '../src';

async function main(): Promise<void> {
  const stack = new Stack();
  const { link, config } = await openLink(process.argv[2] ?? 'tap:tap0,address=10.9.0.2/24+fd00:9::2/64');
  stack.attach(link, config);
  const server = stack.net.createServer((socket) => {
    console.log(`${socket.remoteAddress ?? '?'} calls`); // 10.9.0.1 as ::ffff:10.9.0.1, as Node has it
    socket.pipe(socket);
  });
  server.listen(7); // without an address: on all of ours, of both families
}

void main();
