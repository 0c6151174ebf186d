// The server process of bench/inspector/options.ts and flood.ts: bulk services and an echo on a host as the commands open it.
import { openHost } from '../../src/cli/host';
import type { HostOptions } from '../../src/cli/options';
import { PORTS, PREFIX, SERVER, TAP } from '../speed/addresses';

const CHUNK = Buffer.alloc(256 * 1024);
const options = JSON.parse(process.argv[2] ?? '{}') as Partial<HostOptions>;

function ignore(): void {
  return;
}

async function main(): Promise<void> {
  const link = { tap: TAP, address: [`${SERVER}/${PREFIX}`], lang: 'en', ascii: false } as const;
  const { stack } = await openHost({ ...link, ...options }, { screen: process.stderr, program: 'bench' });
  const { net } = stack;
  net
    .createServer((socket) => {
      socket.on('data', ignore).on('error', ignore);
    })
    .listen(PORTS.sink);
  net
    .createServer((socket) => {
      socket.on('error', ignore).pipe(socket);
    })
    .listen(PORTS.echo);
  net
    .createServer({ allowHalfOpen: true }, (socket) => {
      socket
        .on('error', ignore)
        .on('end', () => socket.end())
        .resume();
    })
    .listen(PORTS.close);
  net
    .createServer((socket) => {
      const write = (): void => {
        while (socket.write(CHUNK));
      };
      socket.on('drain', write).on('error', ignore).resume();
      write();
    })
    .listen(PORTS.source, () => process.send?.('ready'));
}

process.on('message', () => process.send?.(process.memoryUsage.rss()));
process.on('disconnect', () => process.exit());
void main();
