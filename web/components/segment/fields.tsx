import type { Field } from '../../../src/inspect/dissect';
import type { Light, Line, Pointed } from './light';

export interface FieldsProps {
  readonly lines: readonly Line[];
  readonly light: Light;
  readonly focusable: string;
  readonly title: string;
  readonly meaningOf: (field: Field) => string;
  readonly wrongOf: (field: Field) => string | undefined;
  readonly onPoint: (pointed: Pointed | undefined) => void;
  readonly onChoose: (pointed: Pointed) => void;
  readonly onToggle: (id: string, open: boolean) => void;
}

/** The fields with what they say and mean, as a tree. By keyboard: up, down, Home, End; left closes, right opens a field that has parts. */
export function Fields(props: FieldsProps) {
  const { lines, light, focusable, title, meaningOf, wrongOf, onPoint, onChoose, onToggle } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = lines.findIndex(({ field }) => field.id === focusable);
    const line = lines[at];
    if (line === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = targetOf(event.key, lines, at, line, onToggle);
    if (target === undefined) return;
    event.preventDefault();
    onChoose({ kind: 'field', id: target });
    const tree = event.currentTarget;
    if (!(tree instanceof HTMLElement)) return;
    requestAnimationFrame(() => {
      tree.querySelector<HTMLElement>(`[data-field="${CSS.escape(target)}"]`)?.focus();
    });
  };
  return (
    <div
      class="segment-fields"
      role="tree"
      aria-label={title}
      onKeyDown={onKeyDown}
      onPointerOver={(event) => {
        const id = fieldAt(event);
        onPoint(id === undefined ? undefined : { kind: 'field', id });
      }}
      onPointerLeave={() => {
        onPoint(undefined);
      }}
      onClick={(event) => {
        const id = fieldAt(event);
        if (id === undefined) return;
        onChoose({ kind: 'field', id });
        const line = lines.find(({ field }) => field.id === id);
        if (line !== undefined && line.field.children.length > 0 && isOnTwig(event)) onToggle(id, !line.isOpen);
      }}
    >
      {lines.map(({ field, level, isOpen, position, siblings }) => {
        const wrong = wrongOf(field);
        const hasParts = field.children.length > 0;
        return (
          <div
            key={field.id}
            role="treeitem"
            class={`segment-field${light.fields.has(field.id) ? ' segment-lit' : ''}${isUnset(field) ? ' segment-field-unset' : ''}`}
            style={{ paddingInlineStart: `${(level - 1) * 16 + 6}px` }}
            data-field={field.id}
            aria-level={level}
            aria-posinset={position}
            aria-setsize={siblings}
            aria-selected={light.fields.has(field.id)}
            {...(hasParts && { 'aria-expanded': isOpen })}
            tabIndex={field.id === focusable ? 0 : -1}
          >
            <span class="segment-field-name">
              <span class="segment-twig" aria-hidden="true">
                {hasParts ? (isOpen ? '▾' : '▸') : ''}
              </span>
              {field.name}
            </span>
            <span class="segment-field-value">{field.value}</span>
            <span class="segment-field-meaning">
              {meaningOf(field)}
              {wrong !== undefined && <strong class="segment-wrong"> ⚠ {wrong}</strong>}
              {field.rfc !== undefined && <span class="segment-rfc"> {field.rfc}</span>}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function targetOf(
  key: string,
  lines: readonly Line[],
  at: number,
  line: Line,
  onToggle: FieldsProps['onToggle'],
): string | undefined {
  const { field, isOpen, parent } = line;
  switch (key) {
    case 'ArrowDown':
      return lines[Math.min(at + 1, lines.length - 1)]?.field.id;
    case 'ArrowUp':
      return lines[Math.max(at - 1, 0)]?.field.id;
    case 'Home':
      return lines[0]?.field.id;
    case 'End':
      return lines.at(-1)?.field.id;
    case 'ArrowRight':
      if (isOpen) return field.children[0]?.id;
      if (field.children.length > 0) onToggle(field.id, true);
      return field.id;
    case 'ArrowLeft':
      if (!isOpen) return parent ?? field.id;
      onToggle(field.id, false);
      return field.id;
    case 'Enter':
    case ' ':
      if (field.children.length > 0) onToggle(field.id, !isOpen);
      return field.id;
    default:
      return undefined;
  }
}

/** A control bit that is 0: there, but it says nothing. */
function isUnset({ bitLength, value }: Field): boolean {
  return bitLength === 1 && value === '0';
}

function isOnTwig({ target }: Event): boolean {
  return target instanceof Element && target.closest('.segment-field-name') !== null;
}

function fieldAt({ target }: Event): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-field]')?.dataset['field'] : undefined;
}
