import type { Kind } from './texts';

/** What a kind is filled with: a colour and a texture, so that either alone tells it. */
const FILLS: Readonly<
  Record<Kind, { color: string; texture: 'none' | 'stripes' | 'dots' | 'cross' | 'empty' | 'back' }>
> = {
  acked: { color: '--acked', texture: 'none' },
  'in-flight': { color: '--in-flight', texture: 'stripes' },
  sacked: { color: '--sacked', texture: 'dots' },
  lost: { color: '--lost', texture: 'cross' },
  sendable: { color: '--sendable', texture: 'none' },
  'unsent-beyond': { color: '--again', texture: 'back' },
  beyond: { color: '--line', texture: 'empty' },
  taken: { color: '--acked', texture: 'none' },
  unread: { color: '--in-flight', texture: 'stripes' },
  hole: { color: '--lost', texture: 'cross' },
  'out-of-order': { color: '--sacked', texture: 'dots' },
  free: { color: '--sendable', texture: 'none' },
};

const SIZE = 8;

/** The textures as SVG patterns; `prefix` makes their names the picture's own. */
export function Patterns({ prefix, kinds }: { readonly prefix: string; readonly kinds: readonly Kind[] }) {
  return (
    <defs>
      {kinds.map((kind) => {
        const { color, texture } = FILLS[kind];
        const over = 'color-mix(in srgb, var(--panel) 42%, transparent)';
        return (
          <pattern key={kind} id={`${prefix}-${kind}`} width={SIZE} height={SIZE} patternUnits="userSpaceOnUse">
            <rect
              width={SIZE}
              height={SIZE}
              style={{
                fill: texture === 'empty' ? 'transparent' : `var(${color})`,
                opacity: texture === 'back' ? 0.45 : 1,
              }}
            />
            {texture === 'stripes' && (
              <path d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" style={{ stroke: over, strokeWidth: 1.6 }} />
            )}
            {texture === 'back' && (
              <path d="M-2 -2L10 10M6 -2L10 2M-2 6L2 10" style={{ stroke: over, strokeWidth: 1.6 }} />
            )}
            {texture === 'cross' && <path d="M0 0L8 8M8 0L0 8" style={{ stroke: over, strokeWidth: 1.6 }} />}
            {texture === 'dots' && <circle cx="4" cy="4" r="1.5" style={{ fill: over }} />}
          </pattern>
        );
      })}
    </defs>
  );
}
