import type { Clock } from './clock/clock';
import { SystemClock } from './clock/system-clock';
import { TimingWheel } from './clock/timing-wheel';
import type { IpOptions } from './ip/host';
import type { Interface, InterfaceConfig } from './ip/interface';
import { Ip } from './ip/ip';
import { LoopbackLink } from './link/loopback';
import type { Link } from './link/link';
import { StackHost } from './stack/host';
import { TcpLayer } from './stack/tcp-layer';
import { TcpOpen } from './stack/tcp-open';
import type { TcpOptions } from './stack/tcp-options';
import { Turns } from './stack/turns';
import type { UdpApi, UdpOptions } from './stack/udp';
import type { Tcp } from './tcp/user';
import type { ObserveOptions, TraceListener } from './trace';

export interface StackOptions {
  /** Default: the system's time. */
  readonly clock?: Clock;
  /** Makes sequence numbers, ports and all else that is drawn the same in every run. Default: the system's secure random numbers. */
  readonly seed?: number;
  /** Defaults of all connections, and bounds. */
  readonly tcp?: TcpOptions;
  readonly ip?: IpOptions;
  /** Defaults of all UDP sockets, and bounds. */
  readonly udp?: UdpOptions;
  /** Default `true`. `false`: a host without IPv6; there is no ::1, and interfaces take no IPv6 addresses. */
  readonly ipv6?: boolean;
  /**
   * ACKs wait for what the program answers in the callback of the event loop that brought the data, and go out with it (links that tell
   * of it, as a TAP does: `Link.onReceived`). Default `true`; `false`: each is sent before the program hears of the data, so that
   * every step of the protocol is a segment of its own.
   */
  readonly piggyback?: boolean;
}

/**
 * A TCP/IP host: links with addresses below, the calls of RFC 9293 above. It has a loopback interface (127.0.0.1, ::1) from the start.
 *
 * Everything is synchronous: when a call, or a packet's injection, returns, all that follows from it at that time has happened.
 */
export class Stack {
  readonly clock: Clock;
  /** It is a host with IPv6. */
  readonly ipv6: boolean;
  readonly ip: Ip;
  /** OPEN, and the connections and listeners that there are. */
  readonly tcp: Tcp;
  /** UDP sockets: opens them, and has those that are open. */
  readonly udp: UdpApi;

  private readonly host: StackHost;
  private readonly turns: Turns;

  private readonly tellUsers: () => void;
  private readonly piggyback: boolean;
  /**
   * What arrives from the event loop goes through here, and users hear of it, before anything is sent. The turn lasts until the event
   * loop's callback is done, so that an answer that they give in it takes the ACK along.
   */
  protected aroundArrival: (work: () => void) => void = (work) => {
    work();
  };

  /** @throws TcpError, UdpError EINVAL for an option of TCP's or UDP's that is out of range */
  constructor(options: StackOptions = {}) {
    this.clock = options.clock ?? new SystemClock();
    this.ipv6 = options.ipv6 ?? true;
    this.piggyback = options.piggyback ?? true;
    this.turns = new Turns(this.clock, {
      settle: () => {
        try {
          layer.settle();
        } finally {
          this.ip.udp.tellUsers();
        }
      },
      finish: () => {
        this.ip.flush();
      },
      isSettled: () => layer.isSettled && this.ip.udp.isSettled,
    });
    this.host = new StackHost(this.turns, options.seed);
    this.ip = new Ip(this.host, options.ip, options.udp);
    this.udp = this.ip.udp;
    const wheel = new TimingWheel(this.clock, (work) => {
      this.turns.turn(work);
    });
    const layer = new TcpLayer(this.host, this.ip, wheel, options.tcp ?? {});
    this.tcp = new TcpOpen(layer, options.tcp?.fastOpen);
    this.tellUsers = () => {
      try {
        layer.tellUsers();
      } finally {
        this.ip.udp.tellUsers();
      }
    };
    this.attach(new LoopbackLink({ clock: this.clock }), {
      address: this.ipv6 ? ['127.0.0.1/8', '::1/128'] : '127.0.0.1/8',
    });
  }

  /**
   * Gives the stack a link, and the link an address: `{ address: '10.9.0.2/24', gateway: '10.9.0.1' }`.
   * @throws RangeError when the configuration cannot be
   */
  attach(link: Link, config: InterfaceConfig): Interface {
    if (!this.ipv6 && wantsIpv6(config)) {
      throw new RangeError(`cannot attach ${link.name} with IPv6: the stack was made with \`ipv6: false\``);
    }
    const attached = this.ip.attach(link, config);
    const receive = link.onReceive;
    // What a link delivers while the stack sends is taken up when the turn is done.
    link.onReceive = (batch, info) => {
      if (!this.turns.isIdle) {
        // What the link says of the frames is there during its call only.
        const kept = info === undefined ? undefined : Array.from(info);
        this.turns.enqueue(() => {
          receive(batch, kept);
        });
      } else if (link.onReceived === undefined) receive(batch, info);
      else if (!this.piggyback) {
        this.aroundArrival(() => {
          receive(batch, info);
        });
      } else {
        this.turns.begin();
        this.aroundArrival(() => {
          receive(batch, info);
          this.tellUsers();
        });
      }
    };
    if (link.onReceived !== undefined) {
      link.onReceived = () => {
        this.turns.end();
      };
    }
    return attached;
  }

  /** Calls `listener` with everything that happens, until the returned function is called. */
  observe(listener: TraceListener, options?: ObserveOptions): () => void {
    return this.host.observe(listener, options);
  }

  /** What was counted since the start: drops by layer and reason, retransmissions, limits that were reached. */
  get counters(): Readonly<Record<string, number>> {
    return this.host.allCounters();
  }

  /** Aborts what is open, and closes all links. */
  async close(): Promise<void> {
    for (const listener of this.tcp.listeners()) listener.close();
    for (const connection of this.tcp.connections()) connection.abort();
    for (const socket of this.udp.sockets()) socket.close();
    const links = this.ip.interfaces.map(({ link }) => link);
    for (const each of [...this.ip.interfaces]) this.ip.detach(each);
    await Promise.all(links.map((link) => link.close()));
  }
}

function wantsIpv6({ address = [], ipv6 = false, slaac = false }: InterfaceConfig): boolean {
  const addresses = typeof address === 'string' ? [address] : address;
  return ipv6 || slaac || addresses.some((each) => each.includes(':'));
}
