import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { Argument, type Command } from 'commander';
import { inUrl, withPort } from '../wire/address';
import { peerOf } from './addresses';
import { port } from './arguments';
import { Failure, reasonOf } from './failure';
import { openHost, say, untilQuiet, untilSignal, type Host } from './host';
import { hostOptions, type HostOptions } from './options';
import { SERVICES, type ServiceName } from './services';
import {
  createWebServer,
  prepareWeb,
  WEB_SERVICES,
  type Prepared,
  type WebOptions,
  type WebServer,
  type WebServiceName,
} from './web/services';

interface ServeOptions extends HostOptions, WebOptions {
  readonly port?: number;
  readonly once?: true;
  readonly quiet?: true;
}

const ALL = { ...SERVICES, ...WEB_SERVICES };

/** ms in which clients are to answer our goodbye. */
const PATIENCE = 3000;

const EXAMPLES = `
Services:
${Object.entries(ALL)
  .map(([name, { port, rfc, description }]) => `  ${name.padEnd(8)}  ${description} (${rfc}, port ${port})`)
  .join('\n')}

https and wss make a certificate of their own unless --cert and --key name one. A
capture (--pcap) has the secrets of TLS in it, so that Wireshark shows what was said.

Examples:
  synack lab                               a network to play in; inside it:
  synack serve echo --watch &              a server that shows every segment
  nc 10.9.0.2 7                            talk to it

  synack serve http docs                   http://10.9.0.2/
  synack serve ws --watch                  http://10.9.0.2/ has a page to try it
  synack serve wss --pcap - | wireshark -k -i -
  synack serve echo --impair loss=0.2,delay=50ms --watch

  synack serve http --link raw:eth0,ports=80             on the kernel's own address
  synack serve http --link pcap:eth0 --address dhcp      as a host of its own`;

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .summary('run a small server over synack')
    .description('Runs a web server, a WebSocket server or one of the small servers of the early RFCs on a link.')
    .addArgument(new Argument('<service>', 'what to serve').choices(Object.keys(ALL)))
    .argument('[directory]', 'for http and https: where the files are; default: here')
    .option('-p, --port <port>', "port to listen on; default: the service's own", port)
    .option('--once', 'serve one connection, wait until it is gone (TIME-WAIT too, see --msl), and exit')
    .option('--cert <file>', 'for https and wss: the certificate (PEM), with --key')
    .option('--key <file>', 'the key of --cert (PEM)')
    .option('-q, --quiet', 'no line on standard error for each request');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (service: ServiceName | WebServiceName, directory: string | undefined, options: ServeOptions) => {
      process.exitCode = await serve(service, { ...options, ...(directory !== undefined && { directory }) });
    });
}

/** A server that a command runs, and how it ends. */
interface Running {
  readonly server: Server;
  /** How a person can try it. */
  readonly hint: string;
  /** Resolves when the one connection of `--once` has ended. */
  readonly served: Promise<unknown>;
  /** On a signal. */
  end(): Promise<void>;
}

/** Serves until the one connection has ended or a signal comes; the exit code. */
async function serve(name: ServiceName | WebServiceName, options: ServeOptions): Promise<number> {
  const web = prepareWeb(name, options);
  const wanted = options.port ?? ALL[name].port;
  const signal = untilSignal();
  // A capture on standard output has it for itself.
  const host = await openHost(options, {
    screen: options.pcap === '-' ? process.stderr : process.stdout,
    program: `synack serve ${name}`,
  });
  try {
    const { stack, addresses, device } = host;
    const running =
      web === undefined
        ? startSmall(host, name as ServiceName, wanted, options)
        : await startWeb(host, web, wanted, options);
    // At every address of ours, of both families, also those that come later.
    running.server.listen(wanted);
    try {
      await once(running.server, 'listening');
    } catch (error) {
      throw new Failure(`cannot listen on port ${wanted}: ${reasonOf(error)}`);
    }
    const places = addresses.map((each) => withPort(each, wanted)).join(', ');
    say(`${name} (${ALL[name].rfc}) at ${places} on ${device}; try: ${running.hint}`);
    const code = await Promise.race([running.served.then(() => 0), signal]);
    if (code === 0) await Promise.race([untilQuiet(stack, { timeWait: true, limit: 10 * 60_000 }), signal]);
    else await running.end();
    running.server.close();
    return code;
  } finally {
    await host.close();
  }
}

function startSmall({ stack, address }: Host, name: ServiceName, port: number, options: ServeOptions): Running {
  const service = SERVICES[name];
  const server = stack.net.createServer({ allowHalfOpen: true });
  const served = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      const from = peerOf(socket);
      if (options.once) server.close();
      void service
        .serve(socket)
        .catch((error: unknown) => {
          if (server.listening || options.once) say(`${name}: the connection from ${from} broke: ${reasonOf(error)}`);
        })
        .then(() => {
          if (options.once) resolve();
        });
    });
  });
  return { server, hint: `nc ${address} ${port}`, served, end: () => Promise.resolve() };
}

async function startWeb(
  { stack, address }: Host,
  prepared: Prepared,
  port: number,
  { once: onlyOne, quiet }: ServeOptions,
): Promise<Running> {
  const web = await createWebServer(stack, address, prepared, (line) => {
    if (!quiet) process.stderr.write(`${line}\n`);
  });
  tellOfCertificate(web);
  const { server } = web;
  const served = new Promise<void>((resolve) => {
    if (!onlyOne) return;
    server.once('connection', (socket: Socket) => {
      server.close();
      socket.on('close', () => {
        resolve();
      });
    });
  });
  const { secure, serves, port: ownPort } = WEB_SERVICES[prepared.name];
  const place = `${secure ? 's' : ''}://${port === ownPort ? inUrl(address) : withPort(address, port)}/`;
  const hint =
    serves === 'files'
      ? `curl ${web.certificate?.isOurs ? '-k ' : ''}http${place}`
      : `ws${place}, or http${place} in a browser`;
  const end = async (): Promise<void> => {
    await web.end(PATIENCE);
    // After WebSocket's goodbye, TCP's.
    await untilQuiet(stack, { timeWait: false, limit: PATIENCE });
  };
  return { server, hint, served, end };
}

function tellOfCertificate({ certificate }: WebServer): void {
  if (certificate === undefined) return;
  if (certificate.isOurs) say('nobody vouches for this certificate, made just now: compare its fingerprint (SHA-256)');
  say(certificate.fingerprint);
}
