import type { DhcpMessage, TypedDhcpMessage } from '../../wire/dhcp';
import { answerIn, describeMessage, type DhcpDrop } from './answer';
import { backoff, fraction, renewalDelay } from './backoff';
import { readLease, type DhcpLease } from './lease';
import { SECOND, type DhcpSettings } from './options';
import { clientIdentifier, Requests } from './requests';
import type { DhcpState } from './state';

/** What a client acts on. All is called in the course of its own methods. */
export interface DhcpSurroundings {
  readonly mac: Uint8Array;
  /** The largest packet, bytes. */
  readonly mtu: number;
  random32(): number;
  /** Sends to everybody from 0.0.0.0 or from `ciaddr`; with `server`, to it alone from the address in `ciaddr`. */
  send(message: TypedDhcpMessage, server: string | undefined): void;
  /** The state has changed, and why. */
  changed(from: DhcpState, to: DhcpState, why: string): void;
  /**
   * The lease is ours from now on; `before`: it takes the place of this one.
   * @returns why its address cannot be had here; it is declined then
   */
  bound(lease: DhcpLease, before: DhcpLease | undefined): string | undefined;
  /** The lease is not ours any more. */
  lost(lease: DhcpLease): void;
  /**
   * Asks the wire whether somebody has the address (RFC 5227 §2.1).
   * @param done to be called once, unless the returned function was called before
   */
  probe(address: string, done: (inUse: boolean, now: number) => void): () => void;
  drop(reason: DhcpDrop, particulars: () => string): void;
}

/** RFC 2131 §4.4.1: four tries, a minute in all. */
const REQUEST_TRIES = 4;
/** RFC 2131 §3.1, step 5: after a DECLINE. */
const AFTER_DECLINE = 10 * SECOND;

/**
 * A DHCP client (RFC 2131 §4.4) that knows neither clock nor wire: every call brings the time, µs, and `deadline` says when `timeout` is to
 * be called. Its messages go to the surroundings, and so does all else that follows.
 */
export class DhcpClient {
  #state: DhcpState = 'STOPPED';
  #lease: DhcpLease | undefined;
  /** What was offered, or granted and is being checked. */
  #candidate: DhcpLease | undefined;
  /** An address that we had, or were told to ask for. */
  #wish: string | undefined;
  #deadline: number | undefined;
  #xid = 0;
  /** When we began to look for an address, or for more of its time, and how long ago that was when we sent: `secs`. */
  #began = 0;
  #secs = 0;
  /** When the first message of this kind went out. */
  #asked = 0;
  #tries = 0;
  /** Refusals in a row: each makes the next attempt wait longer. */
  #refusals = 0;
  #stopProbe: (() => void) | undefined;

  readonly #settings: DhcpSettings;
  readonly #around: DhcpSurroundings;
  readonly #identifier: Uint8Array;
  readonly #requests: Requests;
  readonly #random32 = (): number => this.#around.random32();

  constructor(settings: DhcpSettings, around: DhcpSurroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#identifier = clientIdentifier(settings, around.mac);
    this.#requests = new Requests(settings, around.mac, this.#identifier, around.mtu);
    this.#wish = settings.previous;
  }

  get state(): DhcpState {
    return this.#state;
  }

  /** What is ours now. */
  get lease(): DhcpLease | undefined {
    return this.#lease;
  }

  /** When `timeout` is to be called; `undefined` when nothing is waited for. */
  get deadline(): number | undefined {
    return this.#deadline;
  }

  // ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  start(now: number): void {
    if (this.#state !== 'STOPPED') return;
    this.#began = now;
    this.#deadline = now + fraction(this.#random32, this.#settings.startDelay);
    this.#enter(this.#wish === undefined ? 'INIT' : 'INIT-REBOOT', 'the interface is up');
    this.timeout(now);
  }

  /** Asks for the lease to last longer before it is time to (RFC 2131 §4.4.5). */
  renew(now: number): void {
    if (this.#state === 'BOUND' && this.#lease !== undefined) this.#extend('RENEWING', 'we were told to', now);
  }

  /** Somebody else uses the address that we have: it is given up and declined (RFC 5227 §2.4 (a)). */
  conflict(now: number): void {
    const lease = this.#lease;
    if (lease === undefined) return;
    this.#lose();
    this.#decline(lease, `somebody else uses ${lease.address}`, now);
  }

  /** Gives the address back, if there is one, and ends. */
  stop(now: number): void {
    if (this.#state === 'STOPPED') return;
    const lease = this.#lease;
    if (lease !== undefined && this.#settings.release && now < lease.expires) {
      const { address: ciaddr, server: serverIdentifier } = lease;
      const xid = this.#random32();
      this.#around.send(this.#requests.release({ xid, secs: 0, ciaddr, serverIdentifier }), lease.server);
    }
    this.#forgetCandidate();
    this.#deadline = undefined;
    this.#lose();
    this.#enter('STOPPED', 'the interface goes');
  }

  // ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What is due by now is done. Harmless when nothing is. */
  timeout(now: number): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#deadline = undefined;
    const lease = this.#lease;
    // A host may have slept: what counts is the time, and not the state that it finds us in.
    if (lease === undefined) this.#due(now);
    else if (now >= lease.expires) {
      this.#lose();
      this.#began = now;
      this.#discover('the lease has expired', now);
    } else if (now >= lease.t2) {
      if (this.#state === 'REBINDING') this.#again(now);
      else this.#extend('REBINDING', 'T2 has passed', now);
    } else if (this.#state === 'RENEWING') this.#again(now);
    else if (now >= lease.t1) this.#extend('RENEWING', 'T1 has passed', now);
  }

  /** Without a lease. */
  #due(now: number): void {
    switch (this.#state) {
      case 'INIT':
        this.#discover('an address is wanted', now);
        return;
      case 'INIT-REBOOT':
        this.#begin('REBOOTING', `we had ${this.#wish ?? 'an address'} before`, now);
        return;
      case 'SELECTING':
        this.#again(now);
        return;
      case 'REQUESTING':
      case 'REBOOTING':
        if (this.#tries + 1 < REQUEST_TRIES) this.#again(now);
        else this.#discover('our request is not answered', now);
        return;
      case 'CHECKING':
        this.#discover('the lease has expired', now);
        return;
      default:
        return;
    }
  }

  /** A new transaction: its first message. */
  #begin(to: DhcpState, why: string, now: number): void {
    this.#forgetCandidate();
    this.#xid = this.#random32();
    this.#tries = 0;
    this.#asked = now;
    this.#secs = Math.floor((now - this.#began) / SECOND);
    this.#enter(to, why);
    this.#transmit(now);
  }

  #discover(why: string, now: number): void {
    this.#begin('SELECTING', why, now);
  }

  /** RFC 2131 §4.4.5. */
  #extend(to: 'RENEWING' | 'REBINDING', why: string, now: number): void {
    if (this.#state === 'BOUND') this.#began = now;
    this.#begin(to, why, now);
  }

  /** The same message again. */
  #again(now: number): void {
    this.#tries += 1;
    // RFC 2131 §3.1, step 3: a REQUEST says what the DISCOVER before it said.
    if (this.#state !== 'REQUESTING') this.#secs = Math.floor((now - this.#began) / SECOND);
    this.#transmit(now);
  }

  /** Sends what belongs to the state, and waits for the answer. */
  #transmit(now: number): void {
    const asked = { xid: this.#xid, secs: this.#secs };
    const lease = this.#lease;
    if (lease !== undefined) {
      const renewing = this.#state === 'RENEWING';
      const left = (renewing ? lease.t2 : lease.expires) - now;
      this.#deadline = now + renewalDelay(left, lease.expires - lease.since);
      this.#around.send(
        this.#requests.request({ ...asked, ciaddr: lease.address }),
        renewing ? lease.server : undefined,
      );
      return;
    }
    this.#deadline = now + backoff(this.#tries, this.#random32);
    const offer = this.#candidate;
    const requestedAddress = offer?.address ?? this.#wish;
    const about = { ...asked, ...(requestedAddress !== undefined && { requestedAddress }) };
    if (this.#state === 'SELECTING') this.#around.send(this.#requests.discover(about), undefined);
    else {
      const chosen = offer && { serverIdentifier: offer.server };
      this.#around.send(this.#requests.request({ ...about, ...chosen }), undefined);
    }
  }

  // ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a message that came to our port. Whatever does not answer what we have asked is dropped. */
  receive(message: DhcpMessage, now: number): void {
    // What is due is due first: an answer about a lease that has expired comes too late.
    this.timeout(now);
    const awaited = {
      state: this.#state,
      xid: this.#xid,
      mac: this.#around.mac,
      identifier: this.#identifier,
      server: this.#server,
    };
    const answer = answerIn(message, awaited);
    if (typeof answer === 'string') this.#around.drop(answer, () => `${describeMessage(message)}, in ${awaited.state}`);
    else if (answer.type === 'nak') this.#refused(answer.server, now);
    else this.#given(message, answer.server, now);
  }

  /** The one server that may answer. */
  get #server(): string | undefined {
    if (this.#state === 'REQUESTING') return this.#candidate?.server;
    return this.#state === 'RENEWING' ? this.#lease?.server : undefined;
  }

  /** The one address that may be given. */
  get #address(): string | undefined {
    if (this.#state === 'SELECTING') return undefined;
    return this.#lease?.address ?? this.#candidate?.address ?? this.#wish;
  }

  /** An OFFER, or an ACK. */
  #given(message: DhcpMessage, server: string, now: number): void {
    const { minLease } = this.#settings;
    const lease = readLease(message, server, { since: this.#asked, now, minLease, random32: this.#random32 });
    const address = this.#address;
    if (typeof lease === 'string') {
      this.#around.drop('bad-lease', () => `${describeMessage(message)}: ${lease}`);
    } else if (address !== undefined && lease.address !== address) {
      this.#around.drop('bad-lease', () => `${describeMessage(message)}: we asked for ${address}`);
    } else if (this.#state === 'SELECTING') this.#choose(lease, now);
    else if (this.#lease === undefined && this.#settings.probe) this.#check(lease);
    else this.#bind(lease, now);
  }

  /** The first offer that can be is taken. Its transaction goes on. */
  #choose(offer: DhcpLease, now: number): void {
    this.#candidate = offer;
    this.#tries = 0;
    this.#asked = now;
    this.#enter('REQUESTING', `${offer.server} offers ${offer.address}`);
    this.#transmit(now);
  }

  #check(lease: DhcpLease): void {
    this.#candidate = lease;
    this.#deadline = lease.expires === Infinity ? undefined : lease.expires;
    this.#enter('CHECKING', `${lease.server} gives us ${lease.address}`);
    const stop = this.#around.probe(lease.address, (inUse, later) => {
      if (this.#candidate !== lease) return;
      this.#stopProbe = undefined;
      if (inUse) this.#decline(lease, `somebody else uses ${lease.address}`, later);
      else this.#bind(lease, later);
    });
    if (this.#candidate === lease) this.#stopProbe = stop;
  }

  #bind(lease: DhcpLease, now: number): void {
    const before = this.#lease;
    const refusal = this.#around.bound(lease, before);
    if (refusal !== undefined) {
      this.#lose();
      this.#decline(lease, refusal, now);
      return;
    }
    this.#candidate = undefined;
    this.#lease = lease;
    this.#wish = lease.address;
    this.#refusals = 0;
    this.#deadline = lease.t1 === Infinity ? undefined : lease.t1;
    const { address, server } = lease;
    this.#enter('BOUND', before === undefined ? `${address} is ours` : `${server} lets us have ${address} longer`);
  }

  /** The address cannot be used: the server is told, and is asked for another after a while. */
  #decline(lease: DhcpLease, message: string, now: number): void {
    this.#forgetCandidate();
    const { address: requestedAddress, server: serverIdentifier } = lease;
    const xid = this.#random32();
    this.#around.send(this.#requests.decline({ xid, secs: 0, requestedAddress, serverIdentifier, message }), undefined);
    this.#startAgain(message, now, AFTER_DECLINE);
  }

  /** A NAK: what we have, or ask for, is not ours. */
  #refused(server: string, now: number): void {
    this.#forgetCandidate();
    this.#lose();
    this.#refusals += 1;
    // A server that always refuses is not to be asked as fast as the wire goes.
    const wait = this.#refusals === 1 ? 0 : backoff(this.#refusals - 2, this.#random32);
    this.#startAgain(`${server} refuses`, now, wait);
    this.timeout(now);
  }

  #startAgain(why: string, now: number, wait: number): void {
    this.#wish = undefined;
    this.#began = now + wait;
    this.#enter('INIT', why);
    this.#deadline = now + wait;
  }

  #lose(): void {
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease !== undefined) this.#around.lost(lease);
  }

  #forgetCandidate(): void {
    this.#candidate = undefined;
    this.#stopProbe?.();
    this.#stopProbe = undefined;
  }

  #enter(to: DhcpState, why: string): void {
    const from = this.#state;
    this.#state = to;
    this.#around.changed(from, to, why);
  }
}
