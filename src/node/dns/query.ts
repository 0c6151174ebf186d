import type { QueryErrorCode } from './errors';
import { CODE } from './errors';
import type { ExchangeContext, Peer } from './exchange';
import { Exchange } from './exchange';
import type { Gate } from './gate';
import type { DnsAnswer, DnsQuestion } from './message';
import type { LocalAddresses } from './transport';

export interface QueryContext extends ExchangeContext {
  readonly gate: Gate;
}

export interface QueryOptions {
  readonly local: LocalAddresses;
  /** How long the first try may take, in ms; it doubles each time that all servers have been asked. */
  readonly timeout: number;
  /** How often each server is asked. */
  readonly tries: number;
}

/** How long others are asked before a server that has not answered, in µs. */
const AVOIDED = 5_000_000;

/** The longest time for one try, in ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * One question to several servers in turn, until one answers. An answer that says no, SERVFAIL too, is an answer:
 * Node takes it so.
 */
export class Query {
  private readonly peers: readonly Peer[];
  private readonly enter = (): void => {
    this.entered = true;
    this.next();
  };
  private entered = false;
  private attempts = 0;
  private exchange: Exchange | undefined;

  /** @param done called once, unless it is cancelled before. */
  constructor(
    private readonly context: QueryContext,
    peers: readonly Peer[],
    private readonly question: DnsQuestion,
    private readonly options: QueryOptions,
    private readonly done: (result: DnsAnswer | QueryErrorCode) => void,
  ) {
    const now = context.clock.now();
    const avoided = (peer: Peer): number => (peer.avoidedUntil > now ? 1 : 0);
    this.peers = [...peers].sort((one, other) => avoided(one) - avoided(other));
  }

  /** @returns false when too many wait already: nothing will come of it */
  start(): boolean {
    return this.context.gate.enter(this.enter);
  }

  cancel(): void {
    this.exchange?.cancel();
    this.leave();
  }

  private next(): void {
    const count = this.peers.length;
    const peer = this.peers[this.attempts % count];
    if (peer === undefined) return;
    const { local, timeout } = this.options;
    const exchangeOptions = {
      local,
      timeout: Math.min(timeout * 2 ** Math.floor(this.attempts / count), LONGEST),
      tcp: this.exchange?.tcp ?? false,
    };
    this.attempts++;
    this.exchange = new Exchange(this.context, peer, this.question, exchangeOptions, (result) => {
      if (typeof result === 'object') {
        peer.avoidedUntil = 0;
        this.end(result);
      } else {
        peer.avoidedUntil = this.context.clock.now() + AVOIDED;
        if (this.attempts < this.options.tries * count) this.next();
        else this.end(result);
      }
    });
    this.exchange.start();
  }

  private end(result: DnsAnswer | QueryErrorCode): void {
    this.leave();
    this.done(result);
  }

  private leave(): void {
    if (this.entered) this.context.gate.leave();
    else this.context.gate.withdraw(this.enter);
    this.entered = false;
  }
}

/** The codes of the answers that say no (RFC 1035 §4.1.1). */
const REFUSALS: Readonly<Record<number, QueryErrorCode>> = {
  1: CODE.FORMERR,
  2: CODE.SERVFAIL,
  3: CODE.NOTFOUND,
  4: CODE.NOTIMP,
  5: CODE.REFUSED,
};

/** What an answer says, as an error; undefined when it has records. */
export function refusalOf({ rcode, records }: DnsAnswer): QueryErrorCode | undefined {
  return REFUSALS[rcode] ?? (records.length === 0 ? CODE.NODATA : undefined);
}
