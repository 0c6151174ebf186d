import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { LESSONS, type Action, type Lesson } from '../../src/lessons';
import { useKeys } from '../components/shell';
import { GLOSSARY } from '../components/shell/glossary';
import { lang, useTexts, type Lang } from '../lang';
import { STATE_TEXTS } from '../lang/states';
import type { Address } from './address';
import { Changes } from './changes';
import { Controls } from './controls';
import { Conversation } from './conversation';
import { FrameBar } from './frame-bar';
import { AtEnd, Narration } from './narration';
import { Outcome } from './outcome-view';
import { experimentOf } from './outcome';
import { Panels } from './panels';
import { SPEEDS, type Player } from './player';
import { remember } from './progress';
import { Prose } from './prose';
import { bringIntoView } from './scroll';
import { StageView } from './stage';
import { termsOf, wordsOf, type Terms, type Word } from './terms';
import { LEARN_TEXTS } from './texts';
import { useStage } from './use-player';

export interface LessonPageProps {
  readonly address: Address & { readonly page: 'lesson' };
  /** Counts the readers' ways here: another one, and all begins anew. */
  readonly visit: number;
  /** Writes what is seen now into the URL. */
  readonly write: (link: string) => void;
}

/** A lesson: what it is about, the stage, what is said, what the reader changes, and what comes of it. */
export function LessonPage({ address, visit, write }: LessonPageProps) {
  const { lesson, seed, actions, time, problem } = address;
  const texts = useTexts(LEARN_TEXTS);
  const language = lang.value;
  const stage = useStage(lesson, String(visit), { seed, actions, time });
  const { player } = stage;
  const version = stage.version.value;
  const terms = useMemo(() => termsOf(lesson, language, knownWords(language)), [lesson, language]);
  const [wire, setWire] = useState(0);
  const [selected, setSelected] = useState<number>();
  const rows = (player.run.timelines[wire] ?? player.run.timeline).rows;
  const chosen = selected !== undefined && selected < rows.end ? selected : undefined;
  const showWire = (which: number): void => {
    setWire(which);
    setSelected(undefined);
  };
  const selectOn = (row: number, which: number): void => {
    setWire(which);
    setSelected(row);
  };

  useEffect(() => {
    if (player.isDone) remember(lesson.id);
    // A broken link stays where it can be mended, until something is changed.
    if (problem === undefined || player.isChanged) write(player.link);
  }, [version]);

  const speed = (by: 1 | -1): void => {
    const at = SPEEDS.findIndex((each) => each === player.speed);
    player.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))] ?? player.speed;
    stage.version.value += 1;
  };
  const goTo = (by: 1 | -1): void => {
    const to = LESSONS[LESSONS.indexOf(lesson) + by];
    if (to !== undefined) location.hash = to.id;
  };
  useKeys({
    ArrowRight: () => {
      player.step();
    },
    ArrowLeft: () => {
      player.back();
    },
    ' ': () => {
      player.toggle();
    },
    Home: () => {
      player.restart();
    },
    End: () => {
      player.toEnd();
    },
    '[': () => {
      speed(-1);
    },
    ']': () => {
      speed(1);
    },
    n: () => {
      goTo(1);
    },
    p: () => {
      goTo(-1);
    },
  });

  const change = (next: readonly Action[], since?: number): void => {
    player.change(next, since);
  };

  // When it begins, the reader is brought to where all that moves is in view; but not from further down, where something is looked at.
  const hasBegun = player.isMoving || player.run.steps > 0;
  const begun = useRef(hasBegun);
  useEffect(() => {
    if (hasBegun && !begun.current) bringIntoView({ only: 'down', smooth: player.animated });
    begun.current ||= hasBegun;
  }, [hasBegun]);

  // Where it is about amounts, the pictures show it, and not the ladder.
  const panelsFirst = lesson.panels?.[0] === 'plots' || lesson.panels?.[0] === 'windows';
  const panels = <Panels stage={stage} version={version} wire={wire} selected={chosen} />;
  const conversation = (
    <Conversation
      player={player}
      version={version}
      generation={player.generation}
      wire={wire}
      onWire={showWire}
      selected={chosen}
      onSelect={setSelected}
    />
  );
  return (
    <article class="learn-lesson" data-lesson={lesson.id} data-steps={player.run.steps}>
      {problem !== undefined && (
        <p class="learn-problem" role="alert">
          {texts.badLesson} {texts.problems[problem]}
        </p>
      )}
      <header class="learn-head">
        <h2>{lesson.title[language]}</h2>
        <p class="learn-lead">
          <Prose text={lesson.summary[language]} terms={terms} />
        </p>
        <p class="learn-goal">
          <b>{texts.goal}</b> {lesson.goal[language]}
        </p>
      </header>

      <div class="learn-play">
        <section class="learn-theatre" aria-label={texts.stage}>
          <StageView stage={stage} version={version} wire={wire} selected={chosen} onSelect={selectOn} />
          <Now player={player} version={version} />
          {player.isDone && (
            <div class="learn-now-end">
              <AtEnd player={player} />
            </div>
          )}
          <FrameBar player={player} version={version} wire={wire} selected={chosen} onChange={change} />
          {panelsFirst ? panels : conversation}
          <Controls stage={stage} version={version} />
        </section>
        <div class="learn-beside">
          <Experiment player={player} version={version} terms={terms} />
          <Narration stage={stage} version={version} terms={terms} />
          <Outcome player={player} version={version} terms={terms} />
        </div>
      </div>

      <Changes player={player} version={version} terms={terms} onChange={change} />
      {panelsFirst ? <div class="learn-below">{conversation}</div> : panels}

      <Words lesson={lesson} />
      <nav class="learn-ways" aria-label={texts.lessons}>
        <Way to={LESSONS[LESSONS.indexOf(lesson) - 1]} rel="prev" />
        <Way to={LESSONS[LESSONS.indexOf(lesson) + 1]} rel="next" />
      </nav>
    </article>
  );
}

/** The states, and the words of the page's help. */
function knownWords(language: Lang): Word[] {
  return [
    ...Object.entries(STATE_TEXTS[language]).map(([name, { means }]) => ({ name, means })),
    ...GLOSSARY[language].map(({ term, means }) => ({ name: term, means })),
  ];
}

/** Where there is no room beside the stage: what is said now. The live region of the narration tells it to those who listen. */
function Now({ player }: { readonly player: Player; readonly version: number }) {
  const { beats } = player.run;
  const now = beats.at(-1)?.time;
  if (now === undefined) return null;
  return (
    <p class="learn-now" aria-hidden="true">
      {beats
        .filter(({ time }) => time === now)
        .map(({ beat }) => beat[lang.value])
        .join(' ')}
    </p>
  );
}

/** The experiment that is on: what to look at. */
function Experiment({ player, terms }: { readonly player: Player; readonly version: number; readonly terms: Terms }) {
  const texts = useTexts(LEARN_TEXTS);
  const id = experimentOf(player.lesson, player.seed, player.actions);
  const suggestion = player.lesson.suggestions.find((each) => each.id === id);
  if (suggestion === undefined) return null;
  return (
    <section class="learn-experiment" aria-label={texts.experiment}>
      <b>
        {texts.experiment}: {suggestion.title[lang.value]}
      </b>
      <p>
        <Prose text={suggestion.look[lang.value]} terms={terms} />
      </p>
      <button
        type="button"
        onClick={() => {
          player.begin(player.lesson.actions ?? []);
        }}
      >
        {texts.asLesson}
      </button>
    </section>
  );
}

function Words({ lesson }: { readonly lesson: Lesson }) {
  const texts = useTexts(LEARN_TEXTS);
  return (
    <section class="learn-words" aria-labelledby="learn-words">
      <h3 id="learn-words">{texts.words}</h3>
      <dl>
        {wordsOf(lesson, lang.value).map(({ name, means }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <p class="learn-sources">
        {texts.sources}: {lesson.rfc.join(', ')}
      </p>
    </section>
  );
}

function Way({ to, rel }: { readonly to: Lesson | undefined; readonly rel: 'prev' | 'next' }) {
  const texts = useTexts(LEARN_TEXTS);
  if (to === undefined) return <span />;
  return (
    <a class={`learn-way learn-way-${rel}`} href={`#${to.id}`} rel={rel}>
      <span>{rel === 'prev' ? `← ${texts.previous}` : `${texts.next} →`}</span>
      <b>{to.title[lang.value]}</b>
    </a>
  );
}
