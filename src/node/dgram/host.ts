import type { LookupFunction } from 'node:net';
import type { Stack } from '../../stack';

/** What the sockets of one `dgram` share. */
export interface DgramContext {
  /** UDP's calls. */
  readonly host: Pick<Stack, 'udp'>;
  /** How names become addresses, where a socket has no `lookup` of its own. */
  readonly lookup: LookupFunction;
}
