/** A part of a packet, from one bit up to another, and what it says. */
export interface Field {
  /** Where it is in the tree, and what its meaning is found by: `tcp.window`, `tcp.flags.syn`, `tcp.options.2.mss`. Unique in a packet. */
  readonly id: string;
  /** As its RFC writes it: `Sequence Number`. */
  readonly name: string;
  /** From the first bit of what was dissected; in bits. */
  readonly bitOffset: number;
  readonly bitLength: number;
  /** What stands in it, for a person: `80`, `10.0.0.1`, `SYN, ACK`. */
  readonly value: string;
  /** Which text explains it: see {@link meaningOf}. */
  readonly meaning: string;
  /** What that text speaks of: numbers and names. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** `RFC 9293 §3.1` */
  readonly rfc?: string;
  /** Something is wrong with it: a fixed word, which has a text too (`wrong.checksum`). */
  readonly wrong?: string;
  /** In order, without gaps, over all of the field; empty: it is a leaf. */
  readonly children: readonly Field[];
}

/** A dissected packet. Each of its bits is in exactly one leaf. */
export interface Dissection {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
}
