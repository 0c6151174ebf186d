import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/**
 * What an element needs so that `text` stands beside it when it is pointed at or focused. Screen readers get it as its description.
 */
export function tip(text: string): { readonly 'data-tip': string; readonly 'aria-description': string } {
  return { 'data-tip': text, 'aria-description': text };
}

interface Shown {
  readonly text: string;
  readonly at: DOMRect;
}

const MARGIN = 8;

/** Shows the explanations of elements with {@link tip}; once in a page. */
export function Tooltips() {
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const show = ({ target }: Event): void => {
      const element = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
      const text = element?.dataset['tip'];
      setShown(element === null || text === undefined ? undefined : { text, at: element.getBoundingClientRect() });
    };
    const hide = (event: Event): void => {
      if (!(event instanceof KeyboardEvent) || event.key === 'Escape') setShown(undefined);
    };
    const shows = ['pointerover', 'focusin'] as const;
    const hides = ['scroll', 'keydown', 'pointerdown'] as const;
    for (const each of shows) document.addEventListener(each, show);
    for (const each of hides) document.addEventListener(each, hide, true);
    return () => {
      for (const each of shows) document.removeEventListener(each, show);
      for (const each of hides) document.removeEventListener(each, hide, true);
    };
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || shown === undefined) return;
    const { width, height } = element.getBoundingClientRect();
    const { at } = shown;
    const left = Math.min(Math.max(MARGIN, at.left), innerWidth - width - MARGIN);
    const below = at.bottom + MARGIN / 2;
    const top = below + height > innerHeight - MARGIN ? at.top - height - MARGIN / 2 : below;
    element.style.translate = `${Math.max(MARGIN, left)}px ${Math.max(MARGIN, top)}px`;
  }, [shown]);
  if (shown === undefined) return null;
  return (
    // It is read out as the element's description.
    <div class="tooltip" ref={box} aria-hidden="true">
      {shown.text}
    </div>
  );
}
