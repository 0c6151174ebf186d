import type { Impairment } from '../link/impairment';
import { Socket } from '../node/socket';
import type { Stack } from '../stack';
import type { Connection } from '../tcp/user';
import type { ClientMessage, ImpairmentSettings } from './protocol';

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
    if (connection === undefined) throw new ControlError('the connection is gone: it was closed meanwhile');
    if (isOwn(connection)) throw new ControlError('this is the connection by which you see all this: leave it alone');
    return connection;
  }

  private impair(settings: ImpairmentSettings): void {
    if (!this.canImpair) throw new ControlError('there is no wire that could be made worse: only loopback is there');
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
    throw new ControlError('the rate is a whole number of bits a second, 1,000 or more');
  }
  if (name === 'delay' || name === 'jitter') {
    if (value !== null && Number.isInteger(value) && value >= 0 && value <= LONGEST) return value;
    throw new ControlError(`${name} is a whole number of microseconds, at most ${LONGEST / 1_000_000} s`);
  }
  if (value !== null && value >= 0 && value <= 1) return value;
  throw new ControlError(`${name} is a probability from 0 to 1`);
}

/** The socket of `net` that a program has over a connection; it must hear of what is done. */
function socketOf({ user }: Connection): Socket | undefined {
  return user instanceof Socket ? user : undefined;
}

function close(connection: Connection): void {
  const { state } = connection;
  if (hasSentFin(connection)) throw new ControlError(`our end is closed already: the connection is in ${state}`);
  if (state === 'SYN-SENT') throw new ControlError('it is not open yet: nobody has answered; it can be aborted');
  const socket = socketOf(connection);
  if (socket === undefined) {
    connection.shutdown();
    return;
  }
  if (socket.writableEnded) throw new ControlError('the program has closed it already; what it has sent is under way');
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
  if (text === '') throw new ControlError('there is nothing to send');
  const { state } = connection;
  if (hasSentFin(connection)) {
    throw new ControlError(`our end has said that it sends no more (FIN): the connection is in ${state}`);
  }
  const bytes = new TextEncoder().encode(text);
  const socket = socketOf(connection);
  if (socket !== undefined) {
    if (socket.writableEnded || socket.destroyed) throw new ControlError('the program has closed its end');
    forgiving(socket).write(bytes);
    return;
  }
  const taken = connection.send(bytes);
  if (taken === bytes.length) return;
  if (typeof taken === 'number') {
    throw new ControlError(
      `only ${taken} of ${bytes.length} bytes: the send buffer is full, since the other end takes no more`,
    );
  }
  if (taken === 'EAGAIN') throw new ControlError('the send buffer is full, since the other end takes no more now');
  throw new ControlError(`the connection takes nothing more (${taken})`);
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
