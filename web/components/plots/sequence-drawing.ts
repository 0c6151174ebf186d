import { DATA_KIND, SIGN, type SequenceSeries } from '../../../src/inspect/record/series';
import type { Colors } from './colors';
import { barsOf, firstAt, toX, toY, type Frame } from './geometry';

const SIGN_NAMES: Readonly<Record<number, string>> = { [SIGN.syn]: 'SYN', [SIGN.fin]: 'FIN', [SIGN.rst]: 'RST' };

/** Segments, SACK blocks and the signs of SYN, FIN and RST, over the lines. Sizes in pixels of the canvas, `dpr` of them to a CSS pixel. */
export function drawSequence(
  ctx: CanvasRenderingContext2D,
  series: SequenceSeries,
  frame: Frame,
  colors: Colors,
  dpr: number,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.left, frame.top, frame.width, frame.height);
  ctx.clip();
  const { data, sack, signs } = series;
  const bars = { t: data.values('t'), from: data.values('from'), to: data.values('to'), kind: data.values('kind') };
  const sacks = { t: sack.values('t'), from: sack.values('from'), to: sack.values('to') };
  fillBars(ctx, barsOf(sacks, frame), colors.sacked, Math.max(1, Math.round(dpr)), dpr, 0.55);
  fillBars(ctx, barsOf(bars, frame, DATA_KIND.fresh), colors['in-flight'], 2 * dpr, dpr);
  const spurious = barsOf(bars, frame, DATA_KIND.spurious);
  fillBars(ctx, spurious, colors.again, 2 * dpr, dpr, 0.6);
  signAt(ctx, spurious, colors.again, dpr, ring);
  const again = barsOf(bars, frame, DATA_KIND.again);
  fillBars(ctx, again, colors.again, 3 * dpr, dpr);
  signAt(ctx, again, colors.again, dpr, triangle);
  const lost = barsOf(bars, frame, DATA_KIND.lost);
  fillBars(ctx, lost, colors.lost, 3 * dpr, dpr);
  signAt(ctx, lost, colors.lost, dpr, cross);
  const times = signs.values('t');
  ctx.font = `600 ${11 * dpr}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  let labelled = -Infinity;
  for (let index = firstAt(times, frame.x[0]); index < times.length && (times[index] ?? 0) <= frame.x[1]; index++) {
    const kind = signs.get('kind', index) ?? 0;
    const x = toX(frame, times[index] ?? 0);
    const y = toY(frame, signs.get('position', index) ?? 0);
    ctx.fillStyle = kind === SIGN.rst ? colors.lost : colors.text;
    ctx.beginPath();
    diamond(ctx, x, y, 4.5 * dpr);
    ctx.fill();
    if (x - labelled < 34 * dpr) continue;
    labelled = x;
    const name = SIGN_NAMES[kind] ?? '';
    const right = x + 42 * dpr < frame.left + frame.width;
    ctx.textAlign = right ? 'left' : 'right';
    const low = Math.min(Math.max(y, frame.top + 9 * dpr), frame.top + frame.height - 9 * dpr);
    ctx.lineWidth = 3 * dpr;
    ctx.strokeStyle = colors.panel;
    ctx.strokeText(name, x + (right ? 8 : -8) * dpr, low);
    ctx.fillText(name, x + (right ? 8 : -8) * dpr, low);
  }
  ctx.restore();
}

function fillBars(
  ctx: CanvasRenderingContext2D,
  bars: readonly number[],
  color: string,
  width: number,
  dpr: number,
  alpha = 1,
): void {
  ctx.globalAlpha = alpha;
  ctx.fillStyle = color;
  ctx.beginPath();
  for (let index = 0; index < bars.length; index += 3) {
    const top = bars[index + 1] ?? 0;
    ctx.rect((bars[index] ?? 0) - width / 2, top, width, Math.max(1.5 * dpr, (bars[index + 2] ?? 0) - top));
  }
  ctx.fill();
  ctx.globalAlpha = 1;
}

type Sign = (ctx: CanvasRenderingContext2D, x: number, y: number, size: number) => void;

/** A sign beside each bar, so that its colour does not stand alone. */
function signAt(ctx: CanvasRenderingContext2D, bars: readonly number[], color: string, dpr: number, sign: Sign): void {
  ctx.beginPath();
  for (let index = 0; index < bars.length; index += 3) {
    sign(ctx, bars[index] ?? 0, ((bars[index + 1] ?? 0) + (bars[index + 2] ?? 0)) / 2, 4 * dpr);
  }
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 1.6 * dpr;
  if (sign === triangle) ctx.fill();
  else ctx.stroke();
}

const cross: Sign = (ctx, x, y, size) => {
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
};

const triangle: Sign = (ctx, x, y, size) => {
  ctx.moveTo(x, y - size * 1.2);
  ctx.lineTo(x + size * 1.1, y + size * 0.8);
  ctx.lineTo(x - size * 1.1, y + size * 0.8);
  ctx.closePath();
};

const ring: Sign = (ctx, x, y, size) => {
  ctx.moveTo(x + size, y);
  ctx.arc(x, y, size, 0, 2 * Math.PI);
};

const diamond: Sign = (ctx, x, y, size) => {
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y + size);
  ctx.lineTo(x - size, y);
  ctx.closePath();
};
