import { formatIpv4Address, requireIpv4Address } from './address';
import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import {
  END,
  OVERLOAD,
  PAD,
  readOptions,
  readText,
  writeOptions,
  writeText,
  type DhcpMessageType,
  type DhcpOptionValues,
} from './dhcp-options';
import { truncated, WireError } from './error';

/** Where a server listens, and where a client does (RFC 2131 §4.1). */
export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;

/** Bytes before the options: the header of BOOTP (RFC 951), and the four that say that DHCP's options follow (RFC 2131 §3). */
const HEADER = 240;
const COOKIE = 0x63825363;
/** What some servers and relays want at least, since BOOTP was never shorter (RFC 1542 §2.1). */
const SHORTEST = 300;

const OP = { request: 1, reply: 2 } as const;
const BROADCAST = 0x8000;

const CHADDR = { at: 28, length: 16 };
const SNAME = { at: 44, length: 64 };
const FILE = { at: 108, length: 128 };
const LONGEST_PIECE = 255;

/** Fields that hold options where the option "overload" says so (RFC 2132 §9.3), in the order in which they are read (RFC 3396 §5). */
const OVERLOADED = [
  { bit: 1, field: 'file', ...FILE },
  { bit: 2, field: 'sname', ...SNAME },
] as const;

/** A DHCP message in `bytes`, not copied. Made by {@link viewDhcp}. Addresses are uint32. */
export class DhcpView {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
    /** What its options say. */
    readonly options: DhcpOptionValues,
    /** Which of `file` (1) and `sname` (2) hold options. */
    private readonly overload: number,
  ) {}

  /** 1 from a client, 2 from a server. */
  get op(): number {
    return readUint8(this.bytes, this.offset);
  }

  /** ARP's number for the kind of the hardware: 1 for Ethernet. */
  get hardwareType(): number {
    return readUint8(this.bytes, this.offset + 1);
  }

  get hops(): number {
    return readUint8(this.bytes, this.offset + 3);
  }

  get xid(): number {
    return readUint32(this.bytes, this.offset + 4);
  }

  /** Seconds since the client began. */
  get secs(): number {
    return readUint16(this.bytes, this.offset + 8);
  }

  /** The client cannot take a packet to an address that it does not have yet. */
  get broadcast(): boolean {
    return (readUint16(this.bytes, this.offset + 10) & BROADCAST) !== 0;
  }

  /** The address that the client has. */
  get ciaddr(): number {
    return readUint32(this.bytes, this.offset + 12);
  }

  /** The address that the client gets. */
  get yiaddr(): number {
    return readUint32(this.bytes, this.offset + 16);
  }

  /** The next server of a client that boots. */
  get siaddr(): number {
    return readUint32(this.bytes, this.offset + 20);
  }

  /** The relay. */
  get giaddr(): number {
    return readUint32(this.bytes, this.offset + 24);
  }

  /** The client's hardware address, as long as it says. */
  get chaddr(): Uint8Array {
    const start = this.offset + CHADDR.at;
    return this.bytes.subarray(start, start + readUint8(this.bytes, this.offset + 2));
  }

  /** The server's name, unless options are there. */
  get sname(): Uint8Array {
    return (this.overload & 2) === 0 ? this.field(SNAME) : this.bytes.subarray(this.offset, this.offset);
  }

  /** The boot file's name, unless options are there. */
  get file(): Uint8Array {
    return (this.overload & 1) === 0 ? this.field(FILE) : this.bytes.subarray(this.offset, this.offset);
  }

  private field({ at, length }: { at: number; length: number }): Uint8Array {
    const start = this.offset + at;
    const bytes = this.bytes.subarray(start, start + length);
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
}

/** A DHCP message as plain values. */
export interface DhcpMessage {
  /** `request` from a client, `reply` from a server. */
  readonly op: keyof typeof OP;
  readonly hardwareType: number;
  readonly hops: number;
  readonly xid: number;
  /** Seconds since the client began. */
  readonly secs: number;
  /** The client cannot take a packet to an address that it does not have yet. */
  readonly broadcast: boolean;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  /** The client's hardware address, up to 16 bytes. */
  readonly chaddr: Uint8Array;
  readonly sname: string;
  readonly file: string;
  readonly options: DhcpOptionValues;
}

/** A message with its type: all that DHCP sends. */
export type TypedDhcpMessage = DhcpMessage & { readonly options: { readonly messageType: DhcpMessageType } };

/**
 * Looks at the message in `bytes[offset..end)` (RFC 2131 §2), its options included. They may lie in `file` and `sname`, too, and in pieces,
 * which are put together (RFC 2132 §9.3, RFC 3396). What lies behind the option END does not count; where it is missing, the field's end is it.
 */
export function viewDhcp(bytes: Uint8Array, offset = 0, end = bytes.length): DhcpView | WireError {
  const given = end - offset;
  if (given < HEADER) return truncated('dhcp', HEADER, given);
  const op = readUint8(bytes, offset);
  if (op !== OP.request && op !== OP.reply) return new WireError('dhcp', 'op', 0, `${op}; 1 or 2 is expected`);
  const hardwareLength = readUint8(bytes, offset + 2);
  if (hardwareLength > CHADDR.length) {
    return new WireError('dhcp', 'hlen', 2, `${hardwareLength} bytes, and the field has ${CHADDR.length}`);
  }
  const cookie = readUint32(bytes, offset + HEADER - 4);
  if (cookie !== COOKIE) {
    return new WireError('dhcp', 'cookie', HEADER - 4, `0x${cookie.toString(16)}: BOOTP without DHCP's options`);
  }
  const pieces = new Map<number, Uint8Array[]>();
  const where = new Map<number, number>();
  const problem = collect(bytes, offset, 'options', HEADER, given, pieces, where);
  if (problem !== undefined) return problem;
  const overload = overloadOf(pieces, where);
  if (overload instanceof WireError) return overload;
  for (const { bit, field, at, length } of OVERLOADED) {
    if ((overload & bit) === 0) continue;
    const inField = collect(bytes, offset, field, at, at + length, pieces, where);
    if (inField !== undefined) return inField;
  }
  pieces.delete(OVERLOAD);
  const options = readOptions(new Map([...pieces].map(([code, parts]) => [code, joined(parts)])));
  if ('detail' in options) {
    return new WireError('dhcp', 'options', where.get(options.code) ?? HEADER, options.detail);
  }
  return new DhcpView(bytes, offset, end, options, overload);
}

/** Adds the options in one field, from `start` to `end` in bytes from the header's start, to `pieces`; `where`: where each began. */
function collect(
  bytes: Uint8Array,
  offset: number,
  field: string,
  start: number,
  end: number,
  pieces: Map<number, Uint8Array[]>,
  where: Map<number, number>,
): WireError | undefined {
  for (let at = start; at < end;) {
    const code = readUint8(bytes, offset + at);
    if (code === END) return undefined;
    if (code === PAD) {
      at += 1;
      continue;
    }
    if (at + 1 === end) return new WireError('dhcp', field, at, `option ${code} ends before its length`);
    const length = readUint8(bytes, offset + at + 1);
    const next = at + 2 + length;
    if (next > end) {
      return new WireError('dhcp', field, at + 1, `option ${code} of ${length} bytes, and ${end - at - 2} are there`);
    }
    const piece = bytes.subarray(offset + at + 2, offset + next);
    const parts = pieces.get(code);
    if (parts === undefined) {
      pieces.set(code, [piece]);
      where.set(code, at);
    } else parts.push(piece);
    at = next;
  }
  return undefined;
}

/** Which fields hold options: 0 to 3. */
function overloadOf(
  pieces: ReadonlyMap<number, readonly Uint8Array[]>,
  where: ReadonlyMap<number, number>,
): number | WireError {
  const parts = pieces.get(OVERLOAD);
  if (parts === undefined) return 0;
  const [data = new Uint8Array(0)] = parts;
  const overload = readUint8(data, 0);
  if (parts.length === 1 && data.length === 1 && overload >= 1 && overload <= 3) return overload;
  return new WireError(
    'dhcp',
    'options',
    where.get(OVERLOAD) ?? HEADER,
    'option 52 (overload) is not one octet, 1 to 3',
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0)] = parts;
  if (parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The message as plain values. */
export function parseDhcp(message: Uint8Array | DhcpView): DhcpMessage | WireError {
  const view = message instanceof Uint8Array ? viewDhcp(message) : message;
  if (view instanceof WireError) return view;
  return {
    op: view.op === OP.request ? 'request' : 'reply',
    hardwareType: view.hardwareType,
    hops: view.hops,
    xid: view.xid,
    secs: view.secs,
    broadcast: view.broadcast,
    ciaddr: formatIpv4Address(view.ciaddr),
    yiaddr: formatIpv4Address(view.yiaddr),
    siaddr: formatIpv4Address(view.siaddr),
    giaddr: formatIpv4Address(view.giaddr),
    chaddr: view.chaddr,
    sname: readText(view.sname),
    file: readText(view.file),
    options: view.options,
  };
}

/**
 * The message's bytes, 300 at least. Options longer than 255 bytes go in pieces (RFC 3396 §4).
 * @throws RangeError for values that their fields cannot hold
 */
export function emitDhcp(message: DhcpMessage): Uint8Array {
  const { hardwareType, hops, xid, secs, chaddr } = message;
  const options = writeOptions(message.options).flatMap(({ code, data }) => inPieces(code, data));
  const length = options.reduce((total, piece) => total + piece.length, HEADER + 1);
  const bytes = new Uint8Array(Math.max(length, SHORTEST));
  requireUint('DHCP hardware type', hardwareType, 8);
  requireUint('DHCP hops', hops, 8);
  requireUint('DHCP xid', xid, 32);
  requireUint('DHCP secs', secs, 16);
  bytes[0] = OP[message.op];
  bytes[1] = hardwareType;
  bytes[2] = chaddr.length;
  bytes[3] = hops;
  writeUint32(bytes, 4, xid);
  writeUint16(bytes, 8, secs);
  writeUint16(bytes, 10, message.broadcast ? BROADCAST : 0);
  for (const [index, name] of (['ciaddr', 'yiaddr', 'siaddr', 'giaddr'] as const).entries()) {
    writeUint32(bytes, 12 + 4 * index, requireIpv4Address(message[name]));
  }
  put(bytes, 'chaddr', CHADDR, chaddr);
  put(bytes, 'sname', SNAME, fieldText('DHCP sname', message.sname));
  put(bytes, 'file', FILE, fieldText('DHCP file', message.file));
  writeUint32(bytes, HEADER - 4, COOKIE);
  let at = HEADER;
  for (const piece of options) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes[at] = END;
  return bytes;
}

/** The text of a field that ends with the first NUL. */
function fieldText(what: string, value: string): Uint8Array {
  if (value.includes('\0')) throw new RangeError(`${what} has a NUL in it`);
  return writeText(what, value);
}

function put(into: Uint8Array, what: string, { at, length }: { at: number; length: number }, bytes: Uint8Array): void {
  if (bytes.length > length) throw new RangeError(`DHCP ${what} has ${bytes.length} bytes; at most ${length} fit`);
  into.set(bytes, at);
}

/** The option with code and length before each piece. One without data is a piece, too. */
function inPieces(code: number, data: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(data.length / LONGEST_PIECE));
  return Array.from({ length: count }, (_, index) => {
    const part = data.subarray(index * LONGEST_PIECE, (index + 1) * LONGEST_PIECE);
    return Uint8Array.of(code, part.length, ...part);
  });
}
