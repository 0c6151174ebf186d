import type { Frame, FrameBatch, FrameInfo, Link } from '../link/link';
import { formatIpv4Address } from '../wire/address';
import { WireError } from '../wire/error';
import { IPV4_HEADER, PROTOCOL } from '../wire/ipv4';
import { isSourceRoute, parseIpv4Options, stampTimestamp, type Ipv4Option } from '../wire/ipv4-options';
import type { HeaderRoom } from './header-room';
import { IP_DEFAULTS, type IpHost, type IpOptions, type IpSettings } from './host';
import { Icmp } from './icmp';
import { IcmpOutput } from './icmp-output';
import { Interface, type InterfaceConfig } from './interface';
import { Ipv4Input } from './ipv4-input';
import { Ipv4Output, timestamp, type SendOptions } from './ipv4-output';
import { PathMtus } from './path-mtu';
import { Paths, type Path } from './paths';
import { Pings, type Ping, type PingListener } from './ping';
import type { Datagram, ProtocolHandler } from './protocol';
import { Routes, type Route, type RouteConfig } from './routes';
import { reverseSourceRoute, type SourceRoute } from './source-route';
import type { UdpOptions } from './udp/options';
import { Udp } from './udp/udp';

/** The Internet layer of a host (RFC 1122): interfaces, routes, neighbours, IPv4 and ICMP. Addresses are uint32. */
export class Ip {
  /** Called after each batch of frames from a link was processed: the time to answer all of it at once. */
  onBatchEnd: () => void = nothing;
  /** Called when an interface that had no room for a packet has room again. */
  onLinkDrain: (on: Interface) => void = nothing;
  readonly udp: Udp;

  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interfaces: Interface[] = [];
  readonly #routes = new Routes();
  readonly #pathMtus: PathMtus;
  readonly #paths: Paths;
  readonly #output: Ipv4Output;
  readonly #input: Ipv4Input;
  readonly #icmpOutput: IcmpOutput;
  readonly #icmp: Icmp;
  readonly #pings: Pings;

  /** @throws UdpError EINVAL for an option of UDP's that is out of range */
  constructor(host: IpHost, options: IpOptions = {}, udp: UdpOptions = {}) {
    this.#host = host;
    this.#settings = { ...IP_DEFAULTS, ...options };
    this.#pathMtus = new PathMtus(host, this.#settings);
    this.#paths = new Paths(this.#interfaces, this.#routes, this.#pathMtus);
    this.#output = new Ipv4Output(host, this.#settings);
    this.#icmpOutput = new IcmpOutput(host, this.#settings, this.#paths, this.#output);
    this.#input = new Ipv4Input(this.#settings, this.#paths, (datagram, code) => {
      this.unreachable(datagram, code);
    });
    this.#pings = new Pings(host, this.#settings, this.#icmpOutput);
    this.#icmp = new Icmp(host, this.#icmpOutput, this.#pings, (number) => this.#input.handler(number));
    this.protocol(PROTOCOL.ICMP, this.#icmp);
    const ground = { paths: this.#paths, routes: this.#routes, pathMtus: this.#pathMtus, output: this.#output };
    this.udp = new Udp(host, { ...ground, icmp: this.#icmpOutput }, udp);
    this.protocol(PROTOCOL.UDP, this.udp);
  }

  get interfaces(): readonly Interface[] {
    return this.#interfaces;
  }

  /** In the order in which they are tried. */
  get routes(): readonly Route[] {
    return this.#routes.all;
  }

  /**
   * Makes an interface of a link: takes what it receives, adds a route to each network that the interface is in, and
   * the default route when there is a gateway. An interface with an address in 127.0.0.0/8 is a loopback interface.
   * @throws RangeError when the configuration cannot be; the link is untouched then
   */
  attach(link: Link, config: InterfaceConfig): Interface {
    const attached = new Interface(this.#host, this.#settings, link, config, {
      ipv4: (frame, offset, on, broadcast, info) => {
        this.#input.receive(frame, offset, on, broadcast, info);
      },
      unreachable: (packet) => {
        this.#icmp.neighbourUnreachable(packet);
      },
    });
    for (const { address, cidr } of attached.addresses) {
      const other = this.#interfaces.find((each) => each.addresses.some((own) => own.address === address));
      if (other !== undefined) throw new RangeError(`cannot attach ${link.name}: ${cidr} is in use on ${other.name}`);
    }
    this.#interfaces.push(attached);
    try {
      this.#addRoutes(attached, config);
    } catch (error) {
      this.#forget(attached);
      throw error;
    }
    this.#paths.update();
    link.onReceive = (batch, info) => {
      this.#receive(attached, batch, info);
    };
    link.onDrain = () => {
      this.#host.clock.turn(() => {
        this.onLinkDrain(attached);
        this.udp.linkDrained();
      });
    };
    if (config.announce ?? true) {
      this.#host.clock.turn(() => {
        for (const { address } of attached.addresses) attached.ethernet?.arp.announce(address);
      });
    }
    return attached;
  }

  /** Takes an interface away, with its routes, neighbours and the packets that wait for them. The link stays open. */
  detach(attached: Interface): void {
    if (!attached.attached) return;
    attached.link.onReceive = nothing;
    attached.link.onDrain = nothing;
    this.#forget(attached);
    this.#paths.update();
  }

  /** @throws RangeError when the prefix or the gateway cannot be read, or the gateway is on no wire of the interface's */
  addRoute(config: RouteConfig): Route {
    return this.#routes.add(config);
  }

  removeRoute(route: Route): void {
    this.#routes.remove(route);
  }

  /** Sets who takes the packets of a protocol (IANA's number), and the errors about them. */
  protocol(number: number, handler: ProtocolHandler): void {
    this.#input.setHandler(number, handler);
  }

  /**
   * The way to `remote`, from our address `local` or from the one that suits (RFC 1122 §3.3.4.3).
   * @returns `EADDRNOTAVAIL`: `local` is not ours, or cannot be seen outside; `ENETUNREACH`: no route
   */
  path(remote: number, local?: number): Path | 'ENETUNREACH' | 'EADDRNOTAVAIL' {
    return this.#paths.find(remote, local);
  }

  /**
   * The way to `remote` by routers of the caller's choice (RFC 1122 §3.2.1.8 (c)). Every packet of this path carries the route.
   * @returns as `path` does for the first of them; `EINVAL`: source routes are not turned on (`IpOptions.sourceRoute`), or this one has no
   *   hop, more than nine, or one that is no other host's address
   */
  pathBy(route: SourceRoute, remote: number, local?: number): Path | 'ENETUNREACH' | 'EADDRNOTAVAIL' | 'EINVAL' {
    return this.#settings.sourceRoute ? this.#paths.findBy(route, remote, local) : 'EINVAL';
  }

  /**
   * Packets to the path's destination are too big for it when they have more than `mtu` bytes. `path.mtu` falls to that at once, for all
   * who hold a path there, but not below `IpOptions.minPathMtu`; after `pathMtuExpires` it is as if nothing had been said.
   *
   * For who has checked that it is true: an ICMP error is its sender's word until the protocol has found the quoted packet in flight (RFC
   * 5927 §7). For a next-hop MTU of 0 give `nextLowerPlateau` of the packet's size.
   * @returns the path's MTU now
   */
  updatePathMtu(path: Path, mtu: number): number {
    this.#pathMtus.lower(path.destination, path.interface.mtu, mtu);
    return path.mtu;
  }

  /**
   * A packet of `size` bytes with DF was acknowledged: `path.mtu` is that at least (RFC 4821 §7.6, RFC 8899 §5.2).
   * @returns the path's MTU now
   */
  raisePathMtu(path: Path, size: number): number {
    this.#pathMtus.raise(path.destination, size);
    return path.mtu;
  }

  /**
   * The options of a packet that came in, with the time of its arrival in a timestamp option (RFC 1122 §3.2.1.8 (e)). They are what others
   * wrote: to be shown, not to be trusted.
   */
  options({ packet }: Datagram): readonly Ipv4Option[] {
    if (packet.headerLength === IPV4_HEADER) return [];
    const options = parseIpv4Options(packet.options);
    if (options instanceof WireError) return [];
    return options.map((option) =>
      option.kind === 'timestamp'
        ? stampTimestamp(option, formatIpv4Address(packet.dst), timestamp(this.#host.clock.now()))
        : option,
    );
  }

  /** The way back of a packet that came by a source route, for `pathBy` (RFC 9293 MUST-53); `undefined` for all others. */
  returnRoute(datagram: Datagram): SourceRoute | undefined {
    if (!this.#settings.sourceRoute) return undefined;
    const route = this.options(datagram).find(isSourceRoute);
    return route && reverseSourceRoute(route, formatIpv4Address(datagram.packet.src));
  }

  /** True for our addresses; with a loopback interface for all of 127.0.0.0/8. */
  isLocal(address: number): boolean {
    return this.#paths.isLocal(address);
  }

  /** True for 255.255.255.255, and for the broadcast address of each network that we are in. */
  isBroadcast(address: number): boolean {
    return this.#paths.isBroadcast(address);
  }

  /**
   * Sends a packet. The payload's slices are passed on as they are, and are the caller's again when the call returns.
   * @returns false when the packet was dropped, and counted: the link has no room (`onLinkDrain` tells when it has), it is
   *   larger than the interface takes, or that is gone. A packet that waits for its neighbour was taken.
   */
  send(path: Path, protocol: number, payload: Frame, options?: SendOptions): boolean {
    return this.#host.clock.turn(() => this.#output.send(path, protocol, payload, options));
  }

  /** Room for a packet's headers: the transport writes its own there, and `sendBehind` takes the room back. */
  room(): HeaderRoom {
    return this.#output.room();
  }

  /** As `send`, with `transport` bytes of the transport's header in `room`, and only what follows it in `payload`. */
  sendBehind(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean {
    return this.#output.sendBehind(room, transport, path, protocol, payload, options);
  }

  /** The turn ends: links that gather frames send them. */
  flush(): void {
    for (const { link } of this.#interfaces) link.flush?.();
  }

  /** Answers a packet with "destination unreachable", within the rules and the rate. `code` as in wire's `UNREACHABLE`. */
  unreachable(datagram: Datagram, code: number): void {
    this.#icmpOutput.unreachable(datagram, code);
  }

  /** Advice from above: packets do not get through, so ask whether the next hop is there (RFC 9293 MUST-20, RFC 1122 §3.3.1.4). */
  advise(path: Path): void {
    path.interface.ethernet?.neighbours.suspect(path.nextHop);
  }

  /** Advice from above: packets get through, so the next hop is there (RFC 4861 §7.3.1). */
  confirm(path: Path): void {
    path.interface.ethernet?.neighbours.confirm(path.nextHop);
  }

  /**
   * Makes ready to send echo requests and to hear the answers.
   * @param identifier 0 to 65,535; default: a free one
   * @returns `EADDRINUSE`: the identifier is taken; `ENOBUFS`: too many are open (`IpOptions.pings`)
   */
  ping(listener: PingListener, identifier?: number): Ping | 'EADDRINUSE' | 'ENOBUFS' {
    return this.#pings.open(listener, identifier);
  }

  #receive(on: Interface, batch: FrameBatch, info?: ArrayLike<FrameInfo>): void {
    this.#host.clock.turn(() => {
      for (let index = 0; index < batch.length && on.attached; index++) {
        const frame = batch[index];
        if (frame === undefined) continue;
        on.counters.inPackets++;
        on.counters.inBytes += frame.length;
        if (on.ethernet !== undefined) on.ethernet.receive(frame, info?.[index] ?? 0);
        else this.#input.receive(frame, 0, on, false, info?.[index] ?? 0);
      }
      this.onBatchEnd();
    });
  }

  #addRoutes(attached: Interface, { gateway, metric = 0 }: InterfaceConfig): void {
    for (const { network, length } of attached.addresses) {
      this.#routes.add({ prefix: `${formatIpv4Address(network)}/${length}`, interface: attached, metric });
    }
    if (gateway !== undefined) this.#routes.add({ prefix: '0.0.0.0/0', gateway, interface: attached, metric });
  }

  #forget(attached: Interface): void {
    attached.attached = false;
    attached.ethernet?.neighbours.clear();
    this.#routes.removeInterface(attached);
    this.#interfaces.splice(this.#interfaces.indexOf(attached), 1);
  }
}

function nothing(): void {
  // Until somebody wants to know.
}
