import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair, type ImpairedLink, type ImpairOptions } from '../../src/link/impair';
import { PacketLink, type PacketOptions } from '../../src/link/packets';

export type Options = Omit<ImpairOptions, 'clock' | 'seed'> & { seed?: number };

/** A frame that says which one it is. */
export function numbered(index: number, length = 100): Uint8Array {
  const frame = new Uint8Array(length);
  new DataView(frame.buffer).setUint32(0, index);
  return frame;
}
export function numberOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(0);
}

export interface Arrival {
  readonly time: number;
  readonly frame: Uint8Array;
}

/** An impaired link, and what comes through it: `out` what was sent, `in` what was injected behind it. */
export function bad({ seed = 1, ...options }: Options = {}, packets: PacketOptions = {}) {
  const clock = new VirtualClock();
  const behind = new PacketLink(packets);
  const link: ImpairedLink = impair(behind, { clock, seed, ...options });
  const out: Arrival[] = [];
  const incoming: Arrival[] = [];
  const batches: number[] = [];
  behind.onPacket = (frame) => out.push({ time: clock.now(), frame });
  link.onReceive = (batch) => {
    batches.push(batch.length);
    for (const frame of batch) incoming.push({ time: clock.now(), frame });
  };
  const send = (frame: Uint8Array): boolean => link.send([frame]);
  return { clock, link, behind, send, out, in: incoming, batches };
}

export const numbers = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ frame }) => numberOf(frame));
export const times = (arrivals: readonly Arrival[]): number[] => arrivals.map(({ time }) => time);

/** Sends `count` frames, one each `gap` µs, and waits until all is over. */
export function sendMany(network: ReturnType<typeof bad>, count: number, gap = 1): void {
  for (let index = 0; index < count; index++) {
    network.send(numbered(index));
    network.clock.advanceBy(gap);
  }
  network.clock.run();
}
