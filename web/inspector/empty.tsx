import { useState } from 'preact/hooks';
import { useTexts } from '../lang';
import type { Store } from './store';
import { APP_TEXTS } from './texts';

/** What somebody who comes here for the first time can do now. */
export function Empty({ store }: { readonly store: Store }) {
  const { empty: texts } = useTexts(APP_TEXTS);
  const { stack } = store.session;
  if (stack === undefined) return <p class="empty-connecting">{texts.connecting}</p>;
  const address = stack.interfaces
    .flatMap(({ addresses }) => addresses)
    .map((each) => each.replace(/\/\d+$/, ''))
    .find((each) => !each.startsWith('127.') && !each.startsWith('fe80:') && each !== '::1');
  const ports = [
    ...new Set(
      stack.sockets.filter(({ netid, state }) => netid === 'tcp' && state === 'LISTEN').map(({ local }) => local.port),
    ),
  ];
  const passed = stack.counters['ip.forwarded'] ?? 0;
  const commands = ports.slice(0, 2).flatMap((port) => commandsFor(address ?? texts.unknown, port));
  return (
    <section class="empty">
      <Handshake />
      <h2>{passed > 0 ? texts.passesOn : texts.title}</h2>
      <p>{texts.about}</p>
      {passed > 0 && <p>{texts.passed(passed)}</p>}
      {commands.length === 0 ? (
        passed === 0 && <p>{texts.nobodyListens}</p>
      ) : (
        <>
          <p>{texts.then}</p>
          {commands.map((command) => (
            <Command key={command} text={command} />
          ))}
          <p class="muted">{texts.after}</p>
        </>
      )}
    </section>
  );
}

/** Web servers are asked by curl. */
function commandsFor(address: string, port: number): readonly string[] {
  const host = address.includes(':') ? `[${address}]` : address;
  if (port === 80 || port === 8080 || port === 3000) return [`curl http://${host}${port === 80 ? '' : `:${port}`}/`];
  return [`nc ${address} ${port}`];
}

function Command({ text }: { readonly text: string }) {
  const { empty: texts } = useTexts(APP_TEXTS);
  const [copied, setCopied] = useState(false);
  return (
    <p class="empty-command">
      <code>{text}</code>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => {
              setCopied(true);
            },
            () => undefined,
          );
        }}
      >
        {copied ? texts.copied : texts.copy}
      </button>
    </p>
  );
}

/** The picture that will stand here: SYN, SYN+ACK, ACK. */
function Handshake() {
  return (
    <svg class="empty-picture" viewBox="0 0 240 96" width="240" height="96" aria-hidden="true" focusable="false">
      <path d="M30 6v84M210 6v84" class="empty-lines" />
      <g class="empty-arrows">
        <path d="M36 16l166 12m-8-5l8 5-9 4" />
        <path d="M204 42l-166 12m8-5l-8 5 9 4" />
        <path d="M36 68l166 12m-8-5l8 5-9 4" />
      </g>
    </svg>
  );
}
