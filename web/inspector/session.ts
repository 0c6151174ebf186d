import { Recorder, type SkippedEvent } from '../../src/inspect/record';
import type {
  HelloMessage,
  ImpairmentSettings,
  InspectedSocket,
  InspectedStack,
  ServerMessage,
} from '../../src/inspector/protocol';
import type { TraceEvent } from '../../src/trace';

export interface SessionLimits {
  /** Events that wait while the picture is held; what is beyond is recorded all the same. Default 50,000. */
  readonly maxWaiting?: number;
  /** Events of no connection that are kept. Default 2,000. */
  readonly maxOthers?: number;
}

/** Snapshots come twice a second, or somewhat more slowly from a stack with many sockets. µs. */
const PATIENCE = 5_000_000;

/** All that the page knows of the stack. Messages go in; what is drawn is read from it. */
export class Session {
  recorder: Recorder;
  hello: HelloMessage | undefined;
  /** The last snapshot, and the stack's time of it. */
  stack: InspectedStack | undefined;
  snapshotTime = 0;
  /** What the last snapshot that had it said of each connection that is recorded, by its number: of those that are over, too. */
  lasts: ReadonlyMap<number, InspectedSocket> = new Map();
  /** While there is too much to tell: how many segments a second there are, and how many are told. */
  sampling: { readonly seen: number; readonly told: number } | undefined;
  impairment: ImpairmentSettings = {};
  /** Events that made no sense. */
  nonsense = 0;
  /** Changes with each message. */
  version = 0;
  private held = false;
  private readonly waiting: (TraceEvent | SkippedEvent)[] = [];
  private waitingFrom = 0;
  private waitingSnapshot: (ServerMessage & { type: 'snapshot' }) | undefined;
  private readonly maxWaiting: number;
  private readonly maxOthers: number;
  /** The stack's time minus the page's, µs. */
  private ahead = 0;
  private heldAt = 0;
  /** The page's time of the last message, µs. */
  private heard = 0;

  constructor(
    /** The page's clock, µs from anywhere. */
    private readonly clock: () => number,
    { maxWaiting = 50_000, maxOthers = 2000 }: SessionLimits = {},
  ) {
    this.maxWaiting = maxWaiting;
    this.maxOthers = maxOthers;
    this.recorder = this.empty();
  }

  /** The picture is held; what happens meanwhile waits. */
  get paused(): boolean {
    return this.held;
  }

  /** How many events wait. */
  get waits(): number {
    return this.waiting.length - this.waitingFrom;
  }

  /** The stack's time now, or when the picture was held, µs. */
  get now(): number {
    return this.held ? this.heldAt : this.clock() + this.ahead;
  }

  /** The wall clock's time, ms since 1970, when the stack's stands at `time` µs. */
  wall(time: number): number {
    return ((this.hello?.epoch ?? 0) + time) / 1000;
  }

  /** True when not even a snapshot has come for a while: the program does something else, or stands still. */
  get silent(): boolean {
    return this.clock() - this.heard > PATIENCE;
  }

  take(message: ServerMessage): void {
    this.version += 1;
    this.heard = this.clock();
    switch (message.type) {
      case 'hello':
        // Another process, another stack: what was recorded of the last one would only mislead.
        if (this.hello !== undefined && (this.hello.pid !== message.pid || this.hello.epoch !== message.epoch))
          this.forget();
        this.hello = message;
        this.sampling = undefined;
        this.ahead = message.now - this.clock();
        return;
      case 'events':
        for (const event of message.events) this.event(event);
        return;
      case 'snapshot':
        if (this.held) this.waitingSnapshot = message;
        else this.snapshot(message);
        return;
      case 'sampling':
        this.sampling = message.on ? { seen: message.seen, told: message.told } : undefined;
        return;
      case 'impairment':
        this.impairment = message.settings;
        return;
      default:
    }
  }

  pause(on: boolean): void {
    if (on === this.held) return;
    this.version += 1;
    this.heldAt = this.now;
    this.held = on;
    if (on) return;
    for (const event of this.waiting.slice(this.waitingFrom)) this.record(event);
    this.waiting.length = 0;
    this.waitingFrom = 0;
    if (this.waitingSnapshot !== undefined) this.snapshot(this.waitingSnapshot);
    this.waitingSnapshot = undefined;
  }

  /** Forgets the connections that are over, and what belonged to none. */
  clear(): void {
    this.version += 1;
    this.recorder.forgetClosed();
  }

  private empty(): Recorder {
    return new Recorder({ maxOthers: this.maxOthers });
  }

  private forget(): void {
    this.recorder = this.empty();
    this.waiting.length = 0;
    this.waitingFrom = 0;
    this.stack = undefined;
    this.lasts = new Map();
  }

  private snapshot(message: ServerMessage & { type: 'snapshot' }): void {
    this.stack = message.stack;
    this.lasts = this.keep(message.stack.sockets);
    this.snapshotTime = message.now;
    this.ahead = message.now - this.clock();
    for (const { netid, id, send_q: send, recv_q: receive } of message.stack.sockets)
      if (netid === 'tcp' && id !== 0) this.recorder.connections.get(id)?.buffersAt(message.now, { send, receive });
  }

  private keep(sockets: readonly InspectedSocket[]): ReadonlyMap<number, InspectedSocket> {
    const now = new Map<number, InspectedSocket>();
    for (const socket of sockets) if (socket.netid === 'tcp' && socket.id !== 0) now.set(socket.id, socket);
    for (const { id } of this.recorder.connections.values()) {
      const last = this.lasts.get(id.id);
      if (last !== undefined && !now.has(id.id)) now.set(id.id, last);
    }
    return now;
  }

  private event(event: TraceEvent | SkippedEvent): void {
    if (!this.held) {
      this.record(event);
      return;
    }
    this.waiting.push(event);
    if (this.waits <= this.maxWaiting) return;
    const oldest = this.waiting[this.waitingFrom];
    this.waitingFrom += 1;
    if (oldest !== undefined) this.record(oldest);
    if (this.waitingFrom < this.maxWaiting) return;
    this.waiting.splice(0, this.waitingFrom);
    this.waitingFrom = 0;
  }

  private record(event: TraceEvent | SkippedEvent): void {
    try {
      this.recorder.event(event);
    } catch {
      // What the server sends was made by the same version; yet nothing that comes over a wire may end the page.
      this.nonsense += 1;
    }
  }
}
