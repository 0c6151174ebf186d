import { abort } from './calls/abort';
import { close, shutdown } from './calls/close';
import { receive } from './calls/receive';
import { send, sendRoom } from './calls/send';
import { status } from './calls/status';
import { Emitter } from './emitter';
import type { ErrorCode } from './errors';
import { TcpError } from './errors';
import { invalidOption, settingsFrom, type Settings } from './options';
import { isSynchronized, type State } from './states';
import type { Status } from './status';
import { NOTICE, type Tcb } from './tcb';
import { adjustUserTimer, startIdleTimer } from './timers';
import type { Connection, ConnectionEvents, ConnectionOptions, ConnectionUser, Endpoint, SendOptions } from './user';

/** What drives a connection: every call of the user is a turn of it. */
export interface Driver {
  /** Runs a user's call at the time it is given (µs), then sees to output, timers and notifications. */
  call<T>(work: (now: number) => T): T;
}

/** The user's side of one connection: RFC 9293 §3.10's calls over its TCB. */
export class TcpConnection extends Emitter<ConnectionEvents> implements Connection {
  user: ConnectionUser | undefined = undefined;

  constructor(
    private readonly tcb: Tcb,
    private readonly driver: Driver,
  ) {
    super();
  }

  get id(): number {
    return this.tcb.id;
  }

  get local(): Endpoint {
    return this.tcb.local;
  }

  get remote(): Endpoint {
    return this.tcb.remote;
  }

  get state(): State {
    return this.tcb.state;
  }

  get readable(): boolean {
    const { tcb } = this;
    return tcb.receiveQueue.length > 0 || tcb.finReceived || tcb.error !== undefined || tcb.state === 'CLOSED';
  }

  get writable(): boolean {
    const { tcb } = this;
    if (tcb.error !== undefined || tcb.finQueued || tcb.state === 'CLOSED') return true;
    return sendRoom(tcb) > 0;
  }

  get error(): ErrorCode | undefined {
    return this.tcb.error;
  }

  send(data: Uint8Array, options: SendOptions = {}): number | 'EAGAIN' | ErrorCode {
    return this.driver.call((now) => send(this.tcb, data, options, now));
  }

  receive(max = Number.MAX_SAFE_INTEGER): Uint8Array | 'EAGAIN' | 'EOF' | ErrorCode {
    return this.driver.call((now) => receive(this.tcb, max, now));
  }

  shutdown(): void {
    this.driver.call((now) => {
      shutdown(this.tcb, now);
    });
  }

  close(): void {
    this.driver.call((now) => {
      close(this.tcb, now);
    });
  }

  abort(): void {
    this.driver.call((now) => {
      abort(this.tcb, now);
    });
  }

  status(): Status {
    return status(this.tcb);
  }

  /** @throws TcpError EINVAL for a value out of range */
  set(options: ConnectionOptions): void {
    const wrong = invalidOption(options);
    if (wrong !== undefined) throw new TcpError('EINVAL', `cannot set the options of connection ${this.id}: ${wrong}`);
    this.driver.call((now) => {
      const before = this.tcb.settings;
      this.tcb.settings = settingsFrom(before, options);
      this.setUserTimeout(before, now);
      if (options.receiveBuffer !== undefined) this.tcb.receiveMeter.size = options.receiveBuffer;
      const { state } = this.tcb;
      if (options.keepAlive !== undefined && isSynchronized(state) && state !== 'TIME-WAIT') {
        startIdleTimer(this.tcb, now);
      }
    });
  }

  /** What has changed of it holds at once, and the peer is told (RFC 5482 §3.1). */
  private setUserTimeout(before: Settings, now: number): void {
    const { tcb } = this;
    const { userTimeout, userTimeoutOption } = tcb.settings;
    if (userTimeout === before.userTimeout && userTimeoutOption === before.userTimeoutOption) return;
    tcb.userTimeoutOwed = userTimeoutOption && userTimeout !== undefined;
    adjustUserTimer(tcb, now);
  }

  /** By two FINs (RFC 9293 MUST-12). */
  private get endedOrderly(): boolean {
    const { error, finAcked, finReceived } = this.tcb;
    return error === undefined && finAcked && finReceived;
  }

  /** Tells the user what the machine has noted. For the driver, after each turn. */
  deliverNotices(): void {
    const { tcb } = this;
    const { notices } = tcb;
    tcb.notices = 0;
    this.user?.connectionChanged((notices & NOTICE.CONNECT) !== 0);
    if (notices & NOTICE.CONNECT) this.emit('connect');
    if (notices & NOTICE.URGENT) this.emit('urgent');
    if (notices & NOTICE.READABLE) this.emit('readable');
    if (notices & NOTICE.WRITABLE) this.emit('writable');
    if (notices & NOTICE.WARNING && tcb.softError !== undefined) this.emit('warning', tcb.softError);
    if (notices & NOTICE.ERROR && tcb.error !== undefined) this.emit('error', tcb.error);
    if (notices & NOTICE.CLOSED) this.emit('closed', this.endedOrderly ? 'closed' : 'aborted');
  }
}
