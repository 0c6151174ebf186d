import type { Address } from '../../wire/address';
import { sum } from '../../wire/checksum';
import { PROTOCOL } from '../../wire/ipv4';
import { pseudoHeaderSum } from '../../wire/pseudo-header';
import type { MeaningKey } from './lang';
import { icmpName, icmpv6Name, named } from './names';
import { hex, hexNumber, type Said, type Scope } from './scope';
import { textOf } from './tcp';

interface Between {
  readonly src: Address;
  readonly dst: Address;
  /** All of it is there: its checksum can be checked. */
  readonly whole: boolean;
}

/** RFC 768. */
export function udpFields(scope: Scope, { src, dst, whole }: Between): Said {
  const rfc = 'RFC 768';
  const { bytes, offset: start } = scope;
  const given = scope.octets;
  const source = scope.uint(16, { id: 'udp.source-port', name: 'Source Port', meaning: 'udp.port', rfc });
  const destination = scope.uint(16, {
    id: 'udp.destination-port',
    name: 'Destination Port',
    meaning: 'udp.port',
    rfc,
  });
  const length = scope.uint(16, { id: 'udp.length', name: 'Length', meaning: 'udp.length', rfc }, (value) => ({
    value: String(value),
    facts: { bytes: value },
    wrong: value < 8 && value !== 0 ? 'length' : value > given ? 'cut' : undefined,
  }));
  const end = start + Math.min(given, length === undefined || length < 8 ? given : length);
  scope.uint(16, { id: 'udp.checksum', name: 'Checksum', meaning: 'udp.checksum', rfc }, (value) => {
    if (value === 0 || !whole)
      return { value: hexNumber(value, 4), meaning: value === 0 ? 'udp.no-checksum' : 'tcp.checksum-unchecked' };
    return checked(value, sum(bytes, pseudoHeaderSum(src, dst, PROTOCOL.UDP, end - start), start, end) === 0xffff);
  });
  scope.take(end - scope.offset, { id: 'udp.data', name: 'Data', meaning: 'data' }, textOf);
  return { value: `${source ?? '?'} → ${destination ?? '?'}` };
}

/** RFC 792 and RFC 4443, as far as they have a shape in common. */
export function icmpFields(scope: Scope, version: 4 | 6, { src, dst, whole }: Between): Said {
  const [id, rfc] = version === 4 ? (['icmp', 'RFC 792'] as const) : (['icmpv6', 'RFC 4443 §2.1'] as const);
  const name = version === 4 ? icmpName : icmpv6Name;
  const { bytes, offset: start } = scope;
  const end = scope.end >>> 3;
  const type = scope.uint(8, { id: `${id}.type`, name: 'Type', meaning: 'icmp.type', rfc }, (value) =>
    named(value, name(value)),
  );
  const code = scope.uint(8, { id: `${id}.code`, name: 'Code', meaning: 'icmp.code', rfc });
  scope.uint(16, { id: `${id}.checksum`, name: 'Checksum', meaning: 'icmp.checksum', rfc }, (value) => {
    if (!whole) return { value: hexNumber(value, 4), meaning: 'tcp.checksum-unchecked' };
    const initial = version === 4 ? 0 : pseudoHeaderSum(src, dst, PROTOCOL.ICMPV6, end - start);
    return checked(value, sum(bytes, initial, start, end) === 0xffff);
  });
  const shape = shapeOf(version, type ?? -1, code ?? -1);
  for (const [bits, suffix, label, meaning] of shape.fields)
    scope.uint(bits, { id: `${id}.${suffix}`, name: label, meaning, rfc });
  scope.rest(
    {
      id: `${id}.data`,
      name: shape.quotes ? 'Quoted Packet' : 'Data',
      meaning: shape.quotes ? 'icmp.quoted' : 'data',
      rfc,
    },
    hex,
  );
  return { value: type === undefined ? '?' : name(type) || String(type) };
}

type Part = readonly [bits: number, suffix: string, label: string, meaning: MeaningKey];

const UNUSED: Part = [32, 'unused', 'Unused', 'rest'];
const ECHO: readonly Part[] = [
  [16, 'identifier', 'Identifier', 'icmp.identifier'],
  [16, 'sequence', 'Sequence Number', 'icmp.sequence'],
];

/** The four octets behind the checksum, and whether a packet is quoted behind them. */
function shapeOf(
  version: 4 | 6,
  type: number,
  code: number,
): { readonly fields: readonly Part[]; readonly quotes: boolean } {
  if (version === 4) {
    if (type === 0 || type === 8) return { fields: ECHO, quotes: false };
    if (type === 3 && code === 4)
      return {
        fields: [
          [16, 'unused', 'Unused', 'rest'],
          [16, 'mtu', 'Next-Hop MTU', 'icmp.mtu'],
        ],
        quotes: true,
      };
    return { fields: [UNUSED], quotes: [3, 4, 5, 11, 12].includes(type) };
  }
  if (type === 128 || type === 129) return { fields: ECHO, quotes: false };
  if (type === 2) return { fields: [[32, 'mtu', 'MTU', 'icmp.mtu']], quotes: true };
  return { fields: [UNUSED], quotes: type >= 0 && type < 128 };
}

function checked(value: number, good: boolean): Said {
  return { value: hexNumber(value, 4), facts: { good }, wrong: good ? undefined : 'checksum' };
}
