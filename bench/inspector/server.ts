// The server process of bench:inspector: bulk services on a stack over a TAP, with an inspector at a Unix socket, or without one.
import { Stack, TapLink } from '../../src';
import { impair } from '../../src/link/impair';
import { Inspector } from '../../src/inspector/inspector';
import { LOAD, PORTS, PREFIX, SERVER, TAP } from '../speed/addresses';

const [path] = process.argv.slice(2);
const CHUNK = Buffer.alloc(256 * 1024);

const stack = new Stack();
const tap = TapLink.open(TAP, { host: `${LOAD}/${PREFIX}`, offload: 'kernel' });
if (!tap.kernelOffload) throw new Error('the kernel has no offload on a TAP here');
if (path === undefined) stack.attach(tap, { address: `${SERVER}/${PREFIX}` });
else {
  // As the commands have it.
  const link = impair(tap, { clock: stack.clock, seed: 1, passThrough: true });
  stack.attach(link, { address: `${SERVER}/${PREFIX}` });
  const page = (): Promise<string> => Promise.resolve('');
  new Inspector(stack, { program: 'bench', links: [link], page }).listenPath(path);
}

function ignore(): void {
  return;
}

stack.net
  .createServer((socket) => {
    socket.on('data', ignore).on('error', ignore);
  })
  .listen(PORTS.sink);
stack.net
  .createServer((socket) => {
    const write = (): void => {
      while (socket.write(CHUNK));
    };
    socket.on('drain', write).on('error', ignore).resume();
    write();
  })
  .listen(PORTS.source, () => process.send?.('ready'));

process.on('message', () => process.send?.(process.memoryUsage.rss()));
process.on('disconnect', () => process.exit());
