import type { Talk } from '../engine';
import {
  ACCEPT,
  closing,
  frame,
  readFrame,
  UPGRADE_RESPONSE,
  upgradeRequest,
  type FrameKind,
  type ReadFrame,
} from './bytes';

const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;

/** "37 fa 21 3d" is the key of RFC 6455's example. A browser takes a new one from a good source of chance for each frame. */
const KEYS = [0x37fa213d, 0x9ac104e8, 0x5b1f7c26, 0xe0437d92].map((key) =>
  Uint8Array.from([key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff]),
);

const decoder = new TextDecoder();

/** A program that speaks WebSocket at one end of a connection, as small as it can be: short texts, ping, and close. */
export class WebSocketProgram {
  /** The other end has agreed, or we have. */
  isOpen = false;
  /** A close frame was sent, or one has come. */
  saidClose = false;
  private heardClose = false;
  private bytes = new Uint8Array(0);
  private keys = 0;
  private readonly listeners: { open: (() => void)[]; text: ((text: string) => void)[] } = { open: [], text: [] };

  constructor(
    private readonly talk: Talk,
    private readonly role: 'client' | 'server',
  ) {}

  /** Takes all that the connection brings from now on. */
  listen(): this {
    this.talk
      .onData((bytes) => {
        this.receive(bytes);
      })
      .onEnd(() => {
        this.talk.close();
      });
    return this;
  }

  /** The client asks for WebSocket. */
  ask(host: string): this {
    this.talk.send(upgradeRequest(host));
    return this;
  }

  onOpen(listener: () => void): this {
    this.listeners.open.push(listener);
    return this;
  }

  onText(listener: (text: string) => void): this {
    this.listeners.text.push(listener);
    return this;
  }

  send(text: string): this {
    if (this.isOpen && !this.saidClose) this.sendFrame('text', new TextEncoder().encode(text));
    return this;
  }

  ping(payload: string): this {
    if (this.isOpen && !this.saidClose) this.sendFrame('ping', new TextEncoder().encode(payload));
    return this;
  }

  /** Says that it will send no more; the other end says so, too, and then the connection is closed (RFC 6455 §7.1.2). */
  close(code = NORMAL, reason = ''): this {
    if (!this.isOpen || this.saidClose) return this;
    this.saidClose = true;
    this.sendFrame('close', closing(code, reason));
    return this;
  }

  /** Reads what has come. */
  receive(bytes: Uint8Array): void {
    this.bytes = Uint8Array.from([...this.bytes, ...bytes]);
    if (!this.isOpen && !this.readHead()) return;
    while (!this.heardClose) {
      const read = readFrame(this.bytes);
      if (read === 'more') return;
      if (read === 'bad' || read.frame.masked !== (this.role === 'server')) {
        this.close(PROTOCOL_ERROR);
        this.talk.close();
        return;
      }
      this.bytes = this.bytes.slice(read.length);
      this.hear(read.frame);
    }
  }

  private hear({ kind, payload }: ReadFrame): void {
    if (kind === 'ping') this.sendFrame('pong', payload);
    else if (kind === 'text') for (const listener of this.listeners.text) listener(decoder.decode(payload));
    else if (kind === 'close') {
      this.heardClose = true;
      if (!this.saidClose) {
        this.saidClose = true;
        this.sendFrame('close', payload);
      }
      // The server hangs up first, so that TIME-WAIT is not the client's (RFC 6455 §7.1.1).
      if (this.role === 'server') this.talk.close();
    }
  }

  /** Whether the handshake is done, and it is frames from here on. */
  private readHead(): boolean {
    const text = decoder.decode(this.bytes);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const agreed =
      this.role === 'server'
        ? text.startsWith('GET ') && text.includes('Upgrade: websocket')
        : text.startsWith('HTTP/1.1 101 ') && text.includes(ACCEPT);
    if (!agreed) {
      this.talk.close();
      return false;
    }
    this.bytes = this.bytes.slice(end + 4);
    if (this.role === 'server') this.talk.send(UPGRADE_RESPONSE);
    this.isOpen = true;
    for (const listener of this.listeners.open) listener();
    return true;
  }

  private sendFrame(kind: FrameKind, payload: Uint8Array): void {
    const key = this.role === 'client' ? KEYS[this.keys++ % KEYS.length] : undefined;
    this.talk.send(frame(kind, payload, key));
  }
}
