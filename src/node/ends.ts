import type { AddressInfo, SocketReadyState } from 'node:net';
import type { Endpoint } from '../tcp/user';
import { addressInfo, familyOf } from './addresses';
import { CallableDuplex } from './callable';

export const LOCAL = Symbol('local');
export const REMOTE = Symbol('remote');

/** A stream that connects, and what its ends are called. */
export abstract class DuplexWithEnds extends CallableDuplex {
  abstract readonly connecting: boolean;
  /** This end, once it has an address. */
  abstract readonly [LOCAL]: Endpoint | undefined;
  /** The other end, once connected. */
  abstract readonly [REMOTE]: Endpoint | undefined;

  get readyState(): SocketReadyState {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
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
