import { joinFrame, type Frame } from '../link/link';
import type { Address } from '../wire/address';
import { writeUint16 } from '../wire/bytes';
import { sum } from '../wire/checksum';
import { PROTOCOL } from '../wire/ipv4';
import type { FragmentSent } from './fragmentation';
import { HeaderRoom, IP_PLACE } from './header-room';
import type { Interface } from './interface';

/** Fragments that wait for room on a link. */
interface Waiting {
  readonly nextHop: Address;
  readonly fragments: readonly FragmentSent[];
}

/**
 * Sends the fragments of packets. A link that takes some and not the others gets those later: a packet that was sent in part is of no use
 * to anybody, and one that has more fragments than the link has room would never go out. One packet an interface waits so; until
 * it is out, others are refused, as by a full link.
 */
export class FragmentOutput {
  readonly #waiting = new Map<Interface, Waiting>();

  /** @returns false when nothing was taken: the link is full */
  send(out: Interface, nextHop: Address, fragments: readonly FragmentSent[]): boolean {
    if (this.#waiting.has(out)) {
      out.dropOut('ip.link-full', () => `${out.name}, where fragments wait`);
      return false;
    }
    const sent = sendSome(out, nextHop, fragments);
    if (sent === 0) return false;
    if (sent < fragments.length) this.#waiting.set(out, { nextHop, fragments: fragments.slice(sent) });
    return true;
  }

  /** The interface has room again. */
  drained(out: Interface): void {
    const waiting = this.#waiting.get(out);
    if (waiting === undefined) return;
    this.#waiting.delete(out);
    const rest = waiting.fragments.slice(sendSome(out, waiting.nextHop, waiting.fragments));
    if (rest.length > 0) this.#waiting.set(out, { nextHop: waiting.nextHop, fragments: rest });
  }

  /** The interface is gone. */
  forget(out: Interface): void {
    this.#waiting.delete(out);
  }
}

/** How many of them the link takes. */
function sendSome(out: Interface, nextHop: Address, fragments: readonly FragmentSent[]): number {
  for (const [index, { header, payload }] of fragments.entries()) {
    const room = new HeaderRoom(header.length);
    room.bytes.set(header, IP_PLACE);
    if (!out.send(nextHop, room, 0, [payload])) return index;
  }
  return fragments.length;
}

/**
 * A packet's payload in one piece, with the checksum that a device would have made: none makes it for fragments.
 * @param checksumOffset as in `SendOptions`
 */
export function wholePayload(
  room: HeaderRoom,
  transport: number,
  data: Frame,
  protocol: number,
  checksumOffset: number,
): Uint8Array {
  const payload = joinFrame([room.bytes.subarray(room.transport, room.transport + transport), ...data]);
  // A frame of one slice is not copied, and that is the caller's.
  const own = transport === 0 || data.length === 0 ? new Uint8Array(payload) : payload;
  if (checksumOffset > 0) {
    // RFC 768: a checksum that comes out as zero is sent as all ones.
    const checksum = ~sum(own) & 0xffff;
    const field = checksum === 0 && protocol === PROTOCOL.UDP ? 0xffff : checksum;
    writeUint16(own, checksumOffset, field);
  }
  return own;
}
