import type { LookupFunction } from 'node:net';
import type { Stack } from '../../stack';
import type { Interfaces } from '../zones';

/** What the sockets of one `dgram` share. */
export interface DgramContext {
  /** UDP's calls, and what the interfaces are called. */
  readonly host: Pick<Stack, 'udp'> & { readonly ip?: Interfaces; readonly ipv6?: boolean };
  /** How names become addresses, where a socket has no `lookup` of its own. */
  readonly lookup: LookupFunction;
}
