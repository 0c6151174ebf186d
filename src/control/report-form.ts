import type { NeighbourState } from '../ip/neighbours';
import type { State } from '../tcp/states';
import type { TcpReport } from './tcp-report';

/** The version of the reports' form: the number rises when something in them changes its meaning or goes. */
export const REPORT_VERSION = 1;

/** What a process tells of its stack: what `synack ss` and `synack arp` show. It is JSON. */
export interface StackReport {
  readonly version: typeof REPORT_VERSION;
  readonly pid: number;
  /** The process's name for people: `synack serve echo`. */
  readonly program: string;
  /** Oldest first, listeners before connections before UDP. */
  readonly sockets: readonly SocketReport[];
  /** How many sockets are left out, because there are more than the limit. */
  readonly omitted: number;
  readonly neighbours: readonly NeighbourReport[];
  readonly interfaces: readonly InterfaceReport[];
  /** Drops by layer and reason, and limits that were reached. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface EndReport {
  /** As text; `0.0.0.0` or `::`: every address. */
  readonly address: string;
  readonly port: number;
}

/** A socket's state as `ss` writes it; `UNCONN`: a UDP socket that is not connected. */
export type SocketState = (typeof SS_STATES)[State] | 'UNCONN';

export interface SocketReport {
  readonly netid: 'tcp' | 'udp';
  /** Of connections: the number by which the stack's trace knows it. */
  readonly id?: number;
  readonly state: SocketState;
  /** Bytes that wait to be read; of a listener, connections that wait to be accepted. */
  readonly recv_q: number;
  /** Bytes that are not acknowledged yet, or not sent; of a listener, its backlog. */
  readonly send_q: number;
  readonly local: EndReport;
  /** `null`: none. */
  readonly peer: EndReport | null;
  /** The timer that goes off next, as `ss -o` names it. */
  readonly timer: TimerReport | null;
  /** Of connections: what `ss -i` shows. */
  readonly tcp?: TcpReport;
  /** Of sockets at `::`: they are those of IPv6 alone. */
  readonly v6only?: boolean;
  /** Of UDP sockets: datagrams. */
  readonly udp?: { readonly sent: number; readonly received: number; readonly dropped: number };
}

/** `on`: retransmission, or a probe for lost segments. */
export interface TimerReport {
  readonly name: 'on' | 'keepalive' | 'timewait' | 'persist';
  /** ms until it goes off */
  readonly expires: number;
  /** Retransmissions in a row. */
  readonly retrans: number;
}

/** Who is on the wire: an entry of ARP's or NDP's table. */
export interface NeighbourReport {
  readonly address: string;
  /** `null`: it was asked and has not answered yet. */
  readonly mac: string | null;
  readonly state: NeighbourState;
  readonly interface: string;
}

export interface InterfaceReport {
  readonly name: string;
  readonly medium: 'ethernet' | 'ip';
  readonly mtu: number;
  readonly mac: string | null;
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
}

export const SS_STATES = {
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  'SYN-SENT': 'SYN-SENT',
  'SYN-RECEIVED': 'SYN-RECV',
  ESTABLISHED: 'ESTAB',
  'FIN-WAIT-1': 'FIN-WAIT-1',
  'FIN-WAIT-2': 'FIN-WAIT-2',
  'CLOSE-WAIT': 'CLOSE-WAIT',
  CLOSING: 'CLOSING',
  'LAST-ACK': 'LAST-ACK',
  'TIME-WAIT': 'TIME-WAIT',
} as const satisfies Readonly<Record<State, string>>;
