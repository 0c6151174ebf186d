import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { lang, useTexts } from '../../lang';
import type { ReceiveWindow, SendWindow } from '../../../src/inspect/record/windows';
import { bytesText, countText, shortBytes } from '../plots/units';
import { useEased } from './eased';
import { limitOf, roomOf } from './limit';
import { Patterns } from './patterns';
import { WINDOW_TEXTS, type Kind, type WindowTexts } from './texts';
import { isCut, marksOf, piecesOf, totals, viewOf, type Mark, type Model, type Piece, type Zoom } from './view';
import './window-picture.css';

export type WindowPictureProps = Model & {
  /** Whose window it is, for the title; default: "What we send" and "What we receive". */
  readonly title?: string;
};

const BAR = { top: 44, height: 42 };
const ROW = 17;

/** One of the two sliding windows of a connection, as books draw it, at its true scale. */
export function WindowPicture({ title, ...shown }: WindowPictureProps) {
  const texts = useTexts(WINDOW_TEXTS);
  const id = useId();
  const [element, width] = useWidth();
  const [zoom, setZoom] = useState<Zoom>('near');
  const [chosen, setChosen] = useState<number>();
  const view = useEased(viewOf(shown, zoom, width));
  const { direction, model } = shown;
  const spans: readonly { from: number; to: number; kind: Kind }[] = model.spans;
  const kinds = texts.kinds[direction];
  const pieces = piecesOf(spans, view, width);
  const marks = marksOf(shown);
  const at = (position: number): number => ((position - view.from) / (view.to - view.from)) * width;
  const sums = totals(spans);
  const legend = Object.keys(kinds) as Kind[];
  const active = chosen === undefined ? undefined : pieces[Math.min(chosen, pieces.length - 1)];
  const below = marks.filter(({ name }) => name.includes('+') || name === 'cwnd');
  const height = BAR.top + BAR.height + 8 + below.length * ROW;
  const heading = title ?? texts.title[direction];
  const summary = legend
    .filter((kind) => kind !== 'beyond' && (sums.get(kind) ?? 0) > 0)
    .map((kind) => `${kinds[kind]?.name ?? kind} ${bytesText(sums.get(kind) ?? 0, lang.value)}`)
    .join(', ');

  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setChosen((now) => Math.max(0, Math.min(pieces.length - 1, (now ?? -1) + step)));
  };

  return (
    <figure class="windows" ref={element} data-direction={direction}>
      <figcaption class="windows-head">
        <strong>{heading}</strong>
        {isCut(shown) && (
          <button
            type="button"
            class="windows-zoom"
            aria-pressed={zoom === 'window'}
            onClick={() => {
              setZoom(zoom === 'near' ? 'window' : 'near');
            }}
          >
            {zoom === 'near' ? texts.whole : texts.near}
          </button>
        )}
      </figcaption>
      <svg
        class="windows-bar"
        width={width}
        height={height}
        role="img"
        aria-label={`${heading}: ${summary}. ${texts.hint}`}
        tabIndex={0}
        onKeyDown={keys}
        onBlur={() => {
          setChosen(undefined);
        }}
        onMouseLeave={() => {
          setChosen(undefined);
        }}
      >
        <Patterns prefix={id} kinds={legend} />
        {pieces.map((piece, index) => (
          <g
            key={index}
            class={active === piece ? 'windows-active' : undefined}
            onMouseEnter={() => {
              setChosen(index);
            }}
            onClick={() => {
              setChosen(index);
            }}
          >
            <rect
              class={`windows-span windows-${piece.kind}`}
              data-kind={piece.kind}
              x={piece.x}
              y={BAR.top}
              width={Math.max(1, piece.width)}
              height={BAR.height}
              fill={`url(#${id}-${piece.kind})`}
            />
            <Inside piece={piece} name={kinds[piece.kind]?.name ?? ''} />
          </g>
        ))}
        <rect class="windows-frame" x={0.5} y={BAR.top} width={Math.max(0, width - 1)} height={BAR.height} />
        {marks.map((mark) => (
          <MarkLine
            key={mark.name}
            mark={mark}
            x={at(mark.position)}
            width={width}
            row={below.indexOf(mark)}
            texts={texts}
            beyond={mark.position - view.to}
            ends={mark.name === 'SND.UNA' || mark.name === 'read'}
          />
        ))}
      </svg>
      <p class="windows-info" aria-live="polite">
        {active !== undefined ? (
          <About piece={active} isn={model.isn} texts={texts} direction={direction} />
        ) : direction === 'send' ? (
          <>
            {texts.limit}: <strong data-limit={limitOf(shown.model)}>{texts.limits[limitOf(shown.model)]}</strong>{' '}
            <Mending model={shown.model} sums={sums} texts={texts} />
          </>
        ) : (
          <>
            <Room model={shown.model} texts={texts} />
            {marks.map(({ name }) => `${texts.marks[name] ?? name}: ${texts.explain[name]}`).join(' · ')}
          </>
        )}
      </p>
      <dl class="windows-legend">
        {legend.map((kind) => (
          <div key={kind} class={(sums.get(kind) ?? 0) > 0 ? undefined : 'windows-absent'}>
            <dt>
              <svg width="22" height="12" aria-hidden="true">
                <rect
                  class={`windows-span windows-${kind}`}
                  x="0.5"
                  y="0.5"
                  width="21"
                  height="11"
                  rx="2"
                  fill={`url(#${id}-${kind})`}
                />
              </svg>
              {kinds[kind]?.name}
            </dt>
            <dd>{kind === 'beyond' ? '' : bytesText(sums.get(kind) ?? 0, lang.value)}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

function Room({ model, texts }: { readonly model: ReceiveWindow; readonly texts: WindowTexts }) {
  const room = roomOf(model);
  if (room === 'unknown') return null;
  return (
    <span class="windows-room">
      {texts.room}: <strong data-room={room}>{texts.rooms[room]}</strong>{' '}
    </span>
  );
}

/** While a loss is mended, cwnd does not end where the books draw it: why. */
function Mending(props: {
  readonly model: SendWindow;
  readonly sums: ReadonlyMap<Kind, number>;
  readonly texts: WindowTexts;
}) {
  const { model, sums, texts } = props;
  const { cwnd, underWay } = model;
  if (cwnd === undefined || underWay === undefined) return null;
  if ((sums.get('sacked') ?? 0) + (sums.get('lost') ?? 0) === 0) return null;
  return (
    <span class="windows-mending">{texts.pipe(bytesText(underWay, lang.value), bytesText(cwnd, lang.value))}</span>
  );
}

/** The name of a part inside it, where there is room. */
function Inside({ piece, name }: { readonly piece: Piece<Kind>; readonly name: string }) {
  if (piece.width < name.length * (/[가-힣]/.test(name) ? 13 : 7.2) + 14) return null;
  return (
    <text
      class="windows-inside"
      x={piece.x + piece.width / 2}
      y={BAR.top + BAR.height / 2}
      dy="0.35em"
      text-anchor="middle"
    >
      {name}
    </text>
  );
}

interface MarkLineProps {
  readonly mark: Mark;
  readonly x: number;
  readonly width: number;
  /** The row of its name below the bar; -1: above it. */
  readonly row: number;
  readonly texts: WindowTexts;
  /** How far beyond the view it is, bytes. */
  readonly beyond: number;
  /** Its name ends at the line, rather than begin there. */
  readonly ends: boolean;
}

function MarkLine({ mark, x, width, row, texts, beyond, ends }: MarkLineProps) {
  const name = texts.marks[mark.name] ?? mark.name;
  const bottom = BAR.top + BAR.height;
  if (x > width || x < 0) {
    if (row < 0 || x < 0) return null;
    return (
      <text class="windows-mark windows-far" x={width} y={bottom + 14 + row * ROW} text-anchor="end">
        {texts.further(name, shortBytes(beyond))} →
      </text>
    );
  }
  if (row >= 0) {
    const y = bottom + 14 + row * ROW;
    const room = name.length * 6.8 + 60;
    const left = x + room > width;
    return (
      <g class={`windows-mark ${mark.name.includes('cwnd') ? 'windows-cwnd' : ''}`}>
        <title>{texts.explain[mark.name]}</title>
        <path d={`M${x} ${BAR.top - 5}V${y - 4}`} />
        <text x={left ? Math.max(x - 5, room - 10) : x + 5} y={y} text-anchor={left ? 'end' : 'start'}>
          {name} <tspan class="windows-number">{countText(mark.position)}</tspan>
        </text>
      </g>
    );
  }
  const anchor = ends ? 'end' : 'start';
  const shift = ends ? -5 : 5;
  // A name that begins at its line must not run out of the picture, one that ends there neither.
  const label = ends ? Math.max(x + shift, name.length * 7 + 2) : Math.min(x + shift, width - name.length * 7 - 2);
  return (
    <g class="windows-mark">
      <title>{texts.explain[mark.name]}</title>
      <path d={`M${x} 6V${bottom + 4}`} />
      <text x={label} y={16} text-anchor={anchor}>
        {name}
      </text>
      <text class="windows-number" x={label} y={32} text-anchor={anchor}>
        {countText(mark.position)}
      </text>
    </g>
  );
}

function About(props: {
  piece: Piece<Kind>;
  isn: number | undefined;
  texts: WindowTexts;
  direction: 'send' | 'receive';
}) {
  const { piece, isn, texts, direction } = props;
  const { from, to, kind } = piece;
  const text = texts.kinds[direction][kind];
  const sequence = (position: number): string => String(((isn ?? 0) + position) >>> 0);
  const range =
    to === Infinity
      ? texts.onwards(countText(from))
      : texts.range(countText(from), countText(to - 1), bytesText(to - from, lang.value));
  return (
    <>
      <strong>{text?.name}</strong>: {range}. {text?.means}
      {isn !== undefined && to !== Infinity && (
        <span class="windows-sequence"> {texts.sequence(sequence(from), sequence(to - 1))}</span>
      )}
    </>
  );
}

function useWidth() {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(Math.floor(entry?.contentRect.width ?? 0));
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [element, width] as const;
}
