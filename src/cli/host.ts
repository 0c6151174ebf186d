import type { Clock } from '../clock/clock';
import { SystemClock } from '../clock/system-clock';
import { offerStatus } from '../control/offer';
import { impair, type ImpairedLink } from '../link/impair';
import { openLink, type DeviceLink, type LinkConfig } from '../link/open';
import { Stack } from '../node/stack';
import { isLinkLocal6 } from '../wire/address';
import { gotAddresses, untilAddressed } from './addressed';
import { Captures } from './capture-links';
import { asFailure, Failure, NOT_ASKED } from './failure';
import { startInspecting } from './inspect/inspecting';
import { KeyLogFile } from './key-log';
import { linksOf } from './links';
import { openLinks } from './open-links';
import type { HostOptions } from './options';
import { sharePorts } from './shared-ports';
import { watch, type Screen, type WatchOptions } from './watch';

/** A synack on a wire, or on several. */
export interface Host {
  readonly stack: Stack;
  /** Our first address, without the prefix. */
  readonly address: string;
  /** All of them, IPv4 first; those that are link-local only where there are no others. */
  readonly addresses: readonly string[];
  /** The devices' names. */
  readonly device: string;
  /** All that the options ask for is there. Rejects with a Failure where it cannot be. */
  readonly ready: Promise<void>;
  /** From now on only what the stack's users have open keeps the process alive. */
  unref(): void;
  /** Ends what is open, tells what is left to tell, and finishes the capture. */
  close(): Promise<void>;
}

export interface HostSurroundings {
  /** Where the ladder or log goes. */
  readonly screen: Screen;
  readonly names?: WatchOptions['names'];
  /** What the process is called in `synack ss`. Default: it is not there. */
  readonly program?: string;
}

/** A link that is there already, and how it becomes an interface. */
export interface Attachment {
  readonly link: DeviceLink;
  readonly config: LinkConfig;
}

/** Says something about the run on standard error. */
export function say(message: string): void {
  process.stderr.write(`synack: ${message}\n`);
}

/**
 * Puts a synack on the links that the options name, with all that they ask for around it. Where addresses come later (DHCP, router
 * advertisements) it waits for them.
 * @throws LinkError when a link cannot be opened; Failure when the options cannot be, or no address comes
 */
export async function openHost(options: HostOptions, surroundings: HostSurroundings): Promise<Host> {
  // The same of segments: none joined, none left to be cut.
  const offload = options.offload ?? (options.watch === undefined ? undefined : 'none');
  const clock = new SystemClock();
  const attachments = await openLinks(linksOf(options), async (notation) => {
    const opened = await openLink(notation, { clock, ...(offload !== undefined && { defaults: { offload } }) });
    opened.link.onError = (error) => {
      say(error.message);
    };
    return opened;
  });
  try {
    const host = hostOn(attachments, clock, options, surroundings);
    const wires = host.stack.ip.interfaces.filter(({ loopback }) => !loopback);
    const interfaces = wires.map((on, index) => ({ on, config: attachments[index]?.config ?? {} }));
    try {
      await untilAddressed(interfaces);
      await host.ready;
    } catch (error) {
      await host.close();
      throw error;
    }
    for (const each of interfaces) {
      for (const line of gotAddresses(each, clock.now())) say(`${each.on.name}: ${line}`);
    }
    return { ...host, ...addressesOf(host.stack) };
  } catch (error) {
    // An open device would keep the program alive.
    for (const { link } of attachments) void link.close();
    throw error;
  }
}

/** The same for a command that asks the network: what could not be asked at all has an exit code of its own. */
export async function openAsker(options: HostOptions): Promise<Host> {
  try {
    return await openHost(options, { screen: process.stderr });
  } catch (error) {
    const failure = asFailure(error);
    throw failure === undefined ? error : new Failure(failure.message, NOT_ASKED, { cause: error });
  }
}

/** A synack without a wire: its loopback. */
export function openLoopback(options: HostOptions, surroundings: HostSurroundings): Host {
  return hostOn([], new SystemClock(), options, surroundings);
}

/** The same on links that are there already. */
export function hostOn(
  attachments: readonly Attachment[],
  clock: Clock,
  options: HostOptions,
  { screen, names, program }: HostSurroundings,
): Host {
  const { pcap, keylog, impair: impairment, msl, dns, watch: how } = options;
  if (attachments.length === 0 && (pcap ?? impairment) !== undefined) {
    throw new Failure('there is no wire for --pcap or --impair: loopback alone is there; name a device with --link');
  }
  const captures = new Captures(options, clock, say);
  const keys = typeof keylog === 'string' ? KeyLogFile.open(keylog, say) : undefined;

  const ephemeralPorts = attachments.find(({ link }) => link.ephemeralPorts !== undefined)?.link.ephemeralPorts;
  // Who watches is to see each step by itself: the ACK of a FIN, and then our own.
  const stack = new Stack({
    clock,
    tcp: { ...(msl !== undefined && { msl }), ...(ephemeralPorts && { ephemeralPorts }) },
    udp: { ...(ephemeralPorts && { ephemeralPorts }) },
    ...(options.forward && { ip: { forward: true } }),
    piggyback: how === undefined,
    ...(dns && { dns: { servers: dns } }),
  });
  captures.of(stack);
  stack.logKeys((line) => {
    captures.secret(line);
    keys?.write(line);
  });
  const watching =
    how === undefined ? undefined : watch(stack, { ...options, watch: how, screen, ...(names && { names }) });
  const mayBeSeen = options.status !== false && program !== undefined;
  const isInspected = mayBeSeen || (options.inspect ?? options.inspectSelf) !== undefined;
  const impaired: ImpairedLink[] = [];
  try {
    for (const { link, config } of attachments) {
      // What the bad network loses on the way out is in the capture, as it would be at home before a bad network.
      let bad: ImpairedLink | undefined;
      if (impairment !== undefined || isInspected) {
        bad = impair(link, { clock, seed: 1, passThrough: impairment === undefined, ...impairment });
        impaired.push(bad);
      }
      stack.attach(captures.wrap(bad ?? link, bad?.counters), config);
    }
  } catch (error) {
    throw error instanceof RangeError ? new Failure(error.message) : error;
  }
  sharePorts(
    stack,
    attachments.map(({ link }) => link),
    say,
  );
  const offer = mayBeSeen ? offerStatus(stack, { program }) : undefined;
  if (offer !== undefined) captures.offer(program ?? '', say);
  const inspecting = isInspected
    ? startInspecting(stack, {
        program: program ?? 'synack',
        inspect: options.inspect,
        inspectSelf: options.inspectSelf,
        links: impaired,
        impairment,
        statusPath: offer?.path,
        say,
      })
    : undefined;
  return {
    stack,
    ready: inspecting?.ready ?? Promise.resolve(),
    ...addressesOf(stack),
    device: attachments.map(({ link }) => link.name).join(', ') || 'lo',
    unref: () => {
      for (const { link } of attachments) link.unref?.();
    },
    close: async () => {
      offer?.close();
      inspecting?.close();
      await stack.close();
      watching?.end();
      await captures.close();
      keys?.close();
    },
  };
}

/** Resolves on Ctrl-C and the other signals that end a program, with the exit code that tells of it. */
export function untilSignal(): Promise<number> {
  return new Promise((resolve) => {
    const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    for (const [signal, code] of Object.entries(signals)) {
      process.once(signal, () => {
        resolve(code);
      });
    }
  });
}

/**
 * Resolves when no connection is in a state in which the other end still needs us; with `timeWait`, TIME-WAIT is one.
 * @param limit ms to wait at most
 */
export function untilQuiet(stack: Stack, { timeWait, limit }: { timeWait: boolean; limit: number }): Promise<void> {
  const isQuiet = (): boolean =>
    stack.tcp.connections().every(({ state }) => state === 'CLOSED' || (state === 'TIME-WAIT' && !timeWait));
  if (isQuiet()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, limit);
    const stop = stack.observe(({ type }) => {
      // The table is up to date once the event's turn is over.
      if (type !== 'transition') return;
      setImmediate(() => {
        if (isQuiet()) done();
      });
    });
  });
}

/** Where our servers are found: what the interfaces have now. */
function addressesOf(stack: Stack): Pick<Host, 'address' | 'addresses'> {
  const wires = stack.ip.interfaces.filter(({ loopback }) => !loopback);
  const all = [...wires.flatMap((each) => each.addresses), ...wires.flatMap((each) => each.addresses6)];
  const wide = all.filter(({ address }) => typeof address === 'number' || !isLinkLocal6(address));
  const addresses = (wide.length > 0 ? wide : all).map(({ cidr }) => cidr.replace(/\/.*/, ''));
  const [address = '127.0.0.1'] = addresses;
  return { address, addresses: addresses.length > 0 ? addresses : [address] };
}
