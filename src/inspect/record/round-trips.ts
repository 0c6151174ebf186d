/** Segments that are waited for at most; beyond that the oldest are forgotten. */
const MOST_WAITING = 16_384;

interface Sent {
  readonly to: number;
  time: number;
  stamp: number | undefined;
  again: boolean;
}

/**
 * Round-trip times from the segments alone, as they are seen at one place: from data to the ACK that covers it, never over data that was
 * sent again (Karn's rule, RFC 6298 §3), unless timestamps tell which of the two is acknowledged (RFC 7323 §4). Times in µs.
 */
export class RoundTrips {
  private items: Sent[] = [];
  private head = 0;

  /** Positions up to `to` are sent. `stamp`: the segment's TSval. */
  send(from: number, to: number, time: number, stamp: number | undefined): void {
    const last = this.items.at(-1);
    if (last === undefined || this.head === this.items.length || to > last.to) {
      this.items.push({
        to,
        time,
        stamp,
        again: last !== undefined && this.head < this.items.length && from < last.to,
      });
      if (this.items.length - this.head > MOST_WAITING) this.head += 1;
    } else {
      for (let index = this.find(from + 1); index < this.items.length; index++) {
        const item = this.items[index];
        if (item === undefined || item.to > to) break;
        Object.assign(item, { time, stamp, again: true });
      }
    }
    if (this.head < 1024 || this.head * 2 < this.items.length) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }

  /** All before `position` is acknowledged; the ACK's TSecr is `echo`. The round trip that shows, if one does. */
  acknowledge(position: number, time: number, echo: number | undefined): number | undefined {
    let last: Sent | undefined;
    let again = false;
    let stamped: Sent | undefined;
    for (; this.head < this.items.length; this.head++) {
      const item = this.items[this.head];
      if (item === undefined || item.to > position) break;
      last = item;
      again ||= item.again;
      if (item.again && echo !== undefined && item.stamp === echo) stamped = item;
    }
    if (last === undefined) return undefined;
    if (!again) return time - last.time;
    return stamped === undefined ? undefined : time - stamped.time;
  }

  private find(position: number): number {
    let low = this.head;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle]?.to ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
