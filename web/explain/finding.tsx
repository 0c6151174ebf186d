import { EXPLAIN_TEXTS, tell, type Finding } from '../../src/explain';
import { lang, useTexts } from '../lang';
import { TEXTS } from './texts';

interface FindingProps {
  readonly finding: Finding;
  /** Goes to a packet. Without it, as on paper: nothing to press, nothing folded, and the words are explained elsewhere. */
  readonly onFrame?: (conversation: number, frame: number) => void;
}

/** Something that was found: what, where, why, and what to do. */
export function FindingView({ finding, onFrame }: FindingProps) {
  const texts = EXPLAIN_TEXTS[lang.value];
  const { labels } = texts;
  const own = useTexts(TEXTS);
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
          {onFrame === undefined || finding.conversation === 0
            ? labels.packets(finding.frames.join(', '))
            : labels.packets('')}
          {onFrame !== undefined &&
            finding.conversation !== 0 &&
            finding.frames.map((frame) => (
              <button
                key={frame}
                type="button"
                aria-label={own.packetsOf(frame)}
                onClick={() => {
                  onFrame(finding.conversation, frame);
                }}
              >
                {frame}
              </button>
            ))}
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
      {onFrame !== undefined && said.terms.length > 0 && (
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

/** Several findings: what is wrong, and folded below it, what is only worth knowing. */
export function FindingsView({ findings, onFrame }: Omit<FindingProps, 'finding'> & { findings: readonly Finding[] }) {
  const texts = useTexts(TEXTS);
  const isFolded = (each: Finding): boolean => onFrame !== undefined && each.severity === 'note';
  const view = (finding: Finding) => (
    <FindingView
      key={`${finding.id} ${finding.side ?? ''}`}
      finding={finding}
      {...(onFrame !== undefined && { onFrame })}
    />
  );
  const notes = findings.filter(isFolded);
  return (
    <>
      {findings.filter((each) => !isFolded(each)).map(view)}
      {notes.length > 0 && (
        <details class="explain-notes">
          <summary>
            {texts.notes(notes.length)}: {notes.map((each) => tell(each, EXPLAIN_TEXTS[lang.value]).title).join('; ')}
          </summary>
          {notes.map(view)}
        </details>
      )}
    </>
  );
}
