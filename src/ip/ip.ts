import type { Frame, FrameBatch, FrameInfo, Link } from '../link/link';
import { formatIpv4Address, type Address } from '../wire/address';
import { WireError } from '../wire/error';
import { IPV4_HEADER, PROTOCOL, viewIpv4 } from '../wire/ipv4';
import { viewIpv6 } from '../wire/ipv6';
import { isSourceRoute, parseIpv4Options, stampTimestamp, type Ipv4Option } from '../wire/ipv4-options';
import type { HeaderRoom } from './header-room';
import { IP_DEFAULTS, type IpHost, type IpOptions, type IpSettings } from './host';
import type { InterfaceAddress, Ipv6InterfaceAddress } from './address';
import { Addresses } from './addresses';
import { checkOuter, Forwarding } from './forward/forwarding';
import { toldOf } from './forward/told';
import { fragmentIpv4 } from './fragmentation';
import { reassembleIpv4 } from './fragment-ipv4';
import { Dhcp } from './dhcp/dhcp';
import { FragmentOutput } from './fragment-output';
import { Icmp } from './icmp';
import { Icmp6 } from './icmp6';
import { Icmp6Output } from './icmp6-output';
import { IcmpOutput } from './icmp-output';
import { Igmp } from './igmp';
import { Interface, type InterfaceConfig } from './interface';
import { Ipv4Input } from './ipv4-input';
import { Ipv4Output, timestamp } from './ipv4-output';
import type { SendOptions } from './output';
import { Ipv6Input } from './ipv6-input';
import { Ipv6Output } from './ipv6-output';
import { Mld } from './mld';
import { PathMtus } from './path-mtu';
import { Paths, type NoPath, type Path } from './paths';
import { Pings, type Ping, type PingListener } from './ping';
import { isIpv4, isIpv6, type Datagram, type FragmentOf, type ProtocolHandler } from './protocol';
import { Protocols } from './protocols';
import { Reassembly } from './reassembly';
import { Redirects } from './redirects';
import { Routes, type Route, type RouteConfig } from './routes';
import { reverseSourceRoute, type SourceRoute } from './source-route';
import type { UdpOptions } from './udp/options';
import { Udp } from './udp/udp';

/** The code of "time exceeded" for fragments (RFC 792, RFC 4443 §3.3). */
const REASSEMBLY = 1;

/** The Internet layer of a host (RFC 1122, RFC 8504): interfaces, routes, neighbours, IPv4 and IPv6, ICMP. */
export class Ip {
  /** Called after each batch of frames from a link was processed: the time to answer all of it at once. */
  onBatchEnd: () => void = nothing;
  /** Called when an interface that had no room for a packet has room again. */
  onLinkDrain: (on: Interface) => void = nothing;
  /** Called when an address has been taken away: nothing goes out from it any more. */
  onAddressRemoved: (address: Address) => void = nothing;
  readonly udp: Udp;
  /** Who passes packets on; `undefined` unless `IpOptions.forward` is set. */
  readonly forwarding: Forwarding | undefined;

  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interfaces: Interface[] = [];
  readonly #routes = new Routes();
  readonly #pathMtus: PathMtus;
  readonly #paths: Paths;
  readonly #protocols = new Protocols();
  readonly #reassembly: Reassembly<FragmentOf>;
  readonly #fragmentOutput = new FragmentOutput();
  readonly #output: Ipv4Output;
  readonly #output6: Ipv6Output;
  readonly #input: Ipv4Input;
  readonly #input6: Ipv6Input;
  readonly #icmpOutput: IcmpOutput;
  readonly #icmp6Output: Icmp6Output;
  readonly #icmp: Icmp;
  readonly #icmp6: Icmp6;
  readonly #pings: Pings;
  readonly #redirects: Redirects;
  readonly #addresses: Addresses;
  readonly #igmp: Igmp;
  readonly #mld: Mld;
  #lastIndex = 0;

  /** @throws UdpError EINVAL for an option of UDP's that is out of range */
  constructor(host: IpHost, options: IpOptions = {}, udp: UdpOptions = {}) {
    this.#host = host;
    this.#settings = { ...IP_DEFAULTS, ...options };
    this.#pathMtus = new PathMtus(host, this.#settings);
    this.#paths = new Paths(this.#interfaces, this.#routes, this.#pathMtus, this.#settings.strongHost);
    this.#addresses = new Addresses(host, this.#settings, this.#interfaces, this.#routes, this.#paths, (address) => {
      if (typeof address === 'number') this.forwarding?.addressRemoved(address);
      this.onAddressRemoved(address);
    });
    this.#output = new Ipv4Output(host, this.#settings, this.#fragmentOutput);
    this.#output6 = new Ipv6Output(host, this.#settings, this.#fragmentOutput);
    this.#icmpOutput = new IcmpOutput(host, this.#settings, this.#paths, this.#output);
    this.#icmp6Output = new Icmp6Output(host, this.#settings, this.#paths, this.#output6);
    const unreachable = (datagram: Datagram, code: number): void => {
      this.unreachable(datagram, code);
    };
    this.#reassembly = new Reassembly(host, this.#settings, (first, arrival) => {
      this.#notReassembled(first, arrival);
    });
    this.#input = new Ipv4Input(this.#settings, this.#paths, this.#protocols, this.#reassembly, unreachable);
    this.#input6 = new Ipv6Input(this.#settings, this.#paths, this.#protocols, this.#reassembly, {
      unreachable,
      problem: (datagram, problem) => {
        this.#icmp6Output.problem(datagram, problem);
      },
    });
    this.#pings = new Pings(host, this.#settings, this.#icmpOutput, this.#icmp6Output);
    this.#redirects = new Redirects(host, this.#settings, this.#paths, this.#routes);
    this.#icmp = new Icmp(host, this.#icmpOutput, this.#pings, this.#protocols, this.#redirects);
    this.#igmp = new Igmp(host, this.#paths, this.#output);
    this.#mld = new Mld(host, this.#paths, this.#output6);
    this.#icmp6 = new Icmp6(host, this.#icmp6Output, this.#pings, this.#protocols, this.#mld);
    this.protocol(PROTOCOL.IGMP, this.#igmp);
    this.protocol(PROTOCOL.ICMP, this.#icmp);
    this.protocol(PROTOCOL.ICMPV6, this.#icmp6);
    this.forwarding = this.#settings.forward ? this.#makeForwarding() : undefined;
    const ground = { paths: this.#paths, routes: this.#routes, pathMtus: this.#pathMtus, output: this };
    this.udp = new Udp(host, ground, udp);
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
   * the default routes when there are gateways. An interface with an address in 127.0.0.0/8, or `::1`, is a loopback interface.
   * @throws RangeError when the configuration cannot be; the link is untouched then
   */
  attach(link: Link, config: InterfaceConfig): Interface {
    checkOuter(config, this.#settings.forward, `cannot attach ${link.name}`);
    this.#lastIndex += 1;
    const attached = new Interface(this.#host, this.#settings, link, this.#lastIndex, config, {
      ipv4: (frame, offset, on, broadcast, info) => {
        this.#input.receive(frame, offset, on, broadcast, info);
      },
      ipv6: (frame, offset, on, broadcast, info) => {
        this.#input6.receive(frame, offset, on, broadcast, info);
      },
      unreachable: (packet) => {
        if (this.forwarding?.undeliverable(packet, attached) === true) return;
        if ((packet[0] ?? 0) >>> 4 === 6) this.#icmp6.neighbourUnreachable(packet, attached);
        else this.#icmp.neighbourUnreachable(packet);
      },
      discovery: {
        paths: this.#paths,
        output: this.#output6,
        addressesChanged: () => {
          this.#paths.update();
        },
        duplicate: (on, own) => {
          this.removeAddress(on, own.address);
          on.autoconfiguration?.duplicate(own);
        },
        unreachable: (on, address) => {
          on.autoconfiguration?.unreachable(address);
        },
        notRouter: (on, address) => {
          on.autoconfiguration?.notRouter(address);
        },
        router: (on, message, from) => {
          if (message.type === 'redirect') this.#redirects.heard6(on, message, from);
          else on.autoconfiguration?.receive(message, from);
        },
      },
    });
    const { dhcp, metric = 0 } = config;
    if (dhcp !== undefined) {
      attached.dhcp = new Dhcp(this.#host, this, attached, dhcp === true ? {} : dhcp, metric);
    }
    this.#addresses.requireFree(attached, `cannot attach ${link.name}`);
    this.#interfaces.push(attached);
    try {
      this.#addresses.addRoutes(attached, config);
    } catch (error) {
      this.#forget(attached);
      throw error;
    }
    this.forwarding?.attached(attached, config);
    this.#paths.update();
    link.onReceive = (batch, info) => {
      this.#receive(attached, batch, info);
    };
    link.onDrain = () => {
      this.#host.clock.turn(() => {
        this.#fragmentOutput.drained(attached);
        this.onLinkDrain(attached);
        this.udp.linkDrained();
      });
    };
    this.#reportGroups(attached);
    this.#host.clock.turn(() => {
      this.#addresses.start(attached, config);
    });
    return attached;
  }

  /**
   * Gives an interface another address, with the route to its network. An IPv6 address on an Ethernet is `tentative` until it is known that
   * nobody else has it (RFC 4862 §5.4).
   * @param cidr `10.9.0.3/24`, `fd00:9::3/64`
   * @throws RangeError when no host can have it, or an interface of ours has it already
   */
  addAddress(to: Interface, cidr: string): InterfaceAddress | Ipv6InterfaceAddress {
    return this.#addresses.add(to, cidr);
  }

  /** As `addAddress`, for who has made the address. @throws RangeError when an interface of ours has it already */
  putAddress(to: Interface, own: InterfaceAddress | Ipv6InterfaceAddress, doing: string): void {
    this.#addresses.put(to, own, doing);
  }

  /** Takes an address away, and the route to its network if no other address needs it. Harmless when the interface does not have it. */
  removeAddress(from: Interface, address: Address): void {
    this.#addresses.remove(from, address);
  }

  /** Addresses, or how far they are, have changed. */
  addressesChanged(): void {
    this.#paths.update();
  }

  /**
   * Takes an interface away, with its routes, neighbours and the packets that wait for them, and gives back what DHCP has given it. The link
   * stays open.
   */
  detach(attached: Interface): void {
    if (!attached.attached) return;
    attached.dhcp?.stop();
    attached.link.onReceive = nothing;
    attached.link.onDrain = nothing;
    this.forwarding?.detached(attached);
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
    this.#protocols.set(number, handler);
  }

  /**
   * The way to `remote`, from our address `local` or from the one that suits (RFC 1122 §3.3.4.3).
   * @returns `EADDRNOTAVAIL`: `local` is not ours, or cannot be seen outside; `ENETUNREACH`: no route
   */
  path(remote: Address, local?: Address): Path | NoPath {
    return this.#paths.find(remote, local);
  }

  /**
   * The way to `remote` by routers of the caller's choice (RFC 1122 §3.2.1.8 (c)). Every packet of this path carries the route.
   * @returns as `path` does for the first of them; `EINVAL`: source routes are not turned on (`IpOptions.sourceRoute`), or this one has no
   *   hop, more than nine, or one that is no other host's address
   */
  pathBy(route: SourceRoute, remote: Address, local?: Address): Path | NoPath | 'EINVAL' {
    // RFC 5095: what IPv6 had of the kind is gone.
    if (!this.#settings.sourceRoute || typeof remote === 'bigint' || typeof local === 'bigint') return 'EINVAL';
    return this.#paths.findBy(route, remote, local);
  }

  /**
   * A link-local address with its zone, as `Path` has it: where there is none, that of the only interface that can be meant. Others are as
   * they are.
   * @returns `undefined` when several interfaces can be meant, or none
   */
  zoned(address: Address): Address | undefined {
    return typeof address === 'number' ? address : this.#paths.zoned(address);
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
    if (packet.version === 6 || packet.headerLength === IPV4_HEADER) return [];
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
    if (!this.#settings.sourceRoute || datagram.packet.version === 6) return undefined;
    const route = this.options(datagram).find(isSourceRoute);
    return route && reverseSourceRoute(route, formatIpv4Address(datagram.packet.src));
  }

  /** True for our addresses; with a loopback interface for all of 127.0.0.0/8. */
  isLocal(address: Address): boolean {
    return this.#paths.isLocal(address);
  }

  /** True for 255.255.255.255, and for the broadcast address of each network that we are in. */
  isBroadcast(address: Address): boolean {
    return this.#paths.isBroadcast(address);
  }

  /**
   * Sends a packet. The payload's slices are passed on as they are, and are the caller's again when the call returns.
   * @returns false when the packet was dropped, and counted: the link has no room (`onLinkDrain` tells when it has), it is
   *   larger than the interface takes, or that is gone. A packet that waits for its neighbour was taken.
   */
  send(path: Path, protocol: number, payload: Frame, options?: SendOptions): boolean {
    return this.#host.clock.turn(() => this.#outputOf(path).send(path, protocol, payload, options));
  }

  /** Room for the headers of a packet of this path: the transport writes its own there, and `sendBehind` takes the room back. */
  room(path: Path): HeaderRoom {
    return this.#outputOf(path).room();
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
    return this.#outputOf(path).sendBehind(room, transport, path, protocol, payload, options);
  }

  /** The turn ends: links that gather frames send them. */
  flush(): void {
    for (const { link } of this.#interfaces) link.flush?.();
  }

  /** Answers a packet with "destination unreachable", within the rules and the rate. `code` as in wire's `UNREACHABLE`. */
  unreachable(datagram: Datagram, code: number): void {
    if (isIpv6(datagram)) this.#icmp6Output.unreachable(datagram, code);
    else if (isIpv4(datagram)) this.#icmpOutput.unreachable(datagram, code);
  }

  /** Advice from above: packets do not get through, so ask whether the next hop is there (RFC 9293 MUST-20, RFC 1122 §3.3.1.4). */
  advise(path: Path): void {
    path.interface.ethernet?.neighboursOf(path.nextHop).suspect(path.nextHop);
  }

  /** Advice from above: packets get through, so the next hop is there (RFC 4861 §7.3.1). */
  confirm(path: Path): void {
    path.interface.ethernet?.neighboursOf(path.nextHop).confirm(path.nextHop);
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
        else if ((frame[0] ?? 0) >>> 4 === 6) this.#input6.receive(frame, 0, on, false, info?.[index] ?? 0);
        else this.#input.receive(frame, 0, on, false, info?.[index] ?? 0);
      }
      this.onBatchEnd();
    });
  }

  #makeForwarding(): Forwarding {
    if (this.#settings.strongHost) {
      throw new RangeError(
        'cannot make a stack: a router has weak ends (RFC 1812 §5.2.3); leave out forward or strongHost',
      );
    }
    const forwarding = new Forwarding({
      host: this.#host,
      reversePath: this.#settings.reversePath,
      nat: this.#settings.nat,
      paths: this.#paths,
      routes: this.#routes,
      error: (datagram, error) => {
        this.#icmpOutput.error(datagram, (quoted) => toldOf(error, quoted));
      },
      error6: (datagram, error) => {
        this.#icmp6Output.error(datagram, error);
      },
      reassemble: ({ packet, ...arrival }) => reassembleIpv4(this.#reassembly, packet, arrival),
      fragment: fragmentIpv4,
      isTaken: (protocol, ...ends) => this.#protocols.get(protocol)?.owns?.(...ends) ?? false,
    });
    this.#input.forward = forwarding.ipv4;
    this.#input6.forward = forwarding.ipv6;
    return forwarding;
  }

  #outputOf({ version }: Path): Ipv4Output | Ipv6Output {
    return version === 4 ? this.#output : this.#output6;
  }

  /** The wire hears of the groups that we are in there. */
  #reportGroups(on: Interface): void {
    if (on.loopback || !this.#settings.groupReports) return;
    on.groups.listener = {
      changed: (group, wasWanted) => {
        this.#host.clock.turn(() => {
          if (typeof group === 'number') this.#igmp.changed(on, group, wasWanted);
          else this.#mld.changed(on, group, wasWanted);
        });
      },
    };
  }

  /** RFC 1122 §3.3.2, RFC 8200 §4.5: the rest of a packet did not come in time. */
  #notReassembled(first: Uint8Array, { interface: on, broadcast }: FragmentOf): void {
    const four = viewIpv4(first);
    if (!(four instanceof WireError)) {
      const about = (quoted: Uint8Array) => ({ type: 'time-exceeded', code: REASSEMBLY, quoted }) as const;
      this.#icmpOutput.error({ packet: four, interface: on, broadcast, info: 0 }, about, four.dst);
      return;
    }
    const six = viewIpv6(first);
    if (six instanceof WireError) return;
    if (!on.loopback) six.zone = on.index;
    const datagram = { packet: six, interface: on, broadcast, info: 0 };
    this.#icmp6Output.error(datagram, { type: 'time-exceeded', code: REASSEMBLY });
  }

  #forget(attached: Interface): void {
    attached.attached = false;
    attached.ethernet?.clear();
    attached.groups.listener = undefined;
    this.#addresses.forget(attached);
    this.#igmp.detached(attached);
    this.#mld.detached(attached);
    this.#reassembly.forget(attached);
    this.#fragmentOutput.forget(attached);
    this.#routes.removeInterface(attached);
    this.#interfaces.splice(this.#interfaces.indexOf(attached), 1);
  }
}

function nothing(): void {
  // Until somebody wants to know.
}
