import type { Scheduled } from '../clock/clock';
import { formatAddress, isLinkLocal6, withZone, type Address } from '../wire/address';
import { readUint32 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { viewQuoted, type IcmpView } from '../wire/icmp';
import type { Ipv4View } from '../wire/ipv4';
import type { Redirect } from '../wire/ndp';
import { isUnicast, isUnicast6 } from './address';
import type { IpHost, IpSettings } from './host';
import type { Interface } from './interface';
import { Expiring } from './ndp/expiring';
import type { Paths } from './paths';
import type { Datagram } from './protocol';
import type { Route, Routes } from './routes';

/** How long a router's word holds, µs: ten minutes, as what is learned of a path's MTU does. */
const LIFETIME = 600_000_000;
/** Where the new gateway stands in ICMP's message, and the packet that it is about (RFC 792). */
const GATEWAY = 4;
const QUOTED = 8;

/**
 * A router says that another one on the wire is a better first hop to a host, or that the host is there itself (RFC 1122 §3.2.2.2, RFC 4861
 * §8.3). It is heeded with `IpOptions.acceptRedirects` only, and only from the router that is in use: whoever is on the wire can say such
 * things in that one's name, and have our packets sent to him.
 */
export class Redirects {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #paths: Paths;
  readonly #routes: Routes;
  readonly #learned: Expiring<Address, Route>;
  #check: Scheduled | undefined;

  constructor(host: IpHost, settings: IpSettings, paths: Paths, routes: Routes) {
    this.#host = host;
    this.#settings = settings;
    this.#paths = paths;
    this.#routes = routes;
    this.#learned = new Expiring(
      settings.redirects,
      () => {
        host.count('ip.redirects-full');
      },
      (route) => {
        routes.remove(route);
      },
    );
  }

  /** Takes ICMP's redirect. */
  heard(datagram: Datagram<Ipv4View>, message: IcmpView): void {
    const { packet, interface: on } = datagram;
    const { bytes, offset, end } = message;
    const quoted = viewQuoted(bytes, offset + QUOTED, end);
    const gateway = readUint32(bytes, offset + GATEWAY);
    if (quoted instanceof WireError || !this.#paths.isLocal(quoted.src) || !isUnicast(gateway)) {
      this.#refuse('icmp.redirect', on, packet.src);
    } else this.#take('icmp.redirect', on, packet.src, quoted.dst, gateway);
  }

  /** Takes IPv6's, whose form was checked. */
  heard6(on: Interface, message: Redirect, from: bigint): void {
    const zoned = (address: bigint): bigint => (isLinkLocal6(address) ? withZone(address, on.index) : address);
    const [destination, target] = [zoned(message.destination), zoned(message.target)];
    if (!isUnicast6(target)) this.#refuse('ndp.redirect', on, from);
    else this.#take('ndp.redirect', on, from, destination, target);
  }

  close(): void {
    this.#check?.cancel();
  }

  #take(
    name: 'icmp.redirect' | 'ndp.redirect',
    on: Interface,
    from: Address,
    destination: Address,
    target: Address,
  ): void {
    const path = this.#paths.find(destination);
    const isInUse = typeof path !== 'string' && path.interface === on && path.nextHop === from;
    if (!this.#settings.acceptRedirects || !isInUse || this.#paths.isLocal(target)) {
      this.#refuse(name, on, from);
      return;
    }
    // RFC 1122 §3.3.1.2: the new first hop is on the same wire.
    const onLink = this.#routes.lookup(target, on);
    if (target !== destination && (onLink === undefined || onLink.gateway !== undefined)) {
      this.#refuse(name, on, from);
      return;
    }
    this.#learned.delete(destination);
    const length = typeof destination === 'number' ? 32 : 128;
    this.#learned.set(destination, this.#host.clock.now() + LIFETIME, () =>
      this.#routes.add({
        prefix: `${formatAddress(destination)}/${length}`,
        interface: on,
        ...(target !== destination && { gateway: formatAddress(target) }),
      }),
    );
    this.#host.count('ip.redirected');
    this.#check ??= this.#host.clock.schedule(this.#learned.earliest, () => {
      this.#expire();
    });
  }

  #expire(): void {
    this.#learned.expire(this.#host.clock.now());
    const { earliest } = this.#learned;
    this.#check =
      earliest === Infinity
        ? undefined
        : this.#host.clock.schedule(earliest, () => {
            this.#expire();
          });
  }

  #refuse(name: 'icmp.redirect' | 'ndp.redirect', on: Interface, from: Address): void {
    on.dropIn(name, () => `from ${formatAddress(from)}`);
  }
}
