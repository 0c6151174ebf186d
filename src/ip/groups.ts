import { isMulticast6, type Address } from '../wire/address';
import { scopeOf } from './source-address';

/** The group that every host is in, on every interface and for good (RFC 1112 §4). */
export const ALL_HOSTS = 0xe0000001;

/** Every IPv6 node, on this interface alone and on this link (RFC 4291 §2.7.1). */
const ALL_NODES: ReadonlySet<bigint> = new Set([(0xff01n << 112n) + 1n, (0xff02n << 112n) + 1n]);

/** Whose packets to a group are wanted. */
export type Wanted<A extends Address = Address> = 'all' | ReadonlySet<A>;

/** Hears of what is wanted here: IGMP, MLD. */
export interface GroupsListener {
  /** `wasWanted`: somebody was in the group before. */
  changed(group: Address, wasWanted: boolean): void;
}

/** How many want everybody's packets to a group, and how many those of each source. */
interface Members {
  all: number;
  readonly sources: Map<Address, number>;
}

/**
 * The multicast groups that an interface takes packets of (RFC 1112 §7.1, RFC 4291 §2.7.1). Each is there for as long as somebody is in
 * it: sockets, and for IPv6 the solicited-node group of each address.
 */
export class Groups {
  /** Who tells the wire. */
  listener: GroupsListener | undefined;
  readonly #groups = new Map<Address, Members>();

  /** Those that somebody is in, without the ones that every host is in. */
  get all(): readonly Address[] {
    return [...this.#groups.keys()];
  }

  has(group: Address): boolean {
    if (group === ALL_HOSTS || this.#groups.has(group)) return true;
    return typeof group === 'bigint' && ALL_NODES.has(group);
  }

  /** Of all who are in the group together (RFC 3376 §3.2); `undefined`: nobody is. */
  wanted(group: Address): Wanted | undefined {
    const members = this.#groups.get(group);
    if (members === undefined) return undefined;
    return members.all > 0 ? 'all' : new Set(members.sources.keys());
  }

  /** @param source whose packets are wanted; default: everybody's */
  join(group: Address, source?: Address): void {
    const known = this.#groups.get(group);
    const members = known ?? { all: 0, sources: new Map<Address, number>() };
    this.#groups.set(group, members);
    const isNews = count(members, source, 1) === 1 && (source === undefined || members.all === 0);
    if (isNews) this.#tell(group, known !== undefined);
  }

  /** To be called once for each `join`, with the same. */
  leave(group: Address, source?: Address): void {
    const members = this.#groups.get(group);
    if (members === undefined) return;
    const isNews = count(members, source, -1) === 0 && (source === undefined || members.all === 0);
    if (members.all === 0 && members.sources.size === 0) this.#groups.delete(group);
    if (isNews) this.#tell(group, true);
  }

  #tell(group: Address, wasWanted: boolean): void {
    if (isToBeTold(group)) this.listener?.changed(group, wasWanted);
  }
}

/** Counts one more, or one less. Returns how many there are then. */
function count(members: Members, source: Address | undefined, by: 1 | -1): number {
  if (source === undefined) {
    members.all += by;
    return members.all;
  }
  const left = (members.sources.get(source) ?? 0) + by;
  if (left > 0) members.sources.set(source, left);
  else members.sources.delete(source);
  return left;
}

/** Nobody reports the groups that everybody is in, nor what does not leave the interface (RFC 2236 §6, RFC 2710 §5). */
export function isToBeTold(group: Address): boolean {
  if (typeof group === 'number') return group !== ALL_HOSTS;
  return isMulticast6(group) && !ALL_NODES.has(group) && scopeOf(group) > 1;
}
