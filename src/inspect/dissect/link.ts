import { formatIpv4Address, formatMac } from '../../wire/address';
import { readUint16, readUint32 } from '../../wire/bytes';
import { ETHERTYPE } from '../../wire/ethernet';
import { etherTypeName, named } from './names';
import { hex, hexNumber, type Known, type Said, type Scope } from './scope';

/** Link-layer header types (draft-ietf-opsawg-pcaplinktype). */
export const LINK_TYPE = {
  NULL: 0,
  ETHERNET: 1,
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  RAW: 101,
  LOOP: 108,
  LINUX_SLL: 113,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const;

/** Below this an EtherType is a length (IEEE 802.3). */
const LEAST_TYPE = 0x600;
const IEEE = 'IEEE 802.3 clause 3';
const MOST_TAGS = 4;

/** Reads a link's header. Gives the EtherType of what follows; `undefined`: nobody knows. */
export function linkFields(scope: Scope, linkType: number): number | undefined {
  switch (linkType) {
    case LINK_TYPE.ETHERNET:
      return ethernetFields(scope);
    case LINK_TYPE.NULL:
    case LINK_TYPE.LOOP:
      return loopbackFields(scope, linkType === LINK_TYPE.LOOP);
    case LINK_TYPE.LINUX_SLL:
    case LINK_TYPE.LINUX_SLL2:
      return cookedFields(scope, linkType === LINK_TYPE.LINUX_SLL2);
    case LINK_TYPE.RAW:
    case LINK_TYPE.RAW_BSD:
    case LINK_TYPE.RAW_OPENBSD:
    case LINK_TYPE.IPV4:
    case LINK_TYPE.IPV6:
      return etherTypeOfIp(scope);
    default:
      return undefined;
  }
}

function ethernetFields(scope: Scope): number | undefined {
  let type: number | undefined;
  scope.group({ id: 'ethernet', name: 'Ethernet', meaning: 'ethernet', rfc: IEEE }, (inner) => {
    const mac = (known: Known): string => {
      let text = '?';
      inner.take(6, known, (bytes) => (text = formatMac(bytes)));
      return text;
    };
    const dst = mac({
      id: 'ethernet.destination',
      name: 'Destination Address',
      meaning: 'ethernet.destination',
      rfc: IEEE,
    });
    const src = mac({ id: 'ethernet.source', name: 'Source Address', meaning: 'ethernet.source', rfc: IEEE });
    for (let tag = 0; tag < MOST_TAGS && isTag(readUint16(inner.bytes, inner.offset)); tag++) tagFields(inner, tag);
    type = inner.uint(16, { id: 'ethernet.type', name: 'Type', meaning: 'ethernet.type', rfc: IEEE }, (value) =>
      value < LEAST_TYPE
        ? { value: String(value), name: 'Length', meaning: 'ethernet.length' }
        : named(hexNumber(value, 4), etherTypeName(value)),
    );
    return `${src} → ${dst}`;
  });
  return type;
}

function isTag(type: number): boolean {
  return type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ;
}

function tagFields(scope: Scope, index: number): void {
  const id = `ethernet.tag.${index}`;
  const rfc = 'IEEE 802.1Q clause 9';
  scope.group({ id, name: '802.1Q Tag', meaning: 'vlan', rfc }, (inner) => {
    inner.uint(16, { id: `${id}.tpid`, name: 'Tag Protocol Identifier', meaning: 'vlan.tpid', rfc }, (value) =>
      hexNumber(value, 4),
    );
    inner.uint(3, { id: `${id}.pcp`, name: 'Priority Code Point', meaning: 'vlan.priority', rfc });
    inner.uint(1, { id: `${id}.dei`, name: 'Drop Eligible Indicator', meaning: 'vlan.drop-eligible', rfc });
    const vid = inner.uint(12, { id: `${id}.vid`, name: 'VLAN Identifier', meaning: 'vlan.id', rfc });
    return `VLAN ${vid ?? '?'}`;
  });
}

function loopbackFields(scope: Scope, networkOrder: boolean): number | undefined {
  let family: number | undefined;
  scope.group({ id: 'loopback', name: 'Loopback', meaning: 'loopback' }, (inner) => {
    inner.take(4, { id: 'loopback.family', name: 'Family', meaning: 'loopback' }, (bytes) => {
      const big = readUint32(bytes, 0);
      // In the order of whoever captured it: families are small numbers.
      family = networkOrder || big < 0x10000 ? big : (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
      return String(family);
    });
    return family === undefined ? '?' : String(family);
  });
  if (family === 2) return ETHERTYPE.IPV4;
  // What the BSDs and macOS call AF_INET6.
  return family === 24 || family === 28 || family === 30 || family === 10 ? ETHERTYPE.IPV6 : etherTypeOfIp(scope);
}

function cookedFields(scope: Scope, version2: boolean): number | undefined {
  let protocol: number | undefined;
  const field = (inner: Scope, bits: number, id: string, name: string): number | undefined =>
    inner.uint(bits, { id: `cooked.${id}`, name, meaning: 'cooked' });
  scope.group({ id: 'cooked', name: 'Linux cooked capture', meaning: 'cooked' }, (inner) => {
    const readProtocol = (): void => {
      protocol = inner.uint(16, { id: 'cooked.protocol', name: 'Protocol', meaning: 'ethernet.type' }, (value) =>
        named(hexNumber(value, 4), etherTypeName(value)),
      );
    };
    if (version2) {
      readProtocol();
      field(inner, 16, 'reserved', 'Reserved');
      field(inner, 32, 'interface', 'Interface Index');
      field(inner, 16, 'hardware', 'ARPHRD Type');
      field(inner, 8, 'packet-type', 'Packet Type');
      field(inner, 8, 'address-length', 'Link-layer Address Length');
    } else {
      field(inner, 16, 'packet-type', 'Packet Type');
      field(inner, 16, 'hardware', 'ARPHRD Type');
      field(inner, 16, 'address-length', 'Link-layer Address Length');
    }
    inner.take(8, { id: 'cooked.address', name: 'Link-layer Address', meaning: 'ethernet.source' }, formatMac);
    if (!version2) readProtocol();
    return protocol === undefined ? '?' : etherTypeName(protocol);
  });
  return protocol;
}

function etherTypeOfIp(scope: Scope): number | undefined {
  const version = scope.left >= 8 ? (scope.bytes[scope.offset] ?? 0) >>> 4 : 0;
  if (version === 4) return ETHERTYPE.IPV4;
  return version === 6 ? ETHERTYPE.IPV6 : undefined;
}

type ArpPart =
  | 'hardware-type'
  | 'protocol-type'
  | 'hardware-length'
  | 'protocol-length'
  | 'operation'
  | 'sender-hardware'
  | 'sender-protocol'
  | 'target-hardware'
  | 'target-protocol';

/** RFC 826, for IPv4 over Ethernet; other addresses in hexadecimal. */
export function arpFields(scope: Scope): Said {
  const rfc = 'RFC 826';
  const uint = (bits: number, id: ArpPart, name: string, say?: (value: number) => string): number =>
    scope.uint(bits, { id: `arp.${id}`, name, meaning: `arp.${id}`, rfc }, say) ?? 0;
  uint(16, 'hardware-type', 'Hardware Type', (value) => named(value, value === 1 ? 'Ethernet' : ''));
  uint(16, 'protocol-type', 'Protocol Type', (value) => named(hexNumber(value, 4), etherTypeName(value)));
  const hardware = uint(8, 'hardware-length', 'Hardware Address Length');
  const protocol = uint(8, 'protocol-length', 'Protocol Address Length');
  const operation = uint(16, 'operation', 'Operation', (value) =>
    named(value, value === 1 ? 'request' : value === 2 ? 'reply' : ''),
  );
  const shown: Record<string, string> = {};
  const address = (octets: number, id: ArpPart, name: string): void => {
    scope.take(octets, { id: `arp.${id}`, name, meaning: `arp.${id}`, rfc }, (bytes) => {
      const text =
        octets === 6 ? formatMac(bytes) : octets === 4 ? formatIpv4Address(readUint32(bytes, 0)) : hex(bytes);
      shown[id] = text;
      return text;
    });
  };
  address(hardware, 'sender-hardware', 'Sender Hardware Address');
  address(protocol, 'sender-protocol', 'Sender Protocol Address');
  address(hardware, 'target-hardware', 'Target Hardware Address');
  address(protocol, 'target-protocol', 'Target Protocol Address');
  const { 'sender-hardware': mac = '?', 'sender-protocol': sender = '?', 'target-protocol': target = '?' } = shown;
  return {
    value: operation === 1 ? `who has ${target}? tell ${sender}` : `${sender} is at ${mac}`,
    facts: { operation },
  };
}
