import { encode } from '../../src/inspector/encoding';
import type { ClientMessage, FailedMessage, ServerMessage } from '../../src/inspector/protocol';
import { REASONS } from '../../src/inspector/reasons';
import type { Lang } from '../../src/inspect';
import { readMessage } from './messages';

/** What the client needs of a WebSocket. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** What a WebSocket tells. */
export interface SocketEvents {
  readonly message: (data: unknown) => void;
  readonly closed: () => void;
}

export interface LiveOptions {
  readonly open: (events: SocketEvents) => Socket;
  readonly onMessage: (message: ServerMessage) => void;
  /** How it stands with the connection to synack, when that changes. */
  readonly onStanding: (standing: Standing) => void;
  /** A browser does not say why a WebSocket was refused: asked before each new try whether the server turns this page away. */
  readonly isRefused: () => Promise<boolean>;
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

  /** Resolves when it was carried out; rejects with the server's reason, a {@link Refused}, or {@link Lost} when the connection is gone. */
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
    this.socket = this.options.open({
      message: (data) => {
        this.take(data);
      },
      closed: () => {
        this.closed();
      },
    });
  }

  private closed(): void {
    for (const { failed } of this.pending.values()) failed(new Lost());
    this.pending.clear();
    this.socket = undefined;
    if (this.standing === 'wrong-version') return;
    this.stand('lost');
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)] ?? 0;
    this.tries += 1;
    this.options.after(wait, () => {
      void this.options.isRefused().then((refused) => {
        if (refused) this.stand('refused');
        else this.connect();
      });
    });
  }

  private take(data: unknown): void {
    const incoming = readMessage(data);
    if (incoming.kind === 'nonsense') {
      this.nonsense += 1;
      return;
    }
    if (incoming.kind === 'version') {
      this.stand('wrong-version');
      this.socket?.close();
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
        this.pending.get(message.request)?.failed(new Refused(message));
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

/** The server has not done what it was asked for. */
export class Refused extends Error {
  constructor(private readonly told: FailedMessage) {
    super(told.reason);
  }

  /** Why, in a language; a reason that this page does not know is told as the server tells it, in English. */
  inWords(lang: Lang): string {
    const { code, facts, reason } = this.told;
    if (code === undefined || !Object.hasOwn(REASONS, code)) return reason;
    return REASONS[code][lang](typeof facts === 'object' ? facts : {});
  }
}

/** There is no connection to synack. */
export class Lost extends Error {}
