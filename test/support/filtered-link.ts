import { finishReceived } from '../../src/link/finish';
import { joinFrame, NO_OFFLOAD, type Frame, type FrameBatch, type Link } from '../../src/link/link';

/** Whether a frame goes on; without one, all do. */
type Keep = (frame: Uint8Array) => boolean;

/** A link that loses frames of the test's choice without a word. */
export class FilteredLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  /** None: each segment is looked at. */
  readonly offload = NO_OFFLOAD;
  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  constructor(
    private readonly link: Link,
    private readonly keep: { readonly in?: Keep; readonly out?: Keep },
  ) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    link.onReceive = (batch, info) => {
      const segments = batch.flatMap((frame, at) => finishReceived(frame, info?.[at] ?? 0, this.medium));
      const kept = segments.filter((frame) => keep.in?.(frame) ?? true);
      if (kept.length > 0) this.onReceive(kept);
    };
    link.onDrain = () => {
      this.onDrain();
    };
  }

  send(frame: Frame): boolean {
    return this.keep.out?.(joinFrame(frame)) === false || this.link.send(frame);
  }

  flush(): void {
    this.link.flush?.();
  }

  close(): Promise<void> {
    return this.link.close();
  }
}
