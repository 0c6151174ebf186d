import { AsyncResource } from 'node:async_hooks';
import { checkFunction } from './argument-errors';
import type { Host } from './host';

/**
 * Tells when nothing has happened for some time: `socket.setTimeout`. It runs on the stack's clock, so it is exact under
 * virtual time. `touch` and `set` only note times, and leave an alarm that would come too early as it is: neither a busy
 * connection nor a web server that sets another limit for each request sets an alarm each time.
 */
export class IdleTimer {
  readonly #clock: Host['clock'];
  readonly #idler: NodeJS.EventEmitter;
  readonly #resource = new AsyncResource('Timeout');
  /** In µs; 0 is "off". */
  #limit = 0;
  #last = 0;
  #alarm: { cancel(): void } | undefined;
  #alarmAt = 0;

  /** @param idler emits 'timeout', outside of the stack's turn, once for each time of idleness */
  constructor(clock: Host['clock'], idler: NodeJS.EventEmitter) {
    this.#clock = clock;
    this.#idler = idler;
  }

  /** Starts to wait for `ms` milliseconds without activity; 0 stops waiting. */
  set(ms: number): void {
    this.#limit = Math.round(ms * 1000);
    this.touch();
  }

  /** Something happened. */
  touch(): void {
    if (this.#limit === 0) return;
    this.#last = this.#clock.now();
    if (this.#alarm !== undefined && this.#alarmAt <= this.#last + this.#limit) return;
    this.#alarm?.cancel();
    this.#arm();
  }

  /** Waits no more, until `set` is called again, and leaves nothing with the clock. */
  stop(): void {
    this.#limit = 0;
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #arm(): void {
    this.#alarmAt = this.#last + this.#limit;
    this.#alarm = this.#clock.schedule(this.#alarmAt, () => {
      this.#alarm = undefined;
      if (this.#limit === 0) return;
      if (this.#clock.now() < this.#last + this.#limit) {
        this.#arm();
        return;
      }
      // What a listener throws must reach the process, not the clock.
      process.nextTick(() => {
        if (this.#limit > 0 && this.#alarm === undefined) this.#resource.runInAsyncScope(this.#tell, this);
      });
    });
  }

  #tell(): void {
    this.#idler.emit('timeout');
  }
}

/**
 * The callback of `setTimeout`: called once, or taken back where there is no limit any more.
 * @throws TypeError ERR_INVALID_ARG_TYPE
 */
export function listenForTimeout(idler: NodeJS.EventEmitter, limit: number, callback: (() => void) | undefined): void {
  checkFunction('callback', callback);
  if (callback === undefined) return;
  if (limit === 0) idler.removeListener('timeout', callback);
  else idler.once('timeout', callback);
}
