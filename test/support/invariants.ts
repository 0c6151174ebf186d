import type { VirtualClock } from '../../src/clock/virtual-clock';
import { diff } from '../../src/tcp/sequence';
import type { State } from '../../src/tcp/states';
import type { Status } from '../../src/tcp/status';
import type { TimerName } from '../../src/tcp/timers';
import type { Connection } from '../../src/tcp/user';

/** The states in which each timer may be set. */
const TIMERS: Readonly<Record<TimerName, readonly State[]>> = (() => {
  const sending: State[] = ['ESTABLISHED', 'FIN-WAIT-1', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK'];
  const standing: State[] = [...sending, 'FIN-WAIT-2'];
  return {
    reorder: sending,
    probe: sending,
    pacing: sending,
    retransmission: ['SYN-SENT', 'SYN-RECEIVED', ...sending],
    persist: sending,
    'delayed-ack': ['ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2'],
    'keep-alive': standing,
    'time-wait': ['TIME-WAIT'],
    user: ['SYN-SENT', 'SYN-RECEIVED', ...sending],
    'fin-wait-2': ['FIN-WAIT-2'],
    linger: ['SYN-RECEIVED', ...sending],
  };
})();

/** Throws when something does not hold that holds for every connection whenever the stack is at rest; else returns its status. */
export function checkConnection(connection: Connection, clock: VirtualClock): Status {
  const status = connection.status();
  const broken = [...sequence(status), ...timers(status, clock), ...calls(connection, status)];
  if (broken.length === 0) return status;
  throw new Error(`broken in ${status.state}: ${broken.join('; ')}\n${JSON.stringify(status, undefined, 2)}`);
}

function* sequence({ state, snd, rcv, inFlight, buffered, cwnd }: Status): Generator<string> {
  if (diff(snd.nxt, snd.una) < 0) yield 'SND.NXT is before SND.UNA';
  if (inFlight !== diff(snd.nxt, snd.una)) yield 'what is in flight is not SND.NXT - SND.UNA';
  // A SYN and a FIN are in flight without being buffered.
  if (state !== 'CLOSED' && inFlight > buffered.send + 2) yield 'more is in flight than was given to send';
  if (snd.wnd < 0 || snd.wnd > 65_535 * 2 ** 14) yield `SND.WND is ${snd.wnd}`;
  if (rcv.wnd > 2 ** 30) yield `RCV.WND is ${rcv.wnd}: RCV.NXT is beyond the window`;
  if (!(cwnd >= 1)) yield `the congestion window is ${cwnd}`;
}

function* timers({ state, timers: set, inFlight }: Status, clock: VirtualClock): Generator<string> {
  const names = Object.keys(set) as TimerName[];
  for (const name of names) if (!TIMERS[name].includes(state)) yield `the ${name} timer is set`;
  if (set.retransmission !== undefined && set.persist !== undefined)
    yield 'both retransmission and persist timers are set';
  const mustHear = inFlight > 0 && state !== 'CLOSED' && state !== 'TIME-WAIT';
  if (mustHear && set.retransmission === undefined && set.persist === undefined) yield 'nothing waits for the ACK';
  if (inFlight === 0 && set.retransmission !== undefined)
    yield 'the retransmission timer is set and nothing is in flight';
  if (state === 'TIME-WAIT' && set['time-wait'] === undefined) yield 'TIME-WAIT never ends';
  const earliest = Math.min(...Object.values(set));
  if (earliest < clock.now()) yield `a timer was due at ${earliest}`;
  if (names.length > 0 && !((clock.nextDeadline() ?? Infinity) <= earliest)) yield 'nobody wakes us for the timers';
}

function* calls(connection: Connection, { state, error, buffered }: Status): Generator<string> {
  if (error !== undefined && state !== 'CLOSED') yield `it ended with ${error} and is not CLOSED`;
  if (buffered.receive > 0 && !connection.readable) yield 'there is something to read, and it is not readable';
  if (state === 'CLOSED' && (!connection.readable || !connection.writable)) yield 'a CLOSED connection would block';
  if (state === 'CLOSED' && buffered.send + buffered.outOfOrder > 0) yield 'a CLOSED connection holds data';
}
