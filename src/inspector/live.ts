import type { WebSocket } from 'ws';
import { report } from '../control/report';
import type { Stack } from '../stack';
import { Backlog } from './backlog';
import { Controls, type ControlsOptions } from './controls';
import { encode } from './encoding';
import { Feed, type FedEvent, type FeedLimits } from './feed';
import { Page } from './live-page';
import {
  PROTOCOL_VERSION,
  type AboutReport,
  type ClientMessage,
  type HelloMessage,
  type InspectedStack,
  type InspectorCounters,
  type ServerMessage,
} from './protocol';
import type { Period } from './sampler';

/** How often a batch of events is sent, ms. */
const PERIOD = 50;
const PERIODS_A_SECOND = 1000 / PERIOD;
/** How often all sockets are sent, ms; less often where that takes long. */
const SNAPSHOT = 500;
/** Of the time in which the process could do something else, snapshots take at most one part in so many. */
const SNAPSHOT_SHARE = 25;
/** Pages that do not answer for so long are gone, ms. */
const PATIENCE = 60_000;

export interface LiveOptions extends Omit<ControlsOptions, 'isOwn'> {
  /** What the process is called: `synack serve echo`. */
  readonly program: string;
  /** A local port whose connections are the inspector's own. */
  readonly ownPort?: () => number | undefined;
  /** Pages at a time; others are turned away. Default 8. */
  readonly maxClients?: number;
  /** Sockets in a snapshot; others are counted. Default 1,000. */
  readonly maxSockets?: number;
  /** Bytes that wait for a page; one that is slower gets less. Default 1 MiB. */
  readonly maxBacklog?: number;
  /** Messages that a page may send in a second. Default 100. */
  readonly maxMessages?: number;
  /** Segments a second that are told one by one. Default 2,000. */
  readonly segments?: number;
  readonly limits?: Partial<FeedLimits>;
}

/** The pages that are connected, and what they are told. With none it does nothing: nobody listens to the stack. */
export class Live {
  readonly maxClients: number;
  clientsRefused = 0;
  /** Requests that were refused, by the doors. */
  requestsRefused: () => number = () => 0;
  private readonly stack: Stack;
  private readonly options: LiveOptions;
  private readonly controls: Controls;
  private readonly feed: Feed;
  private readonly pages = new Set<Page>();
  private readonly maxSockets: number;
  private readonly isOwn: (connection: { readonly local: { readonly port: number } }) => boolean;
  private stop: (() => void) | undefined;
  private nextSnapshot = 0;
  private periods = 0;
  private seen = 0;
  private told = 0;
  private sampling = false;
  private dropped = 0;

  constructor(options: LiveOptions) {
    const { stack, maxClients = 8, maxSockets = 1000, segments = 2000, ownPort, limits } = options;
    this.options = options;
    this.stack = stack;
    this.maxClients = maxClients;
    this.maxSockets = maxSockets;
    this.isOwn = ({ local }) => local.port === ownPort?.();
    this.controls = new Controls({ ...options, isOwn: this.isOwn });
    this.feed = new Feed({
      now: () => stack.clock.now(),
      isOwn: this.isOwn,
      segments: Math.max(1, Math.round(segments / PERIODS_A_SECOND)),
      ...limits,
    });
  }

  get isFull(): boolean {
    return this.pages.size >= this.maxClients;
  }

  get counters(): InspectorCounters {
    const { feed, clientsRefused, pages } = this;
    const dropped = [...pages].reduce((sum, page) => sum + page.dropped, this.dropped);
    return {
      clients: pages.size,
      clientsRefused,
      requestsRefused: this.requestsRefused(),
      segmentsSkipped: feed.skipped,
      eventsDropped: feed.dropped + dropped,
    };
  }

  /** Whose stack it is, for who must choose. */
  about(): AboutReport {
    const { stack } = this;
    const connections = stack.tcp.connections().filter((each) => !this.isOwn(each)).length;
    return { version: PROTOCOL_VERSION, pid: process.pid, program: this.options.program, connections };
  }

  /** @param self it came over the very stack that it shows */
  add(socket: WebSocket, self: boolean): void {
    const page: Page = new Page(socket, {
      backlog: new Backlog(),
      maxBacklog: this.options.maxBacklog ?? 1024 * 1024,
      maxMessages: this.options.maxMessages ?? 100,
      patience: PATIENCE,
      asks: (message) => this.answer(message),
      gone: () => {
        this.remove(page);
      },
    });
    this.pages.add(page);
    page.send(encode(this.hello(self)));
    if (this.controls.canImpair) page.send(encode(this.impairment()));
    if (this.stop === undefined) this.begin();
    page.send(this.snapshot());
  }

  /** Ends all connections. */
  close(): void {
    for (const page of [...this.pages]) page.close();
  }

  private remove(page: Page): void {
    if (!this.pages.delete(page)) return;
    this.dropped += page.dropped;
    this.watch();
    if (this.pages.size > 0) return;
    this.stop?.();
    this.stop = undefined;
    this.feed.clear();
    this.sampling = false;
  }

  private begin(): void {
    const stop = this.stack.observe(this.feed.event, { sampler: this.feed.sampler });
    const timer = setInterval(() => {
      this.tick();
    }, PERIOD).unref();
    this.stop = () => {
      stop();
      clearInterval(timer);
    };
    this.nextSnapshot = performance.now() + SNAPSHOT;
    this.periods = this.seen = this.told = 0;
  }

  private tick(): void {
    const { events, period } = this.feed.take();
    if (events.length > 0) this.tell(events);
    this.tellOfSampling(period);
    for (const page of this.pages) page.tick();
    const now = performance.now();
    if (now < this.nextSnapshot) return;
    this.toAll(this.snapshot());
    this.nextSnapshot = now + Math.max(SNAPSHOT, (performance.now() - now) * SNAPSHOT_SHARE);
  }

  private tell(events: readonly FedEvent[]): void {
    const text = encode({ type: 'events', events } satisfies ServerMessage);
    for (const page of this.pages) page.events(text, events);
  }

  private tellOfSampling({ seen, told }: Period): void {
    this.seen += seen;
    this.told += told;
    this.periods += 1;
    if (this.periods < PERIODS_A_SECOND) return;
    const isOn = this.seen > this.told;
    if (isOn || this.sampling)
      this.toAll(encode({ type: 'sampling', on: isOn, seen: this.seen, told: this.told } satisfies ServerMessage));
    this.sampling = isOn;
    this.periods = this.seen = this.told = 0;
  }

  private toAll(text: string): void {
    for (const page of this.pages) page.offer(text);
  }

  private answer(message: ClientMessage): string {
    if (message.type === 'watch') this.watch();
    else {
      this.controls.carryOut(message);
      if (message.type === 'impair') this.toAll(encode(this.impairment()));
    }
    return encode({ type: 'done', request: message.request } satisfies ServerMessage);
  }

  private watch(): void {
    this.feed.watch(new Set([...this.pages].flatMap(({ watched }) => watched ?? [])));
  }

  private hello(self: boolean): HelloMessage {
    const now = this.stack.clock.now();
    return {
      type: 'hello',
      version: PROTOCOL_VERSION,
      program: this.options.program,
      pid: process.pid,
      now,
      epoch: Date.now() * 1000 - now,
      self,
      controls: { impair: this.controls.canImpair, connections: true },
    };
  }

  private impairment(): ServerMessage {
    return { type: 'impairment', settings: this.controls.impairment };
  }

  private snapshot(): string {
    const { stack, isOwn } = this;
    const all = report(stack, { program: this.options.program, limit: this.maxSockets });
    const sockets: InspectedStack['sockets'] = all.sockets.map((socket) => ({
      ...socket,
      id: socket.id ?? 0,
      ...(socket.netid === 'tcp' && isOwn(socket) && { own: true as const }),
    }));
    return encode({
      type: 'snapshot',
      now: stack.clock.now(),
      stack: { ...all, sockets },
      inspector: this.counters,
    } satisfies ServerMessage);
  }
}
