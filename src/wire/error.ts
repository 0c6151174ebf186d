/**
 * Says which field of which header cannot be read, and why. It is returned, never thrown, and carries no stack trace:
 * a flood of bad packets costs no more than the packets.
 */
export class WireError {
  /**
   * @param header what was read: `ethernet`, `arp`, `ipv4`, `ipv4-options`, `icmp`, `ipv6`, `icmpv6`, `ndp`, `mld`, `udp`, `tcp`, `tcp-options`, `dhcp`
   * @param field the field that is wrong, as its RFC names it; `header` when the bytes end before the header does
   * @param offset where the field is, in bytes from the start of the header (of the options for `ipv4-options` and `tcp-options`)
   * @param detail what was found and what was expected, for a person
   */
  constructor(
    readonly header: string,
    readonly field: string,
    readonly offset: number,
    readonly detail: string,
  ) {}

  get message(): string {
    return `malformed ${this.header}: ${this.field} at byte ${this.offset}: ${this.detail}`;
  }

  toString(): string {
    return `WireError: ${this.message}`;
  }
}

/** The bytes end inside the header: it takes `needed` bytes and `given` are there. */
export function truncated(header: string, needed: number, given: number): WireError {
  const there = Math.max(given, 0);
  return new WireError(header, 'header', there, `the header takes ${needed} bytes and ${there} are there`);
}
