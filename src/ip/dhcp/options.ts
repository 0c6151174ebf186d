import { parseIpv4Address } from '../../wire/address';
import { isUnicast } from '../address';

/** What the DHCP client of an interface can be told. Times in µs. */
export interface DhcpOptions {
  /** How long `ready` waits for a server's word before it gives up; the client goes on asking. Default 10 s. */
  readonly timeout?: number;
  /** An address that we had before, `10.9.0.7`: we ask for it first (INIT-REBOOT, RFC 2131 §3.2). */
  readonly previous?: string;
  /**
   * Who we are to the server: `mac`, our MAC (RFC 2132 §9.14); `duid`, a DUID made of it (RFC 4361 §6.1), as a DHCPv6 client has it; or
   * octets, 2 to 255. Default `mac`.
   */
  readonly clientId?: 'mac' | 'duid' | Uint8Array;
  /** Our name, for servers that put it in the DNS. Default: none. */
  readonly hostName?: string;
  /** What kind of client we are (option 60). Default: none. */
  readonly vendorClass?: string;
  /** How long we would like to have an address. The server may say otherwise. Default: what the server likes. */
  readonly leaseTime?: number;
  /**
   * Have servers broadcast their answers. Default `false`: we take what is sent to an address that we do not have yet (RFC 2131 §4.1), and
   * broadcasts as well.
   */
  readonly broadcast?: boolean;
  /** Take the routes that the server gives (options 3 and 121). Default `true`. */
  readonly routes?: boolean;
  /** Take the MTU that the server gives, from 576 bytes up to the link's own. Default `false`. */
  readonly mtu?: boolean;
  /** Ask the wire who has an address before we take it (RFC 5227), and decline it when somebody does. Default `true`. */
  readonly probe?: boolean;
  /** Give the address back when the interface goes. Default `true`. */
  readonly release?: boolean;
  /** Leases for less are refused: to renew them would be all that we do. Default 5 s. */
  readonly minLease?: number;
  /** The most that we wait before the first message, drawn anew each time (RFC 2131 §4.4.1 has 10 s). Default 0. */
  readonly startDelay?: number;
}

export type DhcpSettings = Required<
  Pick<
    DhcpOptions,
    'timeout' | 'clientId' | 'broadcast' | 'routes' | 'mtu' | 'probe' | 'release' | 'minLease' | 'startDelay'
  >
> &
  Pick<DhcpOptions, 'previous' | 'hostName' | 'vendorClass' | 'leaseTime'>;

export const SECOND = 1_000_000;

const DEFAULTS = {
  timeout: 10 * SECOND,
  clientId: 'mac',
  broadcast: false,
  routes: true,
  mtu: false,
  probe: true,
  release: true,
  minLease: 5 * SECOND,
  startDelay: 0,
} as const;

/**
 * The options with their defaults in place.
 * @throws RangeError for one that cannot be; the message begins with `doing`
 */
export function dhcpSettings(options: DhcpOptions, doing: string): DhcpSettings {
  const settings: DhcpSettings = { ...DEFAULTS, ...options };
  for (const name of ['timeout', 'minLease', 'startDelay', 'leaseTime'] as const) {
    const value = settings[name];
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new RangeError(`${doing}: the DHCP option ${name} is ${value}; it is a time in µs, 0 or more`);
  }
  const { clientId, previous } = settings;
  if (previous !== undefined && !isUnicast(parseIpv4Address(previous) ?? 0)) {
    throw new RangeError(`${doing}: the DHCP option previous is "${previous}"; it is an address of a host, 192.0.2.7`);
  }
  if (typeof clientId === 'object' && (clientId.length < 2 || clientId.length > 255)) {
    throw new RangeError(`${doing}: the DHCP client id has ${clientId.length} bytes; 2 to 255 can be (RFC 2132 §9.14)`);
  }
  for (const name of ['hostName', 'vendorClass'] as const) {
    const text = settings[name];
    if (text === undefined || /^[ -~]{1,255}$/.test(text)) continue;
    throw new RangeError(`${doing}: the DHCP option ${name} must be 1 to 255 characters of ASCII`);
  }
  return settings;
}
