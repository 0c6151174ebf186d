import { useTexts } from '../lang';
import { EXAMPLE_NAME, exampleFile } from './example';
import type { Reading } from './read';
import { TEXTS } from './texts';

export type OnFiles = (files: readonly { readonly file: Blob; readonly name: string }[]) => void;

/** Before there is anything to show: where to put a capture. */
export function Start({ onFiles }: { readonly onFiles: OnFiles }) {
  const texts = useTexts(TEXTS);
  return (
    <section class="explain-start">
      <h2 class="explain-title">{texts.title}</h2>
      <p>{texts.about}</p>
      <div class="explain-drop">
        <p class="explain-drop-here">{texts.dropHere}</p>
        <p>
          <FileButton text={texts.choose} onFiles={onFiles} />{' '}
          <button
            type="button"
            class="explain-example"
            onClick={() => {
              onFiles([{ file: exampleFile(), name: EXAMPLE_NAME }]);
            }}
          >
            {texts.example}
          </button>
        </p>
        <p class="explain-muted">{texts.formats}</p>
        <p class="explain-muted">
          {texts.example}: {texts.exampleHint}
        </p>
      </div>
      <p>{texts.private}</p>
      <p class="explain-muted">
        {texts.getOne} <code>tcpdump -i any -w trace.pcap tcp</code>
      </p>
    </section>
  );
}

interface ProgressProps {
  readonly name: string;
  readonly reading: Reading;
  readonly onCancel: () => void;
}

/** How far a file is read. */
export function Progress({ name, reading, onCancel }: ProgressProps) {
  const texts = useTexts(TEXTS);
  return (
    <div class="explain-banner">
      <div class="explain-progress">
        <span role="status">{texts.reading(name, Math.round(reading.part * 100), reading.packets)}</span>
        <progress max={1} value={reading.part} aria-label={name} />
      </div>
      <button type="button" onClick={onCancel}>
        {texts.cancel}
      </button>
    </div>
  );
}

interface FileButtonProps {
  readonly text: string;
  readonly tip?: string;
  readonly onFiles: OnFiles;
}

/** A button that lets one choose a file. */
export function FileButton({ text, tip, onFiles }: FileButtonProps) {
  return (
    <label class="explain-file" title={tip}>
      {text}
      <input
        type="file"
        accept=".pcap,.pcapng,.cap,.gz,.dump"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])].map((file) => ({ file, name: file.name })));
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
