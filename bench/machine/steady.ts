import type { Connection, Stack as StackOf, VirtualClock as ClockOf } from '../../src/core';
import { CountingLink, CraftedPeers, PORT } from './crafted-peer';

/** The classes that are measured: those of `src`, or of a build of it. */
export interface Build {
  readonly Stack: typeof StackOf;
  readonly VirtualClock: typeof ClockOf;
}

/**
 * What a stack does without end. `echo`: a segment of 64 octets comes, is read, and is answered by as much. `receive`: full segments
 * come and are read. `send`: the user writes as fast as it goes, and an ACK comes for every second segment.
 */
export type Load = 'echo' | 'receive' | 'send';

export interface SteadyOptions {
  readonly load: Load;
  readonly connections: number;
  /** Virtual µs from one packet to the next; below one a packet in so many moves the clock. */
  readonly pace: number;
}

const SMALL = 64;
const FULL = 1448;
const ANSWER = new Uint8Array(SMALL);
const CHUNK = new Uint8Array(65_536);

/** A stack with connections on a link that costs next to nothing, in virtual time, and packets made ahead. */
export class Steady {
  private readonly link = new CountingLink();
  private readonly clock: ClockOf;
  private readonly peers: CraftedPeers;
  private packets: Uint8Array[] = [];
  /** Packets whose octets were read or copied, to be used again: the garbage that is collected is the stack's. */
  private spent: Uint8Array[] = [];
  private since = 0;
  private octetsIn = 0;

  constructor(
    build: Build,
    private readonly options: SteadyOptions,
  ) {
    this.clock = new build.VirtualClock();
    const stack = new build.Stack({ clock: this.clock, seed: 1, tcp: { noDelay: true } });
    stack.attach(this.link, { address: '10.9.0.2/8' });
    this.peers = new CraftedPeers(options.connections, this.link, () => this.clock.now());
    const listener = stack.tcp.open({ passive: true, local: { port: PORT } });
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection !== 'string') this.serve(connection);
    });
    for (let peer = 0; peer < options.connections; peer += 1) {
      this.peers.open(peer);
      this.tick();
    }
  }

  /** Makes `count` packets. @param peerOf which peer sends the next one */
  prepare(count: number, peerOf: () => number = () => 0): void {
    const { load } = this.options;
    const length = load === 'echo' ? SMALL : load === 'receive' ? FULL : 0;
    const acknowledges = load === 'send' ? 2 * FULL : 0;
    const answered = load === 'echo' ? SMALL : 0;
    for (let made = 0; made < count; made += 1) {
      const peer = peerOf();
      this.packets.push(this.peers.segment(peer, length, acknowledges, this.spent.pop()));
      // The next one acknowledges the answer to this.
      this.peers.willAnswer(peer, answered);
    }
  }

  /** Lets what was made arrive. Returns how many milliseconds that took. */
  run(): number {
    const { packets, link } = this;
    this.packets = this.spent;
    this.spent = packets;
    this.packets.length = 0;
    const before = { sent: link.sent, octets: this.octetsIn };
    const began = performance.now();
    for (const packet of packets) {
      link.inject(packet);
      this.tick();
    }
    const took = performance.now() - began;
    this.check(packets.length, link.sent - before.sent, this.octetsIn - before.octets);
    return took;
  }

  private tick(): void {
    this.since += this.options.pace;
    if (this.since < 1) return;
    this.clock.advanceTo(this.clock.now() + Math.floor(this.since));
    this.since = 0;
  }

  private serve(connection: Connection): void {
    const { load } = this.options;
    const write = () => {
      while (typeof connection.send(CHUNK) === 'number');
    };
    if (load === 'send') {
      connection.on('writable', write);
      write();
      return;
    }
    connection.on('readable', () => {
      for (;;) {
        const data = connection.receive();
        if (typeof data === 'string') return;
        this.octetsIn += data.length;
        if (load === 'echo') connection.send(ANSWER);
      }
    });
  }

  /** A stack that does nothing is quick. */
  private check(packets: number, sent: number, octets: number): void {
    const { load } = this.options;
    const [least, read] = { echo: [1, SMALL], receive: [0.4, FULL], send: [1.9, 0] }[load];
    if (sent >= packets * (least ?? 0) && octets === packets * (read ?? 0)) return;
    throw new Error(`${load}: ${packets} packets were answered by ${sent}, and ${octets} octets were read`);
  }
}
