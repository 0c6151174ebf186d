/** A port of ours that belongs to an inner host. */
export interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  /** Outside, 1 to 65,535. */
  readonly port: number;
  /** The inner address and port: `10.0.0.2:80`. */
  readonly to: string;
}

/** What `InterfaceConfig` says of forwarding. */
export interface OuterConfig {
  /**
   * What leaves here from other interfaces gets our address, and its answers find back (NAT, IPv4 only). What comes in here for another
   * host without having been asked for is dropped. Needs `IpOptions.forward`. Default `false`.
   */
  readonly masquerade?: boolean;
  /** Ports of our addresses here that belong to inner hosts. With `masquerade` only. */
  readonly forwards?: readonly PortForward[];
}

/** Whether the way back to a packet's source must lead to where it came from (RFC 3704 §2.2, §2.4), or anywhere at all. */
export type ReversePath = 'off' | 'strict' | 'loose';
