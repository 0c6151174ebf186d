import { networkInterfaces } from 'node:os';

/** The kernel has IPv6, as in some containers it has not. Where there is none, Node has nothing to say of it. */
export const kernelHasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');
