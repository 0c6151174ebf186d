import { ETHERNET_HEADER } from '../wire/ethernet';
import { IPV4_HEADER } from '../wire/ipv4';
import { IPV6_HEADER } from '../wire/ipv6-extensions';

/** TCP's longest header, in bytes: no transport that we speak has a longer one. */
const MOST_OF_TRANSPORT = 60;

/** Room for the headers of one packet in one piece: the link's, IP's and the transport's. It is used again for every packet. */
export class HeaderRoom {
  readonly bytes: Uint8Array;
  /** Where the transport's header goes in `bytes`. */
  readonly transport: number;
  /** Views from the start of each header to each end, made when first needed. */
  readonly #frames: Uint8Array[] = [];
  readonly #packets: Uint8Array[] = [];

  /** @param headerLength IP's, in bytes */
  constructor(headerLength = IPV4_HEADER) {
    this.transport = ETHERNET_HEADER + headerLength;
    this.bytes = new Uint8Array(this.transport + MOST_OF_TRANSPORT);
  }

  /** All headers, with `transportLength` bytes of the transport's. */
  frame(transportLength: number): Uint8Array {
    return (this.#frames[transportLength] ??= this.bytes.subarray(0, this.transport + transportLength));
  }

  /** The same without the link's. */
  packet(transportLength: number): Uint8Array {
    return (this.#packets[transportLength] ??= this.bytes.subarray(ETHERNET_HEADER, this.transport + transportLength));
  }
}

/** Where IP's header goes in a room's bytes. */
export const IP_PLACE = ETHERNET_HEADER;

/** Rooms that nobody uses, for one version of IP. A link that calls back while it sends takes more of them. */
export class HeaderRooms {
  readonly #length: number;
  readonly #free: HeaderRoom[] = [];

  constructor(version: 4 | 6) {
    this.#length = version === 4 ? IPV4_HEADER : IPV6_HEADER;
  }

  take(): HeaderRoom {
    return this.#free.pop() ?? new HeaderRoom(this.#length);
  }

  give(room: HeaderRoom): void {
    this.#free.push(room);
  }
}
