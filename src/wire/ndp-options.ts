import { readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { WireError } from './error';
import { ipv6Mask } from './ipv6-address';
import { readIpv6Address, writeIpv6Address } from './ipv6-bytes';

/** Option types (RFC 4861 §4.6, RFC 7527 §3.1, RFC 8106 §5). */
export const NDP_OPTION = {
  SOURCE_LINK_LAYER_ADDRESS: 1,
  TARGET_LINK_LAYER_ADDRESS: 2,
  PREFIX_INFORMATION: 3,
  REDIRECTED_HEADER: 4,
  MTU: 5,
  NONCE: 14,
  RDNSS: 25,
  DNSSL: 31,
} as const;

/** A lifetime, in seconds, of what never ends. */
export const INFINITE_LIFETIME = 0xffffffff;

/** Source or target link-layer address (RFC 4861 §4.6.1). */
export interface NdpLinkLayerAddress {
  readonly kind: 'source-link-layer-address' | 'target-link-layer-address';
  /** Six bytes for Ethernet; what came may have any other number that fills the option. */
  readonly address: Uint8Array;
}

/** Prefix information (RFC 4861 §4.6.2). */
export interface NdpPrefixInformation {
  readonly kind: 'prefix-information';
  /** In bits, 0 to 128. */
  readonly length: number;
  /** L: addresses with this prefix are on the link. */
  readonly onLink: boolean;
  /** A: addresses may be formed from it without asking anybody (RFC 4862). */
  readonly autonomous: boolean;
  /** In seconds, {@link INFINITE_LIFETIME} for ever. */
  readonly validLifetime: number;
  /** In seconds, {@link INFINITE_LIFETIME} for ever. More than the valid lifetime is for the receiver to ignore (RFC 4862 §5.5.3). */
  readonly preferredLifetime: number;
  /** The bits behind its length are zeros. */
  readonly prefix: bigint;
}

/** Start of the packet that a redirect is about (RFC 4861 §4.6.3). */
export interface NdpRedirectedHeader {
  readonly kind: 'redirected-header';
  /** A multiple of 8 bytes; emitting fills up with zeros. */
  readonly quoted: Uint8Array;
}

/** What all on the link use (RFC 4861 §4.6.4). */
export interface NdpMtu {
  readonly kind: 'mtu';
  readonly mtu: number;
}

/** Tells one's own solicitations, looped back, from another's (RFC 7527). */
export interface NdpNonce {
  readonly kind: 'nonce';
  /** 6 bytes, or 8 more, and so on. */
  readonly nonce: Uint8Array;
}

/** Recursive DNS servers (RFC 8106 §5.1). */
export interface NdpRdnss {
  readonly kind: 'rdnss';
  /** In seconds; 0: they are no longer to be used. */
  readonly lifetime: number;
  readonly servers: readonly bigint[];
}

/** DNS search list (RFC 8106 §5.2). */
export interface NdpDnssl {
  readonly kind: 'dnssl';
  /** In seconds; 0: they are no longer to be used. */
  readonly lifetime: number;
  /** Without a dot at the end. */
  readonly domains: readonly string[];
}

/** Another type, or one of the above in a length or shape that it cannot have: to be ignored (RFC 4861 §4.6). */
export interface NdpUnknownOption {
  readonly kind: 'unknown';
  readonly type: number;
  /** Everything behind type and length. */
  readonly data: Uint8Array;
}

export type NdpOption =
  | NdpLinkLayerAddress
  | NdpPrefixInformation
  | NdpRedirectedHeader
  | NdpMtu
  | NdpNonce
  | NdpRdnss
  | NdpDnssl
  | NdpUnknownOption;

const MOST_LABEL = 63;
const MOST_NAME = 255;

/**
 * Reads the options in `bytes[offset..end)`. An option of length 0, or one that reaches beyond the end, makes the whole message bad
 * (RFC 4861 §6.1, §7.1, §8.1).
 * @param start where the message starts, for the error
 */
export function parseNdpOptions(bytes: Uint8Array, offset: number, end: number, start = 0): NdpOption[] | WireError {
  const options: NdpOption[] = [];
  for (let at = offset; at < end;) {
    const length = 8 * readUint8(bytes, at + 1);
    if (at + 1 >= end || length === 0) {
      return new WireError('ndp', 'option', at - start, `option ${readUint8(bytes, at)} has no length`);
    }
    if (at + length > end) {
      return new WireError('ndp', 'option', at - start, `option ${readUint8(bytes, at)} reaches beyond the message`);
    }
    options.push(parseOption(bytes.subarray(at, at + length)));
    at += length;
  }
  return options;
}

function parseOption(option: Uint8Array): NdpOption {
  const type = readUint8(option, 0);
  const data = option.subarray(2);
  return parseKnown(type, option, data) ?? { kind: 'unknown', type, data };
}

function parseKnown(type: number, option: Uint8Array, data: Uint8Array): NdpOption | undefined {
  const { length } = option;
  switch (type) {
    case NDP_OPTION.SOURCE_LINK_LAYER_ADDRESS:
      return { kind: 'source-link-layer-address', address: data };
    case NDP_OPTION.TARGET_LINK_LAYER_ADDRESS:
      return { kind: 'target-link-layer-address', address: data };
    case NDP_OPTION.PREFIX_INFORMATION:
      return length === 32 && readUint8(option, 2) <= 128 ? parsePrefixInformation(option) : undefined;
    case NDP_OPTION.REDIRECTED_HEADER:
      return { kind: 'redirected-header', quoted: option.subarray(8) };
    case NDP_OPTION.MTU:
      return length === 8 ? { kind: 'mtu', mtu: readUint32(option, 4) } : undefined;
    case NDP_OPTION.NONCE:
      return { kind: 'nonce', nonce: data };
    case NDP_OPTION.RDNSS: {
      // RFC 8106 §5.3.1: a length in units of 8 bytes that is even, or under 3, is not acted on.
      if (length < 24 || length % 16 !== 8) return undefined;
      const servers = Array.from({ length: (length - 8) / 16 }, (_, index) => readIpv6Address(option, 8 + 16 * index));
      return { kind: 'rdnss', lifetime: readUint32(option, 4), servers };
    }
    case NDP_OPTION.DNSSL: {
      const domains = parseDomains(option.subarray(8));
      if (domains === undefined || domains.length === 0) return undefined;
      return { kind: 'dnssl', lifetime: readUint32(option, 4), domains };
    }
  }
  return undefined;
}

function parsePrefixInformation(option: Uint8Array): NdpPrefixInformation {
  const [length, flags] = [readUint8(option, 2), readUint8(option, 3)];
  return {
    kind: 'prefix-information',
    length,
    onLink: (flags & 0x80) !== 0,
    autonomous: (flags & 0x40) !== 0,
    validLifetime: readUint32(option, 4),
    preferredLifetime: readUint32(option, 8),
    prefix: readIpv6Address(option, 16) & ipv6Mask(length),
  };
}

/** Names as RFC 1035 §3.1 writes them, not compressed; zeros behind the last are padding. */
function parseDomains(bytes: Uint8Array): string[] | undefined {
  const domains: string[] = [];
  let labels: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = readUint8(bytes, at);
    if (length === 0) {
      const name = labels.join('.');
      if (name.length + 2 > MOST_NAME) return undefined;
      if (name !== '') domains.push(name);
      labels = [];
      at++;
      continue;
    }
    const label = bytes.subarray(at + 1, at + 1 + length);
    // A dot within a label, or what is not printable, cannot be said in text: no such name is of use in a search list.
    if (length > MOST_LABEL || label.length < length || !label.every(isLabelByte)) return undefined;
    labels.push(String.fromCharCode(...label));
    at += 1 + length;
  }
  return labels.length > 0 ? undefined : domains;
}

function isLabelByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x2e;
}

/**
 * The options' bytes, each padded with zeros to a multiple of 8.
 * @throws RangeError for a value out of its field's range, or an option over 2040 bytes
 */
export function emitNdpOptions(options: readonly NdpOption[]): Uint8Array {
  const emitted = options.map(emitOption);
  const bytes = new Uint8Array(emitted.reduce((length, option) => length + option.length, 0));
  let at = 0;
  for (const option of emitted) {
    bytes.set(option, at);
    at += option.length;
  }
  return bytes;
}

function emitOption(option: NdpOption): Uint8Array {
  switch (option.kind) {
    case 'source-link-layer-address':
      return start(NDP_OPTION.SOURCE_LINK_LAYER_ADDRESS, 2, option.address);
    case 'target-link-layer-address':
      return start(NDP_OPTION.TARGET_LINK_LAYER_ADDRESS, 2, option.address);
    case 'prefix-information':
      return emitPrefixInformation(option);
    case 'redirected-header':
      return start(NDP_OPTION.REDIRECTED_HEADER, 8, option.quoted);
    case 'mtu': {
      const bytes = start(NDP_OPTION.MTU, 8);
      requireUint('MTU', option.mtu, 32);
      writeUint32(bytes, 4, option.mtu);
      return bytes;
    }
    case 'nonce':
      return start(NDP_OPTION.NONCE, 2, option.nonce);
    case 'rdnss': {
      const bytes = start(NDP_OPTION.RDNSS, 8, new Uint8Array(16 * option.servers.length));
      for (const [index, server] of option.servers.entries()) writeIpv6Address(bytes, 8 + 16 * index, server);
      return withLifetime(bytes, option.lifetime);
    }
    case 'dnssl':
      return withLifetime(start(NDP_OPTION.DNSSL, 8, emitDomains(option.domains)), option.lifetime);
    case 'unknown':
      requireUint('NDP option type', option.type, 8);
      return start(option.type, 2, option.data);
  }
}

function emitPrefixInformation(option: NdpPrefixInformation): Uint8Array {
  if (!(option.length <= 128)) throw new RangeError(`a prefix of ${option.length} bits; 128 is the most`);
  requireUint('prefix length', option.length, 8);
  requireUint('valid lifetime', option.validLifetime, 32);
  requireUint('preferred lifetime', option.preferredLifetime, 32);
  const bytes = start(NDP_OPTION.PREFIX_INFORMATION, 32);
  bytes[2] = option.length;
  bytes[3] = (option.onLink ? 0x80 : 0) | (option.autonomous ? 0x40 : 0);
  writeUint32(bytes, 4, option.validLifetime);
  writeUint32(bytes, 8, option.preferredLifetime);
  writeIpv6Address(bytes, 16, option.prefix & ipv6Mask(option.length));
  return bytes;
}

function withLifetime(bytes: Uint8Array, lifetime: number): Uint8Array {
  requireUint('lifetime', lifetime, 32);
  writeUint32(bytes, 4, lifetime);
  return bytes;
}

function emitDomains(domains: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  for (const domain of domains) {
    const labels = domain.split('.').map((label) => Array.from(label, (char) => char.codePointAt(0) ?? 0));
    const fits = labels.every(({ length }) => length > 0 && length <= MOST_LABEL) && domain.length + 2 <= MOST_NAME;
    if (!fits || !labels.flat().every(isLabelByte)) throw new RangeError(`'${domain}' is not a domain name`);
    for (const label of labels) bytes.push(label.length, ...label);
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** Type, length, zeros up to `head`, `rest`, and zeros up to a multiple of 8. */
function start(type: number, head: number, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
  const units = Math.ceil((head + rest.length) / 8);
  requireUint("an NDP option's length in units of 8 bytes", units, 8);
  const bytes = new Uint8Array(8 * units);
  writeUint16(bytes, 0, (type << 8) | units);
  bytes.set(rest, head);
  return bytes;
}
