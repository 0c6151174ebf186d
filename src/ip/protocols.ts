import type { ProtocolHandler } from './protocol';

/** Who takes the packets of a protocol, by its number at IANA. TCP and UDP are the same over IPv4 and IPv6; ICMP is not, and has two numbers. */
export class Protocols {
  readonly #handlers: (ProtocolHandler | undefined)[] = [];

  get(protocol: number): ProtocolHandler | undefined {
    return this.#handlers[protocol];
  }

  set(protocol: number, handler: ProtocolHandler): void {
    this.#handlers[protocol] = handler;
  }
}
