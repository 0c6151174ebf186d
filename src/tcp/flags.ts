const FIN_QUEUED = 1 << 0;
const FIN_ACKED = 1 << 1;
const FIN_RECEIVED = 1 << 2;
const DETACHED = 1 << 3;
const OFFERS_SCALE = 1 << 4;
const SACK_PERMITTED = 1 << 5;
const ACK_NOW = 1 << 6;
const RESEND_SYN = 1 << 7;
const SEND_BLOCKED = 1 << 8;
const USER_TIMEOUT_OWED = 1 << 9;
const CHALLENGES = 1 << 10;

/** What is so or not of a connection: a bit each, where a field would take eight octets. */
export abstract class Flags {
  private bits = 0;

  /** The user has said CLOSE: a FIN follows what is queued. */
  get finQueued(): boolean {
    return (this.bits & FIN_QUEUED) !== 0;
  }

  set finQueued(yes: boolean) {
    this.put(FIN_QUEUED, yes);
  }

  /** Our FIN was acknowledged. */
  get finAcked(): boolean {
    return (this.bits & FIN_ACKED) !== 0;
  }

  set finAcked(yes: boolean) {
    this.put(FIN_ACKED, yes);
  }

  /** The peer's FIN was reached in order. */
  get finReceived(): boolean {
    return (this.bits & FIN_RECEIVED) !== 0;
  }

  set finReceived(yes: boolean) {
    this.put(FIN_RECEIVED, yes);
  }

  /** The user will receive no more (`close`), so that data which still comes is lost to them (RFC 9293 SHLD-3). */
  get detached(): boolean {
    return (this.bits & DETACHED) !== 0;
  }

  set detached(yes: boolean) {
    this.put(DETACHED, yes);
  }

  /** We offer, and after the handshake have, window scaling (RFC 7323 §1.3). */
  get offersScale(): boolean {
    return (this.bits & OFFERS_SCALE) !== 0;
  }

  set offersScale(yes: boolean) {
    this.put(OFFERS_SCALE, yes);
  }

  /** We offer, and after the handshake have, SACK (RFC 2018 §2). */
  get sackPermitted(): boolean {
    return (this.bits & SACK_PERMITTED) !== 0;
  }

  set sackPermitted(yes: boolean) {
    this.put(SACK_PERMITTED, yes);
  }

  /** Send an ACK as soon as this batch of segments is done. */
  get ackNow(): boolean {
    return (this.bits & ACK_NOW) !== 0;
  }

  set ackNow(yes: boolean) {
    this.put(ACK_NOW, yes);
  }

  /** The ACK that is owed answers what may be forged (RFC 5961). */
  get challenges(): boolean {
    return (this.bits & CHALLENGES) !== 0;
  }

  set challenges(yes: boolean) {
    this.put(CHALLENGES, yes);
  }

  /** Send the SYN,ACK again: its ACK did not come and the peer repeated its SYN. */
  get resendSyn(): boolean {
    return (this.bits & RESEND_SYN) !== 0;
  }

  set resendSyn(yes: boolean) {
    this.put(RESEND_SYN, yes);
  }

  /** The user was told that there is no room to send. */
  get sendBlocked(): boolean {
    return (this.bits & SEND_BLOCKED) !== 0;
  }

  set sendBlocked(yes: boolean) {
    this.put(SEND_BLOCKED, yes);
  }

  /** The peer has not been told of our user timeout, or of how it has changed: the next segment without SYN does (RFC 5482 §3.1). */
  get userTimeoutOwed(): boolean {
    return (this.bits & USER_TIMEOUT_OWED) !== 0;
  }

  set userTimeoutOwed(yes: boolean) {
    this.put(USER_TIMEOUT_OWED, yes);
  }

  private put(bit: number, yes: boolean): void {
    if (yes) this.bits |= bit;
    else this.bits &= ~bit;
  }
}
