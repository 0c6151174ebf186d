/** The kernel's end, where the load generator runs, and the stack that is measured. */
export const LOAD = '10.9.0.1';
export const SERVER = '10.9.0.2';
export const PREFIX = 24;
export const NETWORK = `10.9.0.0/${PREFIX}`;
/** The same two in IPv6, where it is measured. */
export const LOAD6 = 'fd00:9::1';
export const SERVER6 = 'fd00:9::2';
export const PREFIX6 = 64;
export const NETWORK6 = `fd00:9::/${PREFIX6}`;
export const NETMASK = '255.255.255.0';

export const TAP = 'tap0';

/** Where each service of the server is. */
export const PORTS = {
  sink: 7001,
  source: 7002,
  echo: 7003,
  close: 7004,
  http: 7005,
  websocket: 7006,
  work: 7007,
  datagrams: 7008,
  idle: 7100,
};

/** Idle connections spread over so many ports from `PORTS.idle` on: one has room for no more than 64,000 from an address. */
export const IDLE_PORTS = 4;
