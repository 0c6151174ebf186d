import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'expect';
import { CaptureReader, Explainer, type Finding, type FindingId, type Report } from '../../src/explain';
import { parseTcp, WireError, FLAG, type TcpSegment } from '../../src/wire';
import { labSuite, TEST_LIMIT } from '../support/lab-suite';

/** What tcpdump has written of one scenario of explain-captures.sh, explained. */
interface Explained {
  readonly report: Report;
  readonly findings: readonly Finding[];
  /** The TCP segment of each frame of an Ethernet capture, from 1. */
  readonly segments: readonly (TcpSegment | undefined)[];
}

const SCRIPT = join(__dirname, 'explain-captures.sh');

interface Captures {
  readonly folder: string;
  /** Makes all of them at the same time. */
  readonly making: ChildProcess;
  stderr: string;
}

let captures: Captures | undefined;
/** The scenario that was looked at last. */
let latest = '';

/** All captures are begun when the first is asked for. */
function begun(): Captures {
  if (captures !== undefined) return captures;
  const folder = mkdtempSync(join(tmpdir(), 'synack-explain-'));
  const making = spawn('bash', [SCRIPT, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  const all: Captures = { folder, making, stderr: '' };
  making.stderr.setEncoding('utf8').on('data', (text: string) => (all.stderr += text));
  process.on('exit', () => {
    making.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });
  captures = all;
  return all;
}

/** The file of a scenario that is done; `undefined` as long as it is not. */
function fileOf(name: string): string | undefined {
  latest = name;
  const { folder, making, stderr } = begun();
  const file = join(folder, `${name}.pcap`);
  if (existsSync(join(folder, `${name}.done`)) && existsSync(file)) return file;
  if (making.exitCode !== null) throw new Error(`no capture of ${name}: ${stderr}`);
  return undefined;
}

class NotYet extends Error {}

function explained(name: string): Explained {
  const file = fileOf(name);
  if (file === undefined) throw new NotYet(`no capture of ${name} yet`);
  const explainer = new Explainer();
  const segments: (TcpSegment | undefined)[] = [undefined];
  const reader = new CaptureReader((packet) => {
    const tcp = packet.bytes.subarray(packet.start + 34, packet.end);
    const isTcp = packet.bytes[packet.start + 12] === 8 && packet.bytes[packet.start + 23] === 6;
    const segment = isTcp ? parseTcp(tcp.slice()) : undefined;
    segments.push(segment instanceof WireError ? undefined : segment);
    explainer.packet(packet);
  });
  reader.push(readFileSync(file));
  reader.end();
  const report = explainer.finish({ problem: reader.problem, format: reader.formatName, dropped: reader.dropped });
  return { report, findings: [...report.findings, ...report.conversations.flatMap((each) => each.findings)], segments };
}

/** Values, or matchers, of a finding's fields. */
type Expected = Readonly<Partial<Record<keyof Finding, unknown>>>;

/** The finding, with what is to be true of it. */
function finds(
  name: string,
  id: FindingId,
  expected: Expected = {},
): Explained & { readonly finding: Finding; readonly at: readonly TcpSegment[] } {
  const all = explained(name);
  const finding = all.findings.find((each) => each.id === id);
  if (finding === undefined)
    throw new Error(`${name}: no ${id}; found ${JSON.stringify(all.findings.map((each) => each.id))}`);
  expect({ name, ...finding }).toMatchObject({ name, ...expected });
  const at = finding.frames.flatMap((frame) => all.segments[frame] ?? []);
  return { ...all, finding, at };
}

const likely = (id: Finding['causes'][number]['id']): Expected => ({
  causes: expect.arrayContaining([
    expect.objectContaining({ id, likelihood: expect.stringMatching(/certain|likely/) }),
  ]),
});

/** How long a test goes on trying, and waiting for its captures, ms; how often a capture is made anew, and how long that may take. */
const LIMIT = TEST_LIMIT - 10_000;
const MOST_TRIES = 4;
const ONE_CAPTURE = 20_000;
const PAUSE = 200;

/**
 * Kernels and programs talk in real time here: on a machine that is busy with other things an ACK comes late, and something is sent again
 * that was not lost. So where something else was found than should be, that scenario is captured anew, by itself.
 */
function checks(check: () => void): () => Promise<void> {
  return async () => {
    const began = performance.now();
    const left = (): number => LIMIT - (performance.now() - began);
    const tries = new Map<string, number>();
    for (;;) {
      try {
        check();
        return;
      } catch (error) {
        if (error instanceof NotYet) {
          if (left() < 0) throw error;
          await delay(PAUSE);
          continue;
        }
        const before = tries.get(latest) ?? 0;
        if (before >= MOST_TRIES || left() < ONE_CAPTURE) throw error;
        tries.set(latest, before + 1);
        spawnSync('bash', [SCRIPT, begun().folder, latest], { timeout: ONE_CAPTURE });
      }
    }
  };
}

/** Debian's Python is to have the module. */
const hasWebsockets = spawnSync('/usr/bin/python3', ['-c', 'import websockets']).status === 0;

const PROGRAMS = [
  ...['tcpdump', 'nc', 'ncat', 'curl', 'iperf3', 'openssl', 'hping3', 'nmap', 'nft', 'ethtool', 'editcap', 'tshark'],
  ...(hasWebsockets ? [] : ['python3-websockets']),
];

labSuite(__filename, 'explain, on captures of tcpdump', PROGRAMS, (test) => {
  test(
    'clean conversations: echo, downloads near, far and offloaded, HTTP, nc over IPv6, WebSocket, TLS, from the middle on',
    checks(() => {
      for (const name of ['echo', 'download', 'far', 'http', 'nc', 'websocket', 'tls']) {
        const { report, findings } = explained(`clean_${name}`);
        expect(report.conversations.length).toBeGreaterThan(0);
        expect({ name, bad: findings.filter(({ severity }) => severity !== 'note') }).toEqual({ name, bad: [] });
      }
      expect(explained('clean_websocket').report.conversations[0]).toMatchObject({
        protocols: ['HTTP', 'WebSocket'],
        upgraded: 'websocket',
      });
      expect(explained('clean_tls').report.conversations[0]).toMatchObject({ protocols: ['TLS'] });
      expect(explained('clean_nc').report.conversations[0]).toMatchObject({
        client: { address: 'fd77::1' },
        bytes: { client: 6, server: 13 },
      });
      const middle = finds('middle', 'began-before', { severity: 'note' });
      expect(middle.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      finds('clean_download', 'checksum-offload', { severity: 'note' });
      finds('clean_websocket', 'websocket-close', { severity: 'note', evidence: { code: 1000, answered: 1 } });
    }),
  );

  test(
    'handshakes: filtered, refused, prohibited, no route, SYN lost, SYN-ACK unanswered, half-open, at once, Fast Open, ports again',
    checks(() => {
      const silent = finds('no_answer', 'no-answer', { severity: 'failure', side: 'server', ...likely('filtered') });
      expect(silent.at.length).toBe(silent.finding.count);
      expect(silent.at.every(({ flags }) => flags === FLAG.SYN)).toBe(true);
      const refused = finds('refused', 'refused', { severity: 'failure', ...likely('nobody-listens') });
      expect(refused.at.map(({ flags }) => flags)).toEqual([FLAG.SYN, FLAG.RST | FLAG.ACK]);
      finds('prohibited', 'unreachable', {
        severity: 'failure',
        evidence: expect.objectContaining({ code: 13, what: 'prohibited' }),
        ...likely('firewall-rejects'),
      });
      finds('no_route', 'unreachable', {
        severity: 'failure',
        evidence: expect.objectContaining({ router: '10.76.0.254', what: 'host' }),
        ...likely('no-route'),
      });
      const late = finds('syn_lost', 'syn-repeated', { severity: 'trouble', side: 'client', count: 1 });
      expect(late.at.map(({ flags }) => flags)).toEqual([FLAG.SYN, FLAG.SYN]);
      finds('ack_lost', 'syn-ack-unanswered', { severity: 'failure', side: 'client' });
      const half = finds('half_open', 'half-open', { severity: 'trouble', side: 'server', ...likely('restarted') });
      expect(half.at.map(({ flags }) => flags)).toEqual([FLAG.SYN, FLAG.ACK, FLAG.RST]);
      const both = finds('at_once', 'simultaneous-open', { severity: 'note' });
      expect(both.at.map(({ flags }) => flags)).toEqual([FLAG.SYN, FLAG.SYN]);
      finds('fast_open', 'fast-open', { severity: 'note' });
      finds('same_port', 'port-reuse', { severity: 'note' });
      finds('queue_full', 'no-answer', { conversation: 2, side: 'server', ...likely('queue-full') });
    }),
  );

  test(
    'loss: where and how it was mended; delay, order, copies, damage',
    checks(() => {
      const before = finds('one_lost', 'fast-retransmit', {
        side: 'server',
        count: 1,
        ...likely('loss-before-capture'),
      });
      const behind = finds('one_lost_sender', 'fast-retransmit', {
        side: 'server',
        count: 1,
        ...likely('loss-behind-capture'),
      });
      // The very segment that the wire has swallowed: the thirtieth.
      const isn = (all: Explained): number =>
        all.segments.find(
          (each) => each !== undefined && (each.flags & FLAG.SYN) !== 0 && (each.flags & FLAG.ACK) !== 0,
        )?.seq ?? 0;
      for (const all of [before, behind])
        expect(all.at.map(({ seq }) => (seq - isn(all)) >>> 0)).toEqual([29 * 1448 + 1]);
      finds('tail_lost', 'tail-loss-probe', { side: 'client' });
      finds('break_short', 'timeout', { severity: 'trouble', side: 'client', ...likely('loss-behind-capture') });
      finds('delay_jump', 'spurious-retransmission', { side: 'server', ...likely('delay-jump') });
      finds('reordered', 'reordering', { severity: 'trouble', side: 'server', ...likely('several-paths') });
      finds('doubled', 'duplicate-packets', { side: 'client', count: 3 });
      finds('corrupted', 'bad-checksums', {
        severity: 'trouble',
        side: 'server',
        count: 2,
        ...likely('damaged-on-the-way'),
      });
      finds('fin_lost', 'fin-repeated', { side: 'client' });
    }),
  );

  test(
    'paths: MTU black hole, fragmentation needed, a peer that vanishes, keep-alives unanswered',
    checks(() => {
      const hole = finds('black_hole', 'mtu-black-hole', {
        severity: 'failure',
        side: 'client',
        ...likely('icmp-filtered'),
      });
      expect(hole.at.every(({ payload }) => payload.length === 1448)).toBe(true);
      finds('small_mtu', 'too-big', {
        severity: 'note',
        evidence: expect.objectContaining({ mtu: 1200, router: '10.76.0.254' }),
      });
      expect(explained('small_mtu').findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      finds('vanished', 'vanished', { severity: 'failure', side: 'server', ...likely('host-vanished') });
      finds('keep_alive', 'keep-alive-unanswered', { severity: 'failure', side: 'server', count: 4 });
    }),
  );

  test(
    'waiting: zero window, small window, a long queue, Nagle, a slow server, 503, options, ECN',
    checks(() => {
      const full = finds('zero_window', 'zero-window', {
        severity: 'trouble',
        side: 'server',
        ...likely('slow-reader'),
      });
      expect(full.at[0]?.window).toBe(0);
      expect(full.finding.evidence['stalled']).toBeGreaterThan(800_000);
      finds('small_window', 'window-limits', { severity: 'trouble', side: 'server', ...likely('option-not-offered') });
      finds('small_window', 'no-window-scaling', { severity: 'note' });
      finds('bloated', 'queue-delay', { severity: 'trouble', side: 'server', ...likely('big-queue') });
      finds('nagle', 'delayed-ack-stall', { severity: 'trouble', side: 'client', ...likely('nagle-and-delayed-ack') });
      const slow = finds('slow_server', 'slow-answer', {
        severity: 'trouble',
        side: 'server',
        ...likely('slow-program'),
      });
      expect(slow.finding.evidence['longest']).toBeGreaterThan(1_200_000);
      finds('error_500', 'http-error', {
        severity: 'trouble',
        evidence: { status: 503, line: '503 Service Unavailable' },
      });
      finds('no_sack', 'no-sack', { severity: 'note', side: 'server' });
      finds('no_sack', 'no-timestamps', { severity: 'note', side: 'server' });
      finds('ecn', 'ecn', { severity: 'note' });
    }),
  );

  test(
    'ends: unread data, SO_LINGER 0, closed too early, forged RSTs, WebSocket 1011, TLS alerts, no TLS at all, half an answer',
    checks(() => {
      const unread = finds('unread', 'reset', { severity: 'failure', side: 'server', ...likely('unread-data') });
      expect(unread.at.at(-1)?.flags).toBe(FLAG.RST | FLAG.ACK);
      finds('iperf', 'reset', { side: 'server', ...likely('unread-data') });
      finds('linger', 'reset', { severity: 'failure', side: 'server', ...likely('linger-zero') });
      finds('closed_early', 'reset', { severity: 'failure', side: 'server', ...likely('closed-too-early') });
      finds('forged', 'reset', {
        severity: 'failure',
        side: 'server',
        evidence: expect.objectContaining({ ttl: 200, usualTtl: 64 }),
        ...likely('injected'),
      });
      finds('forged_vain', 'reset-ignored', {
        severity: 'trouble',
        evidence: expect.objectContaining({ offset: 3000 }),
        ...likely('injected'),
      });
      finds('websocket_1011', 'websocket-close', {
        severity: 'trouble',
        side: 'server',
        evidence: expect.objectContaining({ code: 1011 }),
      });
      for (const name of ['tls_alert', 'tls13_alert'])
        finds(name, 'tls-alert', { severity: 'failure', side: 'client', evidence: { greeted: 1, alert: 48 } });
      finds('https_to_http', 'wrong-protocol', { severity: 'failure', side: 'server', evidence: { tls: 1, port: 80 } });
      finds('cut_short', 'answer-cut-short', {
        severity: 'failure',
        side: 'server',
        evidence: { length: 100_000, came: 30_000, silence: 0 },
      });
    }),
  );

  test(
    'crowds, and captures that are not whole: hping3 floods, nmap scans, any, one direction, holes, a file cut off',
    checks(() => {
      const flood = finds('flood', 'syn-flood', { severity: 'failure', count: 150, ...likely('attack') });
      expect(flood.findings).toHaveLength(1);
      for (const name of ['scan', 'scan_fin']) {
        const scan = finds(name, 'port-scan', {
          severity: 'trouble',
          evidence: expect.objectContaining({ first: '10.77.0.1', second: '10.77.0.2', ports: 31 }),
        });
        expect(scan.findings).toHaveLength(1);
      }
      const any = finds('both_interfaces', 'duplicate-packets', {
        severity: 'note',
        ...likely('mirror-or-several-interfaces'),
      });
      expect(any.report.conversations[0]).toMatchObject({ bytes: { client: 300, server: 300 } });
      finds('one_way', 'one-direction', { severity: 'note', side: 'client' });
      const holes = finds('holes', 'capture-lost-packets', { severity: 'note', side: 'server' });
      expect(holes.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      const cut = finds('cut', 'file-damaged', {
        severity: 'trouble',
        evidence: expect.objectContaining({ kind: 'cut-off' }),
      });
      expect(cut.report.conversations[0]?.segments.client).toBeGreaterThan(4);
    }),
  );

  test(
    'counts are those of tshark, where the words mean the same',
    checks(() => {
      for (const [name, more] of Object.entries(LIKE_TSHARK)) {
        const ours = ourCounts(name);
        const theirs = tsharkCounts(name);
        const { conversations, resets } = theirs;
        expect({ name, ...ours }).toMatchObject({ name, conversations, resets });
        // tshark guesses from what came before, we from the whole: one may be taken for something else.
        for (const count of ['again', ...more] as const)
          expect({ name, count, isNear: Math.abs(ours[count] - theirs[count]) <= 1 + theirs[count] / 10 }).toEqual({
            name,
            count,
            isNear: true,
          });
      }
    }),
  );
});

/** Captures, and what is counted the same way beside what was sent again. */
const LIKE_TSHARK: Readonly<Record<string, readonly ('duplicateAcks' | 'keepAlives')[]>> = {
  no_answer: [],
  same_port: [],
  one_lost: ['duplicateAcks'],
  tail_lost: [],
  corrupted: ['duplicateAcks'],
  small_mtu: [],
  vanished: [],
  keep_alive: ['keepAlives'],
  unread: [],
  scan: [],
};

type Counts = Record<'conversations' | 'resets' | 'again' | 'duplicateAcks' | 'keepAlives', number>;

function ourCounts(name: string): Counts {
  const { report } = explained(name);
  const sides = report.conversations.flatMap(({ counts }) => [counts.client, counts.server]);
  const sum = (of: (side: (typeof sides)[number]) => number): number =>
    sides.reduce((total, side) => total + of(side), 0);
  return {
    conversations: report.totalConversations,
    resets: sum(({ resets }) => resets),
    again: sum(
      (each) =>
        each.timeouts +
        each.fastRetransmits +
        each.probes +
        each.spurious +
        each.handshakeRepeats +
        each.finRepeats +
        each.reordered,
    ),
    duplicateAcks: sum(({ duplicateAcks }) => duplicateAcks),
    keepAlives: sum(({ keepAlives, windowProbes }) => keepAlives + windowProbes),
  };
}

const FIELDS = [
  'tcp.stream',
  'tcp.flags.reset',
  'tcp.analysis.retransmission',
  'tcp.analysis.out_of_order',
  'tcp.analysis.duplicate_ack',
  'tcp.analysis.keep_alive',
] as const;

/** What tshark's own analysis counts (a fast or spurious retransmission is a retransmission, too). */
function tsharkCounts(name: string): Counts {
  const asked = FIELDS.flatMap((field) => ['-e', field]);
  const file = fileOf(name) ?? '';
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-r', file, '-Y', 'tcp', '-T', 'fields', ...asked], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  const count = (field: (typeof FIELDS)[number]): number =>
    lines.filter((line) => (line[FIELDS.indexOf(field)] ?? '') !== '').length;
  return {
    conversations: new Set(lines.map(([stream]) => stream)).size,
    resets: lines.filter((line) => /^(1|True)$/.test(line[FIELDS.indexOf('tcp.flags.reset')] ?? '')).length,
    again: count('tcp.analysis.retransmission') + count('tcp.analysis.out_of_order'),
    duplicateAcks: count('tcp.analysis.duplicate_ack'),
    keepAlives: count('tcp.analysis.keep_alive'),
  };
}
