import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth } from '../../src/inspect/display-width';
import { Ladder, type LadderOptions } from '../../src/inspect/ladder';
import type { State } from '../../src/tcp/states';
import { STATES } from '../../src/tcp/states';
import type { TraceEvent } from '../../src/trace';
import { emitTcpOptions } from '../../src/wire/tcp-options';
import { daytime, helloFromNc, PEER, segment, US } from './script';

const CONNECTION = { id: 1, local: US, remote: PEER };

/** The ladder of `events`, as lines. */
function draw(events: readonly TraceEvent[], options: Partial<LadderOptions> = {}): string[] {
  let text = '';
  const ladder = new Ladder({ write: (more) => (text += more), names: { remote: () => 'nc' }, ...options });
  for (const event of events) ladder.event(event);
  ladder.end();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

/** The same without the legend, which is at the top. */
function drawn(events: readonly TraceEvent[], options: Partial<LadderOptions> = {}): string {
  const lines = draw(events, options);
  return `\n${lines.slice(lines.indexOf('') + 1).join('\n')}\n`;
}

const isRow = (line: string): boolean => /^.{16}[│┬┴]/u.test(line);

describe('the ladder', () => {
  test('a conversation with nc, 80 columns: the words stand below the arrows', () => {
    expect(drawn(helloFromNc())).toBe(`
#1      nc 10.9.0.1:41234                                 synack 10.9.0.2:7
   ?            ┬                                                 ┬ LISTEN
   SYN-SENT     │── SYN  seq 3812905112  mss 1460  wscale 7 ─────▶│ SYN-RECEIVED
                │  can you hear me?                               │
   ESTABLISHED? │◀─ SYN-ACK  seq 1390210  ack 3812905113 ─────────│
                │                    I hear you. do you hear me?  │
   ESTABLISHED  │── ACK  ack 1390211 ────────────────────────────▶│ ESTABLISHED
                │  I hear you.                                    │
                │── PSH-ACK  seq 1  len 6  ack 1 ────────────────▶│
                │  here are 6 bytes: "hello⏎"                     │
                │◀─ PSH-ACK  seq 1  len 6  ack 7 ─────────────────│
                │             got it. here are 6 bytes: "hello⏎"  │
                │── ACK  ack 7 ──────────────────────────────────▶│
                │  got it. next is 7.                             │
   FIN-WAIT-1   │── FIN-ACK  seq 7  ack 7 ───────────────────────▶│ CLOSE-WAIT
                │  I have sent everything. let's hang up.         │
   FIN-WAIT-2?  │◀─ ACK  ack 8 ───────────────────────────────────│
                │                         all right, one moment.  │
   TIME-WAIT?   │◀─ FIN-ACK  seq 7  ack 8 ────────────────────────│ LAST-ACK
                │                           I am hanging up too.  │
   TIME-WAIT    │── ACK  ack 8 ──────────────────────────────────▶│ CLOSED
                │  all right.                                     │
                │  (the other end now waits, in case its "all     │
                │  right." was lost)                              │
                ┴                                                 ┴
`);
  });

  test('the same in Korean, 100 columns: one line a segment', () => {
    expect(drawn(helloFromNc(), { width: 100, lang: 'ko' })).toBe(`
#1      nc 10.9.0.1:41234                         synack 10.9.0.2:7
   ?            ┬                                         ┬ LISTEN
   SYN-SENT     │── SYN  seq 3812905112  mss 1460 ───────▶│ SYN-RECEIVED 들려?
   ESTABLISHED? │◀─ SYN-ACK  seq 1390210  ack 3812905113 ─│              잘 들려. 내 말은 들려?
   ESTABLISHED  │── ACK  ack 1390211 ────────────────────▶│ ESTABLISHED  잘 들려.
                │── PSH-ACK  seq 1  len 6  ack 1 ────────▶│              6바이트 보낼게: "hello⏎"
                │◀─ PSH-ACK  seq 1  len 6  ack 7 ─────────│              받았어. 6바이트 보낼게:
                │                                         │              "hello⏎"
                │── ACK  ack 7 ──────────────────────────▶│              받았어. 다음은 7번.
   FIN-WAIT-1   │── FIN-ACK  seq 7  ack 7 ───────────────▶│ CLOSE-WAIT   나는 다 보냈어. 이제 끊자.
   FIN-WAIT-2?  │◀─ ACK  ack 8 ───────────────────────────│              알겠어. 잠시만.
   TIME-WAIT?   │◀─ FIN-ACK  seq 7  ack 8 ────────────────│ LAST-ACK     나도 끊을게.
   TIME-WAIT    │── ACK  ack 8 ──────────────────────────▶│ CLOSED       알겠어.
                │  (상대는 "알겠어."가 사라졌을까 봐      │
                │  이제 잠시 기다린다)                    │
                ┴                                         ┴
`);
  });

  test('TIME-WAIT is explained, and is seen to end', () => {
    expect(drawn(daytime().slice(3), { width: 120 })).toBe(`
#1      nc 10.9.0.1:50222                              synack 10.9.0.2:13
   CLOSE-WAIT?  ┬                                               ┬ FIN-WAIT-1
                │◀─ FIN-PSH-ACK  seq 1  len 21  ack 1 ──────────│               here are 21 bytes: "2025-11-23
                │                                               │               10:00:00⏎" that was everything. let's
                │                                               │               hang up.
   LAST-ACK     │── FIN-ACK  seq 1  ack 23 ────────────────────▶│ TIME-WAIT     all right. I am hanging up too.
   CLOSED?      │◀─ ACK  ack 2 ─────────────────────────────────│               all right.
                │  (synack now waits 2 MSL = 60 s: its "all     │
                │  right." may be lost and asked for again, and │
                │  nothing late must get into a new connection) │
                │  (60 s are over)                              │ CLOSED
                ┴                                               ┴
`);
  });
});
