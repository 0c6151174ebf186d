/** UDP's calls as a stack offers them, for those above it. They are IP's own: it lies beside ICMP, below the stack's turns. */
export { UdpError, type UdpErrorCode } from '../ip/udp/errors';
export type { UdpOptions } from '../ip/udp/options';
export type * from '../ip/udp/user';
