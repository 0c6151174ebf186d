import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { Option, type Command } from 'commander';
import { withPort } from '../wire/address';
import { plainAddress } from './addresses';
import { port as portNumber, seconds } from './arguments';
import { Failure, codeOf, reasonOf } from './failure';
import { openHost, untilQuiet, untilSignal, type Host } from './host';
import { hostOptions, type HostOptions } from './options';

interface NcOptions extends HostOptions {
  readonly listen?: true;
  readonly shutdown?: true;
  readonly verbose?: true;
  readonly keep?: true;
  readonly sourcePort?: number;
  readonly ipv4?: true;
  readonly ipv6?: true;
  /** µs */
  readonly wait?: number;
}

/** ms that the last FIN and its ACK may take. */
const CLOSING_TIME = 5000;

/** ms in which what already stands in our input still goes out, when the other end has sent everything. */
const LAST_WORDS = 100;

const EXAMPLES = `
As with OpenBSD's nc each direction ends on its own. Without -N the other end is
not told of the end of the input, and nc waits for it to hang up.
Exit code: 0, or 1 when there was no connection or it broke.

Examples:
  echo hello | synack nc -N 10.9.0.1 7     say a line and that this was all
  synack nc -l 9000 > file                 receive a file
  synack nc -v -w 3 --watch 10.9.0.1 80    see a handshake with a web server`;

export function addNc(program: Command): void {
  const command = program
    .command('nc')
    .summary('netcat over synack: connect or listen, and pass bytes on')
    .description('Connects to a host, or listens (-l), and passes standard input and output on.')
    .usage('[options] <address> <port>\n       synack nc -l [options] [address] <port>')
    .argument('[addressAndPort...]', 'address or name, and port')
    .option('-l, --listen', 'wait for a connection instead of making one')
    .option('-N, --shutdown', 'at the end of the input send a FIN: "I have sent everything"')
    .option('-v, --verbose', 'tell of connections on standard error')
    .option('-w, --wait <seconds>', 'give up when the connection cannot be made, or is idle, for so long', seconds)
    .option('-k, --keep', 'with -l: wait for another connection when one has ended')
    .option('-p, --source-port <port>', 'our own port', portNumber)
    .addOption(new Option('-4, --ipv4', 'IPv4 only').conflicts('ipv6'))
    .option('-6, --ipv6', 'IPv6 only');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (operands: string[], options: NcOptions) => {
      process.exitCode = await nc(operands, options, command);
    });
}

async function nc(operands: readonly string[], options: NcOptions, command: Command): Promise<number> {
  if (options.pcap === '-') {
    throw new Failure('nc writes what it receives to standard output; give --pcap a file');
  }
  const { address, port } = readOperands(operands, options, command);
  const signal = untilSignal();
  const host = await openHost(options, { screen: process.stderr, program: 'synack nc' });
  const { stdin } = process;
  stdin.pause();
  try {
    const work =
      options.listen || address === undefined
        ? listen(host, address, port, options)
        : call(host, address, port, options);
    const code = await Promise.race([work.then(() => 0), signal]);
    if (code === 0) await Promise.race([untilQuiet(host.stack, { timeWait: false, limit: CLOSING_TIME }), signal]);
    return code;
  } finally {
    // A terminal that is still waited on would keep us here.
    stdin.destroy();
    await host.close();
  }
}

function readOperands(
  operands: readonly string[],
  { listen, sourcePort }: NcOptions,
  command: Command,
): { address: string | undefined; port: number } {
  const [first, second] = operands;
  const [address, text] =
    second === undefined ? [undefined, first ?? (listen && String(sourcePort ?? ''))] : [first, second];
  if (!text || operands.length > 2 || (address === undefined && !listen)) {
    command.error(`error: ${listen ? 'a port' : 'an address and a port'} must be given`);
  }
  return { address, port: portNumber(text) };
}

function verbose({ verbose }: NcOptions, message: string): void {
  if (verbose) process.stderr.write(`${message}\n`);
}

/** Makes a connection and passes bytes on until it ends. */
async function call({ stack }: Host, address: string, port: number, options: NcOptions): Promise<void> {
  const { sourcePort, wait, ipv4, ipv6 } = options;
  const family = ipv6 ? 6 : ipv4 ? 4 : undefined;
  const kind = isIP(address);
  if (family !== undefined && kind !== 0 && kind !== family) {
    throw new Failure(`${address} is an IPv${kind} address, and IPv${family} was asked for`);
  }
  const socket = stack.net.connect({
    host: address,
    port,
    ...(family !== undefined && { family }),
    allowHalfOpen: true,
    ...(sourcePort !== undefined && { localPort: sourcePort }),
  });
  const timer =
    wait === undefined
      ? undefined
      : setTimeout(() => {
          socket.destroy(
            new Failure(`no connection to ${withPort(address, port)}: no answer in ${wait / 1_000_000} s`),
          );
        }, wait / 1000);
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`no connection to ${withPort(address, port)}: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  verbose(options, `Connection to ${address} ${port} succeeded!`);
  await passOn(socket, options);
}

/** Takes one connection, or with -k one after the other. */
async function listen(
  { stack, addresses }: Host,
  address: string | undefined,
  port: number,
  options: NcOptions,
): Promise<void> {
  const { ipv4, ipv6 } = options;
  const server = stack.net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  // Without an address: at all of ours, of both families unless one is asked for.
  const any = ipv4 ? '0.0.0.0' : ipv6 ? '::' : undefined;
  server.listen({ port, ...((address ?? any) && { host: address ?? any }), ...(ipv6 && { ipv6Only: true }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Failure(`cannot listen on ${withPort(address ?? any ?? '*', port)}: ${reasonOf(error)}`);
  }
  const places = address === undefined ? addresses.filter((each) => !(each.includes(':') ? ipv4 : ipv6)) : [address];
  verbose(options, `Listening on ${places.join(', ')} ${port}`);
  const waiting: Socket[] = [];
  server.on('connection', (socket) => {
    // With one connection at a time, others wait with their bytes until it is their turn.
    if (options.keep || waiting.length === 0) waiting.push(socket);
    if (!options.keep) server.close();
  });
  do {
    if (waiting.length === 0) await once(server, 'connection');
    const socket = waiting.shift();
    if (socket === undefined) continue;
    verbose(options, `Connection received on ${plainAddress(socket.remoteAddress)} ${socket.remotePort ?? '?'}`);
    await passOn(socket, options);
  } while (options.keep);
}

/**
 * Standard input to the socket and the socket to standard output. Ends when both directions have ended; when listening, as
 * soon as the other end has sent everything; and when the connection was idle for `-w`.
 */
async function passOn(socket: Socket, options: NcOptions): Promise<void> {
  const { stdin, stdout } = process;
  let inputEnded = stdin.readableEnded;
  let peerEnded = false;
  await new Promise<void>((resolve, reject) => {
    const hangUpIfDone = (): void => {
      if (!peerEnded) return;
      if (inputEnded) socket.end();
      else if (options.listen) setTimeout(() => socket.end(), LAST_WORDS);
    };
    const onInputEnd = (): void => {
      inputEnded = true;
      if (options.shutdown) socket.end();
      hangUpIfDone();
    };
    const onOutputError = (error: Error): void => {
      // Who read our output has seen enough.
      if (codeOf(error) === 'EPIPE') socket.destroy();
      else socket.destroy(error);
    };
    const cleanUp = (): void => {
      stdin.unpipe(socket);
      stdin.off('end', onInputEnd);
      stdout.off('error', onOutputError);
    };
    socket.on('end', () => {
      peerEnded = true;
      hangUpIfDone();
    });
    socket.on('error', (error) => {
      cleanUp();
      reject(new Failure(`the connection broke: ${reasonOf(error)}`));
    });
    socket.on('close', () => {
      cleanUp();
      resolve();
    });
    if (options.wait !== undefined)
      socket.setTimeout(options.wait / 1000, () => {
        socket.destroySoon();
      });
    stdout.on('error', onOutputError);
    socket.pipe(stdout, { end: false });
    stdin.on('end', onInputEnd);
    if (inputEnded) onInputEnd();
    else stdin.pipe(socket, { end: false });
  });
}
