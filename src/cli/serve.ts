import { once } from 'node:events';
import { Argument, type Command } from 'commander';
import { port } from './arguments';
import { Failure, reasonOf } from './failure';
import { openHost, say, untilQuiet, untilSignal } from './host';
import { hostOptions, type HostOptions } from './options';
import { SERVICES, type ServiceName } from './services';

interface ServeOptions extends HostOptions {
  readonly port?: number;
  readonly once?: true;
}

const NAMES = Object.keys(SERVICES);

const EXAMPLES = `
Services:
${Object.entries(SERVICES)
  .map(([name, { port, rfc, description }]) => `  ${name.padEnd(8)}  ${description} (${rfc}, port ${port})`)
  .join('\n')}

Examples:
  synack lab                               a network to play in; inside it:
  synack serve echo --watch &              a server that shows every segment
  nc 10.9.0.2 7                            talk to it

  synack serve chargen --pcap - | wireshark -k -i -
  synack serve echo --impair loss=0.2,delay=50ms --watch`;

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .summary('run a small server on a TAP device')
    .description('Runs one of the small servers of the early RFCs on a TAP device.')
    .addArgument(new Argument('<service>', 'what to serve').choices(NAMES))
    .option('-p, --port <port>', "port to listen on; default: the service's own", port)
    .option('--once', 'serve one connection, wait until it is gone (TIME-WAIT too, see --msl), and exit');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (service: ServiceName, options: ServeOptions) => {
      process.exitCode = await serve(service, options);
    });
}

/** Serves until the one connection has ended or a signal comes; the exit code. */
async function serve(name: ServiceName, options: ServeOptions): Promise<number> {
  const service = SERVICES[name];
  const wanted = options.port ?? service.port;
  const signal = untilSignal();
  // A capture on standard output has it for itself.
  const host = openHost(options, { screen: options.pcap === '-' ? process.stderr : process.stdout });
  try {
    const { stack, address, device } = host;
    const server = stack.net.createServer({ allowHalfOpen: true });
    const served = new Promise<number>((resolve) => {
      server.on('connection', (socket) => {
        const from = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? '?'}`;
        if (options.once) server.close();
        void service
          .serve(socket)
          .catch((error: unknown) => {
            if (server.listening || options.once) say(`${name}: the connection from ${from} broke: ${reasonOf(error)}`);
          })
          .then(() => {
            if (options.once) resolve(0);
          });
      });
    });
    server.listen(wanted, address);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new Failure(`cannot listen on ${address}:${wanted}: ${reasonOf(error)}`);
    }
    say(`${name} (${service.rfc}) at ${address}:${wanted} on ${device}; try: nc ${address} ${wanted}`);
    const code = await Promise.race([served, signal]);
    if (code === 0) await Promise.race([untilQuiet(stack, { timeWait: true, limit: 10 * 60_000 }), signal]);
    server.close();
    return code;
  } finally {
    await host.close();
  }
}
