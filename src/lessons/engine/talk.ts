import type { ConnectionId } from '../../tcp/trace';
import type { Connection, Endpoint } from '../../tcp/user';
import type { ConnectionRecord, Recorder } from '../../inspect';
import { letters } from './text';
import type { Host } from './host';

/** A program's end of a connection: what it says, what it reads, and what it does when something happens. */
export class Talk {
  /** What it gave to TCP, and what it has got from it, in order. */
  readonly said: Uint8Array[] = [];
  readonly heard: Uint8Array[] = [];
  saidBytes = 0;
  heardBytes = 0;
  /** It has read the other's "I have no more to send". */
  heardEnd = false;
  /** It said that it has no more to send, or more. */
  isShut = false;
  /** It was ended by a failure or an abort of either end. */
  isBroken = false;
  /** It reads as soon as there is something. */
  isReading = true;
  private readonly recorder: Recorder;
  private readonly waiting: Uint8Array[] = [];
  private connected: (() => void)[] = [];
  private listeners: { data: ((bytes: Uint8Array) => void)[]; end: (() => void)[]; closed: (() => void)[] } = {
    data: [],
    end: [],
    closed: [],
  };
  private wantsToShut = false;
  private isConnected = false;

  constructor(
    readonly host: Host,
    readonly connection: Connection,
    isConnected: boolean,
  ) {
    this.isConnected = isConnected;
    this.recorder = host.recorder;
    connection
      .on('connect', () => {
        this.becomeConnected();
      })
      .on('readable', () => {
        this.readAll();
      })
      .on('writable', () => {
        this.pump();
      })
      .on('error', () => {
        this.isBroken = true;
      })
      .on('closed', (how) => {
        if (how === 'aborted') this.isBroken = true;
        for (const listener of this.listeners.closed) listener();
      });
  }

  get id(): ConnectionId {
    const { id, local, remote } = this.connection;
    return { id, local, remote };
  }

  /** What its host's trace tells of the connection. */
  get record(): ConnectionRecord | undefined {
    return this.recorder.known(this.id);
  }

  /** Whether the other program is at the other end of this connection: the same ports may have served several, one after the other. */
  speaksWith(other: Talk): boolean {
    const { local, remote } = this.connection;
    const mine = this.record?.variables;
    const theirs = other.record?.variables;
    return (
      isSame(local, other.connection.remote) &&
      isSame(remote, other.connection.local) &&
      (mine === undefined || theirs === undefined || mine.rcv.irs === theirs.snd.iss || mine.snd.iss === theirs.rcv.irs)
    );
  }

  /** The handshake is done; at once if it is. */
  onConnect(listener: () => void): this {
    if (this.isConnected) listener();
    else this.connected.push(listener);
    return this;
  }

  /** Bytes came, and were read. */
  onData(listener: (bytes: Uint8Array) => void): this {
    this.listeners.data.push(listener);
    return this;
  }

  /** The other end has no more to send, and all was read. */
  onEnd(listener: () => void): this {
    this.listeners.end.push(listener);
    return this;
  }

  /** The connection is gone. */
  onClosed(listener: () => void): this {
    this.listeners.closed.push(listener);
    return this;
  }

  /** Sends text, bytes, or so many bytes that a person can read, once connected; what TCP has no room for waits here. */
  send(what: string | Uint8Array | number): this {
    if (this.isShut || this.isBroken) return this;
    const bytes =
      typeof what === 'string' ? new TextEncoder().encode(what) : typeof what === 'number' ? letters(what) : what;
    if (bytes.length === 0) return this;
    this.host.called('send', bytes.length);
    this.waiting.push(bytes);
    this.pump();
    return this;
  }

  /** TCP was given these bytes together with the call. */
  gave(bytes: Uint8Array): void {
    this.said.push(bytes);
    this.saidBytes += bytes.length;
  }

  /** "I have no more to send": FIN, once connected and all is sent. Reading goes on. */
  close(): this {
    if (this.isShut || this.isBroken) return this;
    this.isShut = true;
    this.wantsToShut = true;
    this.host.called('close');
    this.pump();
    return this;
  }

  /** Closes both directions, as a program does that goes away: it sends and reads nothing more. Unread data, or data that still comes, gets RST. */
  leave(): this {
    if (this.connection.state === 'CLOSED') return this;
    this.isShut = true;
    this.isReading = false;
    this.host.called('close');
    this.connection.close();
    return this;
  }

  /** RST at once. */
  abort(): this {
    if (this.connection.state === 'CLOSED') return this;
    this.isShut = true;
    this.isBroken = true;
    this.waiting.length = 0;
    this.host.called('abort');
    this.connection.abort();
    return this;
  }

  /** Reads nothing until `read` or `resume`. */
  pause(): this {
    this.isReading = false;
    return this;
  }

  resume(): this {
    this.isReading = true;
    this.readAll();
    return this;
  }

  /** Reads so many bytes at most, even if it is paused. */
  read(most: number): this {
    this.host.called('read', most);
    this.take(most);
    return this;
  }

  /** From now on reads so many bytes every so many µs, as long as anything can come. */
  readSlowly(bytes: number, every: number): this {
    this.pause();
    const again = (): void => {
      if (this.heardEnd || this.isBroken || this.isReading) return;
      this.take(bytes);
      this.host.world.after(every, again);
    };
    this.host.world.after(every, again);
    return this;
  }

  /** Its machine went down: nobody is here any more. */
  crashed(): void {
    this.isShut = true;
    this.isBroken = true;
    this.waiting.length = 0;
  }

  private becomeConnected(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    for (const listener of this.connected) listener();
    this.connected = [];
    this.pump();
  }

  private pump(): void {
    // As a program that waits for its `connect`: CLOSE in SYN-SENT would give the connection up (RFC 9293 §3.10.4).
    if (!this.isConnected) return;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const taken = this.connection.send(next);
      if (typeof taken === 'string') {
        if (taken !== 'EAGAIN') this.waiting.length = 0;
        break;
      }
      this.said.push(next.subarray(0, taken));
      this.saidBytes += taken;
      if (taken < next.length) this.waiting[0] = next.subarray(taken);
      else this.waiting.shift();
    }
    if (this.waiting.length > 0 || !this.wantsToShut) return;
    this.wantsToShut = false;
    this.connection.shutdown();
  }

  private readAll(): void {
    if (this.isReading) this.take(Infinity);
  }

  private take(most: number): void {
    for (let left = most; left > 0;) {
      const got = this.connection.receive(left === Infinity ? undefined : left);
      if (got === 'EOF') {
        if (this.heardEnd) return;
        this.heardEnd = true;
        for (const listener of this.listeners.end) listener();
        return;
      }
      if (typeof got === 'string') return;
      const bytes = got.slice();
      this.heard.push(bytes);
      this.heardBytes += bytes.length;
      left -= bytes.length;
      for (const listener of this.listeners.data) listener(bytes);
    }
  }
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}
