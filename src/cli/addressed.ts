import { setTimeout as delay } from 'node:timers/promises';
import type { Interface } from '../ip/interface';
import { isLinkLocal4 } from '../ip/link-local';
import type { LinkConfig } from '../link/open';
import { isLinkLocal6 } from '../wire/address';
import { Failure } from './failure';

/** ms between two looks. */
const STEP = 20;
/** ms that an interface may take to get its address: a DHCP server may be asked four times (RFC 2131 §4.1). */
const PATIENCE = 30_000;
/** ms that IPv6's routers have to answer: they are asked three times, every 4 s (RFC 4861 §10). */
const ROUTERS = 12_000;

/** An interface, and how it is to get its addresses. */
export interface Addressed {
  readonly on: Interface;
  readonly config: Pick<LinkConfig, 'slaac'>;
}

/**
 * Resolves when every interface has an address that can be used. Where no router answers, that is its link-local one.
 * @throws Failure when one has none after half a minute
 */
export async function untilAddressed(interfaces: readonly Addressed[], limit = PATIENCE): Promise<void> {
  const start = Date.now();
  for (;;) {
    const waited = Date.now() - start;
    const waiting = interfaces.find((each) => !hasAddress(each, waited >= ROUTERS))?.on;
    if (waiting === undefined) return;
    if (waited >= limit) {
      throw new Failure(`${waiting.name} has got no address in ${limit / 1000} s: ${whyNone(waiting)}`);
    }
    await delay(STEP);
  }
}

/** An address that others can be called from; one whose uniqueness is still looked for (RFC 4862 §5.4) is none yet. */
function hasAddress({ on: { addresses, addresses6, dhcp }, config }: Addressed, isLate: boolean): boolean {
  if (addresses6.some(({ state }) => state === 'tentative')) return false;
  if (addresses.length > 0 || addresses6.some(({ address }) => !isLinkLocal6(address))) return true;
  // One of its own is not all that it is to get.
  if (dhcp !== undefined || (config.slaac === true && !isLate)) return false;
  return addresses6.length > 0;
}

function whyNone({ dhcp }: Interface): string {
  return dhcp === undefined ? 'somebody has each that it asked for' : 'no DHCP server gives it one';
}

/** What an interface has got by itself, and from whom, in words; nothing for one whose addresses were given. */
export function gotAddresses({ on, config }: Addressed, now: number): string[] {
  const { dhcp, autoconfiguration, addresses, addresses6 } = on;
  const lines: string[] = [];
  const lease = dhcp?.lease;
  if (lease !== undefined) {
    const routers = lease.routes.flatMap(({ router }) => router ?? []);
    const time = lease.expires === Infinity ? 'for ever' : `for ${Math.round((lease.expires - now) / 1_000_000)} s`;
    lines.push(
      [
        `${lease.address}/${lease.prefixLength} from the DHCP server ${lease.server} ${time}`,
        ...(routers.length > 0 ? [`router ${[...new Set(routers)].join(', ')}`] : []),
        ...(lease.nameServers.length > 0 ? [`name server ${lease.nameServers.join(', ')}`] : []),
      ].join('; '),
    );
  }
  if (config.slaac === true && autoconfiguration !== undefined) {
    const own = addresses6.map(({ cidr }) => cidr).join(', ');
    const isAlone = addresses6.every(({ address }) => isLinkLocal6(address));
    const { servers } = autoconfiguration.dns;
    const why = isAlone ? 'and no router has told of a network' : 'by router advertisement';
    lines.push(`${own} ${why}${servers.length > 0 ? `; name server ${servers.join(', ')}` : ''}`);
  }
  const linkLocal = addresses.find(({ address }) => isLinkLocal4(address));
  if (linkLocal !== undefined) lines.push(`${linkLocal.cidr}, link-local`);
  return lines;
}
