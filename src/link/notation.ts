import { LinkError } from './errors';

/**
 * The notation for links that commands, programs and documents share: the kind, what it opens, and settings.
 *
 *   tap:tap0    raw:eth0,ports=8080+20000-29999    pcap:eth0,address=10.9.0.2/24+fd00:9::2/64,gateway=10.9.0.1
 *
 * Several values of one setting stand with a + between them.
 */
export interface LinkNotation {
  readonly kind: LinkKind;
  /** A device's name, a URL, the two ends of a tunnel, or the name of a cable in memory. */
  readonly target: string;
  /** The link's own: how it is opened, each as it was written. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the link becomes as an interface. */
  readonly interface: InterfaceSettings;
  /** As it was written. */
  readonly text: string;
}

/** What a notation can say of the interface that a link becomes; all of it may be missing. */
export interface InterfaceSettings {
  /** `10.9.0.2/24`, `fd00:9::2/64`, or one of `WAYS`. */
  readonly addresses: readonly string[];
  /** Routers to all other networks: one for each family. */
  readonly gateways: readonly string[];
  readonly mac?: string;
  readonly metric?: number;
  /** What is forwarded to this interface leaves with its address (NAT). */
  readonly masquerade?: boolean;
}

/** Ways for an interface to get its address by itself: by DHCP, by router advertisements (SLAAC), or from 169.254.0.0/16 (RFC 3927). */
export const WAYS = ['dhcp', 'auto', 'link-local'] as const;
export type Way = (typeof WAYS)[number];

export function isWay(text: string): text is Way {
  return WAYS.some((way) => way === text);
}

export const LINK_KINDS = ['tap', 'tun', 'raw', 'pcap', 'udp', 'ws', 'memory'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** How each kind is written, and what it is. */
export const LINK_FORMS: Readonly<Record<LinkKind, { readonly form: string; readonly what: string }>> = {
  tap: { form: 'tap:NAME', what: 'a TAP device: an Ethernet cable to the kernel' },
  tun: { form: 'tun:NAME', what: 'a TUN device: IP packets to and from the kernel' },
  raw: { form: 'raw:DEVICE', what: "raw sockets: the kernel's own addresses on a device, with ports of our own" },
  pcap: { form: 'pcap:DEVICE', what: 'libpcap: a host of its own on a device’s Ethernet' },
  udp: { form: 'udp:PORT:HOST:PORT', what: 'a tunnel: frames in UDP datagrams, from our port to another' },
  ws: { form: 'ws:URL', what: 'a tunnel: frames over a WebSocket, ws:ws://host:port/path' },
  memory: { form: 'memory:NAME', what: 'a cable between two stacks of one process; without a name, none' },
};

/** Settings of the interface, for every kind; `mac` for those that are Ethernet. */
const OF_INTERFACE = ['address', 'gateway', 'metric', 'masquerade', 'mac'];

/** Settings of the links themselves. */
export const LINK_SETTINGS: Readonly<Record<LinkKind, readonly string[]>> = {
  tap: ['mtu', 'offload', 'host', 'persist', 'send-buffer'],
  tun: ['mtu', 'offload', 'host', 'persist', 'send-buffer'],
  raw: ['ports', 'protocols', 'echo', 'receive-buffer'],
  pcap: ['filter', 'checksum', 'buffer-size', 'queue-frames', 'queue-bytes'],
  udp: ['mtu', 'medium', 'key', 'key-file', 'learn', 'local', 'keep-alive', 'send-buffer'],
  ws: ['mtu', 'medium', 'key', 'key-file', 'keep-alive', 'send-buffer'],
  memory: ['mtu', 'medium'],
};

/** The forms, one a line, for people. */
export function linkForms(): string {
  const width = Math.max(...LINK_KINDS.map((kind) => LINK_FORMS[kind].form.length));
  return LINK_KINDS.map((kind) => `  ${LINK_FORMS[kind].form.padEnd(width)}  ${LINK_FORMS[kind].what}`).join('\n');
}

/**
 * Reads a link's notation. Nothing is opened, and whether addresses and numbers make sense to the link is seen when it is.
 * A comma that belongs to a target is written `%2C`.
 * @throws LinkError EINVAL that says what is wrong and shows the forms
 */
export function parseLink(text: string): LinkNotation {
  const [place = '', ...rest] = text.trim().split(',');
  const { kind, target } = parsePlace(text, place);
  const settings: Record<string, string> = {};
  const own = { addresses: [] as string[], gateways: [] as string[], mac: undefined as string | undefined };
  let metric: number | undefined;
  let masquerade: boolean | undefined;
  for (const part of rest) {
    const { name, value } = parseSetting(text, kind, part);
    if (name === 'address') own.addresses.push(...value.split('+').map((each) => requireAddress(text, each)));
    else if (name === 'gateway') own.gateways.push(...value.split('+'));
    else if (Object.hasOwn(settings, name)) throw wrong(text, `${name} stands twice`);
    else if (name === 'metric') metric = requireWhole(text, name, value);
    else if (name === 'masquerade') masquerade = requireSwitch(text, name, value);
    else if (name === 'mac') own.mac = value;
    else settings[name] = value;
  }
  return {
    kind,
    target,
    settings,
    interface: {
      addresses: own.addresses,
      gateways: own.gateways,
      ...(own.mac !== undefined && { mac: own.mac }),
      ...(metric !== undefined && { metric }),
      ...(masquerade !== undefined && { masquerade }),
    },
    text: text.trim(),
  };
}

function parsePlace(text: string, place: string): { kind: LinkKind; target: string } {
  const colon = place.indexOf(':');
  const word = colon === -1 ? place : place.slice(0, colon);
  const kind = LINK_KINDS.find((known) => known === word);
  if (kind === undefined) {
    throw wrong(text, colon === -1 ? 'it does not say what kind of link it is' : `there is no kind of link "${word}"`);
  }
  const target = colon === -1 ? '' : place.slice(colon + 1).replace(/%2c/gi, ',');
  if (kind === 'ws') requireUrl(text, target);
  else if (kind === 'udp') parseUdpTarget(text, target);
  else if (target === '' && kind !== 'memory') {
    throw wrong(text, `${kind}: needs the name of a device, as in ${LINK_FORMS[kind].form.replace(/[A-Z]+/, 'eth0')}`);
  }
  return { kind, target };
}

function parseSetting(text: string, kind: LinkKind, part: string): { name: string; value: string } {
  const equals = part.indexOf('=');
  const name = (equals === -1 ? part : part.slice(0, equals)).trim();
  const value = equals === -1 ? '' : part.slice(equals + 1).trim();
  const known = [...LINK_SETTINGS[kind], ...OF_INTERFACE];
  if (!known.includes(name)) {
    throw wrong(text, `"${name}" is no setting of ${kind}; there are ${known.join(', ')}`);
  }
  if (value === '' && !SWITCHES.includes(name)) throw wrong(text, `${name} has no value, as in ${name}=…`);
  return { name, value };
}

/** Settings that are on or off: the word alone turns them on. */
const SWITCHES = ['masquerade', 'persist', 'learn'];

/** `yes`, `no`; the word alone is `yes`. */
export function requireSwitch(text: string, name: string, value: string): boolean {
  if (['', 'yes', 'true', 'on', '1'].includes(value)) return true;
  if (['no', 'false', 'off', '0'].includes(value)) return false;
  throw wrong(text, `${name} is yes or no, not "${value}"`);
}

export function requireWhole(text: string, name: string, value: string): number {
  if (/^\d{1,10}$/.test(value)) return Number(value);
  throw wrong(text, `${name} is a whole number, not "${value}"`);
}

function requireAddress(text: string, value: string): string {
  // Whether the digits make an address is for who parses it; what cannot be one is a slip of the pen.
  if (isWay(value) || /^[0-9a-f:.]+\/\d+$/i.test(value)) return value;
  throw wrong(
    text,
    `address is one with its network’s prefix length (10.9.0.2/24, fd00:9::2/64) or one of ${WAYS.join(', ')}, not "${value}"`,
  );
}

function requireUrl(text: string, target: string): void {
  if (/^wss?:\/\/[^/?#]+/.test(target)) return;
  throw wrong(text, 'the URL of a WebSocket looks like ws://10.0.0.1:8080/path or wss://…');
}

/** The ends of a tunnel in UDP. */
export interface UdpTarget {
  readonly localPort: number;
  /** `undefined`: whoever sends first. */
  readonly peer: { readonly host: string; readonly port: number } | undefined;
}

/**
 * Reads `PORT:HOST:PORT`, or `PORT` where the other end is to be learned; an IPv6 address as host stands in brackets.
 * @throws LinkError EINVAL
 */
export function parseUdpTarget(text: string, target: string): UdpTarget {
  const match = /^(\d{1,5})(?::(\[[0-9a-f:.%\w]+\]|[^:[\]]+):(\d{1,5}))?$/i.exec(target);
  const [, local = '', host, remote = '1'] = match ?? [];
  const [localPort, port] = [Number(local), Number(remote)];
  if (match === null || localPort > 65_535 || port > 65_535 || port === 0) {
    throw wrong(text, 'our port, and the other host and port are wanted, as in udp:4789:10.0.0.2:4789');
  }
  return { localPort, peer: host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port } };
}

function wrong(text: string, reason: string): LinkError {
  return new LinkError('EINVAL', `"${text}" is no link: ${reason}. Links are written\n${linkForms()}`);
}

/** A setting with a value that cannot be. */
export function wrongLink(text: string, reason: string): LinkError {
  return wrong(text, reason);
}
