import type { Damage } from './damage';

/** What a packet begins with (draft-ietf-opsawg-pcaplinktype), as far as it is understood here. */
export const LINK = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  RAW_12: 12,
  RAW_14: 14,
  RAW: 101,
  IEEE_802_11: 105,
  LOOP: 108,
  LINUX_COOKED: 113,
  RADIOTAP: 127,
  IPV4: 228,
  IPV6: 229,
  LINUX_COOKED_2: 276,
} as const;

/** What some link types that are not understood are called. */
export const LINK_NAMES: Readonly<Record<number, string>> = {
  [LINK.PPP]: 'PPP',
  50: 'PPP over serial lines',
  51: 'PPPoE',
  [LINK.IEEE_802_11]: 'IEEE 802.11 (Wi-Fi in monitor mode)',
  [LINK.RADIOTAP]: 'IEEE 802.11 with radiotap headers (Wi-Fi in monitor mode)',
  119: 'IEEE 802.11 with Prism headers',
  163: 'IEEE 802.11 with AVS headers',
  189: 'USB',
  220: 'USB',
  195: 'IEEE 802.15.4',
  187: 'Bluetooth',
  253: 'netlink',
};

/**
 * A packet as a capture has it. One and the same object for all packets of a file: what is to stay has to be copied.
 */
export interface CapturedPacket {
  /** Counts the file's packets from 1, as Wireshark does. */
  frame: number;
  /** µs since 1970, with a fraction where the capture is finer. */
  time: number;
  linkType: number;
  /** `bytes[start..end)` is what was captured of it. */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** How long it was on the wire, in bytes. */
  length: number;
  /** Somebody's remark about it. */
  comment: string | undefined;
}

/** Where a capture cannot be read any further, and why. */
export interface CaptureProblem {
  /** In bytes from the file's beginning (of what was unpacked, if it was packed). */
  readonly offset: number;
  readonly kind: 'not-a-capture' | 'cut-off' | 'broken';
  readonly damage: Damage;
}
