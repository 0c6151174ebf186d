import { formatAddress, type Address } from '../wire/address';
import { addressWords } from '../wire/address-words';
import type { Endpoint } from './user';

/** A four-tuple: who talks to whom. Both addresses are of one family. */
export interface FourTuple {
  readonly localAddress: Address;
  readonly localPort: number;
  readonly remoteAddress: Address;
  readonly remotePort: number;
}

/** Both ends for people. */
export function endpoints(tuple: FourTuple): { readonly local: Endpoint; readonly remote: Endpoint } {
  return {
    local: { address: formatAddress(tuple.localAddress), port: tuple.localPort },
    remote: { address: formatAddress(tuple.remoteAddress), port: tuple.remotePort },
  };
}

/** A four-tuple as a keyed hash takes it. */
export function tupleWords({ localAddress, localPort, remoteAddress, remotePort }: FourTuple): readonly number[] {
  const ports = (localPort << 16) | remotePort;
  if (typeof localAddress === 'number' && typeof remoteAddress === 'number')
    return [localAddress, remoteAddress, ports];
  return [...addressWords(localAddress), ...addressWords(remoteAddress), ports];
}
