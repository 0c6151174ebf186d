import { formatAddress, type Address } from '../../wire/address';
import type { Interface } from '../interface';
import { UdpError } from './errors';
import type { UdpLimits } from './options';

interface Membership {
  readonly group: Address;
  readonly on: Interface;
  /** Whose datagrams are wanted; `undefined`: everyone's. */
  sources: Set<Address> | undefined;
}

/** The groups that one socket is in, with what it wants of each (RFC 1112 §7.1, RFC 3678 §4.1). */
export class Memberships {
  readonly #limits: UdpLimits;
  #memberships: Membership[] = [];

  constructor(limits: UdpLimits) {
    this.#limits = limits;
  }

  /** @throws UdpError as `UdpSocket.join` does */
  join(group: Address, on: Interface, source: Address | undefined): void {
    const doing = `cannot join ${formatAddress(group)} on ${on.name}`;
    const there = this.#find(group, on);
    if (there === undefined) {
      if (this.#memberships.length >= this.#limits.maxMemberships) {
        throw new UdpError('ENOBUFS', `${doing}: the socket is in ${this.#memberships.length} groups (maxMemberships)`);
      }
      this.#memberships.push({ group, on, sources: source === undefined ? undefined : new Set([source]) });
      on.groups.join(group, source);
    } else if (source === undefined) {
      throw new UdpError('EADDRINUSE', `${doing}: the socket is in it already`);
    } else this.#addSource(there, source, doing);
  }

  /** As Linux has it: who wanted everyone's datagrams wants only this source's from now on. */
  #addSource(there: Membership, source: Address, doing: string): void {
    const sources = there.sources ?? new Set<Address>();
    const from = `datagrams of ${formatAddress(source)}`;
    if (sources.has(source)) throw new UdpError('EADDRNOTAVAIL', `${doing}: the socket gets ${from} already`);
    if (sources.size >= this.#limits.maxSources) {
      throw new UdpError('ENOBUFS', `${doing} for ${from}: it has ${sources.size} sources already (maxSources)`);
    }
    sources.add(source);
    there.on.groups.join(there.group, source);
    if (there.sources === undefined) there.on.groups.leave(there.group);
    there.sources = sources;
  }

  /** @throws UdpError as `UdpSocket.leave` does */
  leave(group: Address, on: Interface, source: Address | undefined): void {
    const doing = `cannot leave ${formatAddress(group)} on ${on.name}`;
    const there = this.#find(group, on);
    if (source === undefined) {
      if (there === undefined) throw new UdpError('EADDRNOTAVAIL', `${doing}: the socket is not in it`);
    } else {
      if (there?.sources === undefined) {
        throw new UdpError('EINVAL', `${doing}: the socket did not join it for certain sources`);
      }
      if (!there.sources.delete(source)) {
        throw new UdpError('EADDRNOTAVAIL', `${doing}: ${formatAddress(source)} is not one of its sources`);
      }
      on.groups.leave(group, source);
      if (there.sources.size > 0) return;
    }
    this.#memberships = this.#memberships.filter((each) => each !== there);
    if (source === undefined) leaveGroup(there);
  }

  leaveAll(): void {
    for (const each of this.#memberships) leaveGroup(each);
    this.#memberships = [];
  }

  /** True when the socket wants what `source` has sent to `group`, and which came in (or would have) on this interface. */
  wants(group: Address, on: Interface, source: Address): boolean {
    const there = this.#find(group, on);
    return there !== undefined && (there.sources === undefined || there.sources.has(source));
  }

  #find(group: Address, on: Interface): Membership | undefined {
    return this.#memberships.find((each) => each.group === group && each.on === on);
  }
}

function leaveGroup({ group, on, sources }: Membership): void {
  for (const source of sources ?? [undefined]) on.groups.leave(group, source);
}
