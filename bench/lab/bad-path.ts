import { Stack, SystemClock, TapLink } from '../../src';
import { impair, type ImpairedLink, type ImpairSettings } from '../../src/link/impair';
import type { FrameBatch, Link } from '../../src/link/link';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { requireMac } from '../../src/wire/address';
import { ETHERNET_HEADER } from '../../src/wire/ethernet';
import { PREFIX, STATIONS } from './addresses';
import { FixedNeighbour } from './fixed-neighbour';

const MTU = 1500;
const LONGEST = MTU + ETHERNET_HEADER;

/**
 *     kernel (left) ── TAP ──┐
 *                            ├── switch ── impair ── TAP ── kernel (right)
 *     synack ────────────────┘
 *
 * One bad network that the kernel and synack send across in turn, or both at once. All of it is one process.
 */
export class BadPath {
  readonly #clock = new SystemClock();
  readonly #left = TapLink.open('left', { mtu: MTU, offload: 'none' });
  readonly #right = TapLink.open('right', { mtu: MTU, offload: 'none' });
  readonly #synackMac = requireMac(STATIONS.synack.mac);
  #current: { readonly stack: Stack; readonly network: ImpairedLink; readonly station: FixedNeighbour } | undefined;

  constructor() {
    this.#left.onReceive = (frames) => {
      checkLengths(frames);
      for (const frame of frames) this.#current?.network.send([frame]);
    };
  }

  /** @throws Error before `begin` */
  get stack(): Stack {
    return this.#here.stack;
  }

  get counters(): ImpairedLink['counters'] {
    return this.#here.network.counters;
  }

  /** Makes the bad network and synack anew. */
  async begin(seed: number, settings: ImpairSettings, tcp: TcpOptions): Promise<void> {
    const before = this.#current;
    this.#current = undefined;
    await before?.stack.close();
    await before?.network.close();
    const network = impair(keepOpen(this.#right), { ...settings, clock: this.#clock, seed });
    const station = new FixedNeighbour(STATIONS.synack.mac, STATIONS.right.mac, (frame) => network.send(frame));
    network.onDrain = () => {
      station.onDrain();
    };
    network.onReceive = (frames) => {
      this.#toTheLeft(frames, station);
    };
    const stack = new Stack({ clock: this.#clock, tcp });
    stack.attach(station, { address: `${STATIONS.synack.address}/${PREFIX}` });
    this.#current = { stack, network, station };
  }

  get #here(): { readonly stack: Stack; readonly network: ImpairedLink } {
    if (this.#current === undefined) throw new Error('the bad network was not begun');
    return this.#current;
  }

  /** The switch: to synack what bears its MAC, to the kernel the rest. */
  #toTheLeft(frames: FrameBatch, station: FixedNeighbour): void {
    const forSynack = frames.filter((frame) => frame[5] === this.#synackMac[5]);
    if (forSynack.length > 0) station.receive(forSynack);
    if (forSynack.length === frames.length) return;
    for (const frame of frames) if (frame[5] !== this.#synackMac[5]) this.#left.send([frame]);
    this.#left.flush();
  }
}

/** The link without its end: a decorator around it can be closed, and another put in its place. */
function keepOpen(link: Link): Link {
  const { name, medium, mtu, offload } = link;
  const kept: Link = {
    name,
    medium,
    mtu,
    offload,
    onReceive: () => undefined,
    onDrain: () => undefined,
    send: (frame) => link.send(frame),
    flush: () => link.flush?.(),
    close: () => Promise.resolve(),
  };
  link.onReceive = (frames) => {
    checkLengths(frames);
    kept.onReceive(frames);
  };
  link.onDrain = () => {
    kept.onDrain();
  };
  return kept;
}

/** Were the kernel to leave segmentation to the device, loss would strike several segments at once. */
function checkLengths(frames: FrameBatch): void {
  for (const { length } of frames) {
    if (length > LONGEST)
      throw new Error(`a frame of ${length} bytes came from a kernel, and ${LONGEST} is the longest`);
  }
}
