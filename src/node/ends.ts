import type { AddressInfo, SocketReadyState } from 'node:net';
import type { Endpoint } from '../tcp/user';
import { addressInfo, familyOf } from './addresses';
import { CallableDuplex } from './callable';

export const LOCAL = Symbol('local');
export const REMOTE = Symbol('remote');

const NOT_THERE = undefined as unknown as number;

/** A stream that connects, and what its ends are called. */
export abstract class DuplexWithEnds extends CallableDuplex {
  abstract readonly connecting: boolean;
  /** It has no connection that stands. */
  abstract readonly pending: boolean;
  /** This end, once it has an address. */
  abstract readonly [LOCAL]: Endpoint | undefined;
  /** The other end, once connected. */
  abstract readonly [REMOTE]: Endpoint | undefined;

  get readyState(): SocketReadyState {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** The bytes that wait to be written. Node has no number before `connect`, whatever its types say. */
  get bufferSize(): number {
    return this.pending && !this.connecting ? NOT_THERE : this.writableLength;
  }

  address(): AddressInfo | Record<string, never> {
    const local = this[LOCAL];
    return local === undefined ? {} : addressInfo(local);
  }

  get localAddress(): string | undefined {
    return this[LOCAL]?.address;
  }

  get localPort(): number | undefined {
    return this[LOCAL]?.port;
  }

  get localFamily(): string | undefined {
    const local = this[LOCAL];
    return local && familyOf(local.address);
  }

  get remoteAddress(): string | undefined {
    return this[REMOTE]?.address;
  }

  get remotePort(): number | undefined {
    return this[REMOTE]?.port;
  }

  get remoteFamily(): string | undefined {
    const remote = this[REMOTE];
    return remote && familyOf(remote.address);
  }
}
