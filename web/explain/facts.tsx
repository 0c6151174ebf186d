import { EXPLAIN_TEXTS, type ConversationReport } from '../../src/explain';
import { lang } from '../lang';

/** Comments in the capture that are shown of a conversation. */
const MOST_COMMENTS = 10;

/** How much, how long, in which states; and what somebody wrote to its packets. */
export function Facts({ report }: { readonly report: ConversationReport }) {
  const words = EXPLAIN_TEXTS[lang.value];
  const { labels } = words;
  return (
    <>
      <p>
        {labels.conversationFacts(
          report.segments.client + report.segments.server,
          words.bytes(report.bytes.client),
          words.bytes(report.bytes.server),
          words.time(report.duration),
          report.roundTrip === undefined ? undefined : words.time(report.roundTrip),
        )}
        {report.protocols.length > 0 && `; ${labels.speaks(report.protocols.join(', '))}`};{' '}
        {labels.stateOf(report.states.client ?? '?', report.states.server ?? '?')}.
      </p>
      {report.comments.length > 0 && (
        <ul class="explain-comments">
          {report.comments.slice(0, MOST_COMMENTS).map(({ frame, text }) => (
            <li key={`${frame} ${text}`}>
              {labels.comment} ({frame}): {text}
            </li>
          ))}
          {report.comments.length > MOST_COMMENTS && (
            <li class="explain-muted">{labels.moreComments(report.comments.length - MOST_COMMENTS)}</li>
          )}
        </ul>
      )}
    </>
  );
}
