import type { Stack } from '../stack';
import type { NeighbourState } from '../ip/neighbours';
import type { State } from '../tcp/states';
import { tcpReport, type TcpReport } from './tcp-report';

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

export interface ReportOptions {
  readonly program: string;
  /** Sockets beyond this are left out, and counted. */
  readonly limit: number;
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

/** What the stack has at this moment. */
export function report(stack: Stack, { program, limit }: ReportOptions): StackReport {
  const listeners = stack.tcp.listeners();
  const connections = stack.tcp.connections();
  const udp = stack.udp.sockets();
  const makers = [
    ...listeners.map((each) => () => listenerReport(each)),
    ...connections.map((each) => () => connectionReport(each, stack.clock.now())),
    ...udp.map((each) => () => udpReport(each)),
  ];
  return {
    version: REPORT_VERSION,
    pid: process.pid,
    program,
    sockets: makers.slice(0, limit).map((make) => make()),
    omitted: Math.max(0, makers.length - limit),
    neighbours: neighbours(stack),
    interfaces: interfaces(stack),
    counters: stack.counters,
  };
}

type Listener = ReturnType<Stack['tcp']['listeners']>[number];
type Connection = ReturnType<Stack['tcp']['connections']>[number];
type UdpSocket = ReturnType<Stack['udp']['sockets']>[number];

function listenerReport({ local, ipv6Only, pending, backlog }: Listener): SocketReport {
  return {
    netid: 'tcp',
    state: 'LISTEN',
    recv_q: pending,
    send_q: backlog,
    local: end(local),
    peer: null,
    timer: null,
    ...(local.address === '::' && { v6only: ipv6Only }),
  };
}

function connectionReport(connection: Connection, now: number): SocketReport {
  const status = connection.status();
  const { state, buffered, timers, backoff } = status;
  return {
    netid: 'tcp',
    id: connection.id,
    state: SS_STATES[state],
    recv_q: buffered.receive,
    send_q: buffered.send,
    local: end(status.local),
    peer: end(status.remote),
    timer: timerReport(timers, backoff, now),
    tcp: tcpReport(status, now),
  };
}

const TIMERS = {
  retransmission: 'on',
  probe: 'on',
  reorder: 'on',
  persist: 'persist',
  'keep-alive': 'keepalive',
  'time-wait': 'timewait',
  'fin-wait-2': 'timewait',
} as const;

function timerReport(timers: Partial<Record<string, number>>, retrans: number, now: number): TimerReport | null {
  let next: TimerReport | null = null;
  for (const [timer, name] of Object.entries(TIMERS)) {
    const at = timers[timer];
    if (at === undefined) continue;
    const expires = Math.max(0, at - now) / 1000;
    if (next === null || expires < next.expires) next = { name, expires, retrans };
  }
  return next;
}

function udpReport({ local, remote, queued, counters }: UdpSocket): SocketReport {
  const { sent, received, dropped } = counters;
  return {
    netid: 'udp',
    state: remote === undefined ? 'UNCONN' : 'ESTAB',
    recv_q: queued.octets,
    send_q: 0,
    local: end(local),
    peer: remote === undefined ? null : end(remote),
    timer: null,
    udp: { sent, received, dropped },
  };
}

function end({ address, port }: EndReport): EndReport {
  return { address, port };
}

function neighbours(stack: Stack): NeighbourReport[] {
  return stack.ip.interfaces.flatMap(({ name, ethernet }) =>
    [...(ethernet?.neighbours.entries ?? []), ...(ethernet?.neighbours6.entries ?? [])].map(
      ({ address, mac, state }) => ({
        address,
        mac: mac ?? null,
        state,
        interface: name,
      }),
    ),
  );
}

function interfaces(stack: Stack): InterfaceReport[] {
  return stack.ip.interfaces.map(({ name, link, mtu, mac, addresses, addresses6, counters }) => ({
    name,
    medium: link.medium,
    mtu,
    mac: mac ?? null,
    addresses: [...addresses, ...addresses6].map(({ cidr }) => cidr),
    counters: { ...counters },
  }));
}
