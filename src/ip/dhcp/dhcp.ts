import type { Scheduled } from '../../clock/clock';
import type { FrameInfo } from '../../link/link';
import { formatIpv4Address, parseIpv4Address } from '../../wire/address';
import { parseDhcp, type DhcpMessage, type TypedDhcpMessage } from '../../wire/dhcp';
import { WireError } from '../../wire/error';
import { PROTOCOL, type Ipv4View } from '../../wire/ipv4';
import { ETHERNET_HEADER } from '../../wire/ethernet';
import type { Ethernet } from '../ethernet';
import type { IpHost } from '../host';
import type { Interface } from '../interface';
import type { Ip } from '../ip';
import type { AddressClaim } from '../acd';
import { BROADCAST_MAC } from '../mac';
import { DhcpClient } from './client';
import { datagramOf, frameOf, isForClient, messageIn } from './frames';
import type { DhcpLease } from './lease';
import { dhcpSettings, type DhcpOptions, type DhcpSettings } from './options';
import { Readiness } from './readiness';
import { LeasedRoutes } from './routes';
import type { DhcpState } from './state';

const EVERYBODY = '255.255.255.255';

/** What IP does for its interfaces' DHCP clients. */
export type DhcpGround = Pick<Ip, 'addAddress' | 'removeAddress' | 'addRoute' | 'removeRoute' | 'path' | 'send'>;

/**
 * The DHCP client of an interface (RFC 2131): its addresses, routes and, if that is wanted, its MTU are those of the lease.
 *
 * Until there is an address, messages go from 0.0.0.0 to everybody, and whatever comes to port 68 on this interface is taken, whether
 * the server broadcasts it or sends it to the address that it offers (RFC 2131 §4.1). Port 68 here is the client's, and no socket's.
 */
export class Dhcp {
  /** Resolves with the first lease; rejects when no server has given one within `timeout`, or the interface goes before. */
  readonly ready: Promise<DhcpLease>;

  readonly #host: IpHost;
  readonly #ground: DhcpGround;
  readonly #interface: Interface;
  readonly #ethernet: Ethernet;
  readonly #settings: DhcpSettings;
  readonly #client: DhcpClient;
  readonly #readiness: Readiness;
  readonly #routes: LeasedRoutes;
  readonly #linkMtu: number;
  #timer: Scheduled | undefined;
  /** That the address is ours alone: from when the wire is asked about it, to when we lose it. */
  #claim: AddressClaim | undefined;
  /** Where the frame with the last answer came from: the server itself, or the router before it. */
  #serverMac: Uint8Array | undefined;
  #identification = 0;

  /** @throws RangeError for options that cannot be, and for a link that is no Ethernet */
  constructor(host: IpHost, ground: DhcpGround, on: Interface, options: DhcpOptions, metric: number) {
    const doing = `cannot attach ${on.name}`;
    if (on.ethernet === undefined) {
      throw new RangeError(`${doing}: DHCP needs an Ethernet link, by whose MAC a server knows us; give it an address`);
    }
    this.#host = host;
    this.#ground = ground;
    this.#interface = on;
    this.#ethernet = on.ethernet;
    this.#linkMtu = on.mtu;
    this.#settings = dhcpSettings(options, doing);
    this.#routes = new LeasedRoutes(ground, on, metric);
    this.#readiness = new Readiness(host.clock, on.name, this.#settings.timeout);
    this.ready = this.#readiness.promise;
    this.#client = new DhcpClient(this.#settings, {
      mac: on.ethernet.mac,
      mtu: on.mtu,
      random32: () => host.random32(),
      send: (message, server) => {
        this.#send(message, server);
      },
      changed: (from, to, why) => {
        this.#changed(from, to, why);
      },
      bound: (lease, before) => this.#bound(lease, before),
      lost: (lease) => {
        this.#lost(lease);
      },
      probe: (address, done) => this.#probe(parseIpv4Address(address) ?? 0, done),
      drop: (reason, particulars) => {
        on.dropIn(`dhcp.${reason}`, particulars);
      },
    });
  }

  get state(): DhcpState {
    return this.#client.state;
  }

  /** What the interface has; `undefined` while it has nothing. */
  get lease(): DhcpLease | undefined {
    return this.#client.lease;
  }

  /** Asks for more time at once. */
  renew(): void {
    this.#do((now) => {
      this.#client.renew(now);
    });
  }

  /** For `Ip`: begins to look for an address. */
  start(): void {
    this.#do((now) => {
      this.#client.start(now);
    });
  }

  /** For `Ip`: the interface goes. Its address is given back while it can still send. */
  stop(): void {
    this.#do((now) => {
      this.#client.stop(now);
    });
    this.#readiness.gone();
  }

  /**
   * For `Ip`: a packet that came in, before it is looked at for whom it is; `info`: what the link says of it.
   * @returns false when it is none for a DHCP client
   */
  receive(packet: Ipv4View, info: FrameInfo): boolean {
    if (!isForClient(packet)) return false;
    const view = messageIn(packet, info);
    const message = view instanceof WireError ? view : parseDhcp(view);
    if (message instanceof WireError) {
      this.#interface.dropIn('dhcp.malformed', () => message.message);
      return true;
    }
    const { src, dst } = packet;
    this.#host.count(`dhcp.${message.options.messageType ?? 'bootp'}`);
    this.#trace('in', message, formatIpv4Address(src), formatIpv4Address(dst));
    const before = this.#client.state;
    this.#do((now) => {
      this.#client.receive(message, now);
    });
    // An answer that was taken.
    if (before !== this.#client.state && packet.offset >= ETHERNET_HEADER) this.#serverMac = packet.bytes.slice(6, 12);
    return true;
  }

  /** Whatever is done with the client, and then waits for what it waits for. */
  #do(work: (now: number) => void): void {
    const { clock } = this.#host;
    clock.turn(() => {
      work(clock.now());
      const { deadline } = this.#client;
      this.#timer?.cancel();
      this.#timer =
        deadline === undefined
          ? undefined
          : clock.schedule(deadline, () => {
              this.#do((now) => {
                this.#client.timeout(now);
              });
            });
    });
  }

  #send(message: TypedDhcpMessage, server: string | undefined): void {
    const src = message.ciaddr;
    const dst = server ?? EVERYBODY;
    const { messageType } = message.options;
    this.#host.count(`dhcp.${messageType}`);
    this.#trace('out', message, src, dst);
    const to = server === undefined ? BROADCAST_MAC : messageType === 'release' ? this.#serverMac : undefined;
    if (to === undefined) {
      const path = this.#ground.path(parseIpv4Address(dst) ?? 0, parseIpv4Address(src));
      // Without a way to the server, T2 comes, and everybody is asked.
      if (typeof path === 'string') this.#interface.dropOut('ip.no-route', () => `the DHCP server ${dst}: ${path}`);
      else this.#ground.send(path, PROTOCOL.UDP, [datagramOf(message, src, dst)]);
      return;
    }
    this.#identification = (this.#identification + 1) & 0xffff;
    this.#interface.transmit(frameOf(message, { src, dst, from: this.#ethernet.mac, to }, this.#identification));
  }

  /** The address is claimed as RFC 5227 has it, which lasts: we hear of it, too, when somebody wants it later and does not give in. */
  #probe(address: number, done: (inUse: boolean, now: number) => void): () => void {
    let isHeld = false;
    const claim = this.#ethernet.arp.acd.claim(address, {
      usable: () => {
        isHeld = true;
        this.#do((now) => {
          done(false, now);
        });
      },
      lost: () => {
        this.#do((now) => {
          if (isHeld) this.#client.conflict(now);
          else done(true, now);
        });
      },
    });
    this.#claim = claim;
    return () => {
      claim.release();
    };
  }

  #bound(lease: DhcpLease, before: DhcpLease | undefined): string | undefined {
    const { address, prefixLength } = lease;
    try {
      if (before?.address !== address || before.prefixLength !== prefixLength) {
        if (before !== undefined) this.#lost(before);
        this.#ground.addAddress(this.#interface, `${address}/${prefixLength}`);
      }
      this.#routes.set(this.#settings.routes ? lease.routes : []);
    } catch (error) {
      this.#takeAway(lease);
      if (error instanceof RangeError) return error.message;
      throw error;
    }
    if (this.#settings.mtu) this.#interface.mtu = Math.min(lease.mtu ?? this.#linkMtu, this.#linkMtu);
    this.#host.count('dhcp.bound');
    this.#readiness.has(lease);
    return undefined;
  }

  #lost(lease: DhcpLease): void {
    this.#host.count('dhcp.lost');
    this.#takeAway(lease);
  }

  #takeAway({ address }: DhcpLease): void {
    this.#claim?.release();
    this.#claim = undefined;
    this.#routes.set([]);
    this.#interface.mtu = this.#linkMtu;
    const own = parseIpv4Address(address);
    if (own !== undefined) this.#ground.removeAddress(this.#interface, own);
  }

  #changed(from: DhcpState, to: DhcpState, event: string): void {
    this.#readiness.state(to);
    const time = this.#host.clock.now();
    const address = this.#client.lease?.address;
    this.#host.trace?.({ type: 'dhcp-state', time, link: this.#interface.name, from, to, event, address });
  }

  #trace(direction: 'in' | 'out', message: DhcpMessage, src: string, dst: string): void {
    const { name: link } = this.#interface;
    const time = this.#host.clock.now();
    this.#host.trace?.({ type: 'dhcp', time, direction, link, src, dst, message, state: this.#client.state });
  }
}
