import { GROUPS, LESSONS, type BadLink, type Lesson } from '../../src/lessons';
import { lang, useTexts } from '../lang';
import { FIRST_TEXTS } from './first-texts';
import { done, forget } from './progress';
import { LEARN_TEXTS } from './texts';

/** All lessons in the order in which they are best read; and first, for somebody new, what it is all about. */
export function Contents({ problem }: { readonly problem: BadLink['problem'] | undefined }) {
  const texts = useTexts(LEARN_TEXTS);
  const first = useTexts(FIRST_TEXTS);
  const read = done.value;
  const count = LESSONS.filter(({ id }) => read.has(id)).length;
  const next = LESSONS.find(({ id }) => !read.has(id)) ?? LESSONS[0];
  const groups = GROUPS.map((group) => ({ group, lessons: LESSONS.filter((each) => each.group === group) }));
  return (
    <div class="learn-contents">
      {problem !== undefined && (
        <p class="learn-problem" role="alert">
          {texts.badContents} {texts.problems[problem]}
        </p>
      )}
      <section class="learn-first" aria-labelledby="learn-first">
        <div class="learn-first-words">
          <h2 id="learn-first">{first.heading}</h2>
          <p class="learn-lead">{first.lead}</p>
        </div>
        <Talk />
        <div class="learn-first-words">
          <p>{first.why}</p>
          {next !== undefined && (
            <a class="learn-begin" href={`#${next.id}`}>
              {count === 0 ? first.begin : first.goOn(next.title[lang.value])} <span aria-hidden="true">→</span>
            </a>
          )}
        </div>
      </section>
      <section class="learn-how" aria-label={first.how}>
        <dl>
          {first.hows.map(([what, text]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="learn-lessons" aria-labelledby="learn-lessons">
        <header>
          <h2 id="learn-lessons">{texts.lessons}</h2>
          {count > 0 && (
            <p class="learn-progress">
              <progress max={LESSONS.length} value={count} aria-label={texts.progress(count, LESSONS.length)} />
              {texts.progress(count, LESSONS.length)}
              <button type="button" class="quiet" onClick={forget}>
                {texts.forget}
              </button>
            </p>
          )}
        </header>
        {groups.map(
          ({ group, lessons }) =>
            lessons.length > 0 && (
              <section class="learn-group" key={group} aria-labelledby={`group-${group}`}>
                <div class="learn-group-head">
                  <h3 id={`group-${group}`}>{texts.groups[group].title}</h3>
                  <p>{texts.groups[group].about}</p>
                </div>
                <ol start={LESSONS.findIndex((each) => each.group === group) + 1}>
                  {lessons.map((lesson) => (
                    <Entry key={lesson.id} lesson={lesson} isRead={read.has(lesson.id)} />
                  ))}
                </ol>
              </section>
            ),
        )}
      </section>
    </div>
  );
}

function Entry({ lesson, isRead }: { readonly lesson: Lesson; readonly isRead: boolean }) {
  const texts = useTexts(LEARN_TEXTS);
  return (
    <li class="learn-entry" data-lesson={lesson.id}>
      <a href={`#${lesson.id}`}>
        <span class="learn-entry-number" aria-hidden="true">
          {LESSONS.indexOf(lesson) + 1}
        </span>
        <span class="learn-entry-title">{lesson.title[lang.value]}</span>
        <span class="learn-entry-summary">{lesson.summary[lang.value]}</span>
        <span class="learn-entry-time">
          {isRead && <b class="learn-entry-read">✓ {texts.read}</b>} {texts.minutes(minutesOf(lesson))}
        </span>
      </a>
    </li>
  );
}

/** To read its remarks, and to try each of its experiments. */
function minutesOf({ beats, suggestions }: Lesson): number {
  return Math.round(1 + beats.length / 4 + suggestions.length);
}

/** The student's picture of a handshake: who says what to whom. */
function Talk() {
  const first = useTexts(FIRST_TEXTS);
  return (
    <ol class="learn-talk">
      {first.talk.map(([from, says, name]) => (
        <li key={name} class={`learn-talk-${from === 'A' ? 'left' : 'right'}`}>
          <b class="learn-talk-host">{from}</b>
          <span class="learn-talk-way" aria-label={from === 'A' ? 'A → B' : 'B → A'}>
            <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              <path d={from === 'A' ? 'M0 2L100 18' : 'M100 2L0 18'} vector-effect="non-scaling-stroke" />
            </svg>
            <span class="learn-talk-says">{says}</span>
            <span class="learn-talk-name">{name}</span>
          </span>
          <b class="learn-talk-host" aria-hidden="true">
            {from === 'A' ? 'B' : 'A'}
          </b>
        </li>
      ))}
    </ol>
  );
}
