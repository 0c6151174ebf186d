import type { Lang } from '../inspect';
import type { Finding } from './findings/finding';
import type { CaptureProblem } from './capture/packet';
import { EXPLAIN_TEXTS, tell, tellDamage } from './lang';
import type { ConversationReport, Report } from './report';

/** Changes when a field changes its meaning or goes; new ones may come. */
export const JSON_VERSION = 1;

/** A report as plain values for JSON, without the ladders; see docs/explain.md. Times in µs, sizes in bytes. */
export function toJson(report: Report, { name, lang }: { readonly name: string; readonly lang: Lang }): unknown {
  const texts = EXPLAIN_TEXTS[lang];
  const { problem } = report.capture;
  const problemOf = ({ offset, kind, damage }: CaptureProblem): unknown => ({
    offset,
    kind,
    id: damage.id,
    reason: tellDamage(damage, texts),
  });
  const finding = (each: Finding): unknown => {
    const { title, what, todo } = tell(each, texts);
    return { ...each, side: each.side ?? null, title, text: what, todo: todo ?? null };
  };
  return {
    version: JSON_VERSION,
    file: name,
    capture: { ...report.capture, problem: problem === undefined ? null : problemOf(problem) },
    conversations: report.conversations.map((each) => conversation(each, finding)),
    totalConversations: report.totalConversations,
    unwanted: report.unwanted,
    omitted: report.omitted,
    findings: report.findings.map(finding),
    totals: report.totals,
  };
}

function conversation(report: ConversationReport, finding: (finding: Finding) => unknown): unknown {
  return {
    number: report.number,
    client: report.client,
    server: report.server,
    frames: report.frames,
    start: report.start,
    duration: report.duration,
    segments: report.segments,
    bytes: report.bytes,
    states: report.states,
    roundTrip: report.roundTrip,
    counts: report.counts,
    protocols: report.protocols,
    request: report.request,
    upgraded: report.upgraded,
    comments: report.comments,
    findings: report.findings.map(finding),
    shownRows: report.rows.length,
  };
}
