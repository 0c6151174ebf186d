import type { Frame, FrameBatch, Link } from '../../src/link/link';
import { joinFrame } from '../../src/link/link';

/** Whether a frame goes on; without one, all do. */
type Keep = (frame: Uint8Array) => boolean;

/** A link that loses frames of the test's choice without a word. */
export class FilteredLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload: Link['offload'];
  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  constructor(
    private readonly link: Link,
    private readonly keep: { readonly in?: Keep; readonly out?: Keep },
  ) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    this.offload = link.offload;
    link.onReceive = (batch) => {
      const kept = batch.filter((frame) => keep.in?.(frame) ?? true);
      if (kept.length > 0) this.onReceive(kept);
    };
    link.onDrain = () => {
      this.onDrain();
    };
  }

  send(frame: Frame): boolean {
    return this.keep.out?.(joinFrame(frame)) === false || this.link.send(frame);
  }

  close(): Promise<void> {
    return this.link.close();
  }
}
