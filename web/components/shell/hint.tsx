import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts } from '../../lang';
import { ICONS } from './icons';
import { SHELL_TEXTS } from './texts';

const STORED = 'synack-hints';

/** A line that explains what one sees, for the first time; who has read it sends it away for good. */
export function Hint({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  const texts = useTexts(SHELL_TEXTS);
  const [gone, setGone] = useState(() => dismissed().includes(name));
  if (gone) return null;
  return (
    <p class="hint">
      <span>{children}</span>
      <button
        type="button"
        class="quiet icon-button"
        aria-label={texts.dismiss}
        title={texts.dismiss}
        onClick={() => {
          setGone(true);
          try {
            localStorage.setItem(STORED, JSON.stringify([...new Set([...dismissed(), name])]));
          } catch {
            // No storage: it comes again next time.
          }
        }}
      >
        {ICONS.close}
      </button>
    </p>
  );
}

function dismissed(): readonly string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
