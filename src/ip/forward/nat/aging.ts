import type { Session } from './session';

/**
 * Sessions that all may be silent for the same time, in the order in which they end: since that is the order of their last packets, a
 * packet moves its session to the end of the line, and who ends next stands at its head.
 */
export class Aging {
  #first: Session | undefined;
  #last: Session | undefined;

  /** @param lifetime µs */
  constructor(readonly lifetime: number) {}

  /** The one that ends first. */
  get first(): Session | undefined {
    return this.#first;
  }

  /** The session has had a packet at `now`. */
  touch(session: Session, now: number): void {
    session.expires = now + this.lifetime;
    if (session === this.#last) return;
    session.aging?.remove(session);
    session.aging = this;
    session.earlier = this.#last;
    if (this.#last === undefined) this.#first = session;
    else this.#last.later = session;
    this.#last = session;
  }

  remove(session: Session): void {
    const { earlier, later } = session;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    session.aging = session.earlier = session.later = undefined;
  }
}
