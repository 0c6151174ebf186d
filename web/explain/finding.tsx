import { EXPLAIN_TEXTS, tell, type Finding } from '../../src/explain';
import { lang } from '../lang';

interface FindingProps {
  readonly finding: Finding;
  readonly onFrame: (conversation: number, frame: number) => void;
}

/** Something that was found: what, where, why, and what to do. */
export function FindingView({ finding, onFrame }: FindingProps) {
  const texts = EXPLAIN_TEXTS[lang.value];
  const { labels } = texts;
  const said = tell(finding, texts);
  const more = finding.count - finding.frames.length;
  return (
    <article class={`explain-finding explain-${finding.severity}`}>
      <h3>
        <span class="explain-severity">{texts.severity[finding.severity]}</span> {said.title}{' '}
        <code class="explain-id">{finding.id}</code>
      </h3>
      <p>{said.what}</p>
      {finding.frames.length > 0 && (
        <p class="explain-frames">
          {labels.packets('')}
          {finding.frames.map((frame) =>
            finding.conversation === 0 ? (
              <span key={frame}> {frame}</span>
            ) : (
              <button
                key={frame}
                type="button"
                onClick={() => {
                  onFrame(finding.conversation, frame);
                }}
              >
                {frame}
              </button>
            ),
          )}
          {more > 0 && ` ${labels.morePackets(more)}`}
        </p>
      )}
      {said.causes.length > 0 && (
        <dl>
          <dt>{labels.because}</dt>
          {said.causes.map(({ likelihood, text }) => (
            <dd key={text}>
              <em>{likelihood}</em>: {text}
            </dd>
          ))}
        </dl>
      )}
      {said.todo !== undefined && (
        <p>
          <strong>{labels.todo}:</strong> {said.todo}
        </p>
      )}
      {said.terms.length > 0 && (
        <details>
          <summary>{labels.terms}</summary>
          <ul>
            {said.terms.map((term) => (
              <li key={term}>
                <b>{term}</b>: {texts.terms[term]}
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}
