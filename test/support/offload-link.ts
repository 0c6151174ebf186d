import { finishSent, LARGEST_SEGMENT } from '../../src/link/finish';
import type { Frame, FrameInfo, FrameWork, Link } from '../../src/link/link';
import { PacketLink } from '../../src/link/packets';

/** A packet link that does a network card's work: it takes segments whole, with their checksums open. */
export class OffloadLink extends PacketLink {
  override readonly offload = { checksum: true, segmentation: LARGEST_SEGMENT };
  /** What the packet that is handed to `onPacket` is to be cut into; 0: it is whole. */
  segmentSize = 0;

  override onReceive: Link['onReceive'] = () => undefined;

  override send(frame: Frame, work?: FrameWork): boolean {
    const [packet] = finishSent(frame, work === undefined ? undefined : { ...work, segmentSize: 0 }, this.medium);
    this.segmentSize = work?.segmentSize ?? 0;
    if (packet !== undefined) this.onPacket(packet);
    return true;
  }

  /** Packets that arrived together, as the device has joined them. */
  injectJoined(packets: readonly Uint8Array[], info: FrameInfo): void {
    this.onReceive(
      packets,
      packets.map(() => info),
    );
  }
}
