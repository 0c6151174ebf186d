import { tell, worst, type ConversationReport, type ExplainTexts } from '../../src/explain';
import { endOf } from './data';

/** How a conversation went: a `note` is nothing wrong. */
export type Outcome = 'failure' | 'trouble' | 'good';

export function outcomeOf({ findings }: Pick<ConversationReport, 'findings'>): Outcome {
  const severity = worst(findings);
  return severity === 'failure' || severity === 'trouble' ? severity : 'good';
}

/** Something that went wrong, and in how many conversations. */
export interface Kind {
  readonly title: string;
  readonly severity: 'failure' | 'trouble';
  readonly count: number;
}

/** What went wrong: failures first, of these what happened most often. */
export function kindsOf(conversations: readonly ConversationReport[], texts: ExplainTexts): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { findings } of conversations) {
    const seen = new Set<string>();
    for (const finding of findings) {
      const { severity } = finding;
      if (severity === 'note') continue;
      const { title } = tell(finding, texts);
      const key = `${severity} ${title}`;
      if (seen.has(key)) continue;
      seen.add(key);
      kinds.set(key, { title, severity, count: (kinds.get(key)?.count ?? 0) + 1 });
    }
  }
  const rank = { failure: 0, trouble: 1 };
  return [...kinds.values()].sort((a, b) => rank[a.severity] - rank[b.severity] || b.count - a.count);
}

/** How many conversations went how. */
export function countOutcomes(conversations: readonly ConversationReport[]): Readonly<Record<Outcome, number>> {
  const counts = { failure: 0, trouble: 0, good: 0 };
  for (const each of conversations) counts[outcomeOf(each)] += 1;
  return counts;
}

/** A conversation in a line: its number, who with whom, what for. */
export function nameOf({ number, client, server, request }: ConversationReport): string {
  return `#${number} ${endOf(client)} → ${endOf(server)}${request === undefined ? '' : ` ${request}`}`;
}

/** All that one may search a conversation for: its name, protocols, states, and what was found in it. In small letters. */
export function searched(report: ConversationReport, texts: ExplainTexts): string {
  const { protocols, states, findings } = report;
  const told = findings.map((finding) => `${finding.id} ${tell(finding, texts).title}`);
  return [nameOf(report), ...protocols, states.client, states.server, ...told].join('\n').toLowerCase();
}
