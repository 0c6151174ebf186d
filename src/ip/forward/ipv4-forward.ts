import { segmentSizeOf, UNFILLED, type FrameInfo } from '../../link/link';
import { formatIpv4Address } from '../../wire/address';
import { readUint16, writeUint16 } from '../../wire/bytes';
import { updateChecksum } from '../../wire/checksum';
import { WireError } from '../../wire/error';
import { IPV4_HEADER, type Ipv4View } from '../../wire/ipv4';
import { isSourceRoute, parseIpv4Options } from '../../wire/ipv4-options';
import type { Drop } from '../drops';
import type { IpHost } from '../host';
import type { Interface } from '../interface';
import type { Paths } from '../paths';
import type { Datagram } from '../protocol';
import type { Routes } from '../routes';
import { Exits } from './exits';
import type { Mapping } from './nat/session';
import type { Translator } from './nat/translator';
import type { ReversePath } from './options';
import { recordRoute } from './record-route';
import { type Exit, type Relay, sizeOnWire } from './relay';
import { traceForwarded } from './traced';
import { comesRight } from './reverse-path';
import { isForwardable4 } from './scope';

type Arrival = Datagram<Ipv4View>;

/** Why a packet was not passed on, as its sender is told. */
export type ForwardError =
  | { readonly kind: 'time-exceeded' }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'host-unreachable' }
  | { readonly kind: 'too-big'; readonly mtu: number };

/** What forwarding stands on. */
export interface Ipv4ForwardGround {
  readonly host: IpHost;
  readonly reversePath: ReversePath;
  readonly paths: Paths;
  readonly routes: Routes;
  /** Tells the sender, within the rules and the rate. The packet is as it came. */
  readonly error: (datagram: Arrival, error: ForwardError) => void;
  /** Takes a fragment; the packet in memory of its own when it was what that lacked. */
  readonly reassemble: (datagram: Arrival) => Ipv4View | undefined;
  readonly relay: Relay;
  /** The outer interfaces, whose packets are translated. */
  readonly isOuter: (on: Interface) => boolean;
  readonly translator: Translator;
}

const TIME_EXCEEDED: ForwardError = { kind: 'time-exceeded' };
const NO_ROUTE: ForwardError = { kind: 'no-route' };
const HOST_UNREACHABLE: ForwardError = { kind: 'host-unreachable' };

/** Passes on the packets of IPv4 that are for others (RFC 1812 §5), and translates between inner hosts and an outer address. */
export class Ipv4Forward {
  readonly #ground: Ipv4ForwardGround;
  readonly #exits: Exits;

  constructor(ground: Ipv4ForwardGround) {
    this.#ground = ground;
    this.#exits = new Exits(ground.routes);
  }

  /** Takes a checked packet that is not for us. */
  receive(datagram: Arrival): void {
    const { packet, interface: on, broadcast } = datagram;
    const { paths } = this.#ground;
    const { src, dst } = packet;
    // RFC 1812 §5.3.4: what the link brought to everybody would be passed on by everybody.
    if (broadcast) {
      refuse('ip.forward-broadcast', packet, on);
      return;
    }
    // Directed broadcasts are not passed on (RFC 2644).
    if (!isForwardable4(src) || !isForwardable4(dst) || paths.isBroadcast(dst) || paths.isBroadcast(src)) {
      refuse('ip.not-forwardable', packet, on);
      return;
    }
    if (this.#ground.isOuter(on)) {
      refuse('nat.unsolicited', packet, on);
      return;
    }
    if (!comesRight(this.#ground.reversePath, src, on, this.#ground.routes)) {
      refuse('ip.reverse-path', packet, on);
      return;
    }
    const exit = this.#exit(datagram, dst);
    if (exit === undefined) return;
    if (this.#ground.isOuter(exit.interface)) this.#goOut(datagram, exit);
    else if (this.#fits(datagram, exit)) this.#pass(datagram, packet, exit);
  }

  /**
   * Takes a whole packet to an address of ours, when it is for somebody inside.
   * @returns false: it is ours
   */
  deliver(datagram: Arrival): boolean {
    const { packet, interface: on } = datagram;
    const { translator, isOuter, paths } = this.#ground;
    const owner = paths.interfaceOf(packet.dst);
    // What we send to ourselves stays here.
    if (owner === undefined || datagram.broadcast || on.loopback || !isOuter(owner)) return false;
    if (!isOuter(on)) return this.#turnBack(datagram);
    const mapping = translator.inbound(packet);
    if (mapping === 'local') return false;
    if (mapping !== 'refused') this.#comeIn(datagram, mapping);
    return true;
  }

  /**
   * A packet that was passed on, and whose next hop does not answer.
   * @returns false: it was our own
   */
  undeliverable(packet: Ipv4View, through: Interface): boolean {
    const { paths, translator, error } = this.#ground;
    // Its sender knows it as it was.
    if (paths.isLocal(packet.src) && !(this.#ground.isOuter(through) && translator.restore(packet))) return false;
    error({ packet, interface: through, broadcast: false, info: 0 }, HOST_UNREACHABLE);
    return true;
  }

  /** Hairpinning: who is inside sees others inside by their outer addresses, its own included (RFC 4787 REQ-9 a). */
  #turnBack(datagram: Arrival): boolean {
    const { packet, info } = datagram;
    const { translator } = this.#ground;
    if (!isForwardable4(packet.src)) return false;
    const found = translator.turnsBack(packet);
    if (found === undefined) return false;
    // Checked before the packet is changed: its sender is to be told of what it sent.
    if (found !== 'error') {
      const exit = this.#exit(datagram, found.inner);
      if (exit === undefined || !this.#fits(datagram, exit)) return true;
    }
    if (!translator.outbound(packet, packet.dst, isFilled(info))) return true;
    const mapping = translator.inbound(packet);
    if (typeof mapping !== 'string') this.#comeIn(datagram, mapping);
    return true;
  }

  #comeIn(datagram: Arrival, mapping: Mapping): void {
    const { packet, info } = datagram;
    const exit = this.#exit(datagram, mapping.inner);
    if (exit === undefined || !this.#fits(datagram, exit)) return;
    this.#ground.translator.deliver(packet, mapping, isFilled(info));
    this.#pass(datagram, packet, exit);
  }

  #goOut(datagram: Arrival, exit: Exit): void {
    const { packet } = datagram;
    const { translator, reassemble } = this.#ground;
    const external = sourceOf(exit);
    if (external === undefined) {
      refuse('nat.no-address', packet, datagram.interface);
      return;
    }
    let whole = packet;
    if (packet.moreFragments || packet.fragmentOffset > 0) {
      // Only the first has ports (RFC 4787 REQ-14). It was cut once, and may be cut again.
      const put = reassemble(datagram);
      if (put === undefined) return;
      whole = put;
    } else if (!this.#fits(datagram, exit)) return;
    if (translator.outbound(whole, external, isFilled(datagram.info))) this.#pass(datagram, whole, exit);
  }

  /** Where it goes; `undefined` when it does not, which its sender was told. */
  #exit(datagram: Arrival, destination: number): Exit | undefined {
    const exit = this.#exits.to(destination, destination);
    if (exit === undefined) this.#tell(datagram, NO_ROUTE, 'ip.no-route');
    else if (datagram.packet.ttl > 1) return exit;
    else this.#tell(datagram, TIME_EXCEEDED, 'ip.ttl-exceeded');
    return undefined;
  }

  /** Whether the next link takes it: as it is, or in fragments where that is allowed. */
  #fits(datagram: Arrival, { interface: { mtu } }: Exit): boolean {
    const { packet, info } = datagram;
    if (packet.end - packet.offset <= mtu) return true;
    if (sizeOnWire(packet, info) <= mtu || !packet.dontFragment) return true;
    this.#tell(datagram, { kind: 'too-big', mtu }, 'ip.forward-too-big');
    return false;
  }

  #pass(datagram: Arrival, packet: Ipv4View, exit: Exit): void {
    const { interface: on, info } = datagram;
    const out = exit.interface;
    const { host, isOuter } = this.#ground;
    if (packet.headerLength > IPV4_HEADER && !readOptions(packet, on)) return;
    const { bytes, offset } = packet;
    const word = readUint16(bytes, offset + 8);
    bytes[offset + 8] = (word >>> 8) - 1;
    writeUint16(bytes, offset + 10, updateChecksum(readUint16(bytes, offset + 10), word, word - 0x100));
    if (packet.headerLength > IPV4_HEADER && !isOuter(on) && !isOuter(out)) {
      const own = sourceOf(exit);
      if (own !== undefined) recordRoute(packet, own);
    }
    host.count('ip.forwarded');
    on.counters.forwarded++;
    if (host.trace !== undefined) traceForwarded(host, packet, on, out);
    this.#ground.relay.send(exit, packet, info);
  }

  #tell(datagram: Arrival, error: ForwardError, name: Drop): void {
    refuse(name, datagram.packet, datagram.interface);
    this.#ground.error(datagram, error);
  }
}

/** Our address where a packet leaves. */
function sourceOf({ interface: out, nextHop }: Exit): number | undefined {
  return typeof nextHop === 'number' ? out.sourceTo(nextHop) : undefined;
}

/** A router passes on what it does not know; a source route it refuses (RFC 7126 §4.3). */
function readOptions(packet: Ipv4View, on: Interface): boolean {
  const options = parseIpv4Options(packet.options);
  if (!(options instanceof WireError) && !options.some(isSourceRoute)) return true;
  refuse(options instanceof WireError ? 'ip.bad-options' : 'ip.source-route', packet, on);
  return false;
}

/** The transport's checksum is in the packet. Of what was put together from segments it is not looked at: it is made anew. */
function isFilled(info: FrameInfo): boolean {
  return (info & UNFILLED) === 0 && segmentSizeOf(info) === 0;
}

// What is told comes from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

function refuse(name: Drop, packet: Ipv4View, on: Interface): void {
  on.dropIn(name, () => `${formatIpv4Address(packet.src)} to ${formatIpv4Address(packet.dst)}`);
}
