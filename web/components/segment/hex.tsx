import { Component } from 'preact';
import type { Pointed } from './light';

/** What a byte looks like as a character; a dot for one that has none. */
function characterOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

interface HexLineProps {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** Lit bytes of this line, from one up to, not including, another; the same for those that the light only touches in part. */
  readonly from: number;
  readonly to: number;
  /** The byte that has the place in the order of the tabulator key, if it is in this line. */
  readonly focusable: number | undefined;
  readonly label: (offset: number, hex: string) => string;
}

class HexLine extends Component<HexLineProps> {
  override shouldComponentUpdate(next: Readonly<HexLineProps>): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof HexLineProps)[]).some((key) => next[key] !== now[key]);
  }

  override render({ bytes, offset, length, from, to, focusable, label }: Readonly<HexLineProps>) {
    const places = Array.from({ length }, (_, at) => offset + at).filter((at) => at < bytes.length);
    const lit = (at: number): string => (at >= from && at < to ? ' segment-lit' : '');
    return (
      <div role="row" class="segment-hex-line">
        <span class="segment-hex-offset" role="rowheader">
          {offset.toString(16).padStart(4, '0')}
        </span>
        <span class="segment-hex-bytes" role="none">
          {places.map((at) => {
            const text = hexOf(bytes[at] ?? 0);
            return (
              <span
                key={at}
                role="gridcell"
                class={`segment-byte${lit(at)}`}
                data-byte={at}
                tabIndex={at === focusable ? 0 : -1}
                aria-label={label(at, text)}
                aria-selected={at >= from && at < to}
              >
                {text}
              </span>
            );
          })}
        </span>
        <span class="segment-hex-text" aria-hidden="true">
          {places.map((at) => (
            <span key={at} class={`segment-char${lit(at)}`} data-byte={at}>
              {characterOf(bytes[at] ?? 0)}
            </span>
          ))}
        </span>
      </div>
    );
  }
}

export interface HexProps {
  readonly bytes: Uint8Array;
  /** Bytes shown. */
  readonly most: number;
  readonly perLine: number;
  /** Lit bits. */
  readonly from: number;
  readonly to: number;
  readonly focusable: number;
  readonly title: string;
  readonly label: (offset: number, hex: string) => string;
  readonly onPoint: (pointed: Pointed | undefined) => void;
  readonly onChoose: (pointed: Pointed) => void;
}

/** Bytes in hexadecimal with their characters beside them. By keyboard: the arrow keys, Home and End go from byte to byte. */
export function Hex({ bytes, most, perLine, from, to, focusable, title, label, onPoint, onChoose }: HexProps) {
  const count = Math.min(bytes.length, most);
  const first = Math.floor(from / 8);
  const last = Math.ceil(to / 8);
  const point = (event: Event): void => {
    const at = byteAt(event);
    onPoint(at === undefined ? undefined : { kind: 'byte', at });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -perLine,
      ArrowDown: perLine,
      Home: -focusable,
      End: count,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = focusable + step;
    const at = event.key === 'End' ? count - 1 : next < 0 || next >= count ? focusable : next;
    onChoose({ kind: 'byte', at });
    const grid = event.currentTarget;
    if (!(grid instanceof HTMLElement)) return;
    requestAnimationFrame(() => {
      grid.querySelector<HTMLElement>(`.segment-byte[data-byte="${at}"]`)?.focus();
    });
  };
  return (
    <div
      class={`segment-hex segment-hex-${perLine}`}
      role="grid"
      aria-label={title}
      onPointerOver={point}
      onPointerLeave={() => {
        onPoint(undefined);
      }}
      onClick={(event) => {
        const at = byteAt(event);
        if (at !== undefined) onChoose({ kind: 'byte', at });
      }}
      onKeyDown={onKeyDown}
    >
      {Array.from({ length: Math.ceil(count / perLine) }, (_, line) => {
        const offset = line * perLine;
        const end = Math.min(offset + perLine, count);
        const touched = first < end && last > offset;
        return (
          <HexLine
            key={offset}
            bytes={bytes}
            offset={offset}
            length={end - offset}
            from={touched ? Math.max(first, offset) : 0}
            to={touched ? Math.min(last, end) : 0}
            focusable={focusable >= offset && focusable < end ? focusable : undefined}
            label={label}
          />
        );
      })}
    </div>
  );
}

function byteAt({ target }: Event): number | undefined {
  if (!(target instanceof Element)) return undefined;
  const at = target.closest<HTMLElement>('[data-byte]')?.dataset['byte'];
  return at === undefined ? undefined : Number(at);
}
