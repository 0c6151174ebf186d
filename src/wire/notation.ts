import { formatFlags, parseFlags, FLAG, type TcpSegment } from './tcp';
import type { SackBlock, TcpOption } from './tcp-options';

/**
 * Segments as tcpdump writes them, for tests and for people:
 *
 *     S 1000:1000(0) win 65535 <mss 1460,sackOK>
 *     P. 1:1461(1460) ack 1 win 512
 *
 * Control bits, first and last sequence number with the payload's length, acknowledgment number (with the ACK bit), window,
 * urgent pointer (`urg 5`), options.
 */

/** What {@link parseSegment} read. What the text leaves open is absent. */
export interface SegmentNotation {
  flags: number;
  seq: number;
  ack?: number;
  /** Of the payload, in bytes. */
  length: number;
  window?: number;
  options?: TcpOption[];
  urgent?: number;
}

/**
 * Writes the segment.
 * @param relative where each direction starts to count (its initial sequence number, as a rule); what is subtracted from the
 *   sequence and acknowledgment numbers, modulo 2³². SACK blocks stay as they are on the wire.
 */
export function formatSegment(
  segment: TcpSegment,
  relative: { seq: number; ack: number } = { seq: 0, ack: 0 },
): string {
  const { flags, window, urgent, options, payload } = segment;
  const first = (segment.seq - relative.seq) >>> 0;
  const parts = [formatFlags(flags), `${first}:${(first + payload.length) >>> 0}(${payload.length})`];
  if ((flags & FLAG.ACK) !== 0) parts.push(`ack ${(segment.ack - relative.ack) >>> 0}`);
  parts.push(`win ${window}`);
  if ((flags & FLAG.URG) !== 0 || urgent !== 0) parts.push(`urg ${urgent}`);
  if (options.length > 0) parts.push(`<${options.map(formatOption).join(',')}>`);
  return parts.join(' ');
}

function formatOption(option: TcpOption): string {
  switch (option.kind) {
    case 'nop':
      return 'nop';
    case 'mss':
      return `mss ${option.mss}`;
    case 'window-scale':
      return `wscale ${option.shift}`;
    case 'sack-permitted':
      return 'sackOK';
    case 'sack':
      return `sack ${option.blocks.map(({ left, right }) => `${left}:${right}`).join(' ')}`;
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echo}`;
    case 'user-timeout':
      return `uto ${option.value}${option.unit}`;
    case 'fast-open':
      return `tfo ${formatHex(option.cookie)}`.trimEnd();
    case 'unknown':
      return `unknown-${option.code} ${formatHex(option.data)}`.trimEnd();
  }
}

/**
 * Reads the notation. Window, urgent pointer and options may be left out, and so may the acknowledgment number.
 * @throws SyntaxError with the text and the position in it, for anything else
 */
export function parseSegment(text: string): SegmentNotation {
  const reader = new Reader(text);
  const flags = parseFlags(reader.take(/[A-Za-z.]+/y, 'control bits such as "S." or "."')[0]);
  if (flags === undefined) return reader.fail(0, 'unknown control bits');

  reader.take(/ +/y, 'a space');
  const range = reader.position;
  const [, from = '', to = '', size = ''] = reader.take(/(\d+):(\d+)\((\d+)\)/y, 'first:last(length)');
  const seq = reader.uint(from, 32, range);
  const length = reader.uint(size, 32, range);
  if (reader.uint(to, 32, range) !== (seq + length) >>> 0) {
    reader.fail(range, 'the last number is not the first plus the length');
  }

  const segment: SegmentNotation = { flags, seq, length };
  const at = reader.position;
  const ack = reader.number('ack', 32);
  if (ack !== undefined && (flags & FLAG.ACK) === 0) reader.fail(at, 'ack, but the control bits have no "."');
  if (ack !== undefined) segment.ack = ack;
  const window = reader.number('win', 16);
  if (window !== undefined) segment.window = window;
  const urgent = reader.number('urg', 16);
  if (urgent !== undefined) segment.urgent = urgent;
  const options = reader.options();
  if (options !== undefined) segment.options = options;
  reader.end();
  return segment;
}

/** Takes a text apart from left to right, and knows where it is when something is wrong. */
class Reader {
  position = 0;

  constructor(private readonly text: string) {}

  fail(position: number, problem: string): never {
    throw new SyntaxError(`bad segment notation at position ${position} of '${this.text}': ${problem}`);
  }

  /** What the sticky `pattern` matches here, or `undefined`. */
  try(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.position = pattern.lastIndex;
    return match;
  }

  take(pattern: RegExp, expected: string): RegExpExecArray {
    return this.try(pattern) ?? this.fail(this.position, `expected ${expected}`);
  }

  uint(digits: string, bits: number, position: number): number {
    const value = Number(digits);
    return value < 2 ** bits ? value : this.fail(position, `${digits} does not fit in ${bits} bits`);
  }

  /** ` name 123`, or nothing. */
  number(name: string, bits: number): number | undefined {
    const start = this.position;
    const match = this.try(new RegExp(` +${name} +(\\d+)`, 'y'));
    return match === undefined ? undefined : this.uint(match[1] ?? '', bits, start);
  }

  /** ` <option,option,…>`, or nothing. */
  options(): TcpOption[] | undefined {
    if (this.try(/ *</y) === undefined) return undefined;
    const options: TcpOption[] = [];
    if (this.try(/>/y) !== undefined) return options;
    do {
      const start = this.position;
      const [body] = this.take(/[^,>]+/y, 'an option');
      options.push(parseOption(body.trim()) ?? this.fail(start, `'${body}' is not an option`));
    } while (this.take(/[,>]/y, '"," or ">"')[0] === ',');
    return options;
  }

  end(): void {
    this.try(/ +/y);
    const rest = this.text.slice(this.position);
    if (rest !== '') this.fail(this.position, `'${rest}' is not understood here`);
  }
}

function parseOption(text: string): TcpOption | undefined {
  if (text === 'nop') return { kind: 'nop' };
  if (text === 'sackOK') return { kind: 'sack-permitted' };
  const [word = '', ...rest] = text.split(/ +/);
  if (word === 'TS') {
    const [, value, echo] = /^val (\d+) ecr (\d+)$/.exec(rest.join(' ')) ?? [];
    if (value === undefined || echo === undefined) return undefined;
    const [tsval, tsecr] = [uint(value, 32), uint(echo, 32)];
    return tsval === undefined || tsecr === undefined ? undefined : { kind: 'timestamps', value: tsval, echo: tsecr };
  }
  if (word === 'sack') {
    const blocks = rest.map(parseBlock).filter((block) => block !== undefined);
    return rest.length === 0 || blocks.length < rest.length ? undefined : { kind: 'sack', blocks };
  }
  if (rest.length > 1) return undefined;
  const [argument = ''] = rest;
  if (word === 'mss') {
    const mss = uint(argument, 16);
    return mss === undefined ? undefined : { kind: 'mss', mss };
  }
  if (word === 'wscale') {
    const shift = uint(argument, 8);
    return shift === undefined ? undefined : { kind: 'window-scale', shift };
  }
  if (word === 'uto') {
    const [, digits = '', unit] = /^(\d+)(s|min)$/.exec(argument) ?? [];
    const value = uint(digits, 15);
    if (value === undefined) return undefined;
    return { kind: 'user-timeout', value, unit: unit === 'min' ? 'min' : 's' };
  }
  const data = parseHex(argument);
  if (data === undefined) return undefined;
  if (word === 'tfo') return { kind: 'fast-open', cookie: data };
  const code = uint(/^unknown-(\d+)$/.exec(word)?.[1] ?? '', 8);
  return code === undefined ? undefined : { kind: 'unknown', code, data };
}

function parseBlock(text: string): SackBlock | undefined {
  const [left, right, ...more] = text.split(':').map((number) => uint(number, 32));
  return left === undefined || right === undefined || more.length > 0 ? undefined : { left, right };
}

function uint(digits: string, bits: number): number | undefined {
  return /^\d+$/.test(digits) && Number(digits) < 2 ** bits ? Number(digits) : undefined;
}

function formatHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function parseHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
