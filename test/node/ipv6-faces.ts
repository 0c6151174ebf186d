import { networkInterfaces } from 'node:os';
import type { Net } from '../../src/node/net';
import type { Dgram } from '../../src/node/dgram/dgram';
import { DGRAMS } from './dgram-faces';
import { FACES, WEB_FACES, type Web } from './faces';

/** Where the kernel has no IPv6, as in some containers, Node has nothing to say of it. */
const kernelHasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');

/** As `FACES`, `WEB_FACES` and `DGRAMS`, without the reference where it cannot be one. */
export const NETS6: readonly (readonly [name: string, net: Net])[] = ofIpv6(FACES);
export const WEBS6: readonly (readonly [name: string, web: Web])[] = ofIpv6(WEB_FACES);
export const DGRAMS6: readonly (readonly [name: string, dgram: Dgram])[] = ofIpv6(DGRAMS);

function ofIpv6<T>(faces: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return faces.filter(([name]) => name === 'synack' || kernelHasIpv6);
}
