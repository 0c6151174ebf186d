import type { Address } from '../../wire/address';
import type { Interface } from '../interface';
import type { Routes } from '../routes';
import type { ReversePath } from './options';

/**
 * Whether a packet from `source` may have come in on `on` (RFC 3704). `strict` (§2.2): among the best routes to the source is one through
 * there. `loose` (§2.4): there is a route.
 */
export function comesRight(mode: ReversePath, source: Address, on: Interface, routes: Routes): boolean {
  if (mode === 'off') return true;
  const best = routes.lookup(source);
  if (best === undefined || mode === 'loose') return best !== undefined;
  return best.interface === on || routes.lookup(source, on)?.length === best.length;
}
