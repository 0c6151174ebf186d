import type { ConnectionId, TransitionEvent } from '../../tcp/trace';
import type { TraceEvent } from '../../trace';
import { ConnectionRecord, type RecordLimits } from './connection-record';
import type { SkippedEvent } from './skipped';

export interface RecorderOptions extends Partial<RecordLimits> {
  /** Connections kept; beyond that those that ended first go, then the oldest. Default 1,000. */
  readonly maxConnections?: number;
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
  /** Connections that were forgotten for want of room. */
  forgotten = 0;
  /** Changes with each event. */
  version = 0;
  /** The time of the last event, µs. */
  now = 0;
  private readonly byKey = new Map<string, ConnectionRecord>();
  private readonly limits: RecordLimits;
  private readonly maxConnections: number;
  private introduced = 0;

  constructor({ maxRows = 20_000, maxPayload = 1460, maxConnections = 1000 }: RecorderOptions = {}) {
    this.limits = { maxRows, maxPayload };
    this.maxConnections = maxConnections;
  }

  event(event: TraceEvent | SkippedEvent): void {
    this.version += 1;
    this.now = Math.max(this.now, event.time);
    switch (event.type) {
      case 'segment': {
        const known = this.known(event.connection);
        const record = known ?? this.introduce(event.connection, event.time);
        record.segment(event);
        return;
      }
      case 'transition':
        if (event.from === 'LISTEN' || event.to === 'LISTEN') this.listening(event);
        // What becomes a connection is heard of before its first segment; a listener has no other end.
        if (event.to !== 'LISTEN' && event.connection.remote.port !== 0) {
          const record = this.known(event.connection) ?? this.introduce(event.connection, event.time);
          record.transition(event);
        }
        return;
      case 'timer':
      case 'retransmission':
      case 'congestion':
      case 'skipped':
        this.known(event.connection)?.note(event);
        return;
      case 'drop':
        if (event.layer === 'tcp' && event.connection !== undefined) this.known(event.connection)?.note(event);
        return;
      default:
    }
  }

  /** The record of a connection that is still known. */
  known(id: ConnectionId): ConnectionRecord | undefined {
    return this.byKey.get(keyOf(id));
  }

  private introduce(id: ConnectionId, time: number): ConnectionRecord {
    this.makeRoom();
    this.introduced += 1;
    const record = new ConnectionRecord(id, this.introduced, time, this.limits, undefined);
    this.connections.set(record.number, record);
    this.byKey.set(keyOf(id), record);
    return record;
  }

  private makeRoom(): void {
    if (this.connections.size < this.maxConnections) return;
    const all = [...this.connections.values()];
    const victim = all.find(({ state }) => state === 'CLOSED') ?? all[0];
    if (victim === undefined) return;
    this.connections.delete(victim.number);
    this.byKey.delete(keyOf(victim.id));
    this.forgotten += 1;
  }

  private listening({ from, to, connection, time }: TransitionEvent): void {
    const { address, port } = connection.local;
    const key = `${address} ${port}`;
    if (to === 'LISTEN' && from === 'CLOSED') this.listeners.set(key, { address, port, since: time });
    if (from === 'LISTEN' && to === 'CLOSED') this.listeners.delete(key);
  }
}

/** Segments that belong to no connection are told apart by their ends. */
function keyOf({ id, local, remote }: ConnectionId): string {
  return id === 0 ? `${local.address} ${local.port} ${remote.address} ${remote.port}` : String(id);
}
