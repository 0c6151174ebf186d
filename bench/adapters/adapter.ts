import { LOAD, LOAD6, PREFIX, PREFIX6, SERVER, SERVER6 } from '../speed/addresses';

/** What can be under synack, as links are written (docs/links.md). */
export const ADAPTERS = ['tap', 'tun', 'raw', 'pcap', 'udp', 'ws'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export type Family = 4 | 6;

/** Two ends of one network. */
export interface Ends {
  readonly load: Readonly<Record<Family, string>>;
  readonly server: Readonly<Record<Family, string>>;
}

const CABLE: Ends = { load: { 4: LOAD, 6: LOAD6 }, server: { 4: SERVER, 6: SERVER6 } };
/** On the same cable as the server's kernel, which has `SERVER`: another host. */
const BESIDE: Ends = { ...CABLE, server: { 4: '10.9.0.3', 6: 'fd00:9::3' } };
/** In the tunnel, which itself goes over the cable. */
const TUNNEL: Ends = {
  load: { 4: '10.10.0.1', 6: 'fd00:10::1' },
  server: { 4: '10.10.0.2', 6: 'fd00:10::2' },
};

/** Where the load generator is, and where synack. */
export function endsOf(adapter: Adapter): Ends {
  if (adapter === 'pcap') return BESIDE;
  return adapter === 'udp' || adapter === 'ws' ? TUNNEL : CABLE;
}

/** With their prefix lengths, as a link or an interface takes them. */
export function cidrs(addresses: Readonly<Record<Family, string>>): readonly string[] {
  return [`${addresses[4]}/${PREFIX}`, `${addresses[6]}/${PREFIX6}`];
}

/** The device that the kernel's end of a TUN or of a tunnel has; a TAP's is `TAP`. */
export const TUN = 'tun0';
/** The cable's device, at either end. */
export const VETH = 'veth0';
/** Where a tunnel's ends listen, on the cable. */
export const TUNNEL_PORT = 4789;
