import type { Lang } from '../../inspect';
import type { Host } from '../host';

/** Where the demo plays: a synack that serves, and clients that call it. */
export interface Stage {
  readonly host: Host;
  /** The clients that are there, the one of the first choice first; at least one. */
  readonly clients: readonly Client[];
  /** A client's name by its port, once it has called. */
  readonly nameOf: (address: string, port: number) => string;
  /** How the clients' side sees its connections: the command that asks, and its answer; `undefined` when nobody can say. */
  otherSide(): Promise<{ readonly command: string; readonly answer: string } | undefined>;
  /** Lets a WebSocket client talk to `url`, in the language that the demo is shown in. Resolves with what it has printed. */
  talkWebSocket(url: string, lang: Lang): Promise<string>;
  close(): Promise<void>;
}

export interface Client {
  readonly name: string;
  /** The command line, as a person would type it; `undefined` when there is none. */
  readonly command: (port: number) => string | undefined;
  /**
   * Calls `port`. Says each of `lines` when the one before has come back, then that this was all; says nothing when there are
   * none. Resolves with what it has received when both directions are closed.
   */
  call(port: number, lines: readonly string[]): Promise<string>;
}

/** What the WebSocket client is called. */
export const WEBSOCKET_CLIENT = 'ws';

/** How a client of any kind speaks. */
export interface Voice {
  write(text: string): void;
  end(): void;
}

/** Says `lines` one by one, each when the echo of the one before is complete. */
export class Dialogue {
  received = '';
  private said = '';
  private readonly left: string[];
  private ended = false;

  constructor(
    private readonly voice: Voice,
    private readonly lines: readonly string[],
  ) {
    this.left = [...lines];
  }

  /** To be called when the client can speak, and with all that it hears. */
  hear(text: string): void {
    this.received += text;
    if (this.lines.length === 0 || this.ended || this.received.length < this.said.length) return;
    const line = this.left.shift();
    if (line === undefined) {
      this.ended = true;
      this.voice.end();
      return;
    }
    this.said += `${line}\n`;
    this.voice.write(`${line}\n`);
  }
}
