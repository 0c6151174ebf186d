import { useEffect, useState } from 'preact/hooks';
import { lang, useTexts } from '../../lang';
import { tip } from '../shell';
import './controls.css';
import { reasonOf } from './problem';
import { CONTROL_TEXTS } from './texts';

interface ConnectionControlsProps {
  /** Closing makes sense: the connection is there. */
  readonly canClose: boolean;
  readonly canAbort: boolean;
  readonly canSend: boolean;
  /** Each rejects with the reason when it could not be done. */
  readonly onSend: (text: string) => Promise<void>;
  readonly onClose: () => Promise<void>;
  readonly onAbort: () => Promise<void>;
}

/** How long the question stays, ms. */
const ASKS_FOR = 6000;

/** Send text, close, abort. Abort asks once. */
export function ConnectionControls({ canClose, canAbort, canSend, onSend, onClose, onAbort }: ConnectionControlsProps) {
  const { connection: texts } = useTexts(CONTROL_TEXTS);
  const [text, setText] = useState('');
  const [asks, setAsks] = useState(false);
  const [problem, setProblem] = useState<{ readonly error: unknown } | undefined>(undefined);
  const reason = reasonOf(problem?.error, lang.value);
  useEffect(() => {
    if (!asks) return;
    const timer = setTimeout(() => {
      setAsks(false);
    }, ASKS_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [asks]);
  const act = (done: Promise<void>): void => {
    setProblem(undefined);
    done.catch((error: unknown) => {
      setProblem({ error });
    });
  };
  return (
    <div class="controls-connection">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text === '') return;
          act(onSend(`${text}\n`));
          setText('');
        }}
      >
        <input
          type="text"
          class="mono"
          aria-label={texts.text}
          placeholder={texts.text}
          value={text}
          maxLength={4096}
          disabled={!canSend}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <button type="submit" disabled={!canSend || text === ''}>
          {texts.send}
        </button>
      </form>
      <button
        type="button"
        disabled={!canClose}
        {...tip(texts.closeMeans)}
        onClick={() => {
          act(onClose());
        }}
      >
        {texts.close}
      </button>
      {asks && canAbort ? (
        <span class="controls-really" role="group" aria-label={texts.abortMeans}>
          <button
            type="button"
            class="danger"
            onClick={() => {
              setAsks(false);
              act(onAbort());
            }}
          >
            {texts.really}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setAsks(false);
            }}
          >
            {texts.no}
          </button>
        </span>
      ) : (
        <button
          type="button"
          disabled={!canAbort}
          {...tip(texts.abortMeans)}
          onClick={() => {
            setAsks(true);
          }}
        >
          {texts.abort}
        </button>
      )}
      <p class="controls-problem" role="alert">
        {problem !== undefined && (reason === undefined ? texts.lost : texts.failed(reason))}
      </p>
    </div>
  );
}
