import type { CapturedPacket } from '../capture/packet';
import type { End } from './flow';

/** A call that nothing has followed yet. Floods and scans are made of millions of them, so that it is no more than the packet. */
export class LoneSyn {
  /** A copy of its own. */
  readonly packet: CapturedPacket;

  constructor(
    readonly number: number,
    readonly client: End,
    readonly server: End,
    packet: CapturedPacket,
    /** µs since the capture's first packet. */
    readonly last: number,
  ) {
    const { start, end } = packet;
    this.packet = { ...packet, bytes: packet.bytes.slice(start, end), start: 0, end: end - start };
  }
}
