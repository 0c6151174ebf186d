import { describe, expect, test } from '@jest/globals';
import type { TraceEvent } from '../../src/trace';
import { draw, drawn } from './draw';
import { daytime, helloFromNc, PEER, segment, US } from './script';

const CONNECTION = { id: 1, local: US, remote: PEER };

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
    expect(drawn(daytime(), { width: 120 })).toBe(`
#1      nc 10.9.0.1:50222                               synack 10.9.0.2:13
   ?            ┬                                                ┬ LISTEN
   SYN-SENT     │── SYN  seq 71  mss 1460  wscale 7  sackOK ────▶│ SYN-RECEIVED  can you hear me?
   ESTABLISHED? │◀─ SYN-ACK  seq 4200000000  ack 72  mss 1460 ───│               I hear you. do you hear me?
   ESTABLISHED  │── ACK  ack 4200000001 ────────────────────────▶│ ESTABLISHED   I hear you.
   CLOSE-WAIT?  │◀─ FIN-PSH-ACK  seq 1  len 21  ack 1 ───────────│ FIN-WAIT-1    here are 21 bytes: "2025-11-23 10:00:…"
                │                                                │               that was everything. let's hang up.
   LAST-ACK     │── FIN-ACK  seq 1  ack 23 ─────────────────────▶│ TIME-WAIT     all right. I am hanging up too.
   CLOSED?      │◀─ ACK  ack 2 ──────────────────────────────────│               all right.
                │  (synack now waits 2 MSL = 60 s: its "all      │
                │  right." may be lost and asked for again, and  │
                │  nothing late must get into a new connection)  │
                │  (60 s are over)                               │ CLOSED
                ┴                                                ┴
`);
  });

  test('the listener, ARP before the call, and the legend once', () => {
    const listener = { id: 9, local: US, remote: { address: '0.0.0.0', port: 0 } };
    const mac = (n: number): string => `02:00:00:00:00:0${n}`;
    const [peer, us] = [PEER.address, US.address];
    const lines = draw([
      { type: 'transition', time: 0, connection: listener, from: 'CLOSED', to: 'LISTEN', event: 'passive OPEN' },
      arp('in', { operation: 1, senderMac: mac(1), senderAddress: peer, targetMac: mac(0), targetAddress: peer }),
      arp('in', { operation: 1, senderMac: mac(1), senderAddress: peer, targetMac: mac(0), targetAddress: us }),
      arp('out', { operation: 2, senderMac: mac(2), senderAddress: us, targetMac: mac(1), targetAddress: peer }),
      segment('< S 100:100(0) | LISTEN → SYN-RECEIVED'),
      { type: 'transition', time: 0, connection: listener, from: 'LISTEN', to: 'CLOSED', event: 'CLOSE' },
    ]);
    expect(`\n${lines.join('\n')}\n`).toBe(`
synack waits at 10.9.0.2:7 to be called.

Each arrow is a segment, a packet of TCP. Beside it: the state that each end is
then in. synack knows its own, at the right; that of the other end it works out
from what it sees ("?": if our last segment has arrived).
Every byte has a number, seq. Each end starts at a random one, shown in full
while they shake hands; after that the count starts there, as in Wireshark.

                │── ARP announcement ────────────────────────────▶│
                │  I am 10.9.0.1.                                 │
                │── ARP request ─────────────────────────────────▶│
                │  who has 10.9.0.2?                              │
                │◀─ ARP reply ────────────────────────────────────│
                │                      I have: 02:00:00:00:00:02  │

#1      nc 10.9.0.1:41234                                 synack 10.9.0.2:7
   ?            ┬                                                 ┬ LISTEN
   SYN-SENT     │── SYN  seq 100 ────────────────────────────────▶│ SYN-RECEIVED
                │  can you hear me?                               │
synack takes no more calls at 10.9.0.2:7.
`);
  });

  test('two connections at once have numbers, and states when the other was shown in between', () => {
    const first = helloFromNc({ id: 1 });
    const second = helloFromNc({ id: 2, peer: { address: '10.9.0.1', port: 41236 } });
    expect(
      drawn([...first.slice(0, 3), ...second.slice(0, 3), ...first.slice(3, 5), ...second.slice(3, 4)], { width: 100 }),
    ).toBe(`
#1      nc 10.9.0.1:41234                         synack 10.9.0.2:7
   ?            ┬                                         ┬ LISTEN
   SYN-SENT     │── SYN  seq 3812905112  mss 1460 ───────▶│ SYN-RECEIVED can you hear me?
   ESTABLISHED? │◀─ SYN-ACK  seq 1390210  ack 3812905113 ─│              I hear you. do you hear me?
   ESTABLISHED  │── ACK  ack 1390211 ────────────────────▶│ ESTABLISHED  I hear you.

#2      nc 10.9.0.1:41236                         synack 10.9.0.2:7
#2 ?            ┬                                         ┬ LISTEN
#2 SYN-SENT     │── SYN  seq 3812905112  mss 1460 ───────▶│ SYN-RECEIVED can you hear me?
#2 ESTABLISHED? │◀─ SYN-ACK  seq 1390210  ack 3812905113 ─│              I hear you. do you hear me?
#2 ESTABLISHED  │── ACK  ack 1390211 ────────────────────▶│ ESTABLISHED  I hear you.
#1 ESTABLISHED  │── PSH-ACK  seq 1  len 6  ack 1 ────────▶│ ESTABLISHED  here are 6 bytes: "hello⏎"
#1              │◀─ PSH-ACK  seq 1  len 6  ack 7 ─────────│              got it. here are 6 bytes:
                │                                         │              "hello⏎"
#2 ESTABLISHED  │── PSH-ACK  seq 1  len 6  ack 1 ────────▶│ ESTABLISHED  here are 6 bytes: "hello⏎"
`);
  });

  test('loss, damage, a closed window and silence', () => {
    const at = (ms: number): { time: number } => ({ time: ms * 1000 });
    expect(
      drawn(
        [
          segment('< . 101:201(100) ack 301 | ESTABLISHED', at(0)),
          {
            type: 'drop',
            layer: 'tcp',
            time: 0,
            reason: 'bad-checksum',
            detail: '0x1 is not 0x2',
          },
          segment('< . 301:401(100) ack 301 | ESTABLISHED', at(1)),
          segment('> . 301:301(0) ack 201 win 100 <sack 301:401> | ESTABLISHED', at(1)),
          segment('< . 201:301(100) ack 301 | ESTABLISHED', at(300)),
          segment('> . 301:301(0) ack 401 win 0 | ESTABLISHED', at(300)),
          segment('> . 301:301(0) ack 401 win 512 | ESTABLISHED', { ...at(2500), reason: 'window-update' }),
          segment('> P. 301:303(2) ack 401 | ESTABLISHED', { ...at(2600), data: 'hi', reason: 'data' }),
          segment('> P. 301:303(2) ack 401 | ESTABLISHED', { ...at(2800), data: 'hi', reason: 'retransmission' }),
          segment('< R. 401:401(0) ack 303 | ESTABLISHED → CLOSED', at(2900)),
        ],
        { width: 110 },
      ),
    ).toBe(`
#1      nc 10.9.0.1:41234                          synack 10.9.0.2:7
   ?            ┬                                          ┬ ESTABLISHED
   ESTABLISHED  │── ACK  seq 1  len 100  ack 1 ───────────▶│               here: 100 bytes, binary.
                │──✗ dropped: tcp bad-checksum             │               damaged on the way: the checksum is
                │                                          │               wrong
                │── ACK  seq 201  len 100  ack 1 ─────────▶│               here: 100 bytes, binary. (too
                │                                          │               early: 100 bytes before it are
                │                                          │               missing)
                │◀─ ACK  ack 101  sack 201:301 ────────────│               got it. next is 101. I do have
                │                                          │               201–300.
                │── ACK  seq 101  len 100  ack 1 ─────────▶│               here: 100 bytes, binary. (this was
                │                                          │               missing)
                │◀─ ACK  ack 301  win 0 ───────────────────│               stop, my hands are full.
                │             ⋮ 2.2 s later ⋮              │
                │◀─ ACK  ack 301  win 512 ─────────────────│               go on, I have room for 512 bytes.
                │◀─ PSH-ACK  seq 1  len 2  ack 301 ────────│               here are 2 bytes: "hi"
                │◀─ ↻  PSH-ACK  seq 1  len 2  ack 301 ─────│               I say it again: did you hear?
   CLOSED       │── RST-ACK  seq 301  ack 3 ──────────────▶│ CLOSED        I drop everything now.
                ┴                                          ┴
`);
  });

  test('a call to a port where nobody listens, in ASCII', () => {
    const us = { address: '10.9.0.2', port: 9 };
    expect(
      drawn(
        [
          segment('< S 77:77(0) | CLOSED', { id: 0, us }),
          segment('> R. 0:0(0) ack 78 | CLOSED', { id: 0, us, reason: 'reset' }),
        ],
        {
          ascii: true,
          names: { local: 'host' },
        },
      ),
    ).toBe(`
#1       10.9.0.1:41234                                    host 10.9.0.2:9
   ?            +                                                 + CLOSED
   SYN-SENT     |-- SYN  seq 77 --------------------------------->|
                |  can you hear me?                               |
   CLOSED?      |<- RST-ACK  seq 0  ack 78 -----------------------|
                |                      nobody listens on port 9.  |
                +                                                 +
`);
  });

  test('a connection that gives up says so', () => {
    const events: TraceEvent[] = [
      segment('> S 300:300(0) | SYN-SENT', { reason: 'handshake' }),
      { type: 'transition', time: 0, connection: CONNECTION, from: 'SYN-SENT', to: 'CLOSED', event: 'user timeout' },
    ];
    expect(drawn(events)).toBe(`
#1      nc 10.9.0.1:41234                                 synack 10.9.0.2:7
   ?            ┬                                                 ┬ CLOSED
                │◀─ SYN  seq 300 ─────────────────────────────────│ SYN-SENT
                │                               can you hear me?  │
                │  (has tried for long enough and gives up)       │ CLOSED
                ┴                                                 ┴
`);
  });

  test('a segment that was not taken says why', () => {
    const lines = drawn(
      [
        segment('< P. 101:103(2) ack 301 | ESTABLISHED', { data: 'hi' }),
        { type: 'drop', time: 0, layer: 'tcp', reason: 'blind-reset', detail: '', connection: CONNECTION },
        segment('< R 150:150(0) | ESTABLISHED'),
        segment('> . 301:301(0) ack 103 | ESTABLISHED', { reason: 'challenge' }),
      ],
      { width: 120 },
    );
    expect(lines).toContain(`
   CLOSED       │── RST  seq 50 ────────────────────────────────▶│               I drop everything now. (dropped: a RST
                │                                                │               that does not quite fit may be forged)
                │◀─ ACK  ack 3 ──────────────────────────────────│               is that really you?
`);
  });

  test('what comes late for a connection that has gone is not shown', () => {
    const reset = segment('< R. 101:101(0) ack 303 | ESTABLISHED → CLOSED', { time: 1000 });
    const stray = { id: 0, time: 2000, reason: 'reset' } as const;
    const lines = draw([
      segment('< P. 101:103(2) ack 301 | ESTABLISHED', { data: 'hi' }),
      reset,
      segment('< R 101:101(0) | CLOSED', stray),
      segment('< P. 103:105(2) ack 301 | CLOSED', { ...stray, data: 'ho' }),
      segment('> R 301:301(0) | CLOSED', stray),
    ]);
    expect(lines.filter((line) => line.includes('RST'))).toHaveLength(1);
    expect(lines.at(-1)).toContain('┴');
    const later = draw([reset, segment('< P. 103:105(2) ack 301 | CLOSED', { ...stray, time: 9_000_000, data: 'ho' })]);
    expect(later.join('\n')).toContain('here are 2 bytes: "ho"');
  });

  test('a FIN moves us on the line that shows it', () => {
    const connection = CONNECTION;
    const events: TraceEvent[] = [
      ...helloFromNc().slice(0, 8),
      segment('> F. 1390217:1390217(0) ack 3812905120 | CLOSE-WAIT', { time: 800, reason: 'fin' }),
      { type: 'transition', time: 800, connection, from: 'CLOSE-WAIT', to: 'LAST-ACK', event: 'CLOSE' },
    ];
    expect(drawn(events)).toContain('   TIME-WAIT?   │◀─ FIN-ACK  seq 7  ack 8 ────────────────────────│ LAST-ACK\n');
  });

  test('a connection that is aborted in TIME-WAIT, where no RST is sent, ends without a word', () => {
    const events = daytime().slice(0, -1);
    const connection = (events[0] as TraceEvent & { type: 'segment' }).connection;
    events.push({ type: 'transition', time: 600, connection, from: 'TIME-WAIT', to: 'CLOSED', event: 'ABORT' });
    expect(drawn(events, { width: 120 })).toContain(
      '                │  (ends without another word)                   │ CLOSED\n',
    );
  });

  test('an aborted connection ends once, whether the RST or the transition is told first', () => {
    const abort: TraceEvent = {
      type: 'transition',
      time: 0,
      connection: CONNECTION,
      from: 'ESTABLISHED',
      to: 'CLOSED',
      event: 'ABORT',
    };
    const data = segment('< P. 101:103(2) ack 301 | ESTABLISHED', { data: 'hi' });
    const before = drawn([data, abort, segment('> R. 301:301(0) ack 103 | ESTABLISHED')]);
    const after = drawn([data, segment('> R. 301:301(0) ack 103 | CLOSED'), abort]);
    expect(before).toBe(after);
    expect(before).toContain('   CLOSED?      │◀─ RST-ACK  seq 1  ack 3 ────────────────────────│ CLOSED\n');
    expect(before.match(/┴/gu)).toHaveLength(2);
  });
});

function arp(direction: 'in' | 'out', packet: (TraceEvent & { type: 'arp' })['packet']): TraceEvent {
  return { type: 'arp', time: 0, direction, link: 'tap0', packet };
}
