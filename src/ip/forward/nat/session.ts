import type { Aging } from './aging';

/** What is translated, as tables count it: a protocol whose endpoints have ports, or echo, whose identifier stands for one. */
export const KIND = { TCP: 0, UDP: 1, ICMP: 2 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** An address and a port in one number, for keys of maps: exact, since a double has 53 bits. */
export function endpoint(address: number, port: number): number {
  return address * 0x10000 + port;
}

/** The address of an `endpoint`. */
export function addressOf(key: number): number {
  return Math.floor(key / 0x10000);
}

/** The port of an `endpoint`. */
export function portOf(key: number): number {
  return key % 0x10000;
}

/**
 * An inner endpoint and the outer one that stands for it, to whomever it talks (endpoint-independent mapping, RFC 4787 REQ-1). It lives as
 * long as a session of it, or for ever where it was configured.
 */
export class Mapping {
  /** By the endpoint outside (`endpoint`). */
  readonly sessions = new Map<number, Session>();
  /** Another configured mapping of the same inner endpoint. */
  sibling: Mapping | undefined;

  constructor(
    readonly kind: Kind,
    /** uint32, as `external` */
    readonly inner: number,
    readonly innerPort: number,
    readonly external: number,
    readonly externalPort: number,
    /** A port forward: everybody outside may begin. */
    readonly isForward: boolean,
  ) {}
}

/** What one inner endpoint has to do with one outside: only that one gets in (address- and port-dependent filtering, RFC 4787 REQ-8). */
export class Session {
  /** TCP's, as `followTcp` has it; for others `ANSWERED` or 0. */
  state = 0;
  /** When it ends, µs. */
  expires = 0;
  /** Those of its kind that end at the same time after their last packet, in the order of their ends. */
  aging: Aging | undefined;
  earlier: Session | undefined;
  later: Session | undefined;

  constructor(
    readonly mapping: Mapping,
    /** `endpoint` of the host outside; port 0 for echo. */
    readonly remote: number,
  ) {}
}
