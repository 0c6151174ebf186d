import type { ConnectionId, SegmentEvent, TcpDropEvent, TransitionEvent } from '../../tcp/trace';
import type { TraceEvent } from '../../trace';
import { FLAG } from '../../wire/tcp';
import { ConnectionRecord, DEFAULT_PAYLOAD_BUDGET, type RecordLimits, type RecordOptions } from './connection-record';
import { Payloads } from './payloads';
import { Ring } from './ring';
import type { SkippedEvent } from './skipped';

export interface RecorderOptions extends Partial<RecordLimits> {
  /** Connections kept; beyond that those that ended first go, then the oldest. Default 1,000. */
  readonly maxConnections?: number;
  /** Rows of all connections together; beyond that the one with the most loses its older half. Default 200,000. */
  readonly maxTotalRows?: number;
  /** Bytes of payloads of all connections together; beyond that the oldest go. Default 32 MB. */
  readonly maxPayloadBytes?: number;
  /** Listeners kept. Default 1,000. */
  readonly maxListeners?: number;
  /** Events kept that belong to no connection. Default 1,000. */
  readonly maxOthers?: number;
}

/** A port at which a stack waits for connections. */
export interface ListenerRecord {
  readonly address: string;
  readonly port: number;
  /** µs */
  readonly since: number;
}

/** Takes a stack's trace and keeps what a picture of its connections is made from, within bounds. */
export class Recorder {
  /** By number, oldest first. */
  readonly connections = new Map<number, ConnectionRecord>();
  readonly listeners = new Map<string, ListenerRecord>();
  /** What belongs to no connection: ARP, Neighbor Discovery, ICMP, UDP, drops. */
  readonly others: Ring<TraceEvent>;
  /** What was forgotten, or not taken, for want of room. */
  readonly counters = { connections: 0, rows: 0, listeners: 0 };
  readonly payloads: Payloads;
  /** Changes with each event. */
  version = 0;
  /** The time of the last event, µs. */
  now = 0;
  private readonly byKey = new Map<string, ConnectionRecord>();
  private readonly options: RecordOptions;
  private readonly maxConnections: number;
  private readonly maxTotalRows: number;
  private readonly maxListeners: number;
  private introduced = 0;
  private totalRows = 0;
  /** A drop of nobody's: the segment that it is about comes next. */
  private drop: TcpDropEvent | undefined;

  constructor({
    maxRows = 20_000,
    maxPayload = 1460,
    maxConnections = 1000,
    maxTotalRows = 200_000,
    maxPayloadBytes = DEFAULT_PAYLOAD_BUDGET,
    maxListeners = 1000,
    maxOthers = 1000,
  }: RecorderOptions = {}) {
    this.payloads = new Payloads(maxPayloadBytes);
    this.options = { maxRows, maxPayload, payloads: this.payloads };
    this.maxConnections = maxConnections;
    this.maxTotalRows = maxTotalRows;
    this.maxListeners = maxListeners;
    this.others = new Ring(maxOthers);
  }

  /** Connections that were forgotten for want of room. */
  get forgotten(): number {
    return this.counters.connections;
  }

  event(event: TraceEvent | SkippedEvent): void {
    this.version += 1;
    this.now = Math.max(this.now, event.time);
    const { drop } = this;
    this.drop = undefined;
    switch (event.type) {
      case 'segment':
        this.on(this.ofSegment(event), (record) => {
          if (drop?.time === event.time && event.direction === 'in' && event.connection.id === 0) record.note(drop);
          record.segment(event);
        });
        return;
      case 'transition':
        if (event.from === 'LISTEN' || event.to === 'LISTEN') this.listening(event);
        // What becomes a connection is heard of before its first segment; a listener has no other end.
        // One that goes back to LISTEN (RFC 9293 §3.10.7.4, step 2) is gone.
        if (event.connection.remote.port !== 0) {
          const known = this.known(event.connection);
          const record = known ?? (event.to === 'LISTEN' ? undefined : this.introduce(event.connection, event.time));
          if (record !== undefined)
            this.on(record, () => {
              record.transition(event);
            });
        }
        return;
      case 'timer':
      case 'retransmission':
      case 'congestion':
      case 'skipped': {
        const record = this.known(event.connection);
        if (record !== undefined)
          this.on(record, () => {
            record.note(event);
          });
        return;
      }
      case 'drop': {
        const record =
          event.layer === 'tcp' && event.connection !== undefined ? this.known(event.connection) : undefined;
        if (event.layer === 'tcp' && record !== undefined)
          this.on(record, () => {
            record.note(event);
          });
        else {
          this.others.push(event);
          if (event.layer === 'tcp') this.drop = event;
        }
        return;
      }
      default:
        this.others.push(event);
    }
  }

  /** The record of a connection that is still known. */
  known(id: ConnectionId): ConnectionRecord | undefined {
    return this.byKey.get(id.id === 0 ? tupleKey(id) : String(id.id));
  }

  /** Forgets what is over and what belonged to no connection. What was forgotten for want of room is counted anew. */
  forgetClosed(): void {
    this.version += 1;
    for (const record of this.connections.values()) if (isOver(record)) this.forget(record);
    this.others.drop(this.others.length);
    Object.assign(this.counters, { connections: 0, rows: 0, listeners: 0 });
  }

  private on(record: ConnectionRecord, act: (record: ConnectionRecord) => void): void {
    const before = record.rows.length;
    act(record);
    this.totalRows += record.rows.length - before;
    if (this.totalRows > this.maxTotalRows) this.shorten();
  }

  private ofSegment(event: SegmentEvent): ConnectionRecord {
    const { connection, time, segment } = event;
    const known = this.known(connection);
    if (connection.id !== 0 || known === undefined) return known ?? this.introduce(connection, time);
    // Nobody's: what was left of an old connection goes to its record, and a call with another number is a new one.
    const calls = (segment.flags & (FLAG.SYN | FLAG.ACK)) === FLAG.SYN;
    return calls && known.isOtherCall(event) ? this.introduce(connection, time) : known;
  }

  private introduce(id: ConnectionId, time: number): ConnectionRecord {
    const before = this.byKey.get(tupleKey(id));
    // The SYN that a SYN cookie answers belongs to no connection: now it does.
    if (before?.id.id === 0 && id.id !== 0 && before.isHalfOpen(time)) {
      before.id = id;
      this.byKey.set(String(id.id), before);
      return before;
    }
    this.makeRoom();
    this.introduced += 1;
    const record = new ConnectionRecord(id, this.introduced, time, this.options);
    this.connections.set(record.number, record);
    if (id.id !== 0) this.byKey.set(String(id.id), record);
    this.byKey.set(tupleKey(id), record);
    return record;
  }

  private makeRoom(): void {
    while (this.connections.size >= this.maxConnections) {
      let victim: ConnectionRecord | undefined;
      for (const record of this.connections.values()) {
        victim ??= record;
        if (record.state !== 'CLOSED') continue;
        victim = record;
        break;
      }
      if (victim === undefined) return;
      this.forget(victim);
      this.counters.connections += 1;
    }
  }

  private forget(record: ConnectionRecord): void {
    this.connections.delete(record.number);
    for (const key of [String(record.id.id), tupleKey(record.id)])
      if (this.byKey.get(key) === record) this.byKey.delete(key);
    this.totalRows -= record.rows.length;
  }

  /** The connection with the most rows loses its older half. */
  private shorten(): void {
    let longest: ConnectionRecord | undefined;
    for (const record of this.connections.values())
      if (longest === undefined || record.rows.length > longest.rows.length) longest = record;
    if (longest === undefined) return;
    const count = Math.ceil(longest.rows.length / 2);
    longest.rows.drop(count);
    this.totalRows -= count;
    this.counters.rows += count;
  }

  private listening({ from, to, connection, time }: TransitionEvent): void {
    const { address, port } = connection.local;
    const key = `${address} ${port}`;
    if (to === 'LISTEN' && from === 'CLOSED') {
      if (this.listeners.size < this.maxListeners) this.listeners.set(key, { address, port, since: time });
      else this.counters.listeners += 1;
    }
    if (from === 'LISTEN' && to === 'CLOSED') this.listeners.delete(key);
  }
}

function tupleKey({ local, remote }: ConnectionId): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}

/** It ended, or it never was one of the stack's. */
function isOver({ id, state }: ConnectionRecord): boolean {
  return state === 'CLOSED' || state === 'LISTEN' || id.id === 0;
}
