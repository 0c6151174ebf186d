import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Link } from '../link/link';
import type { LinkNotation } from '../link/notation';
import { openLink } from '../link/open';
import { bearer, readKey } from '../link/open-tunnel';
import { RelayServer } from '../link/relay-server';
import { inUrl, withPort } from '../wire/address';
import { between, link, several } from './arguments';
import { Failure, reasonOf } from './failure';
import { say, untilSignal } from './host';

interface RelayCommandOptions {
  readonly ws?: number;
  readonly udp?: number;
  readonly host?: string;
  readonly link?: readonly LinkNotation[];
  readonly key?: string;
  readonly keyFile?: string;
  readonly medium: Link['medium'];
  readonly mtu?: number;
  readonly json?: true;
}

const DEFAULT_PORT = 8765;
/** So that someone who listens on the wire has no use for how long it takes to compare. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const EXAMPLES = `
All who come to a relay are on one Ethernet (or, with --medium ip, on one network of IP
packets), wherever they are. It hides nothing: with --key strangers are turned away; for
WebSockets that others cannot read, put a web server that speaks TLS before it.

Examples:
  synack relay                                                        on one host
  synack serve echo --link ws:ws://HOST:8765/,address=10.9.0.2/24     on a second one
  synack nc 10.9.0.2 7 --link ws:ws://HOST:8765/,address=10.9.0.3/24  on a third

  synack relay --udp 4789 --key-file secret        hosts come by UDP alone
  synack relay --link tap:tap0,host=10.9.0.1/24    this machine's kernel is on it, too`;

export function addRelay(program: Command): void {
  program
    .command('relay')
    .summary('a place where tunnels meet')
    .description('Joins hosts that come by WebSocket or UDP (--link ws:…, udp:…) as an Ethernet switch does.')
    .option(
      '--ws <port>',
      `the port of the kernel's to which WebSockets come; default, without --udp: ${DEFAULT_PORT}`,
      between(0, 65_535),
    )
    .option('--udp <port>', "the port of the kernel's to which datagrams come", between(0, 65_535))
    .addOption(
      new Option('--host <address>', 'take them at this address of the kernel’s only').argParser((text: string) => {
        if (isIP(text) === 0) throw new InvalidArgumentError('It is an IPv4 or IPv6 address of this machine.');
        return text;
      }),
    )
    .addOption(new Option('--link <link>', 'join this link, too, and again for more').argParser(several(link)))
    .option('--key <secret>', 'only those with this key (a setting of ws: and udp: links) may join')
    .addOption(new Option('--key-file <file>', 'the key is its first line').conflicts('key'))
    .addOption(new Option('--medium <medium>', 'what the frames are').choices(['ethernet', 'ip']).default('ethernet'))
    .option('--mtu <bytes>', 'the largest IP packet (default: 1400)', between(68, 65_475))
    .option('--json', 'at the end one JSON object, see docs/commands.md')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RelayCommandOptions) => {
      process.exitCode = await relay(options);
    });
}

async function relay(options: RelayCommandOptions): Promise<number> {
  const signal = untilSignal();
  const server = await listen(options);
  const links: Link[] = [];
  try {
    for (const notation of options.link ?? []) {
      // What comes from a kernel goes on as on a wire: with its checksum, and in pieces.
      const opened = await openLink(notation, { defaults: { offload: 'none', medium: options.medium } });
      links.push(opened.link);
      join(server, opened.link);
    }
    for (const place of placesOf(server, options)) say(place);
    return await signal;
  } finally {
    const counts = { ...server.relay.counters, turned_away: server.turnedAway };
    const joined = server.relay.links.size;
    await server.close();
    await Promise.all(links.map((each) => each.close()));
    tell(joined, counts, options);
  }
}

async function listen({ ws, udp, host, key, keyFile, medium, mtu }: RelayCommandOptions): Promise<RelayServer> {
  const webSocket = ws ?? (udp === undefined ? DEFAULT_PORT : undefined);
  const secret = keyFile === undefined ? key : readKey(keyFile);
  const admit = secret === undefined ? undefined : admitting(secret);
  try {
    return await RelayServer.listen({
      medium,
      ...(mtu !== undefined && { mtu }),
      ...(webSocket !== undefined && {
        webSocket: { port: webSocket, ...(host !== undefined && { host }), ...(admit && { admit }) },
      }),
      ...(udp !== undefined && {
        udp: {
          local: { port: udp, ...(host !== undefined && { address: host }) },
          ...(secret !== undefined && { key: secret }),
        },
      }),
    });
  } catch (error) {
    throw new Failure(`cannot open the relay: ${reasonOf(error)}`, 1, { cause: error });
  }
}

function admitting(key: string): (request: IncomingMessage) => boolean {
  const wanted = digest(bearer(key));
  return ({ headers: { authorization = '' } }) => timingSafeEqual(digest(authorization), wanted);
}

function join(server: RelayServer, joining: Link): void {
  try {
    server.relay.add(joining);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), 1, { cause: error });
  }
}

/** Where the relay is found, as a host on it would write its link. */
function placesOf(server: RelayServer, { host, medium }: RelayCommandOptions): string[] {
  const own = Object.values(networkInterfaces()).flat();
  const address =
    host ?? own.find((each) => each?.internal === false && each.family === 'IPv4')?.address ?? '127.0.0.1';
  const settings = medium === 'ip' ? ',medium=ip' : '';
  return [
    ...(server.port === undefined
      ? []
      : [`relay for WebSockets; a host's link: ws:ws://${withPort(address, server.port)}/${settings},address=…`]),
    ...(server.udpPort === undefined
      ? []
      : [`relay for UDP; a host's link: udp:0:${inUrl(address)}:${server.udpPort}${settings},address=…`]),
  ];
}

function tell(
  links: number,
  counts: RelayServer['relay']['counters'] & { turned_away: number },
  { json }: RelayCommandOptions,
): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: 'relay', links, ...counts })}\n`);
    return;
  }
  const { forwarded, flooded, filtered, dropped, evicted, turned_away: turnedAway } = counts;
  say(
    `${links} links; frames: ${forwarded} to one, ${flooded} to all, ${filtered} to nobody else, ${dropped} dropped; ` +
      `${evicted} addresses forgotten, ${turnedAway} turned away`,
  );
}
