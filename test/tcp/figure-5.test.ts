import { describe, expect, test } from '@jest/globals';
import { FIGURE_5_TRANSITIONS } from '../../src/tcp/states';
import { formatFlags } from '../../src/wire/tcp';
import { established, script, SECOND, type Script } from '../support/script';

/** How an arrow is taken: from where, by what, and what is sent on the way. */
interface Take {
  readonly given: () => Script;
  readonly when: (t: Script) => unknown;
  readonly sends?: string;
}

const SYN = 'S 0:0(0) win 65535 <mss 1460,nop,wscale 3>';
const calling = (): Script => script({ active: 80 }).expect(SYN);
const called = (): Script =>
  script({ passive: 80 }).inject('S 0:0(0) win 65535 <mss 1460>').expect('S. 0:0(0) ack 1 win 65535 <mss 1460>');
const bothCalling = (): Script =>
  calling().inject('S 0:0(0) win 65535 <mss 1460>').expect('S. 0:0(0) ack 1 win 65535 <mss 1460>');
const closing = (): Script => established().shutdown().expect('F. 1:1(0) ack 1');
const closed = (): Script => closing().inject('. 1:1(0) ack 2');
const hungUpOn = (): Script => established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2');
const bothClosing = (): Script => closing().inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2');

const TAKES: Readonly<Record<string, Take>> = {
  'CLOSED → LISTEN': { given: () => script(), when: (t) => t.listen(80) },
  'CLOSED → SYN-SENT': { given: () => script(), when: (t) => t.connect(), sends: SYN },
  'LISTEN → CLOSED': { given: () => script({ passive: 80 }), when: (t) => t.listener?.close() },
  'LISTEN → SYN-SENT': {
    given: () => script({ passive: 80, onlyPeer: true }),
    when: (t) => t.sendFromListener('hello'),
    sends: SYN,
  },
  'LISTEN → SYN-RECEIVED': {
    given: () => script({ passive: 80 }),
    when: (t) => t.inject('S 0:0(0) win 65535 <mss 1460>'),
    sends: 'S. 0:0(0) ack 1 win 65535 <mss 1460>',
  },
  'SYN-SENT → CLOSED': { given: calling, when: (t) => t.close() },
  'SYN-SENT → SYN-RECEIVED': {
    given: calling,
    when: (t) => t.inject('S 0:0(0) win 65535 <mss 1460>'),
    sends: 'S. 0:0(0) ack 1 win 65535 <mss 1460>',
  },
  'SYN-SENT → ESTABLISHED': {
    given: calling,
    when: (t) => t.inject('S. 0:0(0) ack 1 win 65535 <mss 1460>'),
    sends: '. 1:1(0) ack 1 win 65535',
  },
  'SYN-RECEIVED → ESTABLISHED': { given: called, when: (t) => t.inject('. 1:1(0) ack 1') },
  'SYN-RECEIVED → FIN-WAIT-1': { given: bothCalling, when: (t) => t.close(), sends: 'F. 1:1(0) ack 1' },
  'SYN-RECEIVED → LISTEN': { given: called, when: (t) => t.inject('R 1:1(0) win 0') },
  'ESTABLISHED → FIN-WAIT-1': { given: established, when: (t) => t.close(), sends: 'F. 1:1(0) ack 1' },
  'ESTABLISHED → CLOSE-WAIT': {
    given: established,
    when: (t) => t.inject('F. 1:1(0) ack 1'),
    sends: '. 1:1(0) ack 2',
  },
  'FIN-WAIT-1 → FIN-WAIT-2': { given: closing, when: (t) => t.inject('. 1:1(0) ack 2') },
  'FIN-WAIT-1 → CLOSING': { given: closing, when: (t) => t.inject('F. 1:1(0) ack 1'), sends: '. 2:2(0) ack 2' },
  'FIN-WAIT-1 → TIME-WAIT': { given: closing, when: (t) => t.inject('F. 1:1(0) ack 2'), sends: '. 2:2(0) ack 2' },
  'FIN-WAIT-2 → TIME-WAIT': { given: closed, when: (t) => t.inject('F. 1:1(0) ack 2'), sends: '. 2:2(0) ack 2' },
  'CLOSE-WAIT → LAST-ACK': { given: hungUpOn, when: (t) => t.close(), sends: 'F. 1:1(0) ack 2' },
  'CLOSING → TIME-WAIT': { given: bothClosing, when: (t) => t.inject('. 2:2(0) ack 2') },
  'LAST-ACK → CLOSED': {
    given: () => hungUpOn().close().expect('F. 1:1(0) ack 2'),
    when: (t) => t.inject('. 2:2(0) ack 2'),
  },
  'TIME-WAIT → CLOSED': {
    given: () => bothClosing().inject('. 2:2(0) ack 2'),
    when: (t) => t.after(60 * SECOND),
  },
};

/** Figure 5's words for what is sent, as tcpdump's control bits. */
const BITS: Readonly<Record<string, string>> = { SYN: 'S', 'SYN,ACK': 'S.', ACK: '.', FIN: 'F.' };

describe('Figure 5 (RFC 9293 §3.3.2): every arrow, once', () => {
  test.each(FIGURE_5_TRANSITIONS)('$from → $to: $event, $action', ({ from, to, event, action }) => {
    const take = TAKES[`${from} → ${to}`];
    if (take === undefined) throw new Error(`no test takes the arrow ${from} → ${to}`);
    const t = take.given();
    t.state(from);
    const before = { transitions: t.transitions.length, trace: t.wire.trace.length };

    take.when(t);

    if (take.sends !== undefined) t.expect(take.sends);
    t.expectNothing();
    t.state(to);
    expect(t.transitions.slice(before.transitions)).toMatchObject([{ from, to, event }]);
    const sent = t.wire.trace
      .slice(before.trace)
      .flatMap((each) =>
        each.type === 'segment' && each.direction === 'out' ? [formatFlags(each.segment.flags)] : [],
      );
    const [, bits = ''] = /snd (\S+)/.exec(action) ?? [];
    expect(sent).toEqual(bits === '' ? [] : [BITS[bits]]);
  });

  test('there is no arrow here that the figure does not have', () => {
    const arrows = FIGURE_5_TRANSITIONS.map(({ from, to }) => `${from} → ${to}`);
    expect(Object.keys(TAKES).sort()).toEqual(arrows.sort());
  });
});
