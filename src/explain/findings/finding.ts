/** How much it matters: worth knowing; something is slow or was mended; the conversation failed. */
export type Severity = 'note' | 'trouble' | 'failure';

export const SEVERITIES: readonly Severity[] = ['failure', 'trouble', 'note'];

/** What can be found. The names are stable: they are in the JSON. */
export const FINDINGS = [
  // The handshake
  'no-answer',
  'refused',
  'unreachable',
  'syn-repeated',
  'syn-ack-unanswered',
  'handshake-abandoned',
  'half-open',
  'simultaneous-open',
  'fast-open',
  'port-reuse',
  // Loss: what explains the others comes first
  'mtu-black-hole',
  'bad-checksums',
  'reordering',
  'timeout',
  'fast-retransmit',
  'tail-loss-probe',
  'spurious-retransmission',
  'fin-repeated',
  'duplicate-acks',
  'too-big',
  'time-exceeded',
  'checksum-offload',
  // Windows and waiting
  'zero-window',
  'window-limits',
  'no-window-scaling',
  'no-sack',
  'no-timestamps',
  'delayed-ack-stall',
  'slow-answer',
  'no-response',
  'slow-network',
  'queue-delay',
  'ecn',
  'congestion-marked',
  // The end
  'reset',
  'reset-after-close',
  'reset-ignored',
  'vanished',
  'keep-alive-unanswered',
  'half-closed',
  'still-open',
  'simultaneous-close',
  // What programs say
  'http-error',
  'answer-cut-short',
  'wrong-protocol',
  'websocket-close',
  'tls-alert',
  // The capture itself
  'began-before',
  'one-direction',
  'capture-lost-packets',
  'duplicate-packets',
  'syn-flood',
  'port-scan',
  'host-scan',
  'fragments',
  'file-damaged',
  'unknown-link',
  'not-followed',
] as const;

export type FindingId = (typeof FINDINGS)[number];

/** Why it may have happened. Stable names, too. */
export const CAUSES = [
  'filtered',
  'host-down',
  'one-sided-capture',
  'nobody-listens',
  'firewall-rejects',
  'no-route',
  'answer-lost',
  'spoofed-source',
  'scanner',
  'forgotten',
  'restarted',
  'loss-before-capture',
  'loss-behind-capture',
  'congestion',
  'bad-link',
  'delay-jump',
  'ack-lost',
  'network-duplicates',
  'several-paths',
  'small-mtu',
  'icmp-filtered',
  'icmp-ignored',
  'damaged-on-the-way',
  'card-fills-in',
  'slow-reader',
  'small-buffer',
  'option-not-offered',
  'option-stripped',
  'nagle-and-delayed-ack',
  'slow-program',
  'far-away',
  'program-aborts',
  'unread-data',
  'linger-zero',
  'no-such-connection',
  'injected',
  'idle-timeout',
  'gave-up',
  'closed-too-early',
  'host-vanished',
  'path-broken',
  'forgot-to-close',
  'capture-ended',
  'mirror-or-several-interfaces',
  'capture-too-slow',
  'attack',
  'routing-loop',
  'queue-full',
  'big-queue',
  'speaks-otherwise',
] as const;

export type CauseId = (typeof CAUSES)[number];

export type Likelihood = 'certain' | 'likely' | 'possible';

export interface Cause {
  readonly id: CauseId;
  readonly likelihood: Likelihood;
}

/** Something that is worth to be told of a conversation, or of the capture. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** The conversation's number; 0: it is about the whole capture. */
  readonly conversation: number;
  /** Whose trouble it is: who repeats, who is slow, who is gone, who resets. */
  readonly side: 'client' | 'server' | undefined;
  /** Where to look: numbers of packets, as Wireshark counts them. The first ones, if there are many. */
  readonly frames: readonly number[];
  /** How often. */
  readonly count: number;
  /** From the capture's first packet, µs. */
  readonly from: number;
  readonly to: number;
  /** The figures that it rests on: times in µs, sizes in bytes. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** The most probable first. */
  readonly causes: readonly Cause[];
}

/** Short for a list of causes. */
export function causes(...list: readonly (readonly [CauseId, Likelihood] | undefined)[]): Cause[] {
  return list.flatMap((each) => (each === undefined ? [] : [{ id: each[0], likelihood: each[1] }]));
}

const RANK: Readonly<Record<Severity, number>> = { failure: 0, trouble: 1, note: 2 };

/** The worst first; what is as bad stays in the order of the list of findings, and of time. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    FINDINGS.indexOf(a.id) - FINDINGS.indexOf(b.id) ||
    a.conversation - b.conversation ||
    a.from - b.from
  );
}

/** The worst severity among them; `undefined` when there are none. */
export function worst(findings: readonly Finding[]): Severity | undefined {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity));
}
