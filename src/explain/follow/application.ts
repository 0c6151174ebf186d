import type { Told } from '../../inspect/application/told';
import { add } from '../../tcp/sequence';
import type { Seen } from './seen';
import type { Side } from './side';

export type Protocol = 'HTTP' | 'WebSocket' | 'TLS';

export interface CloseFrame {
  readonly frame: number;
  readonly time: number;
  readonly side: 'client' | 'server';
  readonly code: number | undefined;
}

export interface BadAnswer {
  readonly frame: number;
  readonly time: number;
  readonly status: number;
  readonly line: string;
}

/** A TLS alert that anybody can read: RFC 8446 §6. */
export interface Alert {
  readonly frame: number;
  readonly time: number;
  readonly side: 'client' | 'server';
  /** `undefined`: it is encrypted, or was not captured. */
  readonly code: number | undefined;
  /** Whoever sends it ends the connection by it. */
  readonly fatal: boolean;
}

/** A response that says how long it is. */
export interface Answer {
  readonly frame: number;
  readonly time: number;
  readonly line: string;
  /** Of its body, bytes; and the number behind the last of them. */
  readonly length: number;
  readonly end: number;
}

/** The first data of a side, and what it looks like. */
export interface Beginning {
  readonly frame: number;
  readonly time: number;
  readonly kind: 'tls' | 'alert' | 'request' | 'text' | 'other';
}

const MOST = 20;
/** Of a payload so much is looked at. */
const LOOKED_AT = 4096;
const ALERT = 21;
const HANDSHAKE = 22;
const FATAL = 2;
const RECORD_HEADER = 5;
const latin1 = new TextDecoder('latin1');

/** What the programs at both ends were heard to speak. */
export class Application {
  readonly protocols = new Set<Protocol>();
  /** The first line of the first request. */
  request: { readonly frame: number; readonly line: string } | undefined;
  requests = 0;
  answers = 0;
  upgraded: { readonly frame: number; readonly protocol: string } | undefined;
  readonly closes: CloseFrame[] = [];
  readonly badAnswers: BadAnswer[] = [];
  readonly alerts: Alert[] = [];
  /** The last response that has a body of a known length. */
  answer: Answer | undefined;
  readonly beginnings: { client: Beginning | undefined; server: Beginning | undefined } = {
    client: undefined,
    server: undefined,
  };
  /** The last request wants no body. */
  private headOnly = false;
  /** TLS had shaken hands before the first alert. */
  encrypted = false;
  greeted = false;
  /** Requests to which no answer has begun, and when the last one was asked. */
  openRequest: { readonly frame: number; readonly time: number } | undefined;

  /** Looks at the first data of a side. */
  begin({ name }: Side, { frame, time, segment: { payload } }: Seen): void {
    this.beginnings[name] ??= { frame, time, kind: kindOf(payload) };
  }

  hear(told: Told, { name: side }: Side, seen: Seen): void {
    const { frame, time } = seen;
    for (const item of told.items) {
      switch (item.kind) {
        case 'request':
          this.protocols.add('HTTP');
          this.requests += 1;
          this.request ??= { frame, line: item.line };
          this.openRequest = { frame, time };
          this.answer = undefined;
          this.headOnly = /^(HEAD|CONNECT) /.test(item.line);
          break;
        case 'response':
          this.protocols.add('HTTP');
          if ((item.status ?? 0) >= 200 || item.status === 101) {
            this.answers += 1;
            this.openRequest = undefined;
            this.answer = this.headOnly ? undefined : answerOf(item.line, seen);
          }
          if (item.upgrade !== undefined) this.upgraded = { frame, protocol: item.upgrade };
          if ((item.status ?? 0) >= 400 && this.badAnswers.length < MOST)
            this.badAnswers.push({ frame, time, status: item.status ?? 0, line: item.line });
          break;
        case 'frame':
          this.protocols.add('WebSocket');
          if (item.type === 'close' && this.closes.length < MOST)
            this.closes.push({ frame, time, side, code: item.code });
          break;
        case 'tls':
          this.protocols.add('TLS');
          if (item.names.includes('ServerHello')) this.greeted = true;
          if (item.names.includes('application data')) this.encrypted = true;
          if (item.names.includes('alert') && this.alerts.length < MOST)
            this.alerts.push({ frame, time, side, ...alertIn(seen.segment.payload) });
          break;
        case 'more':
          break;
      }
    }
  }
}

/** The alert in the clear in a segment. */
function alertIn(payload: Uint8Array): Pick<Alert, 'code' | 'fatal'> {
  const last = Math.min(payload.length, LOOKED_AT) - RECORD_HEADER - 2;
  for (let at = 0; at <= last; at++) {
    if (payload[at] !== ALERT || payload[at + 1] !== 3 || payload[at + 3] !== 0 || payload[at + 4] !== 2) continue;
    return { code: payload[at + RECORD_HEADER + 1], fatal: payload[at + RECORD_HEADER] === FATAL };
  }
  return { code: undefined, fatal: false };
}

/** The length that the head of a response tells, where the head is in one segment. */
function answerOf(line: string, { segment: { payload }, seq, frame, time }: Seen): Answer | undefined {
  if (/^(1\d\d|204|304)\b/.test(line)) return undefined;
  const text = latin1.decode(payload.subarray(0, LOOKED_AT));
  const end = text.indexOf('\r\n\r\n');
  if (end < 0 || !text.startsWith('HTTP/1.')) return undefined;
  const head = text.slice(0, end + 2);
  const [, digits] = /\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n/i.exec(head) ?? [];
  if (digits === undefined || /\r\ntransfer-encoding:/i.test(head)) return undefined;
  const length = Number(digits);
  return { frame, time, line, length, end: add(seq, end + 4 + length) };
}

function kindOf(payload: Uint8Array): Beginning['kind'] {
  const [type = 0, major = 0] = payload;
  if (major === 3 && type === HANDSHAKE) return 'tls';
  if (major === 3 && type === ALERT) return 'alert';
  const text = latin1.decode(payload.subarray(0, 16));
  if (/^(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH) /.test(text)) return 'request';
  return /^[\r\n\t -~]+$/.test(text) ? 'text' : 'other';
}
