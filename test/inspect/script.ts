import type { SegmentEvent, SendReason } from '../../src/tcp/trace';
import type { State } from '../../src/tcp/states';
import type { TraceEvent } from '../../src/trace';
import { parseSegment } from '../../src/wire/notation';

export const PEER = { address: '10.9.0.1', port: 41234 };
export const US = { address: '10.9.0.2', port: 7 };

/** Where an event stands: its connection and time, and what the notation does not say. */
export interface Setting {
  id?: number;
  time?: number;
  peer?: { address: string; port: number };
  us?: { address: string; port: number };
  data?: string | Uint8Array;
  reason?: SendReason;
}

/**
 * A segment event from one line: direction (`<` came in, `>` went out), the segment as tcpdump writes it, and our states before and
 * after, e.g. `< S 1000:1000(0) win 65535 | LISTEN → SYN-RECEIVED`.
 */
export function segment(
  line: string,
  { id = 1, time = 0, peer = PEER, us = US, data, reason }: Setting = {},
): SegmentEvent {
  const [notation = '', states = ''] = line.slice(2).split(' | ');
  const [before, after = before] = states.split(' → ') as [State, State?];
  const parsed = parseSegment(notation.trim());
  const direction = line.startsWith('<') ? 'in' : 'out';
  const [src, dst] = direction === 'in' ? [peer, us] : [us, peer];
  const payload = typeof data === 'string' ? new TextEncoder().encode(data) : (data ?? new Uint8Array(parsed.length));
  if (payload.length !== parsed.length) throw new Error(`${line}: the data has ${payload.length} bytes`);
  return {
    type: 'segment',
    time,
    direction,
    connection: { id, local: us, remote: peer },
    segment: {
      srcPort: src.port,
      dstPort: dst.port,
      seq: parsed.seq,
      ack: parsed.ack ?? 0,
      flags: parsed.flags,
      window: parsed.window ?? 65535,
      urgent: parsed.urgent ?? 0,
      options: parsed.options ?? [],
      payload,
    },
    before,
    after,
    ...(reason === undefined ? {} : { reason }),
  };
}

const SYN =
  '< S 3812905112:3812905112(0) win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7> | LISTEN → SYN-RECEIVED';

/** nc calls the echo server, says hello, hears it, hangs up; the server hangs up too. */
export function helloFromNc({ id = 1, time = 0, peer = PEER, us = US }: Setting = {}): TraceEvent[] {
  const at = { id, peer, us };
  const connection = { id, local: us, remote: peer };
  return [
    segment(SYN, { ...at, time }),
    segment('> S. 1390210:1390210(0) ack 3812905113 win 65535 <mss 1460,wscale 2> | SYN-RECEIVED', {
      ...at,
      time: time + 100,
    }),
    segment('< . 3812905113:3812905113(0) ack 1390211 win 502 | SYN-RECEIVED → ESTABLISHED', {
      ...at,
      time: time + 200,
    }),
    segment('< P. 3812905113:3812905119(6) ack 1390211 win 502 | ESTABLISHED', {
      ...at,
      time: time + 300,
      data: 'hello\n',
    }),
    segment('> P. 1390211:1390217(6) ack 3812905119 win 65535 | ESTABLISHED', {
      ...at,
      time: time + 400,
      data: 'hello\n',
      reason: 'data',
    }),
    segment('< . 3812905119:3812905119(0) ack 1390217 win 502 | ESTABLISHED', { ...at, time: time + 500 }),
    segment('< F. 3812905119:3812905119(0) ack 1390217 win 502 | ESTABLISHED → CLOSE-WAIT', {
      ...at,
      time: time + 600,
    }),
    segment('> . 1390217:1390217(0) ack 3812905120 win 65535 | CLOSE-WAIT', { ...at, time: time + 700, reason: 'ack' }),
    segment('> F. 1390217:1390217(0) ack 3812905120 win 65535 | LAST-ACK', { ...at, time: time + 800, reason: 'fin' }),
    segment('< . 3812905120:3812905120(0) ack 1390218 win 502 | LAST-ACK → CLOSED', { ...at, time: time + 900 }),
    { type: 'transition', time: time + 900, connection, from: 'LAST-ACK', to: 'CLOSED', event: 'rcv ACK of FIN' },
  ];
}

/** The server says the time of day and hangs up first, so that the wait is its own. */
export function daytime({
  id = 2,
  time = 0,
  us = { address: '10.9.0.2', port: 13 },
  peer = { address: '10.9.0.1', port: 50222 },
}: Setting = {}): TraceEvent[] {
  const at = { id, peer, us };
  const connection = { id, local: us, remote: peer };
  return [
    segment('< S 71:71(0) win 64240 <mss 1460,sackOK,nop,wscale 7> | LISTEN → SYN-RECEIVED', { ...at, time }),
    segment('> S. 4200000000:4200000000(0) ack 72 win 65535 <mss 1460,wscale 2> | SYN-RECEIVED', {
      ...at,
      time: time + 100,
    }),
    segment('< . 72:72(0) ack 4200000001 win 502 | SYN-RECEIVED → ESTABLISHED', { ...at, time: time + 200 }),
    segment('> FP. 4200000001:4200000022(21) ack 72 win 65535 | FIN-WAIT-1', {
      ...at,
      time: time + 300,
      data: '2025-11-23 10:00:00\r\n',
      reason: 'fin',
    }),
    segment('< F. 72:72(0) ack 4200000023 win 502 | FIN-WAIT-1 → TIME-WAIT', { ...at, time: time + 400 }),
    { type: 'timer', time: time + 400, connection, timer: 'time-wait', action: 'set', deadline: time + 60_000_400 },
    segment('> . 4200000023:4200000023(0) ack 73 win 65535 | TIME-WAIT', { ...at, time: time + 500, reason: 'ack' }),
    { type: 'transition', time: time + 60_000_400, connection, from: 'TIME-WAIT', to: 'CLOSED', event: '2MSL timeout' },
  ];
}
