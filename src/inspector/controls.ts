import type { Impairment } from '../link/impairment';
import { Socket } from '../node/socket';
import type { Stack } from '../stack';
import type { Connection } from '../tcp/user';
import type { ClientMessage, FailureCode, ImpairmentSettings } from './protocol';
import { REASONS, type ReasonFacts } from './reasons';

/** A link whose impairment can be changed, as `impair` makes it. */
export interface Impairable {
  set(settings: Impairment): void;
}

export interface ControlsOptions {
  readonly stack: Stack;
  /** Links that can be made a bad network. */
  readonly links: readonly Impairable[];
  /** What they are at first. */
  readonly impairment?: ImpairmentSettings;
  readonly isOwn: (connection: Connection) => boolean;
}

/** The longest delay and jitter, µs: beyond it nothing that is under way would ever come. */
const LONGEST = 60_000_000;
const NAMES = ['loss', 'delay', 'jitter', 'reorder', 'duplicate', 'corrupt', 'rate'] as const;

/** Why a request of the page cannot be carried out, in words for a person. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    readonly code: FailureCode,
    readonly facts: ReasonFacts = {},
  ) {
    super(REASONS[code].en(facts));
  }
}

/** Carries out what the page asks for. */
export class Controls {
  private readonly options: ControlsOptions;
  private current: ImpairmentSettings;

  constructor(options: ControlsOptions) {
    this.options = options;
    const { impairment = {} } = options;
    this.current = Object.fromEntries(NAMES.flatMap((name) => (impairment[name] ? [[name, impairment[name]]] : [])));
  }

  get canImpair(): boolean {
    return this.options.links.length > 0;
  }

  /** The bad network in force. */
  get impairment(): ImpairmentSettings {
    return this.current;
  }

  /** @throws ControlError */
  carryOut(message: Exclude<ClientMessage, { type: 'watch' }>): void {
    if (message.type === 'impair') {
      this.impair(message.settings);
      return;
    }
    const connection = this.connection(message.connection);
    if (message.type === 'send') send(connection, message.text);
    else if (message.type === 'close') close(connection);
    else abort(connection);
  }

  private connection(id: number): Connection {
    const { stack, isOwn } = this.options;
    const connection = stack.tcp.connections().find((each) => each.id === id);
    if (connection === undefined) throw new ControlError('gone');
    if (isOwn(connection)) throw new ControlError('own');
    return connection;
  }

  private impair(settings: ImpairmentSettings): void {
    if (!this.canImpair) throw new ControlError('no-wire');
    const next: Record<string, number> = {};
    for (const name of NAMES) {
      const value = settings[name];
      if (value !== undefined) next[name] = checked(name, value);
    }
    for (const link of this.options.links) link.set(next);
    const { rate, ...others } = { ...this.current, ...next };
    this.current = { ...others, ...(rate !== undefined && { rate: rate === 0 ? null : rate }) };
  }
}

function checked(name: (typeof NAMES)[number], value: number | null): number {
  if (name === 'rate') {
    if (value === null || value === 0) return 0;
    if (Number.isInteger(value) && value >= 1000 && value <= Number.MAX_SAFE_INTEGER) return value;
    throw new ControlError('bad-rate');
  }
  if (name === 'delay' || name === 'jitter') {
    if (value !== null && Number.isInteger(value) && value >= 0 && value <= LONGEST) return value;
    throw new ControlError('bad-time', { name, seconds: LONGEST / 1_000_000 });
  }
  if (value !== null && value >= 0 && value <= 1) return value;
  throw new ControlError('bad-probability', { name });
}

/** The socket of `net` that a program has over a connection; it must hear of what is done. */
function socketOf({ user }: Connection): Socket | undefined {
  return user instanceof Socket ? user : undefined;
}

function close(connection: Connection): void {
  const { state } = connection;
  if (hasSentFin(connection)) throw new ControlError('end-closed', { state });
  if (state === 'SYN-SENT') throw new ControlError('not-open');
  const socket = socketOf(connection);
  if (socket === undefined) {
    connection.shutdown();
    return;
  }
  if (socket.writableEnded) throw new ControlError('program-closes');
  forgiving(socket).end();
}

function abort(connection: Connection): void {
  const socket = socketOf(connection);
  if (socket === undefined) connection.abort();
  // One that connects would reset only once it is connected: its program hears that it was not.
  else if (socket.connecting) {
    forgiving(socket);
    connection.abort();
  } else forgiving(socket).resetAndDestroy();
}

function send(connection: Connection, text: string): void {
  if (text === '') throw new ControlError('nothing-to-send');
  const { state } = connection;
  if (hasSentFin(connection)) {
    throw new ControlError('fin-sent', { state });
  }
  const bytes = new TextEncoder().encode(text);
  const socket = socketOf(connection);
  if (socket !== undefined) {
    if (socket.writableEnded || socket.destroyed) throw new ControlError('program-closed');
    forgiving(socket).write(bytes);
    return;
  }
  const taken = connection.send(bytes);
  if (taken === bytes.length) return;
  if (typeof taken === 'number') {
    throw new ControlError('sent-in-part', { taken, length: bytes.length });
  }
  if (taken === 'EAGAIN') throw new ControlError('buffer-full');
  throw new ControlError('takes-nothing', { error: taken });
}

function hasSentFin({ state }: Connection): boolean {
  return !['SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT'].includes(state);
}

const OUR_DOING: readonly unknown[] = ['ERR_STREAM_WRITE_AFTER_END', 'ERR_STREAM_DESTROYED', 'EPIPE', 'ECONNABORTED'];
const forgiven = new WeakSet<Socket>();

/**
 * A program that does not know of what is done here would write to a socket that it has not closed, and end by the error that nobody
 * listens to. Such errors are taken as heard; all others are as they were.
 */
function forgiving(socket: Socket): Socket {
  if (forgiven.has(socket)) return socket;
  forgiven.add(socket);
  socket.on('error', (error: Error & { readonly code?: unknown }) => {
    if (socket.listenerCount('error') > 1 || OUR_DOING.includes(error.code)) return;
    throw error;
  });
  return socket;
}
