export interface RawSocketOptions {
  /** Those of the device's addresses that are used: `['10.9.0.2', 'fd00::2']`. Default: all that it has at this moment, IPv4 and IPv6. */
  readonly addresses?: readonly string[];
  /**
   * The ports that are synack's: `'80,443,20000-29999'`. The widest range of 100 ports at least is for connections that go out; where
   * there is none, what is free of 20000 to 29999 is added. Default: that alone. What a server listens on has to be here, or
   * be reserved by `reservePort`.
   */
  readonly ports?: string;
  /** What is received. Default: all three. */
  readonly protocols?: readonly ('tcp' | 'udp' | 'icmp')[];
  /** Who answers pings to the addresses. Default: the kernel, as without us. `stack`: synack does, and the kernel's answers are dropped. */
  readonly echo?: 'kernel' | 'stack';
  /** Bytes that the kernel keeps of what was not read yet, for each protocol and family. Default 4 MiB. */
  readonly receiveBuffer?: number;
}
