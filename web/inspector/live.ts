import { encode } from '../../src/inspector/encoding';
import type { ClientMessage, ServerMessage } from '../../src/inspector/protocol';
import { readMessage } from './messages';

/** What the client needs of a WebSocket. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveOptions {
  readonly open: () => Socket;
  readonly onMessage: (message: ServerMessage) => void;
  /** How it stands with the connection to synack, when that changes. */
  readonly onStanding: (standing: Standing) => void;
  /** Like `setTimeout`. */
  readonly after: (ms: number, act: () => void) => void;
}

/**
 * `wrong-version`: page and server are not of the same version, so it is not tried again. `refused`: the server does not let the page in
 * (its token is of an earlier run).
 */
export type Standing = 'connecting' | 'open' | 'lost' | 'wrong-version' | 'refused';

/** A request without its number. */
export type Request = ClientMessage extends infer M ? (M extends ClientMessage ? Omit<M, 'request'> : never) : never;

/** How long it waits before it tries again, ms; the last for ever. */
const WAITS = [250, 500, 1000, 2000, 5000];
/** RFC 6455 §7.4.1: policy violation, with which the server turns away a page that it does not know. */
const POLICY_VIOLATION = 1008;

/** The page's end of the WebSocket: it connects, connects again, and brings answers to their requests. */
export class Live {
  standing: Standing = 'connecting';
  /** Messages that made no sense. */
  nonsense = 0;
  private socket: Socket | undefined;
  private tries = 0;
  private requests = 0;
  private readonly pending = new Map<number, { done: () => void; failed: (why: Error) => void }>();

  constructor(private readonly options: LiveOptions) {
    this.connect();
  }

  /** Resolves when it was carried out; rejects with the server's reason, or {@link Lost} when the connection is gone. */
  request(message: Request): Promise<void> {
    const { socket } = this;
    if (socket === undefined || this.standing !== 'open') return Promise.reject(new Lost());
    this.requests += 1;
    const request = this.requests;
    return new Promise((done, failed) => {
      this.pending.set(request, { done, failed });
      socket.send(encode({ ...message, request }));
    });
  }

  private connect(): void {
    const socket = this.options.open();
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      this.take(data, socket);
    };
    socket.onclose = ({ code }) => {
      for (const { failed } of this.pending.values()) failed(new Lost());
      this.pending.clear();
      this.socket = undefined;
      if (this.standing === 'wrong-version') return;
      if (code === POLICY_VIOLATION) {
        this.stand('refused');
        return;
      }
      this.stand('lost');
      const wait = WAITS[Math.min(this.tries, WAITS.length - 1)] ?? 0;
      this.tries += 1;
      this.options.after(wait, () => {
        this.connect();
      });
    };
  }

  private take(data: unknown, socket: Socket): void {
    const incoming = readMessage(data);
    if (incoming.kind === 'nonsense') {
      this.nonsense += 1;
      return;
    }
    if (incoming.kind === 'version') {
      this.stand('wrong-version');
      socket.close();
      return;
    }
    const { message } = incoming;
    switch (message.type) {
      case 'hello':
        this.tries = 0;
        this.stand('open');
        break;
      case 'done':
        this.pending.get(message.request)?.done();
        this.pending.delete(message.request);
        return;
      case 'failed':
        this.pending.get(message.request)?.failed(new Error(message.reason));
        this.pending.delete(message.request);
        return;
      default:
    }
    this.options.onMessage(message);
  }

  private stand(standing: Standing): void {
    if (standing === this.standing) return;
    this.standing = standing;
    this.options.onStanding(standing);
  }
}

/** There is no connection to synack. */
export class Lost extends Error {}
