import { finishReceived } from '../../src/link/finish';
import { copyFrame } from '../../src/link/frames';
import { type Frame, type FrameBatch, type Link, NO_OFFLOAD } from '../../src/link/link';
import { viewEthernet, viewIpv4, viewTcp, WireError } from '../../src/wire';

/** Which TCP segments are meant, by their flags. */
export type Which = (flags: number) => boolean;

type Direction = 'in' | 'out';

/** In front of a link: holds TCP segments of a kind, so that a test can look at what is before they arrive. */
export class Gate implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly mac?: string;
  readonly offload = NO_OFFLOAD;

  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  private readonly which: Record<Direction, Which> = { in: nothing, out: nothing };
  private readonly held: Record<Direction, Uint8Array[]> = { in: [], out: [] };

  constructor(private readonly link: Link) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    if (link.mac !== undefined) this.mac = link.mac;
    link.onReceive = (batch, info) => {
      const segments = batch.flatMap((frame, at) => finishReceived(frame, info?.[at] ?? 0, this.medium));
      const passing = segments.filter((frame) => !this.holds('in', frame));
      if (passing.length > 0) this.onReceive(passing);
    };
    link.onDrain = () => {
      this.onDrain();
    };
  }

  /** From now on such segments wait here. Default: all. */
  hold(direction: Direction, which: Which = () => true): void {
    this.which[direction] = which;
  }

  /** Lets the oldest segment that waits go on; the others wait, and more may come. */
  releaseOne(direction: Direction): void {
    this.pass(direction, this.held[direction].splice(0, 1));
  }

  /** Lets all go on. */
  open(direction: Direction): void {
    this.which[direction] = nothing;
    this.pass(direction, this.held[direction].splice(0));
  }

  send(frame: Frame): boolean {
    return this.holds('out', copyFrame(frame)) || this.link.send(frame);
  }

  flush(): void {
    this.link.flush?.();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  private holds(direction: Direction, frame: Uint8Array): boolean {
    const flags = flagsOf(frame, this.medium);
    const holds = flags !== undefined && this.which[direction](flags);
    if (holds) this.held[direction].push(frame);
    return holds;
  }

  private pass(direction: Direction, frames: FrameBatch): void {
    if (direction === 'in') this.onReceive(frames);
    else {
      for (const frame of frames) this.link.send([frame]);
      this.flush();
    }
  }
}

function nothing(): boolean {
  return false;
}

/** The flags of a TCP segment in a frame. */
function flagsOf(frame: Uint8Array, medium: Link['medium']): number | undefined {
  const ethernet = medium === 'ip' ? { payload: frame } : viewEthernet(frame);
  const ip = ethernet instanceof WireError ? ethernet : viewIpv4(ethernet.payload);
  const tcp = ip instanceof WireError ? ip : viewTcp(ip.payload);
  return tcp instanceof WireError ? undefined : tcp.flags;
}
