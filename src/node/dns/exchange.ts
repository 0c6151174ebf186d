import type { Stack } from '../../stack';
import type { DnsCounters } from './counters';
import { CODE } from './errors';
import type { DnsAnswer, DnsQuestion } from './message';
import { decodeAnswer, encodeQuery, RCODE } from './message';
import type { NameServer } from './servers';
import type { LocalAddresses, Modules, Transport } from './transport';
import { sendByTcp, sendByUdp } from './transport';

/** What every query needs. */
export interface ExchangeContext extends Modules {
  readonly clock: Pick<Stack['clock'], 'now' | 'schedule'>;
  readonly counters: DnsCounters;
  /** Unguessable: an id is all that RFC 5452 has besides the port. */
  random32(): number;
}

/** A server, and what was learnt of it. */
export interface Peer {
  readonly server: NameServer;
  /** It does not know EDNS0: it is asked without. */
  withoutEdns: boolean;
  /** Until then, in µs of the clock, others are asked before it: it has not answered. */
  avoidedUntil: number;
}

export interface ExchangeOptions {
  readonly local: LocalAddresses;
  /** How long an answer may take, by UDP and then by TCP, in ms. */
  readonly timeout: number;
  /** Ask by TCP at once. */
  readonly tcp: boolean;
}

export type ExchangeFailure = typeof CODE.TIMEOUT | typeof CODE.CONNREFUSED | typeof CODE.BADRESP;

/**
 * One question to one server: by UDP, by TCP when the answer is cut off (RFC 7766 §5), and again without EDNS0 when the
 * server does not know that (RFC 6891 §7). What comes and is no answer to it is counted and dropped.
 */
export class Exchange {
  private transport: Transport | undefined;
  private timer: { cancel(): void } | undefined;
  private ended = false;
  private sawMalformed = false;
  private usesTcp: boolean;

  /** @param done called once, unless it is cancelled before. */
  constructor(
    private readonly context: ExchangeContext,
    private readonly peer: Peer,
    private readonly question: DnsQuestion,
    private readonly options: ExchangeOptions,
    private readonly done: (result: DnsAnswer | ExchangeFailure) => void,
  ) {
    this.usesTcp = options.tcp;
  }

  /** Whether it has come to TCP. */
  get tcp(): boolean {
    return this.usesTcp;
  }

  start(): void {
    const { clock, counters } = this.context;
    const edns = !this.peer.withoutEdns;
    const id = this.context.random32() & 0xffff;
    counters.sent++;
    this.timer?.cancel();
    this.timer = clock.schedule(clock.now() + this.options.timeout * 1000, () => {
      counters.timedOut++;
      this.finish(this.sawMalformed ? CODE.BADRESP : CODE.TIMEOUT);
    });
    const send = this.usesTcp ? sendByTcp : sendByUdp;
    try {
      this.transport = send(this.context, {
        server: this.peer.server,
        local: this.options.local,
        query: encodeQuery(id, this.question, edns),
        received: (bytes) => {
          this.received(decodeAnswer(bytes, id, this.question), edns);
        },
        foreign: () => counters.mismatched++,
        failed: () => {
          this.unreachable();
        },
      });
    } catch {
      // There is no such socket here: no IPv6, no ports left.
      process.nextTick(() => {
        this.unreachable();
      });
    }
  }

  cancel(): void {
    this.ended = true;
    this.timer?.cancel();
    this.transport?.close();
    this.transport = undefined;
  }

  private received(answer: DnsAnswer | 'malformed' | 'mismatch', edns: boolean): void {
    const { counters } = this.context;
    if (answer === 'malformed') {
      counters.malformed++;
      this.sawMalformed = true;
    } else if (answer === 'mismatch') {
      counters.mismatched++;
    } else if (edns && (answer.rcode === RCODE.BADVERS || (answer.rcode === RCODE.FORMERR && !answer.edns))) {
      this.peer.withoutEdns = true;
      this.again();
    } else if (answer.truncated && !this.usesTcp) {
      counters.truncated++;
      this.usesTcp = true;
      this.again();
    } else {
      counters.answered++;
      this.finish(answer);
    }
  }

  private again(): void {
    this.transport?.close();
    this.transport = undefined;
    this.start();
  }

  private unreachable(): void {
    if (this.ended) return;
    this.context.counters.unreachable++;
    this.finish(CODE.CONNREFUSED);
  }

  private finish(result: DnsAnswer | ExchangeFailure): void {
    if (this.ended) return;
    this.cancel();
    this.done(result);
  }
}
