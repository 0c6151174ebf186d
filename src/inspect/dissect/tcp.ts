import { diff } from '../../tcp/sequence';
import type { Address } from '../../wire/address';
import { sum } from '../../wire/checksum';
import { PROTOCOL } from '../../wire/ipv4';
import { pseudoHeaderSum } from '../../wire/pseudo-header';
import { FLAG } from '../../wire/tcp';
import type { Facts, MeaningKey, WrongKey } from './lang';
import { hex, hexNumber, type Said, type Scope } from './scope';
import { dissectTcpOptions } from './tcp-options';

/** What is known beside a segment's bytes. All of it may be absent. */
export interface TcpContext {
  /** The addresses, for the checksum. */
  readonly src?: Address | undefined;
  readonly dst?: Address | undefined;
  /** The first sequence numbers of the sender and of the other end, to count from. */
  readonly isn?: { readonly seq?: number | undefined; readonly ack?: number | undefined } | undefined;
  /** The shift that the sender's windows have (RFC 7323 §2.2); `undefined`: nobody knows. */
  readonly shift?: number | undefined;
  /** Bytes of data that the segment has, where not all are there. */
  readonly length?: number | undefined;
}

const RFC = 'RFC 9293 §3.1';

/** Flag bits in the order of the header, with the RFC that has them. */
const BITS: readonly (readonly [name: string, key: MeaningKey, rfc: string])[] = [
  ['AE', 'tcp.ae', 'RFC 9768 §3.1'],
  ['CWR', 'tcp.cwr', 'RFC 3168 §6.1'],
  ['ECE', 'tcp.ece', 'RFC 3168 §6.1'],
  ['URG', 'tcp.urg', 'RFC 9293 §3.8.5'],
  ['ACK', 'tcp.ack-bit', RFC],
  ['PSH', 'tcp.psh', 'RFC 9293 §3.9.1.2'],
  ['RST', 'tcp.rst', 'RFC 9293 §3.5.2'],
  ['SYN', 'tcp.syn', 'RFC 9293 §3.5'],
  ['FIN', 'tcp.fin', 'RFC 9293 §3.6'],
];

/** The octets of a segment, up to the end of `scope`. */
export function tcpFields(scope: Scope, context: TcpContext): Said {
  const { bytes, offset: start } = scope;
  const flags = (((bytes[start + 12] ?? 0) << 8) | (bytes[start + 13] ?? 0)) & 0x1ff;
  const { isn, shift } = context;
  const source = scope.uint(16, { id: 'tcp.source-port', name: 'Source Port', meaning: 'tcp.source-port', rfc: RFC });
  const destination = scope.uint(16, {
    id: 'tcp.destination-port',
    name: 'Destination Port',
    meaning: 'tcp.destination-port',
    rfc: RFC,
  });
  scope.uint(32, { id: 'tcp.seq', name: 'Sequence Number', meaning: 'tcp.seq', rfc: 'RFC 9293 §3.4' }, (value) =>
    counted(value, isn?.seq, { syn: (flags & FLAG.SYN) !== 0 }),
  );
  scope.uint(32, { id: 'tcp.ack', name: 'Acknowledgment Number', meaning: 'tcp.ack', rfc: 'RFC 9293 §3.4' }, (value) =>
    flags & FLAG.ACK ? counted(value, isn?.ack, {}) : { value: String(value), meaning: 'tcp.ack-unused' },
  );
  const dataOffset = scope.uint(
    4,
    { id: 'tcp.data-offset', name: 'Data Offset', meaning: 'tcp.data-offset', rfc: RFC },
    (words) => ({
      value: String(words),
      facts: { bytes: words * 4, options: Math.max(0, words * 4 - 20) },
      wrong: words < 5 || (words * 4 - 12) * 8 > scope.left ? 'data-offset' : undefined,
    }),
  );
  scope.uint(3, { id: 'tcp.reserved', name: 'Rsrvd', meaning: 'tcp.reserved', rfc: RFC }, (value) => ({
    value: String(value),
    wrong: value === 0 ? undefined : 'reserved',
  }));
  scope.group({ id: 'tcp.flags', name: 'Control Bits', meaning: 'tcp.flags', rfc: RFC }, (inner) => {
    for (const [name, meaning, rfc] of BITS) {
      const id = `tcp.flags.${name.toLowerCase()}`;
      inner.uint(1, { id, name, meaning, rfc }, (bit) => ({ value: String(bit), facts: { set: bit === 1 } }));
    }
    const names = flagNames(flags);
    const isWhole = inner.offset >= start + 14;
    return { value: names, facts: { names }, wrong: isWhole ? contradiction(flags) : undefined };
  });
  scope.uint(16, { id: 'tcp.window', name: 'Window', meaning: 'tcp.window', rfc: RFC }, (value) =>
    windowSaid(value, flags, shift),
  );
  const end = scope.end >>> 3;
  scope.uint(16, { id: 'tcp.checksum', name: 'Checksum', meaning: 'tcp.checksum', rfc: RFC }, (value) =>
    checksumSaid(bytes, start, end, value, context),
  );
  scope.uint(
    16,
    { id: 'tcp.urgent', name: 'Urgent Pointer', meaning: 'tcp.urgent', rfc: 'RFC 9293 §3.8.5' },
    (value) => (flags & FLAG.URG ? { value: String(value) } : { value: String(value), meaning: 'tcp.urgent-unused' }),
  );
  const optionBytes = Math.max(0, (dataOffset ?? 5) * 4 - 20);
  if (optionBytes > 0) {
    scope.group(
      { id: 'tcp.options', name: 'Options', meaning: 'tcp.options', rfc: 'RFC 9293 §3.2' },
      (inner) => dissectTcpOptions(inner, { syn: (flags & FLAG.SYN) !== 0, isn: isn?.ack }),
      optionBytes,
    );
  }
  const length = context.length ?? scope.octets;
  scope.rest({ id: 'tcp.data', name: 'Data', meaning: 'tcp.data', rfc: RFC }, (data) => ({
    value: textOf(data),
    facts: { bytes: length, kept: data.length },
    wrong: data.length < length ? 'cut' : undefined,
  }));
  return {
    value: `${source ?? '?'} → ${destination ?? '?'} [${flagNames(flags)}]`,
    facts: { bytes: length },
  };
}

function flagNames(flags: number): string {
  const names = BITS.flatMap(([name], index) => (flags & (1 << (8 - index)) ? [name] : []));
  return names.length === 0 ? 'none' : names.join(', ');
}

/** A number, and how far it is from the first one. */
function counted(value: number, isn: number | undefined, more: Facts): Said {
  const relative = isn === undefined ? undefined : diff(value, isn) >>> 0;
  return {
    value: relative === undefined ? String(value) : `${value} (${relative})`,
    facts: { number: value, ...(relative !== undefined && { relative }), ...more },
  };
}

/** What no honest sender sets together. */
function contradiction(flags: number): WrongKey | undefined {
  if (flags & FLAG.SYN && flags & (FLAG.FIN | FLAG.RST)) return 'flags';
  return (flags & (FLAG.SYN | FLAG.FIN | FLAG.RST | FLAG.ACK)) === 0 ? 'flags' : undefined;
}

function windowSaid(value: number, flags: number, shift: number | undefined): Said {
  // RFC 7323 §2.2: never scaled in a SYN.
  const scale = flags & FLAG.SYN ? 0 : shift;
  if (flags & FLAG.RST) return { value: String(value), meaning: 'tcp.window-unused' };
  if (scale === undefined) return { value: String(value), facts: { field: value }, meaning: 'tcp.window-unknown' };
  const bytes = value * 2 ** scale;
  return {
    value: scale === 0 ? String(value) : `${value} × ${2 ** scale} = ${bytes}`,
    facts: { field: value, bytes, factor: 2 ** scale },
    ...(bytes === 0 && { meaning: 'tcp.window-zero' as const }),
  };
}

function checksumSaid(bytes: Uint8Array, start: number, end: number, value: number, context: TcpContext): Said {
  const text = hexNumber(value, 4);
  const { src, dst, length } = context;
  const header = ((bytes[start + 12] ?? 0) >>> 4) * 4;
  const isCut = length !== undefined && header + length !== end - start;
  if (src === undefined || dst === undefined || typeof src !== typeof dst || isCut)
    return { value: text, meaning: 'tcp.checksum-unchecked' };
  const pseudo = pseudoHeaderSum(src, dst, PROTOCOL.TCP, end - start);
  if (sum(bytes, pseudo, start, end) === 0xffff) return { value: text, facts: { good: true } };
  // A capture on the sending host: the network card adds the rest.
  if (value === pseudo) return { value: text, meaning: 'tcp.checksum-offloaded' };
  return { value: text, facts: { good: false }, wrong: 'checksum' };
}

const decoder = new TextDecoder('latin1');

/** The first line of what is text, else octets. */
export function textOf(data: Uint8Array): string {
  const head = data.subarray(0, 48);
  const text = decoder.decode(head);
  if (/^[ -~\r\n\t]+$/.test(text)) {
    const shown = text.replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
    return data.length > head.length ? `${shown}…` : shown;
  }
  return hex(data);
}
