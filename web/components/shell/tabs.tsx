import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface Tab<T extends string> {
  readonly id: T;
  readonly label: string;
  /** Behind the label, e.g. a number. */
  readonly badge?: string;
}

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly selected: T;
  readonly onSelect: (id: T) => void;
  /** What the selected one shows. */
  readonly children: ComponentChildren;
  /** Begins the ids of the elements: unique in the page. */
  readonly name: string;
}

/** Tabs as the ARIA Authoring Practices have them: arrow keys go from one to the next. */
export function Tabs<T extends string>({ label, tabs, selected, onSelect, children, name }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  // On a phone not all of them have room: the selected one is to be seen.
  useEffect(() => {
    const { current } = list;
    const tab = document.getElementById(`${name}-tab-${selected}`);
    if (current === null || tab === null) return;
    const { offsetLeft, offsetWidth } = tab;
    const margin = 40;
    const left = offsetLeft - current.offsetLeft;
    if (left - margin < current.scrollLeft) current.scrollLeft = left - margin;
    else if (left + offsetWidth + margin > current.scrollLeft + current.clientWidth)
      current.scrollLeft = left + offsetWidth + margin - current.clientWidth;
  }, [selected, name]);
  const go = (event: KeyboardEvent, by: number): void => {
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next.id);
    document.getElementById(`${name}-tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs">
      <div ref={list} class="tabs-list" role="tablist" aria-label={label}>
        {tabs.map(({ id, label: text, badge }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${name}-tab-${id}`}
            class="tabs-tab"
            aria-selected={id === selected}
            aria-controls={`${name}-panel`}
            tabIndex={id === selected ? 0 : -1}
            onClick={() => {
              onSelect(id);
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowRight') go(event, 1);
              if (event.key === 'ArrowLeft') go(event, -1);
            }}
          >
            {text}
            {badge !== undefined && <span class="tabs-badge">{badge}</span>}
          </button>
        ))}
      </div>
      <div
        class="tabs-panel"
        role="tabpanel"
        id={`${name}-panel`}
        aria-labelledby={`${name}-tab-${selected}`}
        tabIndex={-1}
      >
        {children}
      </div>
    </div>
  );
}
