import { EXPLAIN_TEXTS } from '../../src/explain';
import { lang, useTexts } from '../lang';
import type { PageData } from './data';
import { countOutcomes, type Outcome } from './overview';
import { TEXTS } from './texts';

export const SIGNS: Readonly<Record<Outcome, string>> = { failure: '✗', trouble: '!', good: '✓' };

/** What the capture is, and in a line how it went. */
export function Summary({ data }: { readonly data: PageData }) {
  const { report, name, packetsLeftOut = 0, conversationsLeftOut = 0 } = data;
  const texts = useTexts(TEXTS);
  const words = EXPLAIN_TEXTS[lang.value];
  const { labels } = words;
  const { capture, conversations } = report;
  const counts = countOutcomes(conversations);
  const told = { failure: texts.failed, trouble: texts.troubled, good: texts.fine };
  const isGood = counts.failure + counts.trouble === 0 && report.findings.length === 0;
  const others = (['udp', 'icmp', 'arp', 'otherIp', 'notIp', 'malformed', 'unknownLink'] as const)
    .filter((kind) => capture[kind] > 0)
    .map((kind) => `${words.number(capture[kind])} ${labels.kinds[kind]}`);
  return (
    <header class="explain-summary">
      <h2 class="explain-title">{labels.title(name)}</h2>
      {report.totalConversations === 0 ? (
        <p>{labels.noConversation}</p>
      ) : isGood ? (
        <p class="explain-verdict explain-good">✓ {labels.nothingWrong}</p>
      ) : (
        <p class="explain-verdict">
          <span>{texts.ofConversations(conversations.length, report.totalConversations)}</span>
          {(['failure', 'trouble', 'good'] as const)
            .filter((each) => counts[each] > 0)
            .map((each) => (
              <span key={each} class={`explain-count explain-count-${each}`}>
                <span aria-hidden="true">{SIGNS[each]}</span> {told[each](counts[each])}
              </span>
            ))}
        </p>
      )}
      <p class="explain-muted">
        {labels.summary(
          capture.packets,
          words.bytes(capture.bytes),
          words.time(capture.duration),
          report.totalConversations,
        )}{' '}
        {capture.start > 0 && labels.began(startOf(capture.start))} {others.length > 0 && labels.others(others)}{' '}
        {capture.truncated > 0 && labels.truncated(capture.truncated)}
      </p>
      {report.omitted > 0 && <p class="explain-muted">{texts.omitted(report.omitted)}</p>}
      {conversationsLeftOut > 0 && <p class="explain-muted">{texts.conversationsLeftOut(conversationsLeftOut)}</p>}
      {packetsLeftOut > 0 && <p class="explain-muted">{texts.packetsLeftOut(packetsLeftOut)}</p>}
    </header>
  );
}

/** µs since 1970, as the command line writes it. */
function startOf(µs: number): string {
  return `${new Date(µs / 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}
