import type { DamageId } from '../capture/damage';
import type { CauseId, Finding, FindingId, Likelihood, Severity } from '../findings/finding';

/** A finding with its figures as a language writes them. */
export interface Figures {
  readonly finding: Finding;
  /** Whose trouble it is, and the other one: "the client", "서버". Without a side: both. */
  readonly side: string;
  readonly other: string;
  readonly count: number;
  /** A figure of the evidence: as it is, as a time, as bytes. */
  readonly number: (name: string) => number;
  readonly time: (name: string) => string;
  readonly bytes: (name: string) => string;
  readonly text: (name: string) => string;
  /** Why the file cannot be read any further, if that is what was found. */
  readonly damage: string;
}

/** What is said of one kind of finding. */
export interface FindingTexts {
  /** A few words. */
  readonly title: (figures: Figures) => string;
  /** What was seen, in short sentences. */
  readonly what: (figures: Figures) => string;
  /** What to do about it. */
  readonly todo?: string;
  /** The field's words in it: they are explained, see `terms`. */
  readonly terms?: readonly Term[];
}

export const TERMS = [
  'client, server',
  'segment',
  'seq, len, ack',
  'SYN',
  'ACK',
  'FIN',
  'RST',
  'handshake',
  'state',
  'port',
  'retransmission',
  'RTO',
  'duplicate ACK',
  'SACK',
  'DSACK',
  'window',
  'window scaling',
  'RTT',
  'MSS',
  'MTU',
  'ICMP',
  'TTL',
  'keep-alive',
  'Nagle',
  'delayed ACK',
  'checksum',
  'timestamps',
  'ECN',
  'Fast Open',
  'NAT',
  'half-open',
  'TLS',
  'fragment',
] as const;

/** Words that every ladder has, and that stand in every conversation's first line. */
export const LADDER_TERMS: readonly Term[] = [
  'client, server',
  'segment',
  'seq, len, ack',
  'SYN',
  'ACK',
  'FIN',
  'state',
];

export type Term = (typeof TERMS)[number];

/** Why a file cannot be read: a text made with its figures. */
export type DamageText = (figures: Pick<Figures, 'number' | 'text'>) => string;

/** Everything that explain says in one language. */
export interface ExplainTexts {
  readonly findings: Readonly<Record<FindingId, FindingTexts>>;
  readonly damage: Readonly<Record<DamageId, DamageText>>;
  readonly causes: Readonly<Record<CauseId, string>>;
  readonly likelihood: Readonly<Record<Likelihood, string>>;
  readonly severity: Readonly<Record<Severity, string>>;
  readonly terms: Readonly<Record<Term, string>>;
  readonly client: string;
  readonly server: string;
  readonly number: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** µs */
  readonly time: (value: number) => string;
  readonly labels: Labels;
}

/** The words around the findings. */
export interface Labels {
  readonly title: (name: string) => string;
  readonly summary: (packets: number, bytes: string, time: string, conversations: number) => string;
  readonly began: (when: string) => string;
  readonly others: (what: readonly string[]) => string;
  readonly kinds: Readonly<Record<'udp' | 'icmp' | 'arp' | 'otherIp' | 'notIp' | 'malformed' | 'unknownLink', string>>;
  readonly truncated: (count: number) => string;
  readonly nothingWrong: string;
  readonly noConversation: string;
  readonly wrong: (failures: number, troubles: number, notes: number) => string;
  readonly conversation: (number: number) => string;
  readonly conversationFacts: (
    segments: number,
    sent: string,
    received: string,
    time: string,
    roundTrip: string | undefined,
  ) => string;
  readonly speaks: (what: string) => string;
  readonly packets: (list: string) => string;
  readonly morePackets: (count: number) => string;
  readonly because: string;
  readonly todo: string;
  readonly nothingFound: string;
  readonly moreConversations: (count: number) => string;
  readonly legend: string;
  readonly terms: string;
  readonly wholeCapture: string;
  readonly comment: string;
  readonly moreComments: (count: number) => string;
  readonly filter: string;
  readonly all: string;
  readonly onlyTrouble: string;
  readonly stateOf: (client: string, server: string) => string;
  /** How to read the ladder, on the page. */
  readonly ladderHint: string;
  readonly packetNumber: string;
}
