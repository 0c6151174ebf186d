import { setTimeout as delay } from 'node:timers/promises';
import type { Interface } from '../ip/interface';
import type { Stack } from '../stack';
import { Failure } from './failure';

/** ms between two looks. */
const STEP = 20;
/** ms that an interface may take to get its address: a DHCP server may be asked four times (RFC 2131 §4.1). */
const PATIENCE = 30_000;

/**
 * Resolves when every interface has an address that can be used.
 * @throws Failure when one has none after half a minute
 */
export async function untilAddressed(stack: Stack, limit = PATIENCE): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    const waiting = stack.ip.interfaces.find((each) => !hasAddress(each));
    if (waiting === undefined) return;
    if (Date.now() >= end) throw new Failure(`${waiting.name} has got no address in ${limit / 1000} s`);
    await delay(STEP);
  }
}

/** An address that others can be called from; one whose uniqueness is still looked for (RFC 4862 §5.4) is none yet. */
function hasAddress({ addresses, addresses6 }: Interface): boolean {
  if (addresses6.some(({ state }) => state === 'tentative')) return false;
  return addresses.length + addresses6.length > 0;
}
