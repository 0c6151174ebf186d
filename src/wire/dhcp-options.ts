import { formatIpv4Address, parseIpv4Prefix, requireIpv4Address } from './address';
import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { readDomainNames, writeDomainNames } from './dhcp-names';

/** What a DHCP message is (RFC 2132 §9.6), in the order of its numbers, from 1 on. */
export const DHCP_MESSAGE_TYPES = [
  'discover',
  'offer',
  'request',
  'decline',
  'ack',
  'nak',
  'release',
  'inform',
] as const;
export type DhcpMessageType = (typeof DHCP_MESSAGE_TYPES)[number];

/** A route that a server gives (RFC 3442). Router 0.0.0.0: the destinations are on the client's own wire. */
export interface ClasslessRoute {
  /** `10.20.0.0/16` */
  readonly prefix: string;
  readonly router: string;
}

/** The options that are read, by their names in RFC 2132, 3397 and 3442. Times are in seconds. */
interface KnownOptions {
  readonly messageType: DhcpMessageType;
  readonly subnetMask: string;
  readonly routers: readonly string[];
  readonly domainNameServers: readonly string[];
  readonly hostName: string;
  readonly domainName: string;
  readonly interfaceMtu: number;
  readonly broadcastAddress: string;
  readonly ntpServers: readonly string[];
  readonly requestedAddress: string;
  readonly leaseTime: number;
  readonly serverIdentifier: string;
  readonly parameterRequestList: readonly number[];
  readonly message: string;
  readonly maximumMessageSize: number;
  readonly renewalTime: number;
  readonly rebindingTime: number;
  readonly vendorClass: string;
  readonly clientIdentifier: Uint8Array;
  readonly domainSearch: readonly string[];
  readonly classlessRoutes: readonly ClasslessRoute[];
}

/** An option that nobody here reads. */
export interface UnknownDhcpOption {
  /** 1 to 254, and none of those that are read. */
  readonly code: number;
  readonly data: Uint8Array;
}

/** The options of a message. Each is there once: what came in pieces has been put together (RFC 3396). */
export interface DhcpOptionValues extends Partial<KnownOptions> {
  /** The others, in the order of their first pieces. */
  readonly others?: readonly UnknownDhcpOption[];
}

/** One option's code, and its value as octets. */
interface Codec<Value> {
  readonly code: number;
  /** What its octets must be, for a message. */
  readonly form: string;
  /** `undefined` when the octets cannot be that. */
  readonly read: (data: Uint8Array) => Value | undefined;
  /** @throws RangeError for a value that cannot be */
  readonly write: (value: Value) => Uint8Array;
}

/** Codes that are part of the form, and no options of a message. */
export const PAD = 0;
export const OVERLOAD = 52;
export const END = 255;

const CODECS: { readonly [Name in keyof KnownOptions]: Codec<KnownOptions[Name]> } = {
  messageType: {
    code: 53,
    form: 'one octet, 1 to 8',
    read: (data) => (data.length === 1 ? DHCP_MESSAGE_TYPES[readUint8(data, 0) - 1] : undefined),
    write: (type) => Uint8Array.of(DHCP_MESSAGE_TYPES.indexOf(type) + 1),
  },
  subnetMask: address(1),
  routers: addresses(3),
  domainNameServers: addresses(6),
  hostName: text(12),
  domainName: text(15),
  interfaceMtu: uint16(26),
  broadcastAddress: address(28),
  ntpServers: addresses(42),
  requestedAddress: address(50),
  leaseTime: uint32(51),
  serverIdentifier: address(54),
  parameterRequestList: {
    code: 55,
    form: 'one octet or more',
    read: (data) => (data.length > 0 ? [...data] : undefined),
    write: (codes) => {
      for (const code of codes) requireUint('DHCP option code', code, 8);
      return Uint8Array.from(codes);
    },
  },
  message: text(56),
  maximumMessageSize: uint16(57),
  renewalTime: uint32(58),
  rebindingTime: uint32(59),
  vendorClass: text(60),
  clientIdentifier: {
    code: 61,
    form: 'two octets or more',
    read: (data) => (data.length >= 2 ? data : undefined),
    write: (identifier) => identifier,
  },
  domainSearch: {
    code: 119,
    form: 'domain names (RFC 3397)',
    read: readDomainNames,
    write: writeDomainNames,
  },
  classlessRoutes: { code: 121, form: 'destinations with routers (RFC 3442)', read: readRoutes, write: writeRoutes },
};

const NAMES = Object.keys(CODECS) as readonly (keyof KnownOptions)[];
const NAME_OF: ReadonlyMap<number, keyof KnownOptions> = new Map(NAMES.map((name) => [CODECS[name].code, name]));

/** The codes of the options that are read: what a client asks for is made of them. */
export const DHCP_OPTION = Object.fromEntries(NAMES.map((name) => [name, CODECS[name].code])) as Readonly<
  Record<keyof KnownOptions, number>
>;

/** Why an option cannot be read. */
export interface BadOption {
  readonly code: number;
  readonly detail: string;
}

/** The values of options that are in one piece each. */
export function readOptions(pieces: ReadonlyMap<number, Uint8Array>): DhcpOptionValues | BadOption {
  const values: Writable<Partial<KnownOptions>> = {};
  const others: UnknownDhcpOption[] = [];
  for (const [code, data] of pieces) {
    const name = NAME_OF.get(code);
    if (name === undefined) others.push({ code, data });
    else if (!readOption(name, data, values)) {
      return { code, detail: `option ${code} (${name}) has ${data.length} octets that are not ${CODECS[name].form}` };
    }
  }
  return others.length === 0 ? values : { ...values, others };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- ties the value read to the name that it is put under
function readOption<Name extends keyof KnownOptions>(
  name: Name,
  data: Uint8Array,
  into: Writable<Partial<KnownOptions>>,
): boolean {
  const value = CODECS[name].read(data);
  if (value !== undefined) into[name] = value;
  return value !== undefined;
}

/**
 * The options as code and octets, the message's type first.
 * @throws RangeError for a value that its option cannot hold, or a code in `others` that is none of theirs
 */
export function writeOptions(values: DhcpOptionValues): UnknownDhcpOption[] {
  const known = NAMES.flatMap((name) => writeOption(name, values[name]));
  const others = values.others ?? [];
  for (const { code } of others) {
    requireUint('DHCP option code', code, 8);
    if (code === PAD || code === END || code === OVERLOAD || NAME_OF.has(code)) {
      throw new RangeError(`DHCP option ${code} is none of the others`);
    }
  }
  return [...known, ...others];
}

function writeOption<Name extends keyof KnownOptions>(
  name: Name,
  value: KnownOptions[Name] | undefined,
): UnknownDhcpOption[] {
  if (value === undefined) return [];
  const { code, form, read, write } = CODECS[name];
  const data = write(value);
  if (read(data) === undefined) throw new RangeError(`DHCP option ${code} (${name}) must be ${form}`);
  return [{ code, data }];
}

// ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function address(code: number): Codec<string> {
  return {
    code,
    form: 'an address, four octets',
    read: (data) => (data.length === 4 ? formatIpv4Address(readUint32(data, 0)) : undefined),
    write: (text) => writeAddresses([text]),
  };
}

function addresses(code: number): Codec<readonly string[]> {
  return {
    code,
    form: 'addresses, four octets each',
    read: (data) => {
      if (data.length === 0 || data.length % 4 !== 0) return undefined;
      return Array.from({ length: data.length / 4 }, (_, index) => formatIpv4Address(readUint32(data, 4 * index)));
    },
    write: writeAddresses,
  };
}

function writeAddresses(texts: readonly string[]): Uint8Array {
  const data = new Uint8Array(4 * texts.length);
  for (const [index, text] of texts.entries()) writeUint32(data, 4 * index, requireIpv4Address(text));
  return data;
}

function uint16(code: number): Codec<number> {
  return {
    code,
    form: 'two octets',
    read: (data) => (data.length === 2 ? readUint16(data, 0) : undefined),
    write: (value) => {
      requireUint(`DHCP option ${code}`, value, 16);
      const data = new Uint8Array(2);
      writeUint16(data, 0, value);
      return data;
    },
  };
}

function uint32(code: number): Codec<number> {
  return {
    code,
    form: 'four octets',
    read: (data) => (data.length === 4 ? readUint32(data, 0) : undefined),
    write: (value) => {
      requireUint(`DHCP option ${code}`, value, 32);
      const data = new Uint8Array(4);
      writeUint32(data, 0, value);
      return data;
    },
  };
}

function text(code: number): Codec<string> {
  return {
    code,
    form: 'text of one octet or more',
    read: (data) => (data.length > 0 ? readText(data) : undefined),
    write: (value) => writeText(`DHCP option ${code}`, value),
  };
}

/**
 * Octets as a character each, without the NULs that some servers put behind them (RFC 2132 §2). They are what somebody wrote: to be
 * checked before they are used, and made harmless before they are shown.
 */
export function readText(data: Uint8Array): string {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end -= 1;
  let read = '';
  for (let at = 0; at < end; at++) read += String.fromCharCode(readUint8(data, at));
  return read;
}

/** @throws RangeError for characters that are no octets, and for a NUL at the end */
export function writeText(what: string, value: string): Uint8Array {
  const data = Uint8Array.from(value, (character) => character.charCodeAt(0));
  if (data.length === value.length && readText(data) === value) return data;
  throw new RangeError(`${what} is ${JSON.stringify(value)}; its characters must be octets, and the last one no NUL`);
}

function readRoutes(data: Uint8Array): ClasslessRoute[] | undefined {
  const routes: ClasslessRoute[] = [];
  for (let at = 0; at < data.length;) {
    const length = readUint8(data, at);
    const octets = Math.ceil(length / 8);
    const end = at + 1 + octets + 4;
    if (length > 32 || end > data.length) return undefined;
    let network = 0;
    for (let index = 0; index < octets; index++) network += readUint8(data, at + 1 + index) * 2 ** (24 - 8 * index);
    // Bits beyond the length do not count (RFC 3442, "Classless Route Option Format").
    const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    const prefix = `${formatIpv4Address((network & mask) >>> 0)}/${length}`;
    routes.push({ prefix, router: formatIpv4Address(readUint32(data, end - 4)) });
    at = end;
  }
  return routes.length > 0 ? routes : undefined;
}

function writeRoutes(routes: readonly ClasslessRoute[]): Uint8Array {
  return Uint8Array.from(
    routes.flatMap(({ prefix, router }) => {
      const parsed = parseIpv4Prefix(prefix);
      if (parsed === undefined) throw new RangeError(`'${prefix}' is not an IPv4 prefix; write it as 192.0.2.0/24`);
      const destination = new Uint8Array(4);
      writeUint32(destination, 0, parsed.address);
      return [parsed.length, ...destination.subarray(0, Math.ceil(parsed.length / 8)), ...writeAddresses([router])];
    }),
  );
}
