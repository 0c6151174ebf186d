import type { SocketReport, StackReport } from '../../control/report';
import type { TcpReport } from '../../control/tcp-report';
import { withPort } from '../../wire/address';

/** A socket, and whose it is. */
export interface OwnedSocket {
  readonly owner: Pick<StackReport, 'pid' | 'program'>;
  readonly socket: SocketReport;
}

export interface SsFormat {
  /** A line with the connection's inside below each. */
  readonly info: boolean;
  /** The timers. */
  readonly timers: boolean;
  readonly header: boolean;
}

/** The lines that `ss` would write of these sockets. */
export function formatSockets(sockets: readonly OwnedSocket[], { info, timers, header }: SsFormat): string {
  const isMixed = new Set(sockets.map(({ socket }) => socket.netid)).size > 1;
  const rows = sockets.map(({ owner, socket }) => [
    ...(isMixed ? [socket.netid] : []),
    socket.state,
    String(socket.recv_q),
    String(socket.send_q),
    localText(socket),
    peerText(socket),
    [`users:(("${owner.program}",pid=${owner.pid}))`, ...(timers ? timerText(socket) : [])].join(' '),
  ]);
  const titles = [
    ...(isMixed ? ['Netid'] : []),
    'State',
    'Recv-Q',
    'Send-Q',
    'Local Address:Port',
    'Peer Address:Port',
    'Process',
  ];
  const all = header ? [titles, ...rows] : rows;
  const widths = titles.map((_, column) => Math.max(0, ...all.map((row) => row[column]?.length ?? 0)));
  const ends = [titles.indexOf('Local Address:Port'), titles.indexOf('Peer Address:Port')];
  const lines: string[] = [];
  all.forEach((row, index) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return ends.includes(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    lines.push(cells.join(' ').trimEnd());
    const socket = sockets[index - (header ? 1 : 0)]?.socket;
    if (!info || socket === undefined || (header && index === 0)) return;
    const inside = infoText(socket);
    if (inside !== '') lines.push(`\t ${inside}`);
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** `10.9.0.2:7`, `[fd00::2]:7`; `*:7` for every address of both families, as `ss` has it. */
function localText({ local, v6only }: SocketReport): string {
  const address = local.address === '::' && v6only !== true ? '*' : local.address;
  return withPort(address, local.port === 0 ? '*' : local.port);
}

/** `*` for what is not there, in the family of the local end. */
function peerText(socket: SocketReport): string {
  const { local, peer, v6only } = socket;
  if (peer !== null) return withPort(peer.address, peer.port);
  if (!local.address.includes(':')) return '0.0.0.0:*';
  return local.address === '::' && v6only !== true ? '*:*' : '[::]:*';
}

/** `timer:(on,204ms,0)`. */
function timerText({ timer }: SocketReport): string[] {
  if (timer === null) return [];
  return [`timer:(${timer.name},${durationText(timer.expires)},${timer.retrans})`];
}

/** As `ss` writes the time of a timer: `120ms`, `59sec`, `1min58sec`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes > 0) return `${minutes}min${seconds % 60 > 0 ? `${seconds % 60}sec` : ''}`;
  if (seconds >= 10) return `${seconds}sec`;
  // ss itself writes 4.500ms here.
  return seconds > 0 ? `${(ms / 1000).toFixed(3)}sec` : `${Math.floor(ms)}ms`;
}

/** What stands in the second line: keys and units as `ss -i` has them. What would be 0 or is not known is left out. */
function infoText({ tcp, udp }: SocketReport): string {
  if (tcp !== undefined) return tcpText(tcp);
  if (udp !== undefined) return `sent:${udp.sent} received:${udp.received} dropped:${udp.dropped}`;
  return '';
}

function tcpText(tcp: TcpReport): string {
  const { wscale, retrans } = tcp;
  return [
    tcp.ts && 'ts',
    tcp.sack && 'sack',
    tcp.ecn && 'ecn',
    tcp.algorithm,
    (wscale.send > 0 || wscale.receive > 0) && `wscale:${wscale.send},${wscale.receive}`,
    `rto:${figure(tcp.rto)}`,
    tcp.backoff > 0 && `backoff:${tcp.backoff}`,
    tcp.rtt !== null && `rtt:${figure(tcp.rtt)}/${figure(tcp.rttvar ?? 0)}`,
    `mss:${tcp.mss}`,
    `pmtu:${tcp.pmtu}`,
    `advmss:${tcp.advmss}`,
    `cwnd:${tcp.cwnd}`,
    tcp.ssthresh !== null && `ssthresh:${tcp.ssthresh}`,
    tcp.bytes_sent > 0 && `bytes_sent:${tcp.bytes_sent}`,
    tcp.bytes_retrans > 0 && `bytes_retrans:${tcp.bytes_retrans}`,
    tcp.bytes_acked > 0 && `bytes_acked:${tcp.bytes_acked}`,
    tcp.bytes_received > 0 && `bytes_received:${tcp.bytes_received}`,
    `segs_out:${tcp.segs_out}`,
    `segs_in:${tcp.segs_in}`,
    tcp.send !== null && `send ${rateText(tcp.send)}`,
    tcp.pacing_rate !== null && `pacing_rate ${rateText(tcp.pacing_rate)}`,
    tcp.delivery_rate !== null && `delivery_rate ${rateText(tcp.delivery_rate)}`,
    tcp.app_limited && 'app_limited',
    tcp.unacked > 0 && `unacked:${tcp.unacked}`,
    (retrans.current > 0 || retrans.total > 0) && `retrans:${retrans.current}/${retrans.total}`,
    tcp.lost_bytes > 0 && `lost:${Math.ceil(tcp.lost_bytes / tcp.mss)}`,
    tcp.sacked_bytes > 0 && `sacked:${Math.ceil(tcp.sacked_bytes / tcp.mss)}`,
    tcp.dsack_dups > 0 && `dsack_dups:${tcp.dsack_dups}`,
    tcp.reordering_bytes > 0 && `reordering:${Math.ceil(tcp.reordering_bytes / tcp.mss)}`,
    tcp.rcv_rtt !== null && `rcv_rtt:${figure(tcp.rcv_rtt)}`,
    `rcv_space:${tcp.rcv_space}`,
    tcp.notsent > 0 && `notsent:${tcp.notsent}`,
    tcp.minrtt !== null && `minrtt:${figure(tcp.minrtt)}`,
    tcp.rcv_ooopack > 0 && `rcv_ooopack:${tcp.rcv_ooopack}`,
    `snd_wnd:${tcp.snd_wnd}`,
    `rcv_wnd:${tcp.rcv_wnd}`,
    tcp.phase !== 'open' && `phase:${tcp.phase}`,
  ]
    .filter((word) => word !== false)
    .join(' ');
}

/** Up to three digits behind the point, as C's `%g` writes them. */
function figure(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** `27.4Mbps`, in steps of 1000 as `ss` has them. */
export function rateText(bits: number): string {
  const units = ['bps', 'kbps', 'Mbps', 'Gbps', 'Tbps'];
  let [value, unit] = [bits, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : Number(value.toPrecision(3))}${units[unit] ?? ''}`;
}
