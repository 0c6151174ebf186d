import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { End, EndState } from '../../../src/inspect/record/row';
import type { Step } from '../../../src/inspect/record/connection-record';
import { lang, useTexts } from '../../lang';
import { momentText } from '../plots/units';
import { Arrow, ArrowLabel, type Taken } from './arrow';
import { Box } from './box';
import { arrowTexts, describeArrow, describeState } from './describe';
import { ALL_PLACES, NARROW, shapes, straight, WIDE, type Place } from './layout';
import './state-diagram.css';
import { STATE_TEXTS, type StateTexts } from './texts';
import { arrowOf, trail, type Hop } from './trail';

export interface StateDiagramProps {
  /** Both ends as they are now (`ConnectionRecord.ends`). */
  readonly ends: Readonly<Record<End, EndState>>;
  /** The ways that they took (`ConnectionRecord.path`). */
  readonly path: Readonly<Record<End, readonly Step[]>>;
  /** Short names of the ends. Default: "other end" and "this end". */
  readonly names?: Readonly<Record<End, string>>;
  /** When time begins, µs; default: with the first step. */
  readonly since?: number;
  /** Small, without labels and without the list of steps. */
  readonly compact?: boolean;
  /** `ConnectionRecord.version`: the paths stay the same objects while they grow, so that this tells that they have. */
  readonly version?: number;
}

/** Below this width, in CSS pixels, labels beside the arrows would be too small to read. */
const ROOM_FOR_LABELS = 620;

/** The eleven states (RFC 9293, Figure 5), where both ends of a connection are in it, and how they came there. */
export function StateDiagram({ ends, path, names, since, compact = false }: StateDiagramProps) {
  const texts = useTexts(STATE_TEXTS);
  const [element, width] = useWidth();
  const [active, setActive] = useState<string>();
  const [held, setHeld] = useState<string>();
  const [stop, setStop] = useState('CLOSED');
  const infoId = useId();
  const m = compact || width < ROOM_FOR_LABELS ? NARROW : WIDE;
  const hops = { left: trail(path.left), right: trail(path.right) };
  const start =
    since ?? Math.min(...[path.left[0]?.time, path.right[0]?.time].filter((each) => each !== undefined), Infinity);
  const who = (end: End): string => names?.[end] ?? texts.ends[end];
  const taken = takenArrows(hops);
  const lines = shapes(m);
  const drawn = [...lines].filter(([name]) => !name.includes('!') && name !== 'SYN-RECEIVED>CLOSE-WAIT');
  const extra = [...taken.keys()].filter((name) => !drawn.some(([each]) => each === name));
  const arrows = [...drawn, ...extra.map((name) => [name, lines.get(name) ?? oddLine(name, m)] as const)];
  const items = order(arrows.map(([name]) => name));
  const shown = active ?? held;
  const at = (end: End): Place | undefined => placeOf(ends[end], hops[end]);

  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') setHeld(undefined);
    const index = event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : items.indexOf(stop) + (step ?? 0);
    const next = items[Math.max(0, Math.min(items.length - 1, index))];
    if (next === undefined || (step === undefined && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    setStop(next);
    element.current?.querySelector<SVGElement>(`[data-item="${next}"]`)?.focus();
  };
  const itemProps = (item: string) => ({
    'data-item': item,
    tabIndex: item === stop ? 0 : -1,
    onMouseEnter: () => {
      setActive(item);
    },
    onMouseLeave: () => {
      setActive(undefined);
    },
    onFocus: () => {
      setStop(item);
      setHeld(item);
    },
    onBlur: () => {
      setHeld(undefined);
    },
    onClick: () => {
      setHeld(item);
    },
  });

  return (
    <section class={`states ${m.labels ? 'states-wide' : 'states-narrow'}`} ref={element} aria-label={texts.diagram}>
      <svg
        class="states-picture"
        viewBox={`0 0 ${m.width} ${m.height}`}
        role="group"
        aria-label={texts.diagram}
        aria-describedby={infoId}
        onKeyDown={move}
      >
        {arrows.map(([name, shape]) => (
          <Arrow
            key={name}
            shape={shape}
            m={m}
            label={describeArrow(name, texts)}
            taken={taken.get(name) ?? []}
            active={shown === name}
            item={itemProps(name)}
          />
        ))}
        {m.labels &&
          arrows.map(([name, shape]) => (
            <ArrowLabel key={name} shape={shape} texts={arrowTexts(name)} active={shown === name} />
          ))}
        {ALL_PLACES.map((place) => (
          <Box
            key={place}
            place={place}
            m={m}
            left={at('left') === place ? { name: who('left'), presumed: ends.left.presumed } : undefined}
            right={at('right') === place ? { name: who('right'), presumed: ends.right.presumed } : undefined}
            passed={passed(place, hops)}
            texts={texts}
            active={shown === place}
            item={itemProps(place)}
          />
        ))}
      </svg>
      <div class="states-info" id={infoId} aria-live="polite">
        {shown === undefined ? (
          (['left', 'right'] as const).map((end) => (
            <p key={end}>
              <EndMark end={end} />
              <strong>{texts.isIn(who(end), ends[end].state ?? texts.unknown)}</strong>
              {ends[end].presumed && ' ?'}
              {ends[end].state !== undefined &&
                ` · ${texts.states[ends[end].state].means} ${texts.waitsFor}: ${texts.states[ends[end].state].waits}`}
            </p>
          ))
        ) : (
          <Info item={shown} taken={taken.get(shown) ?? []} who={who} start={start} />
        )}
      </div>
      {!compact && <Ways hops={hops} who={who} start={start} />}
      {!compact && (
        <p class="states-hint">
          {texts.hint} {texts.abrupt} {texts.presumed}
        </p>
      )}
    </section>
  );
}

/** The sign of an end, beside its colour: a square for the other end, a disc for ours. */
function EndMark({ end }: { readonly end: End }) {
  return (
    <svg class={`states-mark states-${end}`} viewBox="0 0 10 10" aria-hidden="true">
      {end === 'left' ? <rect x="0.5" y="0.5" width="9" height="9" rx="1" /> : <circle cx="5" cy="5" r="5" />}
    </svg>
  );
}

function Info({
  item,
  taken,
  who,
  start,
}: {
  item: string;
  taken: readonly Taken[];
  who: (end: End) => string;
  start: number;
}) {
  const texts = useTexts(STATE_TEXTS);
  if (!item.includes('>') && !item.includes('!')) {
    const { title, means, waits } = describeState(item as Place, texts);
    return (
      <p>
        <strong>{title}</strong> · {means} {texts.waitsFor}: {waits}
      </p>
    );
  }
  const arrow = arrowTexts(item);
  return (
    <p>
      <strong>{describeArrow(item, texts)}</strong>
      {arrow !== undefined && (
        <>
          {' '}
          {texts.sent}: <span class="mono">{arrow.event}</span> / <span class="mono">{arrow.action}</span> (
          {arrow.source}).
        </>
      )}
      {taken.map(({ end, hop }) => (
        <span key={end} class="states-taken">
          <EndMark end={end} />
          {texts.took(who(end), hop.order, momentText(hop.time - start, lang.value))}
        </span>
      ))}
    </p>
  );
}

/** The steps of both ends as lists: what the numbers on the arrows say, with times. */
function Ways({ hops, who, start }: { hops: Record<End, readonly Hop[]>; who: (end: End) => string; start: number }) {
  const texts = useTexts(STATE_TEXTS);
  return (
    <div class="states-ways">
      {(['left', 'right'] as const).map((end) => (
        <div key={end}>
          <h4>
            <EndMark end={end} />
            {texts.path(who(end))}
          </h4>
          {hops[end].length === 0 ? (
            <p class="states-none">{texts.nothingYet}</p>
          ) : (
            <ol>
              {hops[end].map((hop, index) => (
                <li key={index} value={hop.order}>
                  <span class={`states-number states-${end}`}>{hop.order}</span>
                  <span class="states-time mono">{momentText(hop.time - start, lang.value)}</span>
                  <span>
                    {hop.from} → <strong>{hop.to}</strong>
                    <span class="states-event">{eventText(hop, texts)}</span>
                  </span>
                </li>
              ))}
            </ol>
          )}
        </div>
      ))}
    </div>
  );
}

function eventText({ transition, event }: Hop, texts: StateTexts): string {
  if (transition === undefined) return texts.outside;
  return event === undefined ? texts.someEnd : (texts.events[event] ?? event);
}

function takenArrows(hops: Record<End, readonly Hop[]>): Map<string, Taken[]> {
  const taken = new Map<string, Taken[]>();
  for (const end of ['left', 'right'] as const) {
    for (const hop of hops[end]) {
      const name = hop.transition === undefined ? `${hop.from}>${hop.to}` : arrowOf(hop.transition);
      // Who takes an arrow twice (called, refused, called again) sees the last time on it.
      const others = (taken.get(name) ?? []).filter((each) => each.end !== end);
      taken.set(name, [...others, { end, hop }]);
    }
  }
  return taken;
}

/** A connection that has ended is at the lower CLOSED, one that has not begun at the upper. */
function placeOf({ state }: EndState, hops: readonly Hop[]): Place | undefined {
  if (state !== 'CLOSED') return state;
  const from = hops.at(-1)?.from;
  return from === undefined || from === 'LISTEN' ? 'CLOSED' : 'CLOSED again';
}

function passed(place: Place, hops: Record<End, readonly Hop[]>): boolean {
  const all = [...hops.left, ...hops.right];
  return all.some(({ from, to }) => from === place || to === place);
}

function oddLine(name: string, m: typeof WIDE) {
  const [from = 'CLOSED', to = 'CLOSED'] = name.split(/[>!]/) as Place[];
  return straight(from, to === 'CLOSED' ? 'CLOSED again' : to, m);
}

/** The way of the keyboard through the picture: each state, and the arrows that leave it. */
function order(arrows: readonly string[]): string[] {
  return ALL_PLACES.flatMap((place) => [place, ...arrows.filter((name) => name.split(/[>!]/)[0] === place)]);
}

function useWidth() {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(entry?.contentRect.width ?? 0);
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [element, width] as const;
}
