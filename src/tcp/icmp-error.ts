import { NOTICE, type Tcb } from './tcb';
import { enterClosed, returnToListen } from './transition';
import type { ErrorCode } from './errors';
import { packetTooBig } from './pmtu/too-big';
import { ge, lt } from './sequence';

/** "Fragmentation needed and DF set" (RFC 792). */
const TOO_BIG = 4;

/** An ICMP error about a segment that this connection sent. */
export interface IcmpError {
  readonly kind: 'destination-unreachable' | 'time-exceeded' | 'parameter-problem';
  readonly code: number;
  /** Who says so. */
  readonly from: string;
  /** SEG.SEQ of the segment that it is about. */
  readonly seq: number;
  /** Our own host says so: the neighbour did not answer. Nobody else can claim that. */
  readonly own: boolean;
  /** With "fragmentation needed": the largest packet in octets that the next link takes, as far as the router says. */
  readonly mtu?: number;
}

/**
 * RFC 9293 §3.9.2.2. Host, network and route errors are reported and never end a connection (MUST-56). Protocol and port
 * unreachable end one that is not synchronised yet (SHLD-26; RFC 5461 §4), and so does our own host's word that nobody there answers.
 * A packet that was too big is no error, but news of the path's MTU.
 */
export function icmpError(tcb: Tcb, error: IcmpError, now: number): void {
  const { snd } = tcb;
  // RFC 5927 §4.1: an error about something that is not in flight was made up, or comes too late.
  if (!(ge(error.seq, snd.una) && lt(error.seq, snd.nxt))) {
    tcb.host.count('tcp.icmp-out-of-window');
    return;
  }
  if (error.kind === 'destination-unreachable' && error.code === TOO_BIG) {
    packetTooBig(tcb, error.seq, error.mtu ?? 0);
    return;
  }
  const code = errorCode(error);
  const hard = error.kind === 'destination-unreachable' && (error.code === 2 || error.code === 3);
  if ((hard || error.own) && (tcb.state === 'SYN-SENT' || tcb.state === 'SYN-RECEIVED')) {
    if (tcb.opened === 'passive') returnToListen(tcb, 'rcv RST', now);
    else enterClosed(tcb, 'user timeout', now, code);
    return;
  }
  tcb.softError = { code, detail: `ICMP ${error.kind} (code ${error.code}) from ${error.from}` };
  if (tcb.settings.warnings) tcb.note(NOTICE.WARNING);
}

function errorCode({ kind, code }: IcmpError): ErrorCode {
  if (kind === 'parameter-problem') return 'EPROTO';
  if (kind === 'time-exceeded') return 'EHOSTUNREACH';
  if (code === 0) return 'ENETUNREACH';
  return code === 2 || code === 3 ? 'ECONNREFUSED' : 'EHOSTUNREACH';
}
