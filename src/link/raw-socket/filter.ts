import type { PortRange } from './ports';

/**
 * Programs for the kernel that choose which packets a raw socket gets (classic BPF, `SO_ATTACH_FILTER`), so that others' traffic
 * is passed over where it arrives and does not wake the process. See native-notes/raw-sockets.md.
 */

/** What a socket is to get. */
export interface Wanted {
  readonly ipv6: boolean;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6';
  /** Destinations, of the one family. */
  readonly addresses: readonly (number | bigint)[];
  /** Destination ports, of TCP and UDP. */
  readonly ports: readonly PortRange[];
  /** Echo requests too: the stack answers them. Else the kernel does. */
  readonly echo: boolean;
}

/** Most addresses that a filter compares with: a jump reaches over 255 instructions. */
export const MOST_ADDRESSES = 32;
/** Most ranges of ports: a program has 4096 instructions at most, a range takes three. */
export const MOST_RANGES = 1000;

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

/** Classic BPF's instructions (the BSD Packet Filter, McCanne and Jacobson 1993), as `<linux/bpf_common.h>` numbers them. */
const LOAD_WORD = 0x20;
const LOAD_HALF_BEHIND_X = 0x48;
const LOAD_BYTE_BEHIND_X = 0x50;
/** X = 4 × the low four bits of a byte: the length of an IPv4 header. */
const X_IS_HEADER_LENGTH = 0xb1;
const X_IS = 0x01;
const IF_EQUAL = 0x15;
const IF_GREATER = 0x25;
const IF_NOT_LESS = 0x35;
const RETURN = 0x06;

/** Added to an offset: counted from the IP header, wherever the packet begins that the filter is shown (`SKF_NET_OFF`). */
const FROM_IP_HEADER = 0xfff00000;

const WHOLE_PACKET = 0xffffffff;
const ACCEPT: Instruction = [RETURN, 0, 0, WHOLE_PACKET];
const REJECT: Instruction = [RETURN, 0, 0, 0];

/** ICMP messages that answer something that was sent: echo reply, unreachable, time exceeded, parameter problem. */
const NEWS = { icmp: [0, 3, 11, 12], icmpv6: [129, 1, 2, 3, 4] } as const;
const ECHO_REQUEST = { icmp: 8, icmpv6: 128 } as const;

/** The program, eight bytes an instruction, in this machine's byte order. */
export function filterProgram(wanted: Wanted): Uint8Array {
  const { protocol } = wanted;
  return encode([
    ...destinations(wanted.addresses),
    // A raw socket of IPv6's is shown what is behind the headers, one of IPv4's the header first.
    [wanted.ipv6 ? X_IS : X_IS_HEADER_LENGTH, 0, 0, 0],
    ...(protocol === 'tcp' || protocol === 'udp' ? ports(wanted.ports) : types(protocol, wanted.echo)),
    REJECT,
  ]);
}

/** Goes on behind these instructions if the destination is one of the addresses. */
function destinations(addresses: readonly (number | bigint)[]): Instruction[] {
  const result: Instruction[] = [];
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const words = wordsOf(address);
    const start = typeof address === 'bigint' ? FROM_IP_HEADER + 24 : FROM_IP_HEADER + 16;
    // What is left of all addresses, if this one matches, and of this one, if a word of it does not.
    const others = addresses.slice(index + 1).reduce<number>((sum, each) => sum + 2 * wordsOf(each).length, 1);
    for (const [at, word] of words.entries()) {
      const isMatch = at === words.length - 1;
      const restOfThis = 2 * (words.length - 1 - at);
      result.push([LOAD_WORD, 0, 0, (start + 4 * at) >>> 0]);
      result.push([IF_EQUAL, isMatch ? others : 0, restOfThis, word]);
    }
    if (isLast) result.push(REJECT);
  }
  return addresses.length === 0 ? [REJECT] : result;
}

function wordsOf(address: number | bigint): number[] {
  if (typeof address === 'number') return [address];
  return [96n, 64n, 32n, 0n].map((shift) => Number(BigInt.asUintN(32, address >> shift)));
}

/** Accepts a destination port of these. X is where the transport's header starts. */
function ports(ranges: readonly PortRange[]): Instruction[] {
  return [
    [LOAD_HALF_BEHIND_X, 0, 0, 2],
    ...ranges.flatMap(({ first, last }): Instruction[] => [
      [IF_NOT_LESS, 0, 2, first],
      [IF_GREATER, 1, 0, last],
      ACCEPT,
    ]),
  ];
}

/** Accepts the messages of ICMP that are for us. Those of neighbour discovery are the kernel's, who owns the addresses. */
function types(protocol: 'icmp' | 'icmpv6', echo: boolean): Instruction[] {
  const wanted = [...NEWS[protocol], ...(echo ? [ECHO_REQUEST[protocol]] : [])];
  return [[LOAD_BYTE_BEHIND_X, 0, 0, 0], ...wanted.flatMap((type): Instruction[] => [[IF_EQUAL, 0, 1, type], ACCEPT])];
}

function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * instructions.length);
  const halves = new Uint16Array(bytes.buffer);
  const words = new Uint32Array(bytes.buffer);
  for (const [index, [code, jumpTrue, jumpFalse, k]] of instructions.entries()) {
    halves[4 * index] = code;
    bytes[8 * index + 2] = jumpTrue;
    bytes[8 * index + 3] = jumpFalse;
    words[2 * index + 1] = k;
  }
  return bytes;
}
