import type { EndReport, SocketReport, SocketState } from '../../control/report';
import { isInside } from '../addresses';
import { Failure } from '../failure';

/** Whether a socket is to be shown. */
export type Filter = (socket: SocketReport) => boolean;

/** What was asked for: with a state the usual choice of states does not hold. */
export interface Filters {
  readonly states: ReadonlySet<SocketState> | undefined;
  readonly matches: Filter;
}

const CONNECTED: readonly SocketState[] = [
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'CLOSE-WAIT',
  'LAST-ACK',
  'CLOSING',
];
const ALL: readonly SocketState[] = [...CONNECTED, 'LISTEN', 'CLOSED', 'UNCONN'];
const BUCKET: readonly SocketState[] = ['TIME-WAIT', 'SYN-RECV'];

/** The names that `ss` has for states, alone and in groups. */
const STATES: Readonly<Record<string, readonly SocketState[]>> = {
  established: ['ESTAB'],
  'syn-sent': ['SYN-SENT'],
  'syn-recv': ['SYN-RECV'],
  'fin-wait-1': ['FIN-WAIT-1'],
  'fin-wait-2': ['FIN-WAIT-2'],
  'time-wait': ['TIME-WAIT'],
  closed: ['CLOSED', 'UNCONN'],
  unconnected: ['UNCONN'],
  'close-wait': ['CLOSE-WAIT'],
  'last-ack': ['LAST-ACK'],
  listening: ['LISTEN'],
  listen: ['LISTEN'],
  closing: ['CLOSING'],
  all: ALL,
  connected: CONNECTED,
  synchronized: CONNECTED.filter((state) => state !== 'SYN-SENT'),
  bucket: BUCKET,
  big: CONNECTED.filter((state) => !BUCKET.includes(state)),
};

const OPERATORS: Readonly<Record<string, (difference: number) => boolean>> = {
  '=': (difference) => difference === 0,
  '!=': (difference) => difference !== 0,
  '<': (difference) => difference < 0,
  '>': (difference) => difference > 0,
  '<=': (difference) => difference <= 0,
  '>=': (difference) => difference >= 0,
};
const NAMES: Readonly<Record<string, string>> = {
  eq: '=',
  '==': '=',
  ne: '!=',
  neq: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  leq: '<=',
  ge: '>=',
  geq: '>=',
};

/**
 * Reads a filter as `ss` has it: `state established ( sport = :7 or dst 10.9.0.0/24 )`.
 * @throws Failure for what is none
 */
export function parseFilter(words: readonly string[]): Filters {
  const tokens = words.join(' ').match(/[()]|[=!<>]+|[^\s()=!<>]+/g) ?? [];
  return new Reader(tokens).filters();
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  filters(): Filters {
    let states: ReadonlySet<SocketState> | undefined;
    for (let word = this.peek(); word === 'state' || word === 'exclude'; word = this.peek()) {
      this.at += 1;
      const name = this.next('a state').toLowerCase();
      const chosen = STATES[name];
      if (chosen === undefined) throw wrong(`there is no state "${name}"; there are ${Object.keys(STATES).join(', ')}`);
      const before: ReadonlySet<SocketState> = states ?? new Set(word === 'state' ? [] : ALL);
      if (word === 'state') states = new Set([...before, ...chosen]);
      else states = new Set([...before].filter((each) => !chosen.includes(each)));
    }
    const matches = this.at === this.tokens.length ? (): boolean => true : this.either();
    if (this.at < this.tokens.length) throw wrong(`"${this.peek() ?? ''}" is not understood`);
    return { states, matches };
  }

  private either(): Filter {
    let left = this.both();
    while (this.skip('or', '|', '||')) {
      const [one, other] = [left, this.both()];
      left = (socket) => one(socket) || other(socket);
    }
    return left;
  }

  private both(): Filter {
    let left = this.one();
    // Two that stand side by side have to hold both.
    for (let word = this.peek(); word !== undefined && ![')', 'or', '|', '||'].includes(word); word = this.peek()) {
      this.skip('and', '&', '&&');
      const [one, other] = [left, this.one()];
      left = (socket) => one(socket) && other(socket);
    }
    return left;
  }

  private one(): Filter {
    if (this.skip('not', '!')) {
      const inner = this.one();
      return (socket) => !inner(socket);
    }
    if (this.skip('(')) {
      const inner = this.either();
      if (!this.skip(')')) throw wrong('a bracket is not closed');
      return inner;
    }
    const word = this.next('sport, dport, src or dst');
    if (word === 'sport' || word === 'dport') return this.port(word === 'sport' ? ours : theirs);
    if (word === 'src' || word === 'dst') return this.host(word === 'src' ? ours : theirs);
    throw wrong(`"${word}" is not understood; there are sport, dport, src and dst`);
  }

  private port(end: End): Filter {
    const operator = this.operator();
    const text = this.next('a port').replace(/^:/, '');
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65_535) throw wrong(`"${text}" is no port; ports are written :80`);
    return (socket) => {
      const at = end(socket);
      return at !== null && operator(at.port - port);
    };
  }

  private host(end: End): Filter {
    const operator = this.operator();
    const text = this.next('an address');
    const [, bracketed, plain = '', port] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(text) ?? [];
    // An IPv6 address without brackets is all address.
    const isBare = bracketed === undefined && /:.*:/.test(text);
    const [host, wanted] = isBare ? [text, undefined] : [bracketed ?? plain, port];
    const inside = isInside(host);
    if (inside === undefined) throw wrong(`"${text}" is no address, as 10.9.0.1, 10.9.0.0/24 or [fd00::1]:80`);
    return (socket) => {
      const at = end(socket);
      const matches = at !== null && inside(at.address) && (wanted === undefined || at.port === Number(wanted));
      return operator(matches ? 0 : 1);
    };
  }

  /** Equality where none stands. */
  private operator(): (difference: number) => boolean {
    const word = this.peek() ?? '';
    const operator = OPERATORS[NAMES[word] ?? word];
    if (operator === undefined) return (difference) => difference === 0;
    this.at += 1;
    return operator;
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private next(what: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw wrong(`${what} is missing at its end`);
    return token;
  }

  private skip(...words: readonly string[]): boolean {
    if (!words.includes(this.peek() ?? '')) return false;
    this.at += 1;
    return true;
  }
}

type End = (socket: SocketReport) => EndReport | null;
const ours: End = ({ local }) => local;
const theirs: End = ({ peer }) => peer;

function wrong(reason: string): Failure {
  return new Failure(`the filter cannot be read: ${reason}. Filters look like: state established sport = :80`);
}
