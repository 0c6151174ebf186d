import { useEffect, useRef } from 'preact/hooks';
import { LESSONS } from '../../src/lessons';
import { timeText } from '../components/plots/units';
import { lang, useTexts } from '../lang';
import type { Player } from './player';
import { Prose } from './prose';
import { bringIntoView } from './scroll';
import { wordsOf, type Terms, type Word } from './terms';
import { LEARN_TEXTS } from './texts';
import type { Stage } from './use-player';

export interface NarrationProps {
  readonly stage: Stage;
  readonly version: number;
  readonly terms: Terms;
}

/** What the lesson has said so far, the newest last; a word of its own is explained below the remark where it is met first. */
export function Narration({ stage, terms }: NarrationProps) {
  const texts = useTexts(LEARN_TEXTS);
  const language = lang.value;
  const { player } = stage;
  const { beats } = player.run;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    current.scrollTo({ top: current.scrollHeight, behavior: player.animated ? 'smooth' : 'instant' });
  }, [beats.length, player.generation, player.isDone]);
  const own = wordsOf(player.lesson, language);
  const met = new Set<string>();
  const now = beats.at(-1)?.time;
  return (
    <section class="narration" aria-labelledby="narration">
      <h3 id="narration">{texts.narration}</h3>
      <ol ref={list} tabIndex={0} aria-labelledby="narration">
        {beats.length === 0 && <li class="narration-empty">{player.run.steps === 0 ? texts.notYet : texts.notSaid}</li>}
        {beats.map(({ beat, time }) => (
          <li key={beat.id} class={`narration-beat${time === now ? ' narration-now' : ''}`} data-beat={beat.id}>
            <span class="narration-time">{timeText(time, language)}</span>
            <p>
              <Prose text={beat[language]} terms={terms} />
            </p>
            <NewWords words={newWords(beat[language], own, met, terms)} terms={terms} />
          </li>
        ))}
        {player.isDone && (
          <li class="narration-end">
            <AtEnd player={player} />
          </li>
        )}
      </ol>
      <p class="visually-hidden" aria-live="polite">
        {beats
          .filter(({ time }) => time === now)
          .map(({ beat }) => beat[language])
          .join(' ')}
      </p>
    </section>
  );
}

/** The run is over: where to go from here. */
export function AtEnd({ player }: { readonly player: Player }) {
  const texts = useTexts(LEARN_TEXTS);
  const next = LESSONS[LESSONS.indexOf(player.lesson) + 1];
  return (
    <div class="learn-end">
      <p>{texts.atEnd}</p>
      <div>
        <button
          type="button"
          onClick={() => {
            bringIntoView({ place: '.changes' });
          }}
        >
          {texts.change} ↓
        </button>
        {next !== undefined && <a href={`#${next.id}`}>{texts.next} →</a>}
      </div>
    </div>
  );
}

function NewWords({ words, terms }: { readonly words: readonly Word[]; readonly terms: Terms }) {
  if (words.length === 0) return null;
  return (
    <dl class="narration-words">
      {words.map(({ name, means }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Prose text={means} terms={terms} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The lesson's own words that a text is the first to use; and those that explaining them takes. */
function newWords(text: string, own: readonly Word[], met: Set<string>, terms: Terms): Word[] {
  const used = terms.split(text).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.word.name]));
  const fresh = own.filter(({ name }) => used.includes(name) && !met.has(name));
  for (const { name } of fresh) met.add(name);
  return fresh.flatMap((word) => [word, ...newWords(word.means, own, met, terms)]);
}
