import type { State } from '../tcp/states';
import type { ConnectionId } from '../tcp/trace';
import type { CaptureProblem } from './capture/packet';
import type { Finding } from './findings/finding';
import type { End } from './follow/flow';
import type { NumberedRow } from './follow/rows';

/** What a capture holds. Times in µs, sizes in bytes. */
export interface CaptureSummary {
  readonly format: string | undefined;
  readonly linkTypes: readonly { readonly type: number; readonly count: number }[];
  readonly packets: number;
  /** On the wire; a capture may have cut packets off. */
  readonly bytes: number;
  /** When its first packet was captured, since 1970. */
  readonly start: number;
  readonly duration: number;
  /** Packets by what they carry. */
  readonly tcp: number;
  readonly udp: number;
  readonly icmp: number;
  readonly arp: number;
  readonly otherIp: number;
  readonly notIp: number;
  readonly malformed: number;
  readonly unknownLink: number;
  /** Packets of which not all was captured. */
  readonly truncated: number;
  /** Pieces of fragmented packets. */
  readonly fragments: number;
  /** Packets that the capturing program says it lost. */
  readonly dropped: number;
  readonly problem: CaptureProblem | undefined;
}

/** How a side began: what its numbers are counted from, and its window's scale, if it offered one. */
export interface OpeningReport {
  readonly isn: number;
  readonly shift: number | undefined;
}

/** What a side did, and how often. */
export interface SideCounts {
  /** Data sent again: after a time-out, after duplicate ACKs, as a tail loss probe, and for nothing. */
  readonly timeouts: number;
  readonly fastRetransmits: number;
  readonly probes: number;
  readonly spurious: number;
  /** SYN or SYN-ACK, and FIN, sent again. */
  readonly handshakeRepeats: number;
  readonly finRepeats: number;
  /** Segments that were overtaken. */
  readonly reordered: number;
  readonly duplicateAcks: number;
  /** Packets that were captured twice. */
  readonly duplicatePackets: number;
  /** How often it closed its window, and asked for the other's. */
  readonly windowClosed: number;
  readonly windowProbes: number;
  readonly keepAlives: number;
  readonly resets: number;
}

/** One conversation: who, how much, what was found, and its ladder. */
export interface ConversationReport {
  /** Counts the capture's conversations from 1, in the order of their first packets. */
  readonly number: number;
  /** Who sent the first SYN; where that was not captured, who probably did. */
  readonly client: End;
  readonly server: End;
  /** The first packet's number, and the last one's. */
  readonly frames: readonly [number, number];
  /** Since the capture's first packet. */
  readonly start: number;
  readonly duration: number;
  readonly segments: { readonly client: number; readonly server: number };
  /** Data that each has sent, without what was sent again. */
  readonly bytes: { readonly client: number; readonly server: number };
  /** In the end, as far as it can be told. */
  readonly states: { readonly client: State | undefined; readonly server: State | undefined };
  /** The shortest time from one end to the other and back, as far as it was measured. */
  readonly roundTrip: number | undefined;
  readonly openings: { readonly client: OpeningReport | undefined; readonly server: OpeningReport | undefined };
  readonly counts: { readonly client: SideCounts; readonly server: SideCounts };
  readonly protocols: readonly string[];
  /** The first line of the first HTTP request. */
  readonly request: string | undefined;
  readonly upgraded: string | undefined;
  /** Remarks that the capture has on its packets. */
  readonly comments: readonly { readonly frame: number; readonly text: string }[];
  readonly findings: readonly Finding[];
  /** `local` is the server, `remote` the client: in rows, `in` is what the client sends. */
  readonly id: ConnectionId;
  readonly rows: readonly NumberedRow[];
}

/** All that there is to tell of a capture. */
export interface Report {
  readonly capture: CaptureSummary;
  readonly conversations: readonly ConversationReport[];
  readonly totalConversations: number;
  /** Conversations that were not asked for. */
  readonly unwanted: number;
  /** Conversations that were judged, and of which no more than their findings' number is told. */
  readonly omitted: number;
  /** About the capture as a whole. */
  readonly findings: readonly Finding[];
  /** How often each finding was made, in all conversations. */
  readonly totals: Readonly<Record<string, number>>;
}
