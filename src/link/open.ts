import { SystemClock } from '../clock/system-clock';
import type { Clock } from '../clock/clock';
import { LinkError } from './errors';
import type { Link } from './link';
import { memoryPair } from './memory';
import { isWay, parseLink, requireSwitch, requireWhole, wrongLink, type LinkKind, type LinkNotation } from './notation';
import type { DeviceOptions } from './device-options';
import { TapLink } from './tap';
import { openUdp, openWebSocket, type TunnelSettings } from './open-tunnel';
import { PcapLink } from './pcap';
import { RawSocketLink } from './raw-socket';
import { TunLink } from './tun';

/** What can be said of any link that a device or a socket is behind. */
export interface DeviceLink extends Link {
  /** Lets the process end while the link is open. */
  unref?(): unknown;
  /** Called when something went wrong later on; it never stops the program. */
  onError?: (error: LinkError) => void;
  /** Where ports are shared with the kernel: those for connections that go out, for the stack's `ephemeralPorts`. */
  readonly ephemeralPorts?: { readonly first: number; readonly last: number };
  /** Where ports are shared with the kernel: makes one ours, to listen on. */
  reservePort?(port: number): void;
}

/** How a link becomes an interface: what `stack.attach` takes. */
export interface LinkConfig {
  /** Address and prefix length of each; none where they come later (`dhcp`, `slaac`, `linkLocal`). */
  readonly address: readonly string[];
  readonly gateway?: string | readonly string[];
  readonly mac?: string;
  readonly metric?: number;
  readonly masquerade?: boolean;
  readonly dhcp?: true;
  readonly slaac?: true;
  readonly linkLocal?: true;
}

/** A link, and what its notation says of the interface that it becomes. */
export interface OpenedLink {
  readonly link: DeviceLink;
  readonly config: LinkConfig;
  readonly notation: LinkNotation;
}

export interface OpenLinkOptions {
  /** For links that carry frames in memory. Default: the system's time. */
  readonly clock?: Clock;
  /** Settings that hold where the notation has none of that name, such as `{ offload: 'none' }`; kinds that do not know one go without. */
  readonly defaults?: Readonly<Record<string, string>>;
}

/** What a kind has opened: the link, and what it knows of itself. */
interface Opened {
  readonly link: DeviceLink;
  readonly addresses?: readonly string[];
  readonly mac?: string;
}

type Open = (notation: LinkNotation, options: OpenLinkOptions) => Opened | Promise<Opened>;

/**
 * Opens a link from its notation (docs/links.md):
 *
 *   const { link, config } = await openLink('raw:eth0,ports=8080');
 *   stack.attach(link, config);
 *
 * @throws LinkError when the notation is none, or the link cannot be opened; the message says what to do
 */
export async function openLink(link: string | LinkNotation, options: OpenLinkOptions = {}): Promise<OpenedLink> {
  const notation = typeof link === 'string' ? parseLink(link) : link;
  const opened = await OPENERS[notation.kind](notation, options);
  return { link: opened.link, config: configOf(notation, opened), notation };
}

/** What the notation says, and where it says nothing what the link knows. */
function configOf({ interface: said }: LinkNotation, { link, addresses = [], mac }: Opened): LinkConfig {
  const fixed = said.addresses.filter((address) => !isWay(address));
  const ourMac = said.mac ?? mac;
  const [gateway, ...others] = said.gateways;
  return {
    address: said.addresses.length === 0 ? addresses : fixed,
    ...(said.addresses.includes('dhcp') && { dhcp: true }),
    ...(said.addresses.includes('auto') && { slaac: true }),
    ...(said.addresses.includes('link-local') && { linkLocal: true }),
    ...(gateway !== undefined && { gateway: others.length === 0 ? gateway : said.gateways }),
    ...(said.metric !== undefined && { metric: said.metric }),
    ...(said.masquerade !== undefined && { masquerade: said.masquerade }),
    ...(ourMac !== undefined && link.medium === 'ethernet' && { mac: ourMac }),
  };
}

const OPENERS: Readonly<Record<LinkKind, Open>> = {
  tap: (notation, options) => ({ link: TapLink.open(notation.target, deviceOptions(notation, options)) }),
  tun: (notation, options) => ({ link: TunLink.open(notation.target, deviceOptions(notation, options)) }),
  raw: openRaw,
  pcap: openPcap,
  udp: async (notation, options) => ({ link: await openUdp(notation, tunnelSettings(notation, options)) }),
  ws: async (notation, options) => ({ link: await openWebSocket(notation, tunnelSettings(notation, options)) }),
  memory: openMemory,
};

/** The settings that TAP and TUN devices have. */
function deviceOptions(notation: LinkNotation, options: OpenLinkOptions): DeviceOptions {
  const { text } = notation;
  const offload = setting('offload', notation, options);
  const mtu = whole('mtu', notation, options);
  const sendBuffer = whole('send-buffer', notation, options);
  const host = setting('host', notation, options);
  const persist = setting('persist', notation, options);
  return {
    ...(offload !== undefined && {
      offload: choice(text, 'offload', offload, ['kernel', 'software', 'none'] as const),
    }),
    ...(mtu !== undefined && { mtu }),
    ...(sendBuffer !== undefined && { sendBuffer }),
    ...(host !== undefined && { host: listOf(host) }),
    ...(persist !== undefined && { persist: requireSwitch(text, 'persist', persist) }),
  };
}

function tunnelSettings(notation: LinkNotation, options: OpenLinkOptions): TunnelSettings {
  const mtu = whole('mtu', notation, options);
  const sendBuffer = whole('send-buffer', notation, options);
  const keepAlive = whole('keep-alive', notation, options);
  return {
    medium: mediumOf(notation, options),
    ...(mtu !== undefined && { mtu }),
    ...(sendBuffer !== undefined && { sendBuffer }),
    ...(keepAlive !== undefined && { keepAlive: keepAlive * 1000 }),
  };
}

function openRaw(notation: LinkNotation, options: OpenLinkOptions): Opened {
  const { target, text, interface: own } = notation;
  const ports = setting('ports', notation, options);
  const protocols = setting('protocols', notation, options);
  const echo = setting('echo', notation, options);
  const receiveBuffer = whole('receive-buffer', notation, options);
  const link = RawSocketLink.open(target, {
    ...(own.addresses.length > 0 && { addresses: own.addresses.map((cidr) => cidr.replace(/\/.*/, '')) }),
    ...(ports !== undefined && { ports: listOf(ports).join() }),
    ...(protocols !== undefined && {
      protocols: listOf(protocols).map((each) => choice(text, 'protocols', each, ['tcp', 'udp', 'icmp'] as const)),
    }),
    ...(echo !== undefined && { echo: choice(text, 'echo', echo, ['kernel', 'stack'] as const) }),
    ...(receiveBuffer !== undefined && { receiveBuffer }),
  });
  return { link, addresses: link.addresses };
}

function openPcap(notation: LinkNotation, options: OpenLinkOptions): Opened {
  const { target, text, interface: own } = notation;
  const filter = setting('filter', notation, options);
  const checksum = setting('checksum', notation, options);
  const bufferSize = whole('buffer-size', notation, options);
  const queueFrames = whole('queue-frames', notation, options);
  const queueBytes = whole('queue-bytes', notation, options);
  const link = PcapLink.open(target, {
    ...(own.mac !== undefined && { mac: own.mac }),
    ...(filter !== undefined && { filter }),
    ...(checksum !== undefined && {
      checksum: choice(text, 'checksum', checksum, ['auto', 'trust', 'verify'] as const),
    }),
    ...(bufferSize !== undefined && { bufferSize }),
    ...(queueFrames !== undefined && { queueFrames }),
    ...(queueBytes !== undefined && { queueBytes }),
  });
  return { link, mac: link.mac };
}

/** One of several words. */
function choice<Word extends string>(text: string, name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  if (word === undefined) throw wrongLink(text, `${name} is one of ${words.join(', ')}, not "${value}"`);
  return word;
}

function setting(name: string, { settings }: LinkNotation, { defaults = {} }: OpenLinkOptions): string | undefined {
  return settings[name] ?? defaults[name];
}

/** Several values of one setting stand with a + between them. */
function listOf(value: string): string[] {
  return value.split('+');
}

function whole(name: string, notation: LinkNotation, options: OpenLinkOptions): number | undefined {
  const value = setting(name, notation, options);
  return value === undefined ? undefined : requireWhole(notation.text, name, value);
}

function mediumOf(notation: LinkNotation, options: OpenLinkOptions): Link['medium'] {
  return choice(notation.text, 'medium', setting('medium', notation, options) ?? 'ethernet', [
    'ethernet',
    'ip',
  ] as const);
}

/** Ends of cables whose other end nobody has opened yet, by name. */
const waiting = new Map<string, DeviceLink>();

/** Who opens a cable first has one end, who opens it next the other. */
function openMemory(notation: LinkNotation, options: OpenLinkOptions): Opened {
  const { target } = notation;
  const there = waiting.get(target);
  if (there !== undefined) {
    waiting.delete(target);
    return { link: there };
  }
  const mtu = whole('mtu', notation, options);
  const name = target === '' ? 'memory' : target;
  const [ours, theirs] = memoryPair({
    clock: options.clock ?? new SystemClock(),
    medium: mediumOf(notation, options),
    ...(mtu !== undefined && { mtu }),
    names: [`${name}-a`, `${name}-b`],
  });
  waiting.set(target, theirs);
  return { link: ours };
}
