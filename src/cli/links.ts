import { readFileSync } from 'node:fs';
import { parseLink, type LinkNotation } from '../link/notation';
import { Failure } from './failure';
import type { HostOptions } from './options';

/** The address that synack takes when nothing else is said: the lab's. */
const DEFAULT_ADDRESS = '10.9.0.2/24';

const LAB_TAP = 'tap0';

type LinkOptions = Pick<HostOptions, 'link' | 'tap' | 'address' | 'gateway'>;

/**
 * The links that the options ask for, each with its addresses; none where they ask for loopback alone (`memory`).
 *
 * Without an option: what `$SYNACK_LINK` or `$SYNACK_TAP` name, or the lab's TAP if we are in a lab. The host's network is touched only
 * when its user names a device.
 * @throws Failure when there is no link, or one has no address; LinkError when `$SYNACK_LINK` cannot be read
 */
export function linksOf(options: LinkOptions, env: NodeJS.ProcessEnv = process.env): readonly LinkNotation[] {
  const named = namedLinks(options, env);
  if (named === undefined && !hasLabTap()) {
    throw new Failure(
      `there is no TAP device ${LAB_TAP} here. Run the command in a lab: synack lab -- synack …; ` +
        'or name a device with --link, as in --link tap:tap0 (as root; it is made if it is not there)',
    );
  }
  const links = (named ?? [parseLink(`tap:${LAB_TAP}`)]).filter(({ kind }) => kind !== 'memory');
  return withGateways(withAddresses(links, options, env), options);
}

/** Whether there is a device to open: one that is named, or the lab's. */
export function hasDevice(options: LinkOptions, env: NodeJS.ProcessEnv = process.env): boolean {
  return namedLinks(options, env) !== undefined || hasLabTap();
}

function namedLinks({ link, tap }: LinkOptions, env: NodeJS.ProcessEnv): readonly LinkNotation[] | undefined {
  if (link !== undefined) return link;
  if (tap !== undefined) return [parseLink(`tap:${tap}`)];
  const [links, device] = [env['SYNACK_LINK']?.trim(), env['SYNACK_TAP']];
  if (links) return links.split(/\s+/).map(parseLink);
  return device ? [parseLink(`tap:${device}`)] : undefined;
}

/** What `--address` gives goes to the one link that has no address of its own. */
function withAddresses(
  links: readonly LinkNotation[],
  { address }: LinkOptions,
  env: NodeJS.ProcessEnv,
): readonly LinkNotation[] {
  const without = links.filter(({ interface: { addresses } }) => addresses.length === 0);
  const [one] = without;
  if (address !== undefined && (one === undefined || without.length > 1)) {
    throw new Failure(
      one === undefined
        ? '--address is for a link that has no address of its own, and there is none'
        : `--address does not say which of ${without.map(({ text }) => text).join(' and ')} it is for; ` +
            `give each its own: --link ${one.text},address=${address[0] ?? DEFAULT_ADDRESS}`,
    );
  }
  return links.map((link) => {
    if (!without.includes(link)) return link;
    if (address !== undefined) return withInterface(link, { addresses: address });
    // The kernel's own addresses.
    if (link.kind === 'raw') return link;
    if (without.length === 1 && (link.kind === 'tap' || link.kind === 'tun')) {
      const [ipv4 = DEFAULT_ADDRESS, ipv6] = [env['SYNACK_ADDRESS'], env['SYNACK_ADDRESS6']];
      return withInterface(link, { addresses: ipv6 === undefined ? [ipv4] : [ipv4, ipv6] });
    }
    throw new Failure(
      `${link.text} has no address; give it one: --link ${link.text},address=${DEFAULT_ADDRESS}, or address=dhcp`,
    );
  });
}

/** What `--gateway` gives goes to the first link, unless that has its own. */
function withGateways(links: readonly LinkNotation[], { gateway = [] }: LinkOptions): readonly LinkNotation[] {
  const [first, ...others] = links;
  if (first === undefined || gateway.length === 0) return links;
  return [withInterface(first, { gateways: [...first.interface.gateways, ...gateway] }), ...others];
}

function withInterface(link: LinkNotation, settings: Partial<LinkNotation['interface']>): LinkNotation {
  return { ...link, interface: { ...link.interface, ...settings } };
}

function hasLabTap(): boolean {
  const devices = readFileSync('/proc/net/dev', 'utf8');
  return devices.split('\n').some((line) => line.trim().startsWith(`${LAB_TAP}:`));
}
