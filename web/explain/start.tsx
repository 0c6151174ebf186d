import { useTexts } from '../lang';
import { EXAMPLE_NAME, exampleFile } from './example';
import { TEXTS } from './texts';

interface StartProps {
  /** How far it has come with a file that is being read. */
  readonly reading: { readonly name: string; readonly part: number; readonly packets: number } | undefined;
  /** Why the last one could not be read. */
  readonly problem: string | undefined;
  readonly onFile: (file: Blob, name: string) => void;
}

/** Before there is anything to show: where to put a capture. */
export function Start({ reading, problem, onFile }: StartProps) {
  const texts = useTexts(TEXTS);
  return (
    <section class="explain-start">
      <h1>{texts.title}</h1>
      <p>{texts.about}</p>
      <div class="explain-drop">
        {reading === undefined ? (
          <>
            <p class="explain-drop-here">{texts.dropHere}</p>
            <p>
              <FileButton text={texts.choose} onFile={onFile} />{' '}
              <button
                type="button"
                class="explain-example"
                onClick={() => {
                  onFile(exampleFile(), EXAMPLE_NAME);
                }}
              >
                {texts.example}
              </button>
            </p>
            <p class="explain-muted">{texts.formats}</p>
            <p class="explain-muted">
              {texts.example}: {texts.exampleHint}
            </p>
          </>
        ) : (
          <p role="status">
            <span>{texts.reading(reading.name, Math.round(reading.part * 100), reading.packets)}</span>
            <progress max={1} value={reading.part} aria-label={reading.name} />
          </p>
        )}
      </div>
      {problem !== undefined && (
        <p role="alert" class="explain-problem">
          ✗ {problem}
        </p>
      )}
      <p class="explain-private">{texts.private}</p>
      <p class="explain-muted">
        {texts.getOne} <code>tcpdump -i any -w trace.pcap tcp</code>
      </p>
    </section>
  );
}

/** A button that lets one choose a file. */
export function FileButton({ text, onFile }: { readonly text: string; readonly onFile: StartProps['onFile'] }) {
  return (
    <label class="explain-file">
      {text}
      <input
        type="file"
        accept=".pcap,.pcapng,.cap,.gz,.dump"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file, file.name);
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
