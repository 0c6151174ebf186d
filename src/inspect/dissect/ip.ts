import { formatIpv4Address, formatIpv6Address, type Address } from '../../wire/address';
import { sum } from '../../wire/checksum';
import { readIpv6Address } from '../../wire/ipv6-bytes';
import type { MeaningKey } from './lang';
import { named, protocolName } from './names';
import { hex, hexNumber, type Said, type Scope } from './scope';

/** What a packet carries: where it ends, whose it is, and between whom it goes. */
export interface Carried {
  readonly protocol: number;
  readonly src: Address;
  readonly dst: Address;
  /** The octet behind the payload in the array. */
  readonly end: number;
  /** It is not the first of a packet's fragments: there is no header in it. */
  readonly laterFragment: boolean;
  /** Octets of the payload, also those that were not captured or are in other fragments; `undefined`: not known. */
  readonly length: number | undefined;
}

const IP4 = 'RFC 791 §3.1';
const IP6 = 'RFC 8200 §3';
const ECN = ['Not-ECT', 'ECT(1)', 'ECT(0)', 'CE'];

/** The header of IPv4. `undefined`: what is behind it cannot be found. */
export function ipv4Fields(scope: Scope): Carried | undefined {
  const { bytes, offset: start } = scope;
  const given = scope.octets;
  let carried: Carried | undefined;
  const headerLength = ((bytes[start] ?? 0) & 15) * 4;
  scope.group({ id: 'ipv4', name: 'IPv4', meaning: 'ipv4', rfc: IP4 }, (inner) => {
    inner.uint(4, { id: 'ipv4.version', name: 'Version', meaning: 'ip.version', rfc: IP4 }, (value) => ({
      value: String(value),
      wrong: value === 4 ? undefined : 'version',
    }));
    inner.uint(4, { id: 'ipv4.ihl', name: 'IHL', meaning: 'ipv4.ihl', rfc: IP4 }, (words) => ({
      value: String(words),
      facts: { bytes: words * 4 },
      wrong: words < 5 || words * 4 > given ? 'length' : undefined,
    }));
    trafficClass(inner, 'ipv4');
    const total = inner.uint(
      16,
      { id: 'ipv4.total-length', name: 'Total Length', meaning: 'ipv4.total-length', rfc: IP4 },
      (value) => ({
        value: String(value),
        facts: { bytes: value },
        // 0: cut by a network card, behind where it was captured.
        wrong: value !== 0 && value < headerLength ? 'length' : value > given ? 'cut' : undefined,
      }),
    );
    inner.uint(
      16,
      { id: 'ipv4.identification', name: 'Identification', meaning: 'ipv4.identification', rfc: IP4 },
      (value) => hexNumber(value, 4),
    );
    inner.uint(1, { id: 'ipv4.flags.reserved', name: 'Reserved', meaning: 'ipv4.reserved', rfc: IP4 });
    inner.uint(1, { id: 'ipv4.flags.df', name: 'DF', meaning: 'ipv4.df', rfc: IP4 }, (bit) => ({
      value: String(bit),
      facts: { set: bit === 1 },
    }));
    const more = inner.uint(1, { id: 'ipv4.flags.mf', name: 'MF', meaning: 'ipv4.mf', rfc: IP4 }, (bit) => ({
      value: String(bit),
      facts: { set: bit === 1 },
    }));
    const fragment = inner.uint(
      13,
      { id: 'ipv4.fragment-offset', name: 'Fragment Offset', meaning: 'ipv4.fragment-offset', rfc: IP4 },
      (value) => ({
        value: `${value} (${value * 8})`,
        facts: { bytes: value * 8 },
      }),
    );
    inner.uint(8, { id: 'ipv4.ttl', name: 'Time to Live', meaning: 'ip.ttl', rfc: IP4 });
    const protocol = inner.uint(
      8,
      { id: 'ipv4.protocol', name: 'Protocol', meaning: 'ip.protocol', rfc: IP4 },
      (value) => named(value, protocolName(value)),
    );
    inner.uint(16, { id: 'ipv4.checksum', name: 'Header Checksum', meaning: 'ipv4.checksum', rfc: IP4 }, (value) => {
      const isWhole = headerLength >= 20 && headerLength <= given;
      const good = isWhole && sum(bytes, 0, start, start + headerLength) === 0xffff;
      return { value: hexNumber(value, 4), facts: { good }, wrong: good || !isWhole ? undefined : 'checksum' };
    });
    const src = inner.uint(
      32,
      { id: 'ipv4.source', name: 'Source Address', meaning: 'ip.source', rfc: IP4 },
      formatIpv4Address,
    );
    const dst = inner.uint(
      32,
      { id: 'ipv4.destination', name: 'Destination Address', meaning: 'ip.destination', rfc: IP4 },
      formatIpv4Address,
    );
    if (headerLength > 20) {
      inner.group(
        { id: 'ipv4.options', name: 'Options', meaning: 'ipv4.options', rfc: IP4 },
        ipv4Options,
        headerLength - 20,
      );
    }
    if (src === undefined || dst === undefined) return '?';
    if (headerLength >= 20 && headerLength <= given && total !== undefined && protocol !== undefined) {
      const whole = more === 0 && fragment === 0;
      const end = total < headerLength ? given : Math.min(given, total);
      const length = total < headerLength ? given - headerLength : total - headerLength;
      carried = {
        protocol,
        src,
        dst,
        end: start + end,
        laterFragment: (fragment ?? 0) > 0,
        length: whole ? length : undefined,
      };
    }
    return `${formatIpv4Address(src)} → ${formatIpv4Address(dst)}`;
  });
  return carried;
}

function trafficClass(scope: Scope, ip: 'ipv4' | 'ipv6'): void {
  scope.uint(6, { id: `${ip}.dscp`, name: 'DSCP', meaning: 'ip.dscp', rfc: 'RFC 2474 §3' });
  scope.uint(2, { id: `${ip}.ecn`, name: 'ECN', meaning: 'ip.ecn', rfc: 'RFC 3168 §5' }, (value) => ({
    value: named(value, ECN[value] ?? ''),
    facts: { marked: value === 3, capable: value !== 0 },
  }));
}

const IPV4_OPTIONS: Readonly<Record<number, string>> = {
  7: 'Record Route',
  68: 'Internet Timestamp',
  131: 'Loose Source Route',
  137: 'Strict Source Route',
  148: 'Router Alert',
};

function ipv4Options(scope: Scope): string {
  const names: string[] = [];
  for (let index = 0; scope.left > 0; index++) {
    const type = scope.bytes[scope.offset] ?? 0;
    const id = `ipv4.options.${index}`;
    if (type <= 1) {
      const name = type === 0 ? 'End of Option List' : 'No Operation';
      scope.uint(8, { id, name, meaning: 'ipv4.option', rfc: IP4 });
      if (type === 0) break;
      continue;
    }
    const name = IPV4_OPTIONS[type] ?? `Option ${type}`;
    names.push(name);
    tlv(scope, { id, name, rfc: IP4, extra: 0 });
  }
  scope.rest({ id: 'ipv4.options.padding', name: 'Padding', meaning: 'tcp.option.padding', rfc: IP4 }, hex);
  return names.join(', ');
}

/** Type, length, data. `extra`: octets that the length does not count. */
function tlv(scope: Scope, { id, name, rfc, extra }: { id: string; name: string; rfc: string; extra: number }): void {
  const given = scope.octets;
  const length = given < 2 ? 0 : (scope.bytes[scope.offset + 1] ?? 0) + extra;
  const isPossible = length >= 2 && length <= given;
  scope.group(
    { id, name, meaning: 'ip.option', rfc },
    (inner) => {
      inner.uint(8, { id: `${id}.type`, name: 'Type', meaning: 'ip.option-type', rfc });
      inner.uint(8, { id: `${id}.length`, name: 'Length', meaning: 'ip.option-length', rfc }, (value) => ({
        value: String(value),
        wrong: isPossible ? undefined : 'length',
      }));
      let value = '';
      inner.rest({ id: `${id}.data`, name: 'Data', meaning: 'ip.option', rfc }, (data) => (value = hex(data)));
      return value;
    },
    isPossible ? length : given,
  );
}

/** The header of IPv6, and the extension headers behind it. */
export function ipv6Fields(scope: Scope): Carried | undefined {
  const { offset: start } = scope;
  const given = scope.octets;
  let next: number | undefined;
  let src: bigint | undefined;
  let dst: bigint | undefined;
  let payload = 0;
  const address = (
    inner: Scope,
    id: string,
    name: string,
    meaning: 'ip.source' | 'ip.destination',
  ): bigint | undefined => {
    const octets = inner.take(16, { id, name, meaning, rfc: IP6 }, (value) =>
      formatIpv6Address(readIpv6Address(value, 0)),
    );
    return octets === undefined ? undefined : readIpv6Address(octets, 0);
  };
  scope.group({ id: 'ipv6', name: 'IPv6', meaning: 'ipv6', rfc: IP6 }, (inner) => {
    inner.uint(4, { id: 'ipv6.version', name: 'Version', meaning: 'ip.version', rfc: IP6 }, (value) => ({
      value: String(value),
      wrong: value === 6 ? undefined : 'version',
    }));
    trafficClass(inner, 'ipv6');
    inner.uint(
      20,
      { id: 'ipv6.flow-label', name: 'Flow Label', meaning: 'ipv6.flow-label', rfc: 'RFC 6437 §2' },
      (value) => hexNumber(value, 5),
    );
    payload =
      inner.uint(
        16,
        { id: 'ipv6.payload-length', name: 'Payload Length', meaning: 'ipv6.payload-length', rfc: IP6 },
        (value) => ({
          value: String(value),
          facts: { bytes: value },
          wrong: value + 40 > given ? 'cut' : undefined,
        }),
      ) ?? 0;
    next = nextHeader(inner, 'ipv6');
    inner.uint(8, { id: 'ipv6.hop-limit', name: 'Hop Limit', meaning: 'ip.ttl', rfc: IP6 });
    src = address(inner, 'ipv6.source', 'Source Address', 'ip.source');
    dst = address(inner, 'ipv6.destination', 'Destination Address', 'ip.destination');
    return src === undefined || dst === undefined ? '?' : `${formatIpv6Address(src)} → ${formatIpv6Address(dst)}`;
  });
  if (src === undefined || dst === undefined || next === undefined) return undefined;
  // 0: a jumbogram, or cut by a network card behind where it was captured.
  const end = payload === 0 ? start + given : start + Math.min(given, 40 + payload);
  const walk = new Extensions(scope, end);
  const protocol = walk.read(next);
  if (protocol === undefined) return undefined;
  const used = scope.offset - start - 40;
  const length = payload === 0 ? end - scope.offset : payload - used;
  return {
    protocol,
    src,
    dst,
    end,
    laterFragment: walk.later,
    length: walk.fragment ? undefined : Math.max(0, length),
  };
}

function nextHeader(scope: Scope, id: string): number | undefined {
  return scope.uint(8, { id: `${id}.next-header`, name: 'Next Header', meaning: 'ip.protocol', rfc: IP6 }, (value) =>
    named(value, protocolName(value)),
  );
}

const MOST_HEADERS = 16;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AH = 51;
const DESTINATION = 60;

/** The walk over the extension headers (RFC 8200 §4). */
class Extensions {
  /** The packet is one of several fragments; it is not the first. */
  fragment = false;
  later = false;

  constructor(
    private readonly scope: Scope,
    private readonly end: number,
  ) {}

  /** The upper layer's protocol; `undefined`: it cannot be found. */
  read(first: number): number | undefined {
    let type: number | undefined = first;
    for (let index = 0; type !== undefined && index < MOST_HEADERS; index++) {
      if (![HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION].includes(type) || this.scope.offset >= this.end)
        return type;
      type = this.header(type, `ipv6.extension.${index}`);
      if (this.later) return type;
    }
    return type;
  }

  private header(type: number, id: string): number | undefined {
    const { scope } = this;
    const units = scope.bytes[scope.offset + 1] ?? 0;
    const length = type === FRAGMENT ? 8 : type === AH ? (units + 2) * 4 : (units + 1) * 8;
    const octets = Math.min(length, this.end - scope.offset);
    let next: number | undefined;
    scope.group(
      { id, name: protocolName(type), meaning: EXTENSION_MEANING[type] ?? 'ipv6.extension', rfc: 'RFC 8200 §4' },
      (inner) => {
        next = nextHeader(inner, id);
        if (type === FRAGMENT) return this.fragmentFields(inner, id);
        inner.uint(
          8,
          { id: `${id}.length`, name: 'Hdr Ext Len', meaning: 'ipv6.extension-length', rfc: 'RFC 8200 §4' },
          (value) => ({
            value: String(value),
            wrong: length > octets ? 'length' : undefined,
          }),
        );
        if (type === ROUTING) {
          inner.uint(8, {
            id: `${id}.routing-type`,
            name: 'Routing Type',
            meaning: 'ipv6.routing',
            rfc: 'RFC 8200 §4.4',
          });
          inner.uint(8, {
            id: `${id}.segments-left`,
            name: 'Segments Left',
            meaning: 'ipv6.routing',
            rfc: 'RFC 8200 §4.4',
          });
        } else if (type !== AH) ipv6Options(inner, id);
        inner.rest({ id: `${id}.data`, name: 'Data', meaning: 'ipv6.extension', rfc: 'RFC 8200 §4' }, hex);
        return '';
      },
      octets,
    );
    return length > octets ? undefined : next;
  }

  private fragmentFields(scope: Scope, id: string): Said {
    const rfc = 'RFC 8200 §4.5';
    scope.uint(8, { id: `${id}.reserved`, name: 'Reserved', meaning: 'rest', rfc });
    const offset = scope.uint(
      13,
      { id: `${id}.offset`, name: 'Fragment Offset', meaning: 'ipv4.fragment-offset', rfc },
      (value) => ({
        value: `${value} (${value * 8})`,
        facts: { bytes: value * 8 },
      }),
    );
    scope.uint(2, { id: `${id}.res`, name: 'Res', meaning: 'rest', rfc });
    const more = scope.uint(1, { id: `${id}.more`, name: 'M', meaning: 'ipv4.mf', rfc }, (bit) => ({
      value: String(bit),
      facts: { set: bit === 1 },
    }));
    scope.uint(
      32,
      { id: `${id}.identification`, name: 'Identification', meaning: 'ipv4.identification', rfc },
      (value) => hexNumber(value, 8),
    );
    this.fragment ||= more === 1 || (offset ?? 0) > 0;
    this.later ||= (offset ?? 0) > 0;
    return { value: `${(offset ?? 0) * 8}` };
  }
}

const EXTENSION_MEANING: Readonly<Record<number, MeaningKey>> = {
  [FRAGMENT]: 'ipv6.fragment',
  [ROUTING]: 'ipv6.routing',
};

function ipv6Options(scope: Scope, id: string): void {
  const rfc = 'RFC 8200 §4.2';
  for (let index = 0; scope.left > 0; index++) {
    const type = scope.bytes[scope.offset] ?? 0;
    if (type === 0) scope.uint(8, { id: `${id}.${index}`, name: 'Pad1', meaning: 'tcp.option.padding', rfc });
    else
      tlv(scope, {
        id: `${id}.${index}`,
        name: type === 1 ? 'PadN' : type === 5 ? 'Router Alert' : `Option ${type}`,
        rfc,
        extra: 2,
      });
  }
}
