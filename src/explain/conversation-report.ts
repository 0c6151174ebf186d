import type { Finding } from './findings/finding';
import type { Flow } from './follow/flow';
import type { Side } from './follow/side';
import type { ConversationReport, OpeningReport, SideCounts } from './report';

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function openingOf({ opening }: Side): OpeningReport | undefined {
  return opening === undefined ? undefined : { isn: opening.isn, shift: opening.shift };
}

function countsOf({ tallies, reset }: Side): SideCounts {
  return {
    timeouts: tallies.count('timeout'),
    fastRetransmits: tallies.count('fast-retransmit'),
    probes: tallies.count('probe'),
    spurious: tallies.count('spurious'),
    handshakeRepeats: tallies.count('syn-again', 'syn-ack-again'),
    finRepeats: tallies.count('fin-again'),
    reordered: tallies.count('reordered'),
    duplicateAcks: tallies.count('duplicate-ack'),
    duplicatePackets: tallies.count('duplicate-packet'),
    windowClosed: tallies.count('zero-window'),
    windowProbes: tallies.count('window-probe'),
    keepAlives: tallies.count('keep-alive'),
    resets: reset === undefined ? 0 : reset.count,
  };
}

/** What stays of a conversation that was followed. */
export function reportOf(flow: Flow, findings: readonly Finding[]): ConversationReport {
  const { client, server } = flow.follower;
  return {
    number: flow.number,
    client: flow.client,
    server: flow.server,
    frames: [flow.firstFrame, flow.lastFrame],
    start: flow.first,
    duration: flow.last - flow.first,
    segments: { client: client.segments, server: server.segments },
    bytes: { client: client.newBytes, server: server.newBytes },
    states: { client: flow.ends.left, server: flow.ends.right },
    openings: { client: openingOf(client), server: openingOf(server) },
    counts: { client: countsOf(client), server: countsOf(server) },
    roundTrip: finite(client.rtt.least + server.rtt.least),
    protocols: [...flow.application.protocols],
    request: flow.application.request?.line,
    upgraded: flow.application.upgraded?.protocol,
    comments: flow.comments,
    findings,
    id: flow.id,
    rows: flow.rows.all(flow.id),
  };
}
