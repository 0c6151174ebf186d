import { isIP, isIPv6 } from 'node:net';
import { TcpError } from '../tcp/errors';
import type { Endpoint } from '../tcp/user';
import { hostAddress } from '../stack/addresses';
import { ANY, ANY_6, callableAddress, isTaken } from './addresses';
import { aggregateException, familyException, openException, refusedException, zoneException } from './connect-errors';
import type { Target } from './connect-options';
import { AS_IPV6 } from './ends';
import type { SystemError, SystemErrorCode } from './errors';
import { exceptionWithHostPort } from './errors';
import type { NetContext } from './host';
import type { Answer } from './lookup';
import { answerError, byTurns, lookupQuestion } from './lookup';
import { toStack } from './zones';

/** Counts the times that a socket was destroyed: what was begun in an earlier life is of no interest. */
export const LIFE = Symbol('life');
export const OPEN = Symbol('open');
export const LET_GO = Symbol('let go');

/** The socket that wants a connection. */
export interface Caller extends NodeJS.EventEmitter {
  readonly connecting: boolean;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  autoSelectFamilyAttemptedAddresses: string[];
  readonly [LIFE]: number;
  [AS_IPV6]: boolean;
  destroy(error: Error): unknown;
  /**
   * Active OPEN (RFC 9293 §3.10.1) with the socket's own options.
   * @returns false when it still has a connection that does not stand yet
   * @throws TcpError as `Tcp.open`
   */
  [OPEN](remote: Endpoint, local: Partial<Endpoint> | undefined): boolean;
  /** The connection is of no use any more. */
  [LET_GO](): void;
}

/**
 * The way from `socket.connect` to a connection: the lookup, and one address after the other until one answers, as Node's
 * `autoSelectFamily` has it. The events of an attempt are the socket's.
 */
export class Connecting {
  readonly #caller: Caller;
  readonly #context: NetContext;
  readonly #target: Target;
  readonly #life: number;
  /** The one that is being tried. */
  #address: string;
  /** All of them, where there are several. */
  #addresses: readonly string[] | undefined;
  #tried = 0;
  #errors: Error[] | undefined;
  #alarm: { cancel(): void } | undefined;

  constructor(caller: Caller, context: NetContext, target: Target) {
    this.#caller = caller;
    this.#context = context;
    this.#target = target;
    this.#life = caller[LIFE];
    this.#address = target.host;
  }

  /** @throws what the lookup function throws, for arguments that cannot be */
  begin(): void {
    if (isIP(this.#target.host)) process.nextTick(Connecting.#callOne, this);
    else this.#lookUp();
  }

  /** The connection that was opened last has ended before it stood. */
  failed(code: SystemErrorCode): void {
    this.end();
    const error = refusedException(code, this.#address, this.#target);
    this.#caller[LET_GO]();
    this.#emit('connectionAttemptFailed', error);
    if (this.#addresses === undefined) {
      this.#caller.destroy(error);
      return;
    }
    this.#errors?.push(error);
    this.#callNext();
  }

  /** Nothing more is to be tried: a connection stands, or the socket is destroyed. */
  end(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #isWanted(): boolean {
    return this.#caller.connecting && this.#caller[LIFE] === this.#life;
  }

  #emit(event: string, ...details: unknown[]): void {
    this.#caller.emit(event, this.#address, this.#target.port, isIP(this.#address), ...details);
  }

  // ── lookup ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #lookUp(): void {
    const { host, lookup = this.#context.lookup } = this.#target;
    const question = lookupQuestion(this.#target);
    lookup(host, question, (error, answer, family) => {
      // Some functions answer with one address whatever they are asked.
      if (question.all) this.#foundAll(error, Array.isArray(answer) ? answer : [{ address: answer, family }]);
      else this.#foundOne(error, Array.isArray(answer) ? answer[0] : { address: answer, family });
    });
  }

  #foundOne(error: Error | null, answer: Answer | undefined): void {
    this.#caller.emit('lookup', error, answer?.address, answer?.family, this.#target.host);
    if (!this.#isWanted()) return;
    const reason = error ?? answerError(answer, this.#target);
    if (reason !== undefined) {
      this.#failLater(reason);
      return;
    }
    if (answer !== undefined) this.#address = answer.address;
    this.#callOnly();
  }

  #foundAll(error: Error | null, answers: readonly Answer[]): void {
    if (!this.#isWanted()) return;
    const { host } = this.#target;
    if (error) {
      this.#caller.emit('lookup', error, undefined, undefined, host);
      this.#failLater(error);
      return;
    }
    for (const { address, family } of answers) {
      this.#caller.emit('lookup', null, address, family, host);
      if (!this.#isWanted()) return;
    }
    const addresses = byTurns(answers);
    const [first] = addresses;
    if (first === undefined) {
      this.#failLater(answerError(answers[0], this.#target) ?? new Error(`no address of ${host} can be called`));
    } else if (addresses.length === 1) {
      this.#address = first;
      this.#callOnly();
    } else {
      this.#addresses = addresses;
      this.#errors = [];
      this.#caller.autoSelectFamilyAttemptedAddresses = [];
      this.#callNext();
    }
  }

  /** A function that answers at once does so before there are listeners. */
  #failLater(error: Error): void {
    process.nextTick(() => {
      if (this.#isWanted()) this.#caller.destroy(error);
    });
  }

  // ── one address ────────────────────────────────────────────────────────────────────────────────────────────────────

  static readonly #callOne = (one: Connecting): void => {
    if (one.#isWanted()) one.#callOnly();
  };

  #callOnly(): void {
    const refusal = this.#open();
    if (refusal?.syscall !== 'bind') this.#emit('connectionAttempt');
    if (refusal !== undefined) this.#caller.destroy(refusal);
  }

  /** @returns what the kernel would have refused at once, when it would */
  #open(): SystemError | undefined {
    const { port, localAddress, localPort } = this.#target;
    const { ip, ipv6 = true } = this.#context.host;
    const refusal = familyException(this.#address, this.#target, ipv6);
    if (refusal !== undefined) return refusal;
    const asIpv6 = isIPv6(this.#address);
    const remote = toStack(callableAddress(this.#address), ip);
    const from = localAddress && toStack(localAddress, ip);
    if (localAddress && !from) return zoneException('local', this.#address, this.#target);
    if (remote === undefined) return zoneException('remote', this.#address, this.#target);
    const local = from || localPort ? localEnd(from, localPort) : undefined;
    // TCP could tell such a connection from what the listener has; the sockets of an operating system do not let it be.
    if (local?.port && this.#isListenedOn({ address: asIpv6 ? ANY_6 : ANY, port: local.port, ...local })) {
      return openException('EADDRINUSE', this.#address, this.#target);
    }
    try {
      this.#caller[AS_IPV6] = asIpv6;
      if (this.#caller[OPEN]({ address: remote, port }, local)) return undefined;
    } catch (error) {
      if (error instanceof TcpError) return openException(error.code, this.#address, this.#target);
      throw error;
    }
    const own = { address: this.#caller.localAddress ?? '', port: this.#caller.localPort ?? 0 };
    return exceptionWithHostPort('connect', 'EALREADY', this.#address, port, own);
  }

  #isListenedOn({ address, port }: Endpoint): boolean {
    const own = hostAddress(address);
    return this.#context.host.tcp.listeners().some((each) => each.local.port === port && isTaken(own, each));
  }

  // ── several ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #callNext(): void {
    const addresses = this.#addresses ?? [];
    const errors = (this.#errors ??= []);
    while (this.#isWanted()) {
      const address = addresses[this.#tried++];
      if (address === undefined) {
        this.#caller.destroy(aggregateException(errors));
        return;
      }
      this.#address = address;
      const refusal = this.#open();
      if (refusal?.syscall !== 'bind') {
        this.#emit('connectionAttempt');
        this.#caller.autoSelectFamilyAttemptedAddresses.push(`${address}:${this.#target.port}`);
      }
      if (refusal === undefined) {
        if (this.#tried < addresses.length && this.#isWanted()) this.#arm();
        return;
      }
      errors.push(refusal);
      if (refusal.syscall !== 'bind') this.#emit('connectionAttemptFailed', refusal);
    }
  }

  #arm(): void {
    const { clock } = this.#context.host;
    const attempt = this.#tried;
    this.#alarm = clock.schedule(clock.now() + this.#target.attemptTimeout * 1000, () => {
      // What a listener throws must reach the process, not the clock.
      process.nextTick(() => {
        if (this.#isWanted() && this.#tried === attempt) this.#timedOut();
      });
    });
  }

  #timedOut(): void {
    this.#errors?.push(refusedException('ETIMEDOUT', this.#address, this.#target));
    this.#caller[LET_GO]();
    this.#emit('connectionAttemptTimeout');
    this.#callNext();
  }
}

function localEnd(address: string | undefined, port: number | undefined): Partial<Endpoint> {
  return { ...(address && { address }), ...(port && { port }) };
}
