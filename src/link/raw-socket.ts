import type { Address } from '../wire/address';
import { formatAddress } from '../wire/address';
import { LinkError } from './errors';
import { linkCounters, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type FrameInfo, type Link } from './link';
import { OpenedSockets } from './raw-socket/open';
import type { RawSocketOptions } from './raw-socket/options';
import { destinationOf, infoOf, outgoing, sourceOf } from './raw-socket/packet';
import type { PortRange, PortSet } from './raw-socket/ports';
import type { Shown } from './raw-socket/self-test';
import type { RawSocket } from './raw-socket/socket';

export type { RawSocketOptions };

/** What a raw link counts. */
export interface RawSocketCounters extends LinkCounters {
  /** Packets to one of our own addresses, which would come back: not sent. */
  toSelf: number;
  /** Packets that came in from one of our own addresses: not ours, so a stranger's or a loop's; not handed on. */
  fromSelf: number;
  /** Neighbour discovery, MLD and IGMP, which are the kernel's at these addresses: not sent. */
  kernels: number;
  /** Packets from an address or a port that is not ours: not sent, since what is sent back to there is the kernel's. */
  notOurs: number;
}

/** Packets that one call reads, and the words for each. */
const MOST_PACKETS = 128;
const WORDS = 2;
/** Receivers keep views of a slab, so it is never used again. It has room for several of the largest packets. */
const SLAB = 512 * 1024;
/** native/raw.c reads no packet into less. */
const ROOM_FOR_PACKET = 65_535 + 40;
/** The texts of this many addresses are remembered. */
const MOST_TEXTS = 4096;

/** The kernel's words (strerror); the package tells no codes. */
const NO_ROOM = ['Resource temporarily unavailable', 'No buffer space available'];
const TOO_LONG = 'Message too long';
const NOT_ALLOWED = 'Operation not permitted';

/**
 * synack on addresses that the kernel owns, at a real interface, with ports of its own, by raw sockets (the npm package
 * `raw-socket`). Opened by root, or with CAP_NET_RAW and CAP_NET_ADMIN; it needs the program `nft`.
 *
 *   const link = RawSocketLink.open('eth0', { ports: '80' });
 *   const { ephemeralPorts } = link;
 *   const stack = new Stack({ tcp: { ephemeralPorts }, udp: { ephemeralPorts } });
 *   stack.attach(link, { address: link.addresses, … });
 *
 * The stack's ephemeral ports have to be `link.ephemeralPorts`, for TCP and for UDP: of other ports than the link's nothing is received, and
 * nothing is sent. The kernel knows neither the ports nor the connections and would reset them; a table of nftables, which is the link's
 * own, drops just those answers, and is removed by `close`, at the end of the process and on signals. After SIGKILL it stays until
 * the next link is opened (native-notes/raw-sockets.md).
 *
 * - The kernel routes: the gateway that the stack has for a destination does not matter, the kernel's does. What goes out leaves by the device.
 * - A program on the same host does not reach synack at these addresses: it is refused, as if nobody listened.
 * - A program that later listens on one of the ports takes part in what comes in. Nothing keeps it from that.
 * - Packets come in as the kernel has put them together: fragments joined, TCP segments joined up to 64 KiB, IPv4 options passed on, IPv6
 *   extension headers and flow labels lost. What goes out goes as it is, but the kernel fills in an IPv4 identification that is 0.
 * - A firewall of the host's sees the packets before we do: what it drops does not come in.
 * - The addresses are those at the time of opening. Multicast and broadcast packets are not received.
 *
 * Open, it keeps the process alive, as a socket does, unless `unref` is called.
 */
export class RawSocketLink implements Link {
  /** The device's. */
  readonly name: string;
  readonly medium = 'ip';
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  /** With their prefixes, as `Stack.attach` takes them: `['10.9.0.2/24', 'fd00::2/64']`. */
  readonly addresses: readonly string[];
  /** For the stack's options: the ports of connections that go out. */
  readonly ephemeralPorts: PortRange;
  /** What was shown of the rules when the link was opened: that they work (`dropped`), or only that they are there (`read`). */
  readonly tested: Shown;
  readonly counters: Readonly<RawSocketCounters>;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived: () => void = () => undefined;
  onDrain: () => void = () => undefined;
  /** Called once for each kind of packet that the kernel refuses to send, or that the link does. Default: a warning of the process. */
  onError: (error: LinkError) => void = (error) => {
    process.emitWarning(error);
  };

  readonly #opened: OpenedSockets;
  readonly #own: ReadonlySet<Address>;
  readonly #counters: RawSocketCounters = { ...linkCounters(), toSelf: 0, fromSelf: 0, kernels: 0, notOurs: 0 };
  readonly #texts = new Map<Address, string>();
  readonly #words = new Uint32Array(MOST_PACKETS * WORDS);
  readonly #readable = new Set<RawSocket>();
  readonly #told = new Set<string>();
  #packet = Buffer.allocUnsafeSlow(65_536);
  #slab = Buffer.allocUnsafeSlow(SLAB);
  #used = 0;
  #isFull = false;
  #open = true;

  private constructor(device: string, opened: OpenedSockets) {
    this.#opened = opened;
    this.name = device;
    this.mtu = opened.mtu;
    this.addresses = opened.addresses.map(({ cidr }) => cidr);
    this.#own = new Set(opened.addresses.map(({ address }) => address));
    this.ephemeralPorts = opened.ephemeralPorts;
    this.tested = opened.tested;
    this.counters = this.#counters;
    for (const socket of opened.receivers) {
      socket.onReadable = () => {
        this.#wakeUp(socket);
      };
    }
    for (const socket of opened.senders.values()) {
      socket.onWritable = () => {
        this.#drained();
      };
    }
  }

  /**
   * Attaches to the network interface `device`, which is up and has addresses.
   *
   * @throws LinkError `EPERM` (CAP_NET_RAW or CAP_NET_ADMIN is missing), `ENOENT` (no program `nft`), `ENODEV` (no such interface),
   * `EADDRNOTAVAIL` (it does not have the address, or none), `EADDRINUSE` (a port is another's), `EINVAL` (an option),
   * `MODULE_NOT_FOUND` (npm's raw-socket, or synack's addon, is not there), `EPROTO` (the rules do not work), `ENOTSUP` (not Linux, or a worker)
   */
  static open(device: string, options: RawSocketOptions = {}): RawSocketLink {
    return new RawSocketLink(device, new OpenedSockets(device, options));
  }

  /** All ports that are the link's. */
  get ports(): PortSet {
    return this.#opened.ports;
  }

  /** The name of the table of nftables; `nft list table inet NAME` shows what it has dropped. */
  get table(): string {
    return this.#opened.tableName;
  }

  /** Packets that the kernel has thrown away because `receiveBuffer` was full. */
  get overflowed(): number {
    return this.#opened.overflowed();
  }

  /**
   * Makes another port synack's, at once, for what is listened on later.
   * @throws LinkError `EADDRINUSE`, `EINVAL`, `EBADF` after `close`
   */
  reservePort(port: number): void {
    if (!this.#open)
      throw new LinkError('EBADF', `cannot reserve port ${port} at raw ${this.name}: the link is closed`);
    if (!this.ports.has(port)) this.#opened.reserve(port);
  }

  send(frame: Frame): boolean {
    if (!this.#open) {
      this.#counters.dropped++;
      return true;
    }
    if (this.#isFull) {
      this.#counters.refused++;
      return false;
    }
    const length = this.#gather(frame);
    const packet = this.#packet.subarray(0, length);
    return !this.#mayLeave(packet) || this.#transmit(packet);
  }

  /** Lets the open link keep the process alive, as it does at first. */
  ref(): this {
    this.#opened.setRef(true);
    return this;
  }

  /** Lets the process end while the link is open. */
  unref(): this {
    this.#opened.setRef(false);
    return this;
  }

  /** Removes the rules, too. */
  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    this.#readable.clear();
    const failure = this.#opened.close();
    if (failure !== undefined) this.onError(failure);
    // Whoever waits for room hears that frames are taken again.
    this.#drained();
    return Promise.resolve();
  }

  // ── in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The package's poll calls outside of what Node calls a callback: promises and ticks would wait for some other event. An
   * immediate is one, and comes next, when all sockets that have something have told.
   */
  #wakeUp(socket: RawSocket): void {
    if (this.#readable.size === 0) {
      setImmediate(() => {
        this.#receiveAll();
      });
      setImmediate(() => {
        this.onReceived();
      });
    }
    this.#readable.add(socket);
  }

  #receiveAll(): void {
    const sockets = [...this.#readable];
    this.#readable.clear();
    for (const socket of sockets) this.#receive(socket);
  }

  #receive(socket: RawSocket): void {
    if (SLAB - this.#used < ROOM_FOR_PACKET) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
    }
    const base = this.#used;
    const count = socket.receive(this.#slab.subarray(base), this.#words);
    if (count < 0) {
      this.#tell(`errno ${-count}`, `receiving failed (errno ${-count})`);
      return;
    }
    const batch: Uint8Array[] = [];
    const info: FrameInfo[] = [];
    const { buffer } = this.#slab;
    for (let at = 0; at < count * WORDS; at += WORDS) {
      const [offset = 0, length = 0] = [this.#words[at], this.#words[at + 1]];
      this.#used = base + ((offset + length + 7) & ~7);
      const packet = new Uint8Array(buffer, base + offset, length);
      if (this.#own.has(sourceOf(packet))) {
        this.#counters.fromSelf++;
        continue;
      }
      batch.push(packet);
      info.push(infoOf(packet, this.mtu));
    }
    this.#counters.received += batch.length;
    if (batch.length > 0) this.onReceive(batch, info);
  }

  // ── out ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The kernel copies while it sends, so the memory is used again. */
  #gather(frame: Frame): number {
    let length = 0;
    for (const slice of frame) {
      if (length + slice.length > this.#packet.length) this.#packet = Buffer.concat([this.#packet, slice]);
      this.#packet.set(slice, length);
      length += slice.length;
    }
    return length;
  }

  #mayLeave(packet: Uint8Array): boolean {
    const what = outgoing(packet);
    if (what === undefined) this.#counters.dropped++;
    else if (this.#own.has(what.dst)) this.#counters.toSelf++;
    else if (what.isKernels) this.#counters.kernels++;
    else if (!this.#own.has(what.src)) {
      this.#counters.notOurs++;
      this.#tell('address', `${formatAddress(what.src)} is not among its addresses (${this.addresses.join(', ')})`);
    } else if (what.port !== undefined && !this.ports.has(what.port)) {
      this.#counters.notOurs++;
      this.#tell(
        'port',
        `port ${what.port} is not among its ports; open it with ports: '${what.port},…', or call reservePort`,
      );
    } else return true;
    return false;
  }

  /** `false`: there is no room. */
  #transmit(packet: Buffer): boolean {
    const to = destinationOf(packet);
    const socket = this.#opened.senders.get(typeof to === 'bigint' ? 6 : 4);
    try {
      socket?.send(packet, packet.length, this.#textOf(to));
      this.#counters.sent++;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (NO_ROOM.includes(why)) {
        this.#isFull = true;
        this.#counters.refused++;
        socket?.waitForRoom();
        return false;
      }
      // Lost on the way, as on any cable.
      this.#counters.dropped++;
      if (why === TOO_LONG)
        this.#tell(why, `${packet.length} bytes to ${this.#textOf(to)} are more than the MTU allows`);
      else if (why === NOT_ALLOWED)
        this.#tell(why, `a firewall of this host's does not let it out to ${this.#textOf(to)}`);
      else this.#tell(why, `the kernel cannot send to ${this.#textOf(to)}: ${why}`);
    }
    return true;
  }

  #textOf(address: Address): string {
    let text = this.#texts.get(address);
    if (text === undefined) {
      if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
      this.#texts.set(address, (text = formatAddress(address)));
    }
    return text;
  }

  #drained(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.onDrain();
  }

  #tell(kind: string, why: string): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.onError(new LinkError('EIO', `raw ${this.name} loses packets: ${why}`));
  }
}
