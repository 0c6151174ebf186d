import { checksumOf, tcpSegmentOf } from './capture/tcp-of';
import { Fragments } from './capture/fragments';
import { IpPacket } from './capture/ip-packet';
import type { CapturedPacket, CaptureProblem } from './capture/packet';
import { complaintOf } from './capture/complaint';
import type { Flow } from './follow/flow';
import { KeptFrames } from './follow/kept-frames';
import type { LoneSyn } from './follow/lone-syn';
import type { RowLimits } from './follow/rows';
import { FlowTable } from './follow/table';
import { judgeCapture } from './findings/capture';
import { Crowds, isFutile, isProbe } from './findings/crowds';
import { worst, SEVERITIES, type Finding, type FindingId } from './findings/finding';
import { judge } from './findings/judge';
import { UNANSWERED } from './findings/opening';
import { reportOf } from './conversation-report';
import type { CaptureSummary, ConversationReport, Report } from './report';

export interface ExplainerOptions {
  /** Conversations followed at a time. Default 10,000; beyond that those that ended, or were silent for longest, are judged early. */
  readonly maxConversations?: number;
  /** Conversations told of one by one, those with the worst findings first. Default 1,000. The others are counted. */
  readonly maxReports?: number;
  /** Rows of a conversation's ladder: from its beginning, of note in between, from its end. Default 40, 160, 40; fewer from the 200th conversation on. */
  readonly rows?: RowLimits;
  /** Bytes of packets kept for those who open a row. Default 16 MB; the rows beyond it have none. */
  readonly maxPacketBytes?: number;
  /** Whether a conversation is wanted. Default: all are. */
  readonly only?: (conversation: Pick<Flow, 'number' | 'client' | 'server'>) => boolean;
}

/** Packets after which it is seen to who is over. */
const SWEEP = 16_384;

const ROWS: RowLimits = { head: 40, middle: 160, tail: 40 };
/** Many conversations have shorter ladders each. */
const MANY: readonly (readonly [from: number, rows: RowLimits])[] = [
  [2000, { head: 6, middle: 4, tail: 4 }],
  [200, { head: 8, middle: 10, tail: 8 }],
];
const MOST_LINK_TYPES = 16;

/** Reads a capture packet by packet and tells what happened in it. What it keeps has limits, however long the capture is. */
export class Explainer {
  readonly packets = { tcp: 0, udp: 0, icmp: 0, arp: 0, otherIp: 0, notIp: 0, malformed: 0, unknownLink: 0 };
  bytes = 0;
  count = 0;
  private start: number | undefined;
  private end = 0;
  private readonly ip = new IpPacket();
  /** For packets that were kept. */
  private readonly again = new IpPacket();
  private readonly fragments = new Fragments();
  private readonly frames: KeptFrames;
  private readonly table: FlowTable;
  private readonly crowds = new Crowds();
  private reports: ConversationReport[] = [];
  /** Of the conversations that there is room to tell of, the last one's rank: none that is no worse comes in any more. */
  private floor = Infinity;
  private readonly linkTypes = new Map<number, number>();
  private readonly maxReports: number;
  private unwanted = 0;
  private omitted = 0;
  /** The findings of those that are not told of one by one. */
  private readonly omittedFindings = new Map<string, number>();
  private truncated = 0;
  private ended = false;

  constructor(private readonly options: ExplainerOptions = {}) {
    const { maxConversations = 10_000, maxReports = 1000, maxPacketBytes = 16_000_000 } = options;
    this.frames = new KeptFrames(maxPacketBytes);
    this.maxReports = maxReports;
    this.table = new FlowTable({
      maxConversations,
      limitsFor: () => ({ ...this.limits(), frames: this.frames }),
      replay: (flow, packet, time) => {
        this.replay(flow, packet, time);
      },
      retire: (flow) => {
        this.retire(flow);
      },
      retireSyn: (syn, open) => {
        this.retireSyn(syn, open);
      },
    });
  }

  /** Takes the next packet. Its bytes are not kept. */
  packet(packet: CapturedPacket): void {
    const { packets, ip } = this;
    this.count = packet.frame;
    this.bytes += packet.length;
    this.start ??= packet.time;
    const time = packet.time - this.start;
    if (time > this.end) this.end = time;
    if (packet.length > packet.end - packet.start) this.truncated += 1;
    const links = this.linkTypes.get(packet.linkType);
    if (links !== undefined || this.linkTypes.size < MOST_LINK_TYPES)
      this.linkTypes.set(packet.linkType, (links ?? 0) + 1);
    if (packet.frame % SWEEP === 0) this.table.sweep(time);
    let found = ip.find(packet);
    if (ip.isFragment && (found === 'tcp' || found === 'icmp' || found === 'icmpv6')) {
      if (!this.fragments.add(ip)) {
        packets.otherIp += 1;
        return;
      }
      if (ip.payload > ip.end) found = 'malformed';
    }
    switch (found) {
      case 'tcp':
        this.tcp(packet, time);
        return;
      case 'icmp':
      case 'icmpv6':
        packets.icmp += 1;
        this.icmp(packet.frame, time);
        return;
      case 'udp':
        packets.udp += 1;
        return;
      case 'arp':
        packets.arp += 1;
        return;
      case 'other-ip':
        packets.otherIp += 1;
        return;
      case 'not-ip':
        packets.notIp += 1;
        return;
      case 'malformed':
        packets.malformed += 1;
        return;
      case 'unknown-link':
        packets.unknownLink += 1;
    }
  }

  /** The capture is over: what there is to tell of it. */
  finish(about: {
    readonly problem: CaptureProblem | undefined;
    readonly format: string | undefined;
    readonly dropped: number;
  }): Report {
    if (!this.ended) this.table.end();
    this.ended = true;
    this.trim(this.maxReports);
    const capture: CaptureSummary = {
      format: about.format,
      linkTypes: [...this.linkTypes].map(([type, count]) => ({ type, count })),
      packets: this.count,
      bytes: this.bytes,
      /** When its first packet was captured. */
      start: this.start ?? 0,
      duration: this.end,
      ...this.packets,
      truncated: this.truncated,
      fragments: this.fragments.count,
      dropped: about.dropped,
      problem: about.problem,
    };
    const whole = judgeCapture(capture, {
      crowds: this.crowds,
      fragmentsIncomplete: this.fragments.waiting + this.fragments.givenUp,
      evicted: this.table.evicted,
      omitted: this.omitted,
    });
    const conversations = this.reports
      .sort((a, b) => a.number - b.number)
      .map((each) => ({ ...each, findings: this.crowds.without(each) }));
    const findings = [...whole, ...conversations.flatMap((each) => each.findings)];
    const totals: Record<string, number> = Object.fromEntries(this.omittedFindings);
    for (const { id } of findings) totals[id] = (totals[id] ?? 0) + 1;
    return {
      capture,
      conversations,
      totalConversations: this.table.introduced - this.unwanted,
      unwanted: this.unwanted,
      omitted: this.omitted,
      findings: whole,
      totals,
    };
  }

  private tcp(packet: CapturedPacket, time: number): void {
    const { ip, packets } = this;
    const tcp = tcpSegmentOf(ip, packet, time);
    if (tcp === undefined) {
      packets.malformed += 1;
      return;
    }
    packets.tcp += 1;
    const place = this.table.place(ip, tcp, packet);
    if (place === undefined) return;
    const { flow, fromClient } = place;
    flow.segment(fromClient, tcp, packet);
    if (packet.comment !== undefined) flow.comment(packet.frame, packet.comment);
  }

  private icmp(frame: number, time: number): void {
    const found = complaintOf(this.ip, frame, time);
    if (found === undefined) return;
    const place = this.table.quoted(found.quoted, found.quoted.payload);
    place?.flow.complain({ ...found.complaint, about: place.fromClient ? 'client' : 'server' });
  }

  private retire(flow: Flow): void {
    if (this.options.only?.(flow) === false) {
      this.unwanted += 1;
      flow.rows.release();
      return;
    }
    const findings = judge(flow, this.end);
    const futile = isFutile(flow, findings);
    const { client, server } = flow.follower;
    const counts = flow.startsWithSyn || isProbe(flow);
    if (counts) this.crowds.add(flow, futile, server.opening !== undefined && client.segments > client.synTries);
    if (rankOf(findings) >= this.floor) {
      this.omit(findings.map(({ id }) => id));
      flow.rows.release();
      return;
    }
    if (futile && counts) this.crowds.remember(flow.number);
    // What followed the conversation goes: its report is much smaller.
    this.reports.push(reportOf(flow, findings));
    if (this.reports.length >= this.maxReports * 1.25 + 16) this.trim(this.maxReports);
  }

  /** A call that nothing followed: told of like any other, or only counted when there is no room to tell of it. */
  private retireSyn(syn: LoneSyn, open: () => Flow): void {
    const waits = this.end - syn.last < UNANSWERED;
    if (this.floor > SEVERITIES.indexOf(waits ? 'note' : 'failure')) {
      this.retire(open());
      return;
    }
    if (this.options.only?.(syn) === false) {
      this.unwanted += 1;
      return;
    }
    const { packet, number, client, server, last: first } = syn;
    this.crowds.add({ number, client, server, first, firstFrame: packet.frame, startsWithSyn: true }, true);
    const found = this.again.find(packet);
    const checksum = found === 'tcp' ? checksumOf(this.again) : 'unknown';
    const isOffloaded = checksum === 'bad' || checksum === 'unfilled';
    this.omit([waits ? 'still-open' : 'no-answer', ...(isOffloaded ? (['checksum-offload'] as const) : [])]);
  }

  private replay(flow: Flow, packet: CapturedPacket, time: number): void {
    if (this.again.find(packet) !== 'tcp') return;
    const tcp = tcpSegmentOf(this.again, packet, time);
    if (tcp !== undefined) flow.segment(true, tcp, packet);
  }

  /** Counts the findings of a conversation that is not told of. */
  private omit(ids: readonly FindingId[]): void {
    this.omitted += 1;
    for (const id of ids) this.omittedFindings.set(id, (this.omittedFindings.get(id) ?? 0) + 1);
  }

  /** Keeps those with the worst findings, and of those with none the first. */
  private trim(most: number): void {
    if (this.reports.length <= most) return;
    const ranked = this.reports.map((report) => ({ report, rank: rankOf(report.findings) }));
    ranked.sort((a, b) => a.rank - b.rank || a.report.number - b.report.number);
    this.reports = ranked.slice(0, most).map(({ report }) => report);
    // What comes later and is no worse than the last of these would go the next time.
    this.floor = ranked[most - 1]?.rank ?? 0;
    for (const { report } of ranked.slice(most)) {
      this.crowds.forget(report.number);
      for (const { packet } of report.rows) this.frames.release(packet);
      this.omit(report.findings.map(({ id }) => id));
    }
  }

  private limits(): RowLimits {
    const asked = this.options.rows ?? ROWS;
    const few = MANY.find(([from]) => this.table.introduced >= from)?.[1];
    if (few === undefined) return asked;
    return {
      head: Math.min(asked.head, few.head),
      middle: Math.min(asked.middle, few.middle),
      tail: Math.min(asked.tail, few.tail),
    };
  }
}

/** The worse, the lower. */
function rankOf(findings: readonly Finding[]): number {
  const severity = worst(findings);
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}
