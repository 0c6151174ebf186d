/** The group that every host is in, on every interface and for good (RFC 1112 §4). */
export const ALL_HOSTS = 0xe0000001;

/**
 * The multicast groups that an interface takes packets of (RFC 1112 §7.1). Each is there for as long as somebody is in it. Nobody outside
 * is told yet: IGMP's reports are to start and end here, where a group comes and goes.
 */
export class Groups {
  /** How many sockets are in each group (uint32). */
  readonly #members = new Map<number, number>();

  has(group: number): boolean {
    return group === ALL_HOSTS || this.#members.has(group);
  }

  join(group: number): void {
    this.#members.set(group, (this.#members.get(group) ?? 0) + 1);
  }

  /** To be called once for each `join`. */
  leave(group: number): void {
    const left = (this.#members.get(group) ?? 0) - 1;
    if (left > 0) this.#members.set(group, left);
    else this.#members.delete(group);
  }
}
