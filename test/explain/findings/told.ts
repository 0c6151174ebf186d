import type { Finding, Report } from '../../../src/explain';
import { FLAG, type TcpOption } from '../../../src/wire';
import { pcapFile, read, records, type Captured, type Segment } from '../files';

/** Both offer all that there is to offer. */
export const OFFERED: readonly TcpOption[] = [
  { kind: 'mss', mss: 1460 },
  { kind: 'sack-permitted' },
  { kind: 'window-scale', shift: 7 },
];

type More = Partial<Omit<Segment, 'from' | 'time'>>;

/** A segment of the client, or the server, at a time in ms; with ACK, unless `flags` says otherwise. */
export const client = (ms: number, more: More): Segment => ({
  from: 'client',
  time: ms * 1000,
  flags: FLAG.ACK,
  ...more,
});
export const server = (ms: number, more: More): Segment => ({ ...client(ms, more), from: 'server' });

/** A handshake that takes so many ms; what follows begins with the client's 101 and the server's 301. */
export function handshake(ms = 1, options = OFFERED): Segment[] {
  return [
    client(0, { seq: 100, flags: FLAG.SYN, options }),
    server(ms, { seq: 300, ack: 101, flags: FLAG.SYN | FLAG.ACK, options }),
    client(ms, { seq: 101, ack: 301 }),
  ];
}

export function reportOf(
  segments: readonly Segment[],
  change: (records: Captured[]) => Captured[] = (all) => all,
): Report {
  return read(pcapFile(change(records(segments)))).report;
}

/** What was found, the worst first. */
export function found(segments: readonly Segment[], change?: (records: Captured[]) => Captured[]): readonly Finding[] {
  const { findings, conversations } = reportOf(segments, change);
  return [...findings, ...conversations.flatMap((each) => each.findings)];
}

/** Names of what is wrong: notes are left out. */
export function wrong(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'note').map(({ id }) => id);
}
