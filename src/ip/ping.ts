import { formatAddress } from '../wire/address';
import { WireError } from '../wire/error';
import { emitIcmp, parseIcmp, type IcmpEcho } from '../wire/icmp';
import { parseIcmpv6, type Icmpv6Echo } from '../wire/icmpv6';
import type { IpHost, IpSettings } from './host';
import type { Icmp6Output } from './icmp6-output';
import type { IcmpOutput } from './icmp-output';
import type { SendOptions } from './output';
import type { Path } from './paths';
import type { IcmpReport, IpView } from './protocol';

/** An answer to an echo request. */
export interface EchoReply {
  /** Who answered: with a broadcast, several do. */
  readonly address: string;
  readonly identifier: number;
  readonly sequence: number;
  /** What the request held; a slice of the packet. */
  readonly data: Uint8Array;
  /** What was left of the answer's time to live. */
  readonly ttl: number;
  /** When it came, µs. */
  readonly time: number;
}

export interface PingListener {
  reply(reply: EchoReply): void;
  /** An ICMP error about the request with this sequence number, or the news that a neighbour does not answer. */
  error?(report: IcmpReport, sequence: number): void;
}

export interface EchoRequest extends SendOptions {
  /** 0 to 65,535 */
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** Echo requests with an identifier of their own. Made by `Ip.ping`. */
export interface Ping {
  readonly identifier: number;
  /** Sends one request. `false`: it was dropped, and counted. */
  send(path: Path, request: EchoRequest): boolean;
  /** Stops listening for answers. */
  close(): void;
}

const IDENTIFIERS = 0x10000;

/** Who waits for echo replies. */
export class Pings {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #output: IcmpOutput;
  readonly #output6: Icmp6Output;
  readonly #listeners = new Map<number, PingListener>();

  constructor(host: IpHost, settings: IpSettings, output: IcmpOutput, output6: Icmp6Output) {
    this.#host = host;
    this.#settings = settings;
    this.#output = output;
    this.#output6 = output6;
  }

  /** See `Ip.ping`. */
  open(listener: PingListener, wanted?: number): Ping | 'EADDRINUSE' | 'ENOBUFS' {
    if (this.#listeners.size >= Math.min(this.#settings.pings, IDENTIFIERS)) return 'ENOBUFS';
    const identifier = wanted ?? this.#freeIdentifier();
    if (this.#listeners.has(identifier)) return 'EADDRINUSE';
    this.#listeners.set(identifier, listener);
    return {
      identifier,
      send: (path, { sequence, data, fragment = true, ...rest }) =>
        this.#host.clock.turn(() => {
          const options = { ...rest, fragment };
          const message = { type: 'echo-request', identifier, sequence, data } as const;
          return path.version === 4
            ? this.#output.send(path, [emitIcmp(message)], options)
            : this.#output6.send(path, message, options);
        }),
      close: () => {
        if (this.#listeners.get(identifier) === listener) this.#listeners.delete(identifier);
      },
    };
  }

  /** Takes an echo reply. `false`: nobody waits for it. */
  reply(packet: IpView, { identifier, sequence, data }: IcmpEcho | Icmpv6Echo): boolean {
    const listener = this.#listeners.get(identifier);
    if (listener === undefined) return false;
    const address = formatAddress(packet.src);
    listener.reply({ address, identifier, sequence, data, ttl: packet.ttl, time: this.#host.clock.now() });
    return true;
  }

  has(identifier: number): boolean {
    return this.#listeners.has(identifier);
  }

  /** Takes an error about an ICMP message of ours. */
  error(report: IcmpReport): void {
    const { version, payload } = report.quoted;
    const message = version === 4 ? parseIcmp(payload) : parseIcmpv6(payload);
    if (message instanceof WireError || message.type !== 'echo-request') return;
    this.#listeners.get(message.identifier)?.error?.(report, message.sequence);
  }

  #freeIdentifier(): number {
    let identifier = this.#host.random32() % IDENTIFIERS;
    while (this.#listeners.has(identifier)) identifier = (identifier + 1) % IDENTIFIERS;
    return identifier;
  }
}
