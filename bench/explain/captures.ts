// Large captures made up from nothing, the same each time.
import { closeSync, openSync, writeSync } from 'node:fs';

const PIECE = 4 * 1024 * 1024;
const ETHERNET = 14;
const IP = 20;
const TCP = 32;
const HEADERS = ETHERNET + IP + TCP;
const FLAG = { FIN: 1, SYN: 2, PSH: 8, ACK: 16 } as const;

/** Who sends to whom, and what. */
export interface Packet {
  /** µs */
  readonly time: number;
  readonly from: readonly [address: number, port: number];
  readonly to: readonly [address: number, port: number];
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly length: number;
}

/** Writes packets into a pcap file, in large pieces. */
export class CaptureFile {
  bytes = 0;
  packets = 0;
  private readonly descriptor: number;
  private readonly buffer = Buffer.alloc(PIECE);
  private used = 0;

  constructor(file: string) {
    this.descriptor = openSync(file, 'w');
    const { buffer } = this;
    buffer.writeUInt32LE(0xa1b2c3d4, 0);
    buffer.writeUInt16LE(2, 4);
    buffer.writeUInt16LE(4, 6);
    buffer.writeUInt32LE(65_535, 16);
    buffer.writeUInt32LE(1, 20);
    this.used = 24;
  }

  put({ time, from, to, seq, ack, flags, length }: Packet): void {
    const size = 16 + HEADERS + length;
    if (this.used + size > PIECE) this.flush();
    const { buffer } = this;
    let at = this.used;
    buffer.fill(0, at, at + 16 + HEADERS);
    buffer.writeUInt32LE(1_700_000_000 + Math.floor(time / 1_000_000), at);
    buffer.writeUInt32LE(Math.floor(time % 1_000_000), at + 4);
    buffer.writeUInt32LE(HEADERS + length, at + 8);
    buffer.writeUInt32LE(HEADERS + length, at + 12);
    at += 16;
    buffer.writeUInt16BE(0x0800, at + 12);
    const ip = at + ETHERNET;
    buffer[ip] = 0x45;
    buffer.writeUInt16BE(IP + TCP + length, ip + 2);
    buffer.writeUInt16BE(this.packets & 0xffff, ip + 4);
    buffer[ip + 8] = 64;
    buffer[ip + 9] = 6;
    buffer.writeUInt32BE(from[0] >>> 0, ip + 12);
    buffer.writeUInt32BE(to[0] >>> 0, ip + 16);
    const tcp = ip + IP;
    buffer.writeUInt16BE(from[1], tcp);
    buffer.writeUInt16BE(to[1], tcp + 2);
    buffer.writeUInt32BE(seq >>> 0, tcp + 4);
    buffer.writeUInt32BE(ack >>> 0, tcp + 8);
    buffer[tcp + 12] = (TCP / 4) << 4;
    buffer[tcp + 13] = flags;
    buffer.writeUInt16BE(0xfff0, tcp + 14);
    // Options: in a SYN the usual ones, otherwise nothing but padding.
    if (flags & FLAG.SYN) buffer.write('020405b4040201030307' + '0101', tcp + 20, 'hex');
    else buffer.fill(1, tcp + 20, tcp + TCP);
    this.used += size;
    this.packets += 1;
  }

  end(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    writeSync(this.descriptor, this.buffer, 0, this.used);
    this.bytes += this.used;
    this.used = 0;
  }
}

const SERVER = [0x0a4d0002, 443] as const;

/** So many SYNs to one port, each from another address, 100,000 in a second. */
export function flood(file: CaptureFile, count: number): void {
  for (let index = 0; index < count; index++)
    file.put({
      time: index * 10,
      from: [0x0b000000 + Math.imul(index, 0x9e3779b1), 1024 + (index % 60_000)],
      to: SERVER,
      seq: Math.imul(index, 0x85ebca6b),
      ack: 0,
      flags: FLAG.SYN,
      length: 0,
    });
}

const SEGMENT = 1448;
/** Segments of one download, and downloads at the same time. */
const SEGMENTS = 150;
const AT_ONCE = 50;

/** Downloads until the file has so many bytes: of each 40th segment the first is not in the capture, and each 60th changes places with the next. */
export function downloads(file: CaptureFile, bytes: number): number {
  let time = 0;
  let count = 0;
  while (file.bytes < bytes) {
    const clients = Array.from({ length: AT_ONCE }, (_, index) => [0x0a4e0000 + count + index, 40_000] as const);
    count += AT_ONCE;
    const to = (client: Packet['to'], seq: number, flags: number, length: number, ack = 101): void => {
      file.put({ time: (time += 2), from: SERVER, to: client, seq, ack, flags, length });
    };
    const from = (client: Packet['to'], seq: number, ack: number, flags: number, length = 0): void => {
      file.put({ time: (time += 2), from: client, to: SERVER, seq, ack, flags, length });
    };
    for (const client of clients) {
      from(client, 0, 0, FLAG.SYN);
      to(client, 0, FLAG.SYN | FLAG.ACK, 0, 1);
      from(client, 1, 1, FLAG.ACK);
      from(client, 1, 1, FLAG.ACK | FLAG.PSH, 100);
    }
    const seqOf = (segment: number): number => 1 + segment * SEGMENT;
    for (let segment = 0; segment < SEGMENTS; segment++)
      for (const client of clients) {
        const place = segment % 60 === 20 ? segment + 1 : segment % 60 === 21 ? segment - 1 : segment;
        const lost = segment - (segment % 40) + 7;
        if (segment % 40 === 12) to(client, seqOf(lost), FLAG.ACK, SEGMENT);
        if (segment % 40 !== 7) to(client, seqOf(place), FLAG.ACK, SEGMENT);
        const isHole = segment % 40 >= 7 && segment % 40 < 12;
        if (isHole || segment % 2 === 1) from(client, 101, isHole ? seqOf(lost) : seqOf(segment + 1), FLAG.ACK);
      }
    for (const client of clients) {
      to(client, seqOf(SEGMENTS), FLAG.FIN | FLAG.ACK, 0);
      from(client, 101, seqOf(SEGMENTS) + 1, FLAG.FIN | FLAG.ACK);
      to(client, seqOf(SEGMENTS) + 1, FLAG.ACK, 0, 102);
    }
  }
  return count;
}
