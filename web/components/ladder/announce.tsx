import { useEffect, useRef, useState } from 'preact/hooks';
import type { Words } from '../../../src/inspect/lang';
import type { Ring, Row } from '../../../src/inspect/record';
import { labelOf, type Names } from './say';
import { isOfNote, isShown } from './shown';
import type { LadderTexts } from './texts';

/** Between two announcements, ms: a voice needs time to speak. */
const PACE = 4000;
/** Rows looked through for an announcement. */
const MOST_ROWS = 200;

interface AnnouncerProps {
  readonly rows: Ring<Row>;
  readonly version: number;
  readonly names: Names;
  readonly words: Words;
  readonly texts: LadderTexts;
}

/** Tells those who listen what comes in, if it is of note: the newest, and how many there were before it. */
export function Announcer({ rows, version, names, words, texts }: AnnouncerProps) {
  const [said, setSaid] = useState('');
  const heard = useRef(rows.end);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef<() => void>(() => undefined);
  latest.current = () => {
    const from = Math.max(heard.current, rows.end - MOST_ROWS);
    const fresh = rows.slice(from).filter((row) => isShown(row) && isOfNote(row));
    heard.current = rows.end;
    const last = fresh.at(-1);
    if (last === undefined) return;
    const label = labelOf(last, names, words, texts);
    setSaid(fresh.length === 1 ? label : `${label} ${texts.moreOfNote(fresh.length - 1)}`);
  };
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, PACE);
  }, [version]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return (
    <div class="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
}
