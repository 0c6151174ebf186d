import type { SocketState } from '../../src/control/report-form';
import type { ConnectionRecord, Recorder } from '../../src/inspect/record';
import type { InspectedSocket, InspectedStack } from '../../src/inspector/protocol';
import type { State } from '../../src/tcp/states';
import type { Variables } from '../../src/tcp/variables';
import { withPort } from '../../src/wire/address';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A connection or listener as the page lists it: what was recorded of it, what the last snapshot says of it, or both. */
export interface Item {
  /** In the page's address: the stack's number, or `n` and the record's for what belongs to no connection of the stack's. */
  readonly key: string;
  readonly record: ConnectionRecord | undefined;
  readonly socket: InspectedSocket | undefined;
  /** The same, or what the last snapshot that had it said of one that is over. */
  readonly last: InspectedSocket | undefined;
  readonly state: State | undefined;
  readonly local: Endpoint;
  readonly remote: Endpoint | undefined;
  /** When it was first heard of, µs on the stack's clock. `undefined`: before the page was opened. */
  readonly since: number | undefined;
  /** When it was last heard of; only when it is over is that of interest. */
  readonly until: number | undefined;
  readonly variables: Variables | undefined;
}

/** So many listeners stand above the connections; more stand below. */
const MOST_FIRST = 8;

/** What `ss` calls two of the states differently. */
const STATES: Readonly<Record<Exclude<SocketState, 'UNCONN'>, State>> = {
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  'SYN-SENT': 'SYN-SENT',
  'SYN-RECV': 'SYN-RECEIVED',
  ESTAB: 'ESTABLISHED',
  'FIN-WAIT-1': 'FIN-WAIT-1',
  'FIN-WAIT-2': 'FIN-WAIT-2',
  'CLOSE-WAIT': 'CLOSE-WAIT',
  CLOSING: 'CLOSING',
  'LAST-ACK': 'LAST-ACK',
  'TIME-WAIT': 'TIME-WAIT',
};

/**
 * Everything of TCP that is worth a line: listeners first, then connections, the youngest first.
 * @param snapshotTime µs on the stack's clock
 * @param lasts what was said last of each connection that is recorded, by its number
 */
export function listItems(
  recorder: Recorder,
  stack: InspectedStack | undefined,
  snapshotTime: number,
  lasts: ReadonlyMap<number, InspectedSocket> = new Map(),
): Item[] {
  const sockets = new Map<number, InspectedSocket>();
  const listeners: Item[] = [];
  const unheard: Item[] = [];
  for (const socket of stack?.sockets ?? []) {
    // Of the page's own connections nothing is in the trace: each word of them would make another.
    if (socket.netid !== 'tcp' || socket.own === true) continue;
    if (socket.state === 'LISTEN') listeners.push(listener(socket, recorder));
    else if (socket.id !== 0) sockets.set(socket.id, socket);
  }
  const complete = stack?.omitted === 0;
  const recorded: Item[] = [];
  for (const record of recorder.connections.values()) {
    const { id } = record.id;
    const socket = sockets.get(id);
    sockets.delete(id);
    // It has gone from the stack, and what was told of it was not all: then it is over, too.
    const gone = complete && socket === undefined && record.lastTime < snapshotTime && id !== 0;
    recorded.push(ofRecord(record, socket, gone, lasts.get(id)));
  }
  for (const socket of sockets.values()) unheard.push(ofSocket(socket));
  const connections = [...recorded.reverse(), ...unheard.reverse()];
  // A screen full of listeners would hide what happens.
  return listeners.length > MOST_FIRST ? [...connections, ...listeners] : [...listeners, ...connections];
}

export function keyOf({ id, number }: ConnectionRecord): string {
  return id.id === 0 ? `n${number}` : String(id.id);
}

function ofRecord(
  record: ConnectionRecord,
  socket: InspectedSocket | undefined,
  gone: boolean,
  last: InspectedSocket | undefined,
): Item {
  const stateless = record.id.id === 0;
  // A call that was taken back: the port listens on, and what would have been a connection is over (RFC 9293 §3.10.7.4, second step).
  const takenBack = record.state === 'LISTEN';
  const state = gone || stateless || takenBack ? 'CLOSED' : (record.state ?? (socket && stateOf(socket.state)));
  return {
    key: keyOf(record),
    record,
    socket,
    last: socket ?? last,
    state,
    local: record.id.local,
    remote: record.id.remote,
    since: record.since,
    until: state === 'CLOSED' ? record.lastTime : undefined,
    variables: record.variables,
  };
}

function ofSocket(socket: InspectedSocket): Item {
  return {
    key: String(socket.id),
    record: undefined,
    socket,
    last: socket,
    state: stateOf(socket.state),
    local: socket.local,
    remote: socket.peer ?? undefined,
    since: undefined,
    until: undefined,
    variables: undefined,
  };
}

function listener(socket: InspectedSocket, recorder: Recorder): Item {
  const { local } = socket;
  return {
    ...ofSocket(socket),
    key: `l${local.address}:${local.port}`,
    since: recorder.listeners.get(`${local.address} ${local.port}`)?.since,
  };
}

function stateOf(state: SocketState): State | undefined {
  return state === 'UNCONN' ? undefined : STATES[state];
}

/** An end as text; every address is `*`. */
export function endpoint({ address, port }: Endpoint): string {
  const all = address === '0.0.0.0' || address === '::' || address === '';
  return withPort(all ? '*' : address, port);
}
