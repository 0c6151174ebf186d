import { NO_OFFLOAD, type Frame, type FrameBatch, type Link } from '../../src/link/link';
import { requireMac } from '../../src/wire/address';
import { ETHERNET_HEADER, ETHERTYPE, writeEthernetHeader } from '../../src/wire/ethernet';

/**
 * An IP link over an Ethernet on which there is one neighbour, known from the start: nothing is asked by ARP, so that no
 * question or answer of that kind is lost on the bad network. The kernels in the benchmark have such an entry too.
 */
export class FixedNeighbour implements Link {
  readonly name = 'synack';
  readonly medium = 'ip';
  readonly mtu = 1500;
  readonly offload = NO_OFFLOAD;
  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;
  readonly #header = new Uint8Array(ETHERNET_HEADER);

  /** @param transmit takes each Ethernet frame */
  constructor(
    own: string,
    neighbour: string,
    readonly transmit: (frame: Frame) => boolean,
  ) {
    writeEthernetHeader(this.#header, 0, requireMac(neighbour), requireMac(own), ETHERTYPE.IPV4);
  }

  send(packet: Frame): boolean {
    return this.transmit([this.#header, ...packet]);
  }

  /** Takes the Ethernet frames that came for it. */
  receive(frames: FrameBatch): void {
    this.onReceive(frames.map((frame) => frame.subarray(ETHERNET_HEADER)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
