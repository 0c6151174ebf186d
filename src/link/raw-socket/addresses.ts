import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { formatAddress, parseAddress, type Address } from '../../wire/address';
import { LinkError } from '../errors';

/** An address of an interface, and its prefix as in `10.9.0.2/24`. */
export interface OwnAddress {
  readonly address: Address;
  readonly cidr: string;
}

/**
 * The addresses that the kernel has on a device, or those of them that are asked for.
 * @throws LinkError `ENODEV`, `EADDRNOTAVAIL`, `EINVAL`
 */
export function addressesOf(doing: string, device: string, wanted: readonly string[] | undefined): OwnAddress[] {
  const all = kernelAddresses(device);
  if (all.length === 0) throw new LinkError(...whyNone(doing, device));
  if (wanted === undefined) return all;
  return wanted.map((text) => {
    const address = parseAddress(text.replace(/\/.*$/, ''));
    const found = all.find((own) => own.address === address);
    if (found !== undefined) return found;
    const [code, why] =
      address === undefined
        ? ['EINVAL', `${JSON.stringify(text)} is no address`]
        : ['EADDRNOTAVAIL', `${device} does not have the address ${formatAddress(address)}`];
    throw new LinkError(code, `${doing}: ${why}; it has ${all.map(({ cidr }) => cidr).join(', ')}`);
  });
}

function kernelAddresses(device: string): OwnAddress[] {
  // An address with a label stands under the label: `eth0:1`.
  const names = Object.entries(networkInterfaces()).filter(([name]) => name.split(':', 1)[0] === device);
  return names.flatMap(([, entries = []]) =>
    entries.flatMap(({ cidr }) => {
      const address = parseAddress((cidr ?? '').replace(/\/.*$/, ''));
      return address === undefined || cidr === null ? [] : [{ address, cidr }];
    }),
  );
}

function whyNone(doing: string, device: string): [code: string, message: string] {
  const devices = readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*([^:]+):/.exec(line)?.[1] ?? []);
  if (!devices.includes(device)) {
    return [
      'ENODEV',
      `${doing}: there is no network interface ${JSON.stringify(device)}; there are ${devices.join(', ')}`,
    ];
  }
  return [
    'EADDRNOTAVAIL',
    `${doing}: ${device} is down or has no address; try: ip address add 10.9.0.2/24 dev ${device}; ip link set ${device} up`,
  ];
}
