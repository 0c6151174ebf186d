import { formatAddress, isLinkLocal6, isUnspecified6 } from '../../wire/address';
import { readUint32 } from '../../wire/bytes';
import { UNREACHABLE6 } from '../../wire/icmpv6';
import type { Ipv6View } from '../../wire/ipv6';
import type { Drop } from '../drops';
import type { IpHost } from '../host';
import type { Icmp6Error } from '../icmp6-output';
import type { Interface } from '../interface';
import type { Paths } from '../paths';
import type { Datagram } from '../protocol';
import type { Routes } from '../routes';
import { Exits } from './exits';
import type { ReversePath } from './options';
import { sizeOnWire, type Relay } from './relay';
import { comesRight } from './reverse-path';
import { traceForwarded } from './traced';

/** What forwarding stands on. */
export interface Ipv6ForwardGround {
  readonly host: IpHost;
  readonly reversePath: ReversePath;
  readonly paths: Paths;
  readonly routes: Routes;
  /** Tells the sender, within the rules and the rate. The packet is as it came. */
  readonly error6: (datagram: Datagram<Ipv6View>, error: Icmp6Error) => void;
  readonly relay: Relay;
}

const TIME_EXCEEDED: Icmp6Error = { type: 'time-exceeded', code: 0 };
const NO_ROUTE: Icmp6Error = { type: 'destination-unreachable', code: UNREACHABLE6.NO_ROUTE };
const BEYOND_SCOPE: Icmp6Error = { type: 'destination-unreachable', code: UNREACHABLE6.BEYOND_SCOPE };
const ADDRESS: Icmp6Error = { type: 'destination-unreachable', code: UNREACHABLE6.ADDRESS };

/**
 * Passes on the packets of IPv6 that are for others (RFC 8200 §3, RFC 4443 §3). Extension headers are the destination's; a router may leave
 * hop-by-hop options alone (RFC 8200 §4.3).
 */
export class Ipv6Forward {
  readonly #ground: Ipv6ForwardGround;
  readonly #exits: Exits;

  constructor(ground: Ipv6ForwardGround) {
    this.#ground = ground;
    this.#exits = new Exits(ground.routes);
  }

  /** Takes a checked packet to one host that is not us. */
  receive(datagram: Datagram<Ipv6View>): void {
    const { packet, interface: on, info } = datagram;
    const { reversePath, routes, host, relay } = this.#ground;
    const { src, dst, bytes, offset } = packet;
    if (datagram.broadcast) {
      refuse('ip.forward-broadcast', packet, on);
      return;
    }
    // RFC 4291 §2.5.6, §2.5.2.
    if (isLinkLocal6(dst) || isUnspecified6(src)) {
      refuse('ip.not-forwardable', packet, on);
      return;
    }
    if (isLinkLocal6(src)) {
      this.#tell(datagram, BEYOND_SCOPE, 'ip.beyond-scope');
      return;
    }
    if (!comesRight(reversePath, src, on, routes)) {
      refuse('ip.reverse-path', packet, on);
      return;
    }
    const exit = this.#exits.to(dst, readUint32(bytes, offset + 36));
    if (exit === undefined) {
      this.#tell(datagram, NO_ROUTE, 'ip.no-route');
      return;
    }
    if (packet.ttl <= 1) {
      this.#tell(datagram, TIME_EXCEEDED, 'ip.ttl-exceeded');
      return;
    }
    const out = exit.interface;
    if (packet.end - offset > out.mtu && sizeOnWire(packet, info) > out.mtu) {
      this.#tell(datagram, { type: 'packet-too-big', mtu: out.mtu }, 'ip.forward-too-big');
      return;
    }
    bytes[offset + 7] = packet.ttl - 1;
    host.count('ip.forwarded');
    on.counters.forwarded++;
    if (host.trace !== undefined) traceForwarded(host, packet, on, out);
    relay.send(exit, packet, info);
  }

  /**
   * A packet that was passed on, and whose next hop does not answer.
   * @returns false: it was our own
   */
  undeliverable(packet: Ipv6View, through: Interface): boolean {
    packet.zone = through.index;
    if (this.#ground.paths.isLocal(packet.src) || isUnspecified6(packet.src)) return false;
    this.#ground.error6({ packet, interface: through, broadcast: false, info: 0 }, ADDRESS);
    return true;
  }

  #tell(datagram: Datagram<Ipv6View>, error: Icmp6Error, name: Drop): void {
    refuse(name, datagram.packet, datagram.interface);
    this.#ground.error6(datagram, error);
  }
}

function refuse(name: Drop, packet: Ipv6View, on: Interface): void {
  on.dropIn(name, () => `${formatAddress(packet.src)} to ${formatAddress(packet.dst)}`);
}
