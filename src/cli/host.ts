import { readFileSync } from 'node:fs';
import type { Clock } from '../clock/clock';
import { SystemClock } from '../clock/system-clock';
import { capture } from '../link/capture';
import { impair } from '../link/impair';
import type { Link } from '../link/link';
import { TapLink } from '../link/tap';
import { Stack } from '../node/stack';
import { CaptureFile } from './capture-file';
import { Failure } from './failure';
import { KeyLogFile } from './key-log';
import type { HostOptions } from './options';
import { SecretsFirst } from './secrets-first';
import { watch, type Screen, type WatchOptions } from './watch';

/** A synack on a wire. */
export interface Host {
  readonly stack: Stack;
  /** Our address, without the prefix. */
  readonly address: string;
  /** The device's name. */
  readonly device: string;
  /** From now on only what the stack's users have open keeps the process alive. */
  unref(): void;
  /** Ends what is open, tells what is left to tell, and finishes the capture. */
  close(): Promise<void>;
}

export interface HostSurroundings {
  /** Where the ladder or log goes. */
  readonly screen: Screen;
  readonly names?: WatchOptions['names'];
}

const LAB_TAP = 'tap0';

/** Says something about the run on standard error. */
export function say(message: string): void {
  process.stderr.write(`synack: ${message}\n`);
}

/**
 * Puts a synack on the TAP device that the options name, with all that they ask for around it.
 * @throws LinkError when the device cannot be opened; Failure when the options cannot be
 */
export function openHost(options: HostOptions, surroundings: HostSurroundings): Host {
  const { tap: name = deviceOfLab() } = options;
  // The same of segments: none joined, none left to be cut.
  const offload = options.offload ?? (options.watch === undefined ? undefined : 'none');
  const tap = TapLink.open(name, offload === undefined ? {} : { offload });
  tap.onError = (error) => {
    say(error.message);
  };
  try {
    return hostOn(tap, new SystemClock(), options, surroundings);
  } catch (error) {
    // An open device would keep the program alive.
    void tap.close();
    throw error;
  }
}

/** Whether there is a device to open: one that is named, or the lab's. */
export function hasDevice({ tap }: HostOptions): boolean {
  return tap !== undefined || hasLabTap();
}

/** A synack without a wire: its loopback. */
export function openLoopback(options: HostOptions, surroundings: HostSurroundings): Host {
  return hostOn(undefined, new SystemClock(), options, surroundings);
}

/** The same on a link that is there already. */
export function hostOn(
  device: (Link & { unref?(): unknown }) | undefined,
  clock: Clock,
  options: HostOptions,
  { screen, names }: HostSurroundings,
): Host {
  const { pcap, keylog, impair: impairment, gateway, msl, dns, watch: how } = options;
  if (device === undefined && (pcap ?? impairment) !== undefined) {
    throw new Failure('there is no wire for --pcap or --impair: loopback alone is there; name a device with --tap');
  }
  let link = device;
  // What the bad network loses on the way out is in the capture, as it would be at home before a bad network.
  if (link !== undefined && impairment !== undefined) link = impair(link, { clock, ...impairment });
  const file = pcap === undefined ? undefined : CaptureFile.open(pcap, say);
  const blocks = file === undefined ? undefined : new SecretsFirst(file.write);
  if (link !== undefined && blocks !== undefined) link = capture(link, blocks.frame, { clock });
  const keys = typeof keylog === 'string' ? KeyLogFile.open(keylog, say) : undefined;

  // Who watches is to see each step by itself: the ACK of a FIN, and then our own.
  const stack = new Stack({
    clock,
    tcp: msl === undefined ? {} : { msl },
    piggyback: how === undefined,
    ...(dns && { dns: { servers: dns } }),
  });
  const inCapture = keylog === false ? undefined : blocks;
  if (inCapture !== undefined || keys !== undefined) {
    stack.logKeys((line) => {
      inCapture?.secret(line);
      keys?.write(line);
    });
  }
  const watching =
    how === undefined ? undefined : watch(stack, { ...options, watch: how, screen, ...(names && { names }) });
  try {
    if (link !== undefined) stack.attach(link, { address: options.address, ...(gateway !== undefined && { gateway }) });
  } catch (error) {
    throw error instanceof RangeError ? new Failure(error.message) : error;
  }
  return {
    stack,
    address: options.address.replace(/\/.*/, ''),
    device: device?.name ?? 'lo',
    unref: () => {
      device?.unref?.();
    },
    close: async () => {
      await stack.close();
      watching?.end();
      blocks?.flush();
      await file?.close();
      keys?.close();
    },
  };
}

/** Without a name: the lab's TAP, if we are in a lab. The host's network is touched only when its user names a device. */
function deviceOfLab(): string {
  if (hasLabTap()) return LAB_TAP;
  throw new Failure(
    `there is no TAP device ${LAB_TAP} here. Run the command in a lab: synack lab -- synack …; ` +
      'or name a device with --tap (as root; it is made if it is not there)',
  );
}

function hasLabTap(): boolean {
  const devices = readFileSync('/proc/net/dev', 'utf8');
  return devices.split('\n').some((line) => line.trim().startsWith(`${LAB_TAP}:`));
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
