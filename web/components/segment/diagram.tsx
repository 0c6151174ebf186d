import { BITS, type Piece } from './diagram-layout';
import type { Light, Pointed } from './light';

export interface DiagramProps {
  readonly pieces: readonly Piece[];
  readonly light: Light;
  readonly title: string;
  readonly onPoint: (pointed: Pointed | undefined) => void;
  readonly onChoose: (pointed: Pointed) => void;
}

/** The header as RFC 9293's Figure 1 draws it, with what stands in it. The same is in the fields beside it, for those who do not see it. */
export function Diagram({ pieces, light, title, onPoint, onChoose }: DiagramProps) {
  const lines = Math.max(0, ...pieces.map(({ line }) => line)) + 1;
  return (
    <div class="segment-diagram" role="img" aria-label={title}>
      <div class="segment-ruler" aria-hidden="true">
        {Array.from({ length: BITS }, (_, bit) => (
          <span key={bit} class={bit % 8 === 0 ? 'segment-ruler-byte' : ''}>
            {bit % 8 === 0 || bit === BITS - 1 ? bit : ''}
          </span>
        ))}
      </div>
      <div
        class="segment-header"
        aria-hidden="true"
        style={{ gridTemplateRows: `repeat(${lines}, minmax(40px, auto))` }}
        onPointerOver={(event) => {
          const id = fieldAt(event);
          onPoint(id === undefined ? undefined : { kind: 'field', id });
        }}
        onPointerLeave={() => {
          onPoint(undefined);
        }}
        onClick={(event) => {
          const id = fieldAt(event);
          if (id !== undefined) onChoose({ kind: 'field', id });
        }}
      >
        {pieces.map(({ field, line, column, columns, continues, goesOn, isLabelled }) => (
          <div
            key={`${field.id} ${line}`}
            data-field={field.id}
            class={[
              'segment-cell',
              columns === 1 ? 'segment-cell-bit' : columns < 8 ? 'segment-cell-small' : '',
              columns === 1 && field.value === '1' ? 'segment-cell-set' : '',
              light.fields.has(field.id) ? 'segment-lit' : '',
              continues ? 'segment-cell-continues' : '',
              goesOn ? 'segment-cell-goes-on' : '',
            ].join(' ')}
            style={{ gridColumn: `${column + 1} / span ${columns}`, gridRow: line + 1 }}
            title={`${field.name}: ${field.value}`}
          >
            {isLabelled && (
              <>
                <span class="segment-cell-name">{field.name}</span>
                <span class="segment-cell-value">{field.value}</span>
              </>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

function fieldAt({ target }: Event): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-field]')?.dataset['field'] : undefined;
}
