import { WebSocket, type RawData } from 'ws';
import type { Backlog } from './backlog';
import { ControlError } from './controls';
import { decode, encode } from './encoding';
import type { FedEvent } from './feed';
import type { ClientMessage, FailureCode, ServerMessage } from './protocol';
import { REASONS, type ReasonFacts } from './reasons';
import { clientMessage, requestOf } from './requests';

/** The status for a page that asks for too much (RFC 6455 §7.4.1: a policy is violated), and when the server ends. */
const POLICY = 1008;
const GOING_AWAY = 1001;
/** ms for a page to answer our goodbye. */
const LAST_WORDS = 300;

export interface PageOptions {
  readonly backlog: Backlog;
  /** Bytes that may wait for it. */
  readonly maxBacklog: number;
  /** Messages that it may send in a second. */
  readonly maxMessages: number;
  /** It is gone when it has not answered for so long, ms. */
  readonly patience: number;
  /**
   * Carries out what it asks for.
   * @returns the answer
   * @throws ControlError
   */
  readonly asks: (message: ClientMessage) => string;
  readonly gone: () => void;
}

/** A page that is connected. */
export class Page {
  /** The connection that it looks at. */
  watched: number | undefined;
  private second = 0;
  private messages = 0;
  private heard = performance.now();
  private asked = this.heard;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: PageOptions,
  ) {
    socket.on('message', (data, isBinary) => {
      this.receive(data, isBinary);
    });
    socket.on('pong', () => (this.heard = performance.now()));
    // What is wrong with a frame ends the connection, and 'close' tells of that.
    socket.on('error', () => undefined);
    socket.on('close', options.gone);
  }

  /** Events that it has missed altogether. */
  get dropped(): number {
    return this.options.backlog.dropped;
  }

  /** It is too slow: what is sent now would wait. */
  private get isBehind(): boolean {
    return this.socket.bufferedAmount > this.options.maxBacklog;
  }

  send(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  /** Sends it unless that would wait: something newer will come. */
  offer(text: string): void {
    if (!this.isBehind) this.send(text);
  }

  /** @param text a message with these events */
  events(text: string, events: readonly FedEvent[]): void {
    if (this.isBehind) this.options.backlog.add(events);
    else {
      this.catchUp();
      this.send(text);
    }
  }

  /** From time to time: what it has missed, and whether it is still there. */
  tick(): void {
    if (!this.isBehind) this.catchUp();
    const now = performance.now();
    const { patience } = this.options;
    if (now - this.heard > patience) this.socket.terminate();
    else if (now - this.asked > patience / 3) {
      this.asked = now;
      this.socket.ping();
    }
  }

  close(): void {
    const { socket } = this;
    socket.close(GOING_AWAY, 'the program ends');
    // A page that does not answer would keep the program for half a minute.
    setTimeout(() => {
      socket.terminate();
    }, LAST_WORDS).unref();
    this.options.gone();
  }

  private catchUp(): void {
    const { backlog } = this.options;
    if (backlog.isEmpty) return;
    this.send(encode({ type: 'events', events: backlog.take() } satisfies ServerMessage));
  }

  private receive(data: RawData, isBinary: boolean): void {
    this.heard = performance.now();
    const second = Math.floor(this.heard / 1000);
    if (second !== this.second) {
      this.second = second;
      this.messages = 0;
    }
    this.messages += 1;
    if (this.messages > this.options.maxMessages) {
      this.socket.close(POLICY, 'too many messages');
      return;
    }
    this.send(isBinary ? failed(0, 'not-text') : this.answer(textOf(data)));
  }

  private answer(text: string): string {
    let value: unknown;
    try {
      value = decode(text);
    } catch {
      return failed(0, 'not-json');
    }
    const request = requestOf(value);
    const message = clientMessage(value);
    if (message === undefined) return failed(request, 'unknown-request');
    if (message.type === 'watch') this.watched = message.connection ?? undefined;
    try {
      return this.options.asks(message);
    } catch (error) {
      if (error instanceof ControlError) return failed(request, error.code, error.facts);
      throw error;
    }
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString();
}

function failed(request: number, code: FailureCode, facts: ReasonFacts = {}): string {
  const reason = REASONS[code].en(facts);
  return encode({ type: 'failed', request, reason, code, facts } satisfies ServerMessage);
}
