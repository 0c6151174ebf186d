import type { State } from '../tcp/states';

/** What is known of a connection whose peer may not have all that was sent to it. */
export interface LeftBehind {
  readonly state: State;
  /** Bytes that the peer has not acknowledged: of one that is open still. */
  status?(): { readonly buffered: { readonly send: number } };
}

/**
 * What keeps the process alive. The timers of a stack never do; an open socket or a listening server does, until it is
 * closed or `unref` is called, as Node's own do. They share one interval, which is there only to be there.
 *
 * It is one of four values that all share; each call returns the one that holds from now on.
 */
export class Liveness {
  readonly #open: boolean;
  readonly #referenced: boolean;

  constructor(open: boolean, referenced: boolean) {
    this.#open = open;
    this.#referenced = referenced;
  }

  /** The socket or server is open from now on. */
  open(): Liveness {
    return this.#change(true, this.#referenced);
  }

  /**
   * It is closed, or rests: it is open, and nobody waits for anything of it.
   * @param connection what it leaves behind. The process waits (at most a minute) until the peer has all that was sent: a
   *   kernel would see to that after the process has gone, but this stack goes with it.
   */
  close(connection?: LeftBehind): Liveness {
    if (this.#open && this.#referenced && connection !== undefined) linger(connection);
    return this.#change(false, this.#referenced);
  }

  ref(): Liveness {
    return this.#change(this.#open, true);
  }

  unref(): Liveness {
    return this.#change(this.#open, false);
  }

  #change(open: boolean, referenced: boolean): Liveness {
    const before = this.#open && this.#referenced;
    const after = open && referenced;
    if (after && !before) hold();
    if (before && !after) release();
    return livenessOf(open, referenced);
  }
}

const EACH = [false, true].map((open) => [false, true].map((referenced) => new Liveness(open, referenced)));

function livenessOf(open: boolean, referenced: boolean): Liveness {
  const one = EACH[Number(open)]?.[Number(referenced)];
  if (one === undefined) throw new RangeError('there are four kinds of liveness');
  return one;
}

/** Not open yet, and referenced. */
export const CLOSED = livenessOf(false, true);

/** The longest that a timer of Node's can wait, in ms. */
const FOREVER = 2 ** 31 - 1;
/** How often lingering connections are looked at, and how long at most, in ms. */
const LOOK = 20;
const LINGER = 60_000;

let holders = 0;
let interval: NodeJS.Timeout | undefined;

function hold(): void {
  holders++;
  interval ??= setInterval(() => undefined, FOREVER);
}

function release(): void {
  if (--holders > 0) return;
  clearInterval(interval);
  interval = undefined;
}

/** The peer has not acknowledged our FIN, and so perhaps not all that stands before it (RFC 9293 §3.3.2). */
const UNACKNOWLEDGED: ReadonlySet<State> = new Set<State>(['SYN-RECEIVED', 'FIN-WAIT-1', 'CLOSING', 'LAST-ACK']);

const OPEN: ReadonlySet<State> = new Set<State>(['ESTABLISHED', 'CLOSE-WAIT']);

interface Lingering {
  readonly connection: LeftBehind;
  /** How many looks it has left. */
  looks: number;
}

/** The connections that are waited for. */
let lingering: Lingering[] = [];
/** Where the next ones to be looked at are. */
let place = 0;

function linger(connection: LeftBehind): void {
  if (!isWaitedFor({ connection })) return;
  forgetSome();
  if (lingering.push({ connection, looks: LINGER / LOOK }) > 1) return;
  // One timer for all of them: a busy server leaves thousands behind each second, most of them for less than one look.
  const look = setInterval(() => {
    lingering = lingering.filter((one) => --one.looks > 0 && isWaitedFor(one));
    if (lingering.length === 0) clearInterval(look);
  }, LOOK);
}

/** For each that comes, two are looked at: what is held is in proportion to what is waited for, not to how many come and go. */
function forgetSome(): void {
  for (let count = 0; count < 2; count++) {
    place = place + 1 < lingering.length ? place + 1 : 0;
    const last = lingering.at(-1);
    const one = lingering[place];
    // The timer sees to the last one, and ends with it.
    if (lingering.length < 2 || one === undefined || last === undefined || isWaitedFor(one)) continue;
    lingering[place] = last;
    lingering.pop();
  }
}

function isWaitedFor({ connection }: Pick<Lingering, 'connection'>): boolean {
  if (UNACKNOWLEDGED.has(connection.state)) return true;
  return OPEN.has(connection.state) && (connection.status?.().buffered.send ?? 0) > 0;
}
