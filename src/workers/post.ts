import type { Parcel, Task } from './task';

/** The most frames that may be under way to one sibling from another: as many as a few batches. */
export const ROOM = 1024;

/** Carries frames between the workers. A sibling that does not keep up loses some, as at a full queue of a card. */
export class Post {
  onParcel: (parcel: Parcel) => void = () => undefined;

  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
    for (const [from, port] of task.siblings.entries()) {
      port?.on('message', (parcel: Parcel) => {
        Atomics.sub(task.underWay, this.#place(from, task.family.index), parcel.frames.length);
        this.onParcel(parcel);
      });
      // Its queue keeps a worker alive, not its siblings.
      port?.unref();
    }
  }

  /** @param parcel whose frames' memory goes over to the other side */
  send(to: number, parcel: Parcel): void {
    const { underWay, lost, family, siblings } = this.#task;
    const place = this.#place(family.index, to);
    const { frames } = parcel;
    if (Atomics.load(underWay, place) + frames.length > ROOM) {
      Atomics.add(lost, 0, frames.length);
      return;
    }
    Atomics.add(underWay, place, frames.length);
    siblings[to]?.postMessage(
      parcel,
      frames.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }

  #place(from: number, to: number): number {
    return from * this.#task.family.count + to;
  }
}
