import * as dnsPacket from 'dns-packet';
import type { Answer, RecordType } from 'dns-packet';
import { sameName } from './names';

/** What is asked: a name as `wireName` makes it, and a type of record. */
export interface DnsQuestion {
  readonly name: string;
  /** `ANY`, which dns-packet knows but its types do not, or a type. */
  readonly type: RecordType | 'ANY';
}

/** An answer from a server, whose question and id have been found to be ours. */
export interface DnsAnswer {
  /** The name that was asked for. */
  readonly name: string;
  /** RFC 1035 §4.1.1, with the upper bits of RFC 6891 §6.1.3. */
  readonly rcode: number;
  /** The answer did not fit: ask by TCP. */
  readonly truncated: boolean;
  /** The server speaks EDNS. */
  readonly edns: boolean;
  readonly records: readonly Answer[];
}

export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;

/** The largest UDP answer we ask for: it fits into one packet nearly everywhere (DNS flag day 2020). */
export const UDP_PAYLOAD = 1232;

/** More than a name of 255 octets can have of them. */
const LONGEST_CHAIN = 127;

/** More records than fit into 64 KiB, at 16 octets each, are a lie that costs time. */
const MOST_RECORDS = 4096;

/** A query, with recursion desired. @param edns with an OPT record (RFC 6891) */
export function encodeQuery(id: number, { name, type }: DnsQuestion, edns: boolean): Buffer {
  return dnsPacket.encode({
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name: name === '' ? '.' : name, type: type as RecordType }],
    additionals: edns ? [OPT] : [],
  });
}

const OPT: Answer = {
  name: '.',
  type: 'OPT',
  udpPayloadSize: UDP_PAYLOAD,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/**
 * Reads what came in answer to a query. Nothing that comes makes it throw.
 * @returns `malformed` for what is no DNS message; `mismatch` for one that is no answer to this question (RFC 5452 §9.1)
 */
export function decodeAnswer(
  bytes: Uint8Array,
  id: number,
  question: DnsQuestion,
): DnsAnswer | 'malformed' | 'mismatch' {
  // Who cannot guess the id does not get to make us work.
  if (bytes.length >= HEADER && (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0) !== id) return 'mismatch';
  const message = decode(bytes);
  if (message === undefined) return 'malformed';
  const { questions = [], answers = [], additionals = [] } = message;
  const [asked] = questions;
  if (message.type !== 'response') return 'mismatch';
  if (asked === undefined) {
    // Who could not read the query cannot repeat it.
    if ((message.flags ?? 0) % 16 !== RCODE.FORMERR) return 'malformed';
  } else if (
    questions.length > 1 ||
    asked.type !== question.type ||
    asked.class !== 'IN' ||
    !isFor(asked.name, question)
  ) {
    return 'mismatch';
  }
  const opt = additionals.find((each) => each.type === 'OPT');
  return {
    name: question.name,
    rcode: ((message.flags ?? 0) % 16) + (opt === undefined ? 0 : opt.extendedRcode * 16),
    truncated: message.flag_tc,
    edns: opt !== undefined,
    records: answers,
  };
}

function isFor(name: string, question: DnsQuestion): boolean {
  return sameName(name === '.' ? '' : name, question.name);
}

/** dns-packet throws at what it cannot read, reads on behind the end of some records, and follows pointers for ever. */
function decode(bytes: Uint8Array): dnsPacket.DecodedPacket | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER || COUNTS.some((offset) => buffer.readUInt16BE(offset) > MOST_RECORDS)) return undefined;
  if (chainsPointers(buffer)) return undefined;
  try {
    const message = dnsPacket.decode(buffer);
    return dnsPacket.decode.bytes <= buffer.length ? message : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 1035 §4.1.1: octets in a header. */
const HEADER = 12;

/** Where the header has how many questions, answers, authorities and additional records there are. */
const COUNTS = [4, 6, 8, 10] as const;

/**
 * Whether pointers (RFC 1035 §4.1.4) lead to pointers and so on, longer than any name can: 64 KiB of them would take a
 * third of a second. What looks like a pointer and is none forms no such chains by chance.
 */
function chainsPointers(buffer: Buffer): boolean {
  const end = Math.min(buffer.length - 1, 0x4000);
  const depths = new Uint8Array(end);
  for (let offset = HEADER; offset < end; offset++) {
    const target = buffer.readUInt16BE(offset) - 0xc000;
    if (target < 0 || target >= offset) continue;
    const depth = (depths[target] ?? 0) + 1;
    if (depth > LONGEST_CHAIN) return true;
    depths[offset] = depth;
  }
  return false;
}
