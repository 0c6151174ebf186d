import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useTexts } from '../../lang';
import { SHELL_TEXTS } from './texts';

interface PanesProps {
  readonly left: ComponentChildren;
  readonly right: ComponentChildren;
  /** Under which name the place of the border is remembered. */
  readonly name: string;
}

const LEAST = 25;
const MOST = 75;
const STEP = 2;

/** Two panes side by side with a border that can be moved by pointer and arrow keys. */
export function Panes({ left, right, name }: PanesProps) {
  const texts = useTexts(SHELL_TEXTS);
  const stored = `synack-panes-${name}`;
  const [share, setShare] = useState(() => initialShare(stored));
  const box = useRef<HTMLDivElement>(null);
  const move = (wanted: number): void => {
    const next = Math.min(MOST, Math.max(LEAST, wanted));
    setShare(next);
    try {
      localStorage.setItem(stored, String(next));
    } catch {
      // No storage: it is as wide as at first when the page is opened again.
    }
  };
  return (
    <div class="panes" ref={box} style={{ '--share': `${share}%` }}>
      <div class="panes-left">{left}</div>
      <div
        class="panes-border"
        role="separator"
        aria-orientation="vertical"
        aria-label={texts.resize}
        aria-valuenow={Math.round(share)}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        tabIndex={0}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const area = box.current?.getBoundingClientRect();
          if (area === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
          move(((event.clientX - area.left) / area.width) * 100);
        }}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          move(share + by);
        }}
      />
      <div class="panes-right">{right}</div>
    </div>
  );
}

function initialShare(stored: string): number {
  try {
    const share = Number(localStorage.getItem(stored));
    return share >= LEAST && share <= MOST ? share : 52;
  } catch {
    return 52;
  }
}
