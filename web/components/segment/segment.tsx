import { useMemo, useRef, useState } from 'preact/hooks';
import { dissectRow, findField, meaningOf, wrongOf, type Dissection, type Field } from '../../../src/inspect/dissect';
import { flagNames } from '../../../src/inspect/on-the-arrow';
import type { ConnectionRecord, SegmentRow } from '../../../src/inspect/record';
import { lang, useTexts, useWords } from '../../lang';
import { sentenceOf, type Names } from '../ladder/say';
import { marksOf } from '../ladder/shown';
import { useSize } from '../ladder/size';
import { SIGNS } from '../ladder/texts';
import { BitStrip } from './bits';
import { Diagram } from './diagram';
import { piecesOf } from './diagram-layout';
import { Fields } from './fields';
import { Hex } from './hex';
import { leavesOf, lightOf, linesOf, type Pointed } from './light';
import { TEXTS } from './texts';
import { Thoughts } from './thoughts';
import './segment.css';

export interface SegmentViewProps {
  /** The connection that the segment is of; of no use with `dissection`. */
  readonly record?: ConnectionRecord;
  readonly row: SegmentRow;
  /** What the two ends are called. */
  readonly names: Names;
  /** Its bytes and fields, where they are known better than from the row: of a capture, from the frame. */
  readonly dissection?: Dissection;
}

/** Of a segment whose numbers fit in no header. */
const NOTHING: Dissection = { bytes: new Uint8Array(0), fields: [] };
/** Bytes shown until more are asked for. */
const FIRST_BYTES = 256;

/**
 * A segment opened: its header as RFC 9293 draws it, its bytes beside its fields, each lighting the other, and what the stack thought.
 * What is chosen by a click or by keyboard stays lit; what is pointed at is lit meanwhile.
 */
export function SegmentView({ record, row, names, dissection }: SegmentViewProps) {
  const texts = useTexts(TEXTS);
  const words = useWords();
  const language = lang.value;
  const dissected = useMemo(
    () => dissection ?? (record === undefined ? undefined : dissectRow(record, row)) ?? NOTHING,
    [dissection, record, row, row.event],
  );
  const { bytes, fields } = dissected;
  const [pointed, setPointed] = useState<Pointed>();
  const [chosen, setChosen] = useState<Pointed>();
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [most, setMost] = useState(FIRST_BYTES);
  const box = useRef<HTMLElement>(null);
  const { width } = useSize(box, { width: 800, height: 600 });
  const isNarrow = width < 620;

  const light = useMemo(() => lightOf(fields, pointed ?? chosen), [fields, pointed, chosen]);
  const isOpen = (field: Field): boolean => toggled.get(field.id) ?? !isClosedAtFirst(field);
  const lines = linesOf(fields, isOpen);
  const pieces = useMemo(() => piecesOf(leavesOf(fields).filter(isOfHeader), headerStart(fields)), [fields]);
  // What was chosen in one place takes the keyboard's place in the others, too.
  const focusByte = chosen?.kind === 'byte' ? chosen.at : (findField(fields, chosen?.id ?? '')?.bitOffset ?? 0) >>> 3;
  const wanted = chosen?.kind === 'field' ? chosen.id : leafAt(fields, focusByte);
  const focusField = lines.some(({ field }) => field.id === wanted) ? wanted : (lines[0]?.field.id ?? '');
  const current = (pointed ?? chosen)?.kind === 'field' ? findField(fields, fieldIdOf(pointed ?? chosen)) : undefined;
  const to = row.from === 'left' ? 'right' : 'left';
  return (
    <article
      ref={box}
      class={`segment segment-from-${row.from}${isNarrow ? ' segment-narrow' : ''}`}
      aria-label={texts.title}
    >
      <header class="segment-title">
        <p class="segment-way">
          <b class="segment-flags">{flagNames(row.event.segment.flags)}</b>
          <span class={`segment-end-${row.from}`}>{names[row.from]}</span>
          <span aria-label={texts.sent(names[row.from], names[to])}>→</span>
          <span class={`segment-end-${to}`}>{names[to]}</span>
        </p>
        <p class="segment-sentence">{sentenceOf(row, words)}</p>
        {marksOf(row).map((mark) => (
          <p key={mark} class={`segment-mark segment-mark-${mark}`}>
            <span aria-hidden="true">{SIGNS[mark]}</span> {texts.marks[mark]}
          </p>
        ))}
      </header>
      <section aria-label={texts.header}>
        <h3>
          {texts.header} <span class="segment-hint">{texts.headerHint}</span>
        </h3>
        <Diagram pieces={pieces} light={light} title={texts.headerHint} onPoint={setPointed} onChoose={setChosen} />
      </section>
      <div class="segment-pair">
        <section aria-label={texts.fields}>
          <h3>{texts.fields}</h3>
          <Fields
            lines={lines}
            light={light}
            focusable={focusField}
            title={texts.fields}
            meaningOf={(field) => meaningOf(field, language)}
            wrongOf={(field) => wrongOf(field, language)}
            onPoint={setPointed}
            onChoose={setChosen}
            onToggle={(id, open) => {
              setToggled((known) => new Map(known).set(id, open));
            }}
          />
        </section>
        <section aria-label={texts.bytes} class="segment-bytes">
          <h3>{texts.bytes}</h3>
          <p class="segment-hint">{texts.bytesHint}</p>
          <Hex
            bytes={bytes}
            most={most}
            perLine={isNarrow || width < 980 ? 8 : 16}
            from={light.from}
            to={light.to}
            focusable={Math.max(0, Math.min(focusByte, bytes.length - 1, most - 1))}
            title={texts.bytes}
            label={texts.byte}
            onPoint={setPointed}
            onChoose={setChosen}
          />
          {bytes.length > most && (
            <button
              type="button"
              class="segment-more"
              onClick={() => {
                setMost(bytes.length);
              }}
            >
              {texts.more(bytes.length - most)}
            </button>
          )}
          <BitStrip bytes={bytes} light={light} field={current} texts={texts} />
        </section>
      </div>
      {dissection === undefined && <Thoughts row={row} texts={texts} words={words} />}
    </article>
  );
}

function fieldIdOf(pointed: Pointed | undefined): string {
  return pointed?.kind === 'field' ? pointed.id : '';
}

function leafAt(fields: readonly Field[], byte: number): string {
  return leavesOf(fields).find(({ bitOffset, bitLength }) => bitOffset + bitLength > byte * 8)?.id ?? '';
}

/** Long data would push all else away. */
function isClosedAtFirst({ id }: Field): boolean {
  return id === 'tcp.data';
}

function isOfHeader({ id }: Field): boolean {
  return id.startsWith('tcp.') && id !== 'tcp.data' && !id.startsWith('tcp.data.');
}

/** The bit at which the TCP header begins. */
function headerStart(fields: readonly Field[]): number {
  return leavesOf(fields).find(isOfHeader)?.bitOffset ?? 0;
}
