import type { Stack } from '../stack';
import {
  REPORT_VERSION,
  SS_STATES,
  type EndReport,
  type InterfaceReport,
  type NeighbourReport,
  type SocketReport,
  type StackReport,
  type TimerReport,
} from './report-form';
import { tcpReport } from './tcp-report';

export * from './report-form';

export interface ReportOptions {
  readonly program: string;
  /** Sockets beyond this are left out, and counted. */
  readonly limit: number;
}

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
