import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../../lang';
import { GLOSSARY } from './glossary';
import { ICONS } from './icons';
import { SHELL_TEXTS } from './texts';

/** A key, or several, and what they do, in the page's language. */
export interface KeyHelp {
  readonly keys: readonly string[];
  readonly does: string;
}

interface HelpProps {
  readonly open: boolean;
  readonly keys: readonly KeyHelp[];
  readonly onClose: () => void;
}

/** A dialog with the page's keys and the words of the trade. */
export function Help({ open, keys, onClose }: HelpProps) {
  const texts = useTexts(SHELL_TEXTS);
  const terms = useTexts(GLOSSARY);
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useState('');
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const wanted = search.trim().toLowerCase();
  const shown = terms.filter(({ term, means }) => `${term} ${means}`.toLowerCase().includes(wanted));
  return (
    <dialog
      ref={dialog}
      class="shell-help"
      aria-labelledby="shell-help-title"
      onClose={onClose}
      onClick={(event) => {
        // A click on the backdrop is one on the dialog itself.
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="shell-help-inside">
        <header>
          <h2 id="shell-help-title">{texts.help}</h2>
          <button
            type="button"
            class="quiet icon-button"
            aria-label={texts.close}
            title={texts.close}
            onClick={onClose}
          >
            {ICONS.close}
          </button>
        </header>
        <section aria-labelledby="shell-help-keys">
          <h3 id="shell-help-keys">{texts.keys}</h3>
          <dl class="shell-keys">
            {keys.map((each) => (
              <div key={each.does}>
                <dt>
                  {each.keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{each.does}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section aria-labelledby="shell-help-glossary">
          <h3 id="shell-help-glossary">{texts.glossary}</h3>
          <input
            type="search"
            aria-label={texts.glossary}
            placeholder="SYN, RTT …"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
            }}
          />
          <dl class="shell-glossary">
            {shown.map(({ term, means }) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{means}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}
