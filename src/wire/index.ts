/** Bytes ⇄ values: every header has a zero-copy view for the hot path, and a plain value with `parse` and `emit` for people. */
export * from './address';
export * from './arp';
export * from './checksum';
export * from './dhcp';
export {
  DHCP_MESSAGE_TYPES,
  DHCP_OPTION,
  type ClasslessRoute,
  type DhcpMessageType,
  type DhcpOptionValues,
  type UnknownDhcpOption,
} from './dhcp-options';
export * from './error';
export * from './ethernet';
export * from './icmp';
export * from './icmpv6';
export * from './ipv4';
export * from './ipv4-options';
export * from './ipv6';
export * from './ipv6-bytes';
export * from './ipv6-extensions';
export * from './mld';
export * from './ndp';
export * from './ndp-options';
export * from './notation';
export * from './pseudo-header';
export * from './tcp';
export * from './tcp-options';
export * from './udp';
