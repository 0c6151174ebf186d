import { useEffect, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, type ConversationReport } from '../../src/explain';
import { Ladder } from '../components/ladder';
import { SegmentView } from '../components/segment';
import { useKeys } from '../components/shell';
import { lang, useTexts } from '../lang';
import { endOf, ringOf, rowOfFrame } from './data';
import { Facts } from './facts';
import { FindingsView } from './finding';
import { openRow } from './opened';
import { TEXTS } from './texts';

interface ConversationProps {
  readonly report: ConversationReport;
  /** When the capture began, µs since 1970; 0 where it does not say. */
  readonly start: number;
  /** The packet to show; its row is chosen. */
  readonly frame: number | undefined;
  /** Another number: somebody went to the packet again. */
  readonly visit: number;
  readonly onFrame: (conversation: number, frame: number) => void;
}

/** A short ladder is no higher than its rows, px: what stands above them, and more than a row is high. */
const HEADS = 150;
const ROW = 64;

/** One conversation: what was found in it, its ladder, and the packet that was opened. */
export function ConversationView({ report, start, frame, visit, onFrame }: ConversationProps) {
  const texts = useTexts(TEXTS);
  const { labels } = EXPLAIN_TEXTS[lang.value];
  const [row, setRow] = useState<number>();
  const [isOpen, setOpen] = useState(false);
  const ladder = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (frame === undefined) return;
    setRow(rowOfFrame(report.rows, frame));
    ladder.current?.scrollIntoView({ block: 'nearest' });
    // Where one has gone by keyboard, one goes on from there.
    requestAnimationFrame(() => {
      focusRow(ladder.current);
    });
  }, [frame, visit]);
  const close = (): void => {
    setOpen(false);
    focusRow(ladder.current);
  };
  useKeys({ Escape: isOpen ? close : undefined });
  const names = { left: endOf(report.client), right: endOf(report.server) };
  const opened = isOpen && row !== undefined ? openRow(report, row) : undefined;
  return (
    <>
      <h2 tabIndex={-1}>
        {labels.conversation(report.number)}: {names.left} → {names.right}
      </h2>
      <Facts report={report} />
      <FindingsView findings={report.findings} onFrame={onFrame} />
      {report.findings.length === 0 && <p class="explain-good">✓ {labels.nothingFound}</p>}
      <p class="explain-muted">
        {labels.ladderHint} {texts.clickRow}
      </p>
      <div ref={ladder} class={opened === undefined ? 'explain-pair' : 'explain-pair explain-pair-open'}>
        <div class="explain-ladder" style={`--explain-height:${HEADS + report.rows.length * ROW}px`}>
          <Ladder
            rows={ringOf(report)}
            version={0}
            names={names}
            selected={row}
            skippedBecause={texts.nothingOfNote}
            {...(start > 0 && { wall: (time: number) => (start + time) / 1000 })}
            onSelect={setRow}
            onOpen={(index) => {
              setRow(index);
              setOpen(true);
              // Where it stands below the ladder, it has to be brought into sight.
              requestAnimationFrame(() => panel.current?.scrollIntoView({ block: 'nearest' }));
            }}
          />
        </div>
        {opened !== undefined && (
          <aside ref={panel} class="explain-opened" aria-label={texts.opened}>
            <div class="explain-opened-bar">
              <h3>{opened.frame === undefined ? texts.opened : texts.packet(opened.frame)}</h3>
              <button type="button" aria-keyshortcuts="Escape" onClick={close}>
                {texts.close}
              </button>
            </div>
            {opened.packet === undefined ? (
              <p class="explain-muted">{texts.rebuilt}</p>
            ) : (
              opened.packet.length > opened.packet.bytes.length && (
                <p class="explain-muted">{texts.cut(opened.packet.bytes.length, opened.packet.length)}</p>
              )
            )}
            <SegmentView key={row} row={opened.row} names={names} dissection={opened.dissection} />
          </aside>
        )}
      </div>
    </>
  );
}

function focusRow(ladder: HTMLElement | null): void {
  ladder?.querySelector<HTMLElement>('.ladder-row[aria-selected="true"]')?.focus({ preventScroll: true });
}
