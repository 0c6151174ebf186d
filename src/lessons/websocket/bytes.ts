import type { Moment } from '../engine';
import type { Told } from '../../inspect/application/told';

/** The sample key of RFC 6455 §1.3, and what a server makes of it: SHA-1 of the key and a fixed UUID, in base64. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** What a browser asks for when a page opens a WebSocket (RFC 6455 §4.1). */
export function upgradeRequest(host: string): string {
  return [
    'GET /chat HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');
}

/** A server that agrees (RFC 6455 §4.2.2). */
export const UPGRADE_RESPONSE = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Accept: ${ACCEPT}`,
  '\r\n',
].join('\r\n');

/** RFC 6455 §11.8. */
const OPCODE = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
export type FrameKind = keyof typeof OPCODE;

const FIN = 0x80;
const MASKED = 0x80;
/** Longer ones need another form of header; nobody says so much here. */
const LONGEST = 125;

/** A frame (RFC 6455 §5.2): final, of at most 125 bytes; with a key it is masked (§5.3), as all of a client must be. */
export function frame(kind: FrameKind, payload: Uint8Array, key?: Uint8Array): Uint8Array {
  const body = payload.subarray(0, LONGEST);
  const head = [FIN | OPCODE[kind], body.length | (key === undefined ? 0 : MASKED)];
  return Uint8Array.from([...head, ...(key ?? []), ...(key === undefined ? body : masked(body, key))]);
}

/** The payload of a close frame (RFC 6455 §5.5.1): two bytes of code, and why. */
export function closing(code: number, reason: string): Uint8Array {
  return Uint8Array.from([code >> 8, code & 0xff, ...new TextEncoder().encode(reason)]);
}

/** The same key masks and unmasks. */
export function masked(payload: Uint8Array, key: Uint8Array): Uint8Array {
  return payload.map((byte, at) => byte ^ (key[at % key.length] ?? 0));
}

/** A frame that was read. */
export interface ReadFrame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
  readonly masked: boolean;
}

/**
 * Reads the first frame.
 * @returns it and how many bytes it has; `more`: it is not all there yet; `bad`: it is none that these programs send
 */
export function readFrame(bytes: Uint8Array): { readonly frame: ReadFrame; readonly length: number } | 'more' | 'bad' {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return 'more';
  const kind = KINDS[first];
  const size = second & 0x7f;
  if (kind === undefined || size > LONGEST) return 'bad';
  const isMasked = (second & MASKED) !== 0;
  const from = isMasked ? 6 : 2;
  const length = from + size;
  if (bytes.length < length) return 'more';
  const body = bytes.slice(from, length);
  const payload = isMasked ? masked(body, bytes.subarray(2, 6)) : body;
  return { frame: { kind, payload, masked: isMasked }, length };
}

const KINDS: Readonly<Record<number, FrameKind>> = {
  [FIN | OPCODE.text]: 'text',
  [FIN | OPCODE.close]: 'close',
  [FIN | OPCODE.ping]: 'ping',
  [FIN | OPCODE.pong]: 'pong',
};

/** What a moment's segment says in HTTP, WebSocket or TLS. */
type Item = Told['items'][number];

/** A condition of beats: `host` sends a segment that says such a thing. */
export function says(host: string, is: (item: Item) => boolean): (moment: Moment) => boolean {
  return (moment) => moment.kind === 'sent' && moment.host === host && moment.row.told.items.some(is);
}

export const isUpgrade = (item: Item): boolean => item.kind === 'request' && item.upgrade === 'websocket';
export const isSwitch = (item: Item): boolean => item.kind === 'response' && item.status === 101;

export function isFrame(type: FrameKind): (item: Item) => boolean {
  return (item) => item.kind === 'frame' && item.type === type;
}

/** The frame answers the other end's close frame, or does not. */
/** A close frame of somebody who cannot read what has come (RFC 6455 §7.4.1). */
export const isProtocolError = (item: Item): boolean =>
  item.kind === 'frame' && item.type === 'close' && item.code === 1002;

export function isClose(answers: boolean): (item: Item) => boolean {
  return (item) => item.kind === 'frame' && item.type === 'close' && item.answers === answers;
}
