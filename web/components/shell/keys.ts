import { useEffect, useRef } from 'preact/hooks';

/** What a key does, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>;

/** Where letters are text, or a key has a meaning of its own. */
const OWN_KEYS = 'input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable], dialog';

/**
 * Keys of the whole page, while the component is there. Not where one types, not with Ctrl, Alt or Meta, and not what somebody nearer has
 * used already (`preventDefault`).
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(OWN_KEYS) !== null) return;
      // The space bar presses what is focused.
      if (
        event.key === ' ' &&
        target.closest('button, a, summary, [role=button], [role=tab], [role=option], input') !== null
      )
        return;
      const act = current.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', listener);
    return () => {
      document.removeEventListener('keydown', listener);
    };
  }, []);
}
