import type { StackReport, SocketReport } from '../control/report-form';
import type { SkippedEvent } from '../inspect/record/skipped';
import type { TraceEvent } from '../trace';

/**
 * What the inspector's page and its server say to each other over a WebSocket: JSON texts, one message each, see `encoding.ts`. It is at
 * `/live`, with the query that the page's own address has (`?token=…`). The server begins: hello, impairment where there is a wire,
 * snapshot.
 */
export const PROTOCOL_VERSION = 1;

/** What stands at `/about`, as JSON: whose stack it is. */
export interface AboutReport {
  readonly version: typeof PROTOCOL_VERSION;
  readonly pid: number;
  readonly program: string;
  readonly connections: number;
}

/** A bad network, as `impair` has it: probabilities 0 to 1, times in µs, rate in bits a second. */
export interface ImpairmentSettings {
  readonly loss?: number;
  readonly delay?: number;
  readonly jitter?: number;
  readonly reorder?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  /** `null`: none. */
  readonly rate?: number | null;
}

/** A socket as `synack ss` shows it. */
export type InspectedSocket = SocketReport & {
  /** The number by which the trace knows the connection; 0: it has none. */
  readonly id: number;
  /** It is the inspector's own, over the stack that it shows: nothing of it is in the trace. */
  readonly own?: true;
};

/** At most 1,000 sockets; `omitted` says how many are left out. */
export type InspectedStack = Omit<StackReport, 'sockets'> & { readonly sockets: readonly InspectedSocket[] };

/** What the inspector counts of itself. */
export interface InspectorCounters {
  /** Pages that are connected. */
  readonly clients: number;
  /** Pages that were turned away, since there were too many. */
  readonly clientsRefused: number;
  /** Requests with a wrong token, from a page of somebody else's, under a strange name, or too many of them. */
  readonly requestsRefused: number;
  /** Segments that were told only as so many. */
  readonly segmentsSkipped: number;
  /** Other events that were left out: beyond the limit of what is told, or for pages that are too slow. */
  readonly eventsDropped: number;
}

export interface HelloMessage {
  readonly type: 'hello';
  readonly version: typeof PROTOCOL_VERSION;
  /** `synack serve echo` */
  readonly program: string;
  readonly pid: number;
  /** The stack's clock now, and the wall-clock time when it stood at 0; µs. */
  readonly now: number;
  readonly epoch: number;
  /** The page came over the very stack that it shows; its own connections are not in the trace. */
  readonly self: boolean;
  /** What the page may do. `impair`: there is a wire whose impairment can be changed. */
  readonly controls: { readonly impair: boolean; readonly connections: boolean };
}

export type ServerMessage =
  | HelloMessage
  /** What happened, in order. */
  | { readonly type: 'events'; readonly events: readonly (TraceEvent | SkippedEvent)[] }
  /** All sockets and counters at this moment: at once, and then from time to time. `now` is µs on the stack's clock. */
  | {
      readonly type: 'snapshot';
      readonly now: number;
      readonly stack: InspectedStack;
      readonly inspector: InspectorCounters;
    }
  /**
   * There is more than can be shown: in the last second so many segments passed, and so many were told one by one. Comes every second
   * as long as it is so. `on: false`: all are told again.
   */
  | { readonly type: 'sampling'; readonly on: boolean; readonly seen: number; readonly told: number }
  /** The bad network in force. */
  | { readonly type: 'impairment'; readonly settings: ImpairmentSettings }
  /** A request was carried out, or not, and why. */
  | { readonly type: 'done'; readonly request: number }
  | FailedMessage;

/** Why a request was not carried out. */
export type FailureCode =
  /** The connection: closed meanwhile; the one by which the page is here. */
  | 'gone'
  | 'own'
  /** The bad network: there is only loopback; a setting that cannot be. */
  | 'no-wire'
  | 'bad-rate'
  | 'bad-time'
  | 'bad-probability'
  /** Close: done already; nobody has answered yet; the program has asked for it. */
  | 'end-closed'
  | 'not-open'
  | 'program-closes'
  /** Send: no text; FIN has been sent; the program has closed; there is not room for all, or for nothing; the connection is broken. */
  | 'nothing-to-send'
  | 'fin-sent'
  | 'program-closed'
  | 'sent-in-part'
  | 'buffer-full'
  | 'takes-nothing'
  /** No message of this protocol. */
  | 'not-text'
  | 'not-json'
  | 'unknown-request';

export interface FailedMessage {
  readonly type: 'failed';
  readonly request: number;
  /** In English. */
  readonly reason: string;
  /** In other languages: `REASONS` of `reasons.ts`, with the facts. */
  readonly code?: FailureCode;
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** What the page asks for. `request` is a number of its own, which comes back with `done` or `failed`. */
export type ClientMessage =
  /** `close`: our end has sent all that it will (FIN). `abort`: RST, and it is gone. */
  | { readonly type: 'close' | 'abort'; readonly request: number; readonly connection: number }
  | { readonly type: 'send'; readonly request: number; readonly connection: number; readonly text: string }
  /** What is left out stays as it is. */
  | { readonly type: 'impair'; readonly request: number; readonly settings: ImpairmentSettings }
  /** The connection that is looked at: it has the larger share where there is too much to tell. `null`: none. */
  | { readonly type: 'watch'; readonly request: number; readonly connection: number | null };
