import { isMulticast6, type Address } from '../wire/address';
import { scopeOf } from './source-address';

/** The group that every host is in, on every interface and for good (RFC 1112 §4). */
export const ALL_HOSTS = 0xe0000001;

/** Every IPv6 node, on this interface alone and on this link (RFC 4291 §2.7.1). */
const ALL_NODES: ReadonlySet<bigint> = new Set([(0xff01n << 112n) + 1n, (0xff02n << 112n) + 1n]);

/** Hears of groups that come and go here: IGMP, MLD. */
export interface GroupsListener {
  joined(group: Address): void;
  left(group: Address): void;
}

/**
 * The multicast groups that an interface takes packets of (RFC 1112 §7.1, RFC 4291 §2.7.1). Each is there for as long as somebody is in
 * it: sockets, and for IPv6 the solicited-node group of each address.
 */
export class Groups {
  /** Who tells the wire. */
  listener: GroupsListener | undefined;
  /** How many are in each group. */
  readonly #members = new Map<Address, number>();

  /** Those that somebody is in, without the ones that every host is in. */
  get all(): readonly Address[] {
    return [...this.#members.keys()];
  }

  has(group: Address): boolean {
    if (group === ALL_HOSTS || this.#members.has(group)) return true;
    return typeof group === 'bigint' && ALL_NODES.has(group);
  }

  join(group: Address): void {
    const members = this.#members.get(group) ?? 0;
    this.#members.set(group, members + 1);
    if (members === 0 && isToBeTold(group)) this.listener?.joined(group);
  }

  /** To be called once for each `join`. */
  leave(group: Address): void {
    const left = (this.#members.get(group) ?? 0) - 1;
    if (left > 0) this.#members.set(group, left);
    else if (this.#members.delete(group) && isToBeTold(group)) this.listener?.left(group);
  }
}

/** Nobody reports the groups that everybody is in, nor what does not leave the interface (RFC 2236 §6, RFC 2710 §5). */
function isToBeTold(group: Address): boolean {
  if (typeof group === 'number') return group !== ALL_HOSTS;
  return isMulticast6(group) && !ALL_NODES.has(group) && scopeOf(group) > 1;
}
