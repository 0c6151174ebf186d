import type { Net } from '../../src/node/net';
import type { Dgram } from '../../src/node/dgram/dgram';
import { kernelHasIpv6 } from '../support/kernel-ipv6';
import { DGRAMS } from './dgram-faces';
import { FACES, WEB_FACES, type Web } from './faces';

/** As `FACES`, `WEB_FACES` and `DGRAMS`, without the reference where it cannot be one. */
export const NETS6: readonly (readonly [name: string, net: Net])[] = ofIpv6(FACES);
export const WEBS6: readonly (readonly [name: string, web: Web])[] = ofIpv6(WEB_FACES);
export const DGRAMS6: readonly (readonly [name: string, dgram: Dgram])[] = ofIpv6(DGRAMS);

function ofIpv6<T>(faces: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return faces.filter(([name]) => name === 'synack' || kernelHasIpv6);
}
