/** Functions that wait for named events. Calls them in the order in which they were added. */
export class Emitter<Events extends { [E in keyof Events]: (...parameters: never[]) => void }> {
  /** Not there before anybody listens: a handshake in progress has no user. */
  private listeners: Map<keyof Events, ((...parameters: never[]) => void)[]> | undefined;

  on<E extends keyof Events>(event: E, listener: Events[E]): void {
    this.listeners ??= new Map();
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off<E extends keyof Events>(event: E, listener: Events[E]): void {
    const rest = (this.listeners?.get(event) ?? []).filter((other) => other !== listener);
    this.listeners?.set(event, rest);
  }

  emit<E extends keyof Events>(event: E, ...parameters: Parameters<Events[E]>): void {
    // Only `on` puts functions in, and it takes those of this event alone.
    for (const listener of this.listeners?.get(event) ?? []) listener(...(parameters as never[]));
  }
}
