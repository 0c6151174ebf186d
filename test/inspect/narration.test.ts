import { describe, expect, test } from '@jest/globals';
import { Conversation } from '../../src/inspect/conversation';
import { LANGUAGES } from '../../src/inspect/lang';
import { narrate } from '../../src/inspect/narration';
import type { SegmentEvent } from '../../src/tcp/trace';
import { segment, type Setting } from './script';

type Line = readonly [segment: string, says: string, setting?: Setting];

/** What each segment of a conversation says in `lang`. */
function say(lang: 'en' | 'ko', lines: readonly Line[], conversation = new Conversation()): void {
  for (const [line, says, setting] of lines) {
    const event: SegmentEvent = segment(`${line} | ESTABLISHED`, setting);
    expect(`${line}: ${narrate(conversation.read(event), { words: LANGUAGES[lang] })}`).toBe(`${line}: ${says}`);
  }
}

/** A conversation after its handshake: the peer's next number is 101, ours 301. */
function established(): Conversation {
  const conversation = new Conversation();
  for (const line of ['< S 100:100(0)', '> S. 300:300(0) ack 101', '< . 101:101(0) ack 301'])
    conversation.read(segment(`${line} | ESTABLISHED`));
  return conversation;
}

describe('narration', () => {
  const conversation = [
    ['< S 100:100(0)', 'can you hear me?', '들려?'],
    ['> S. 300:300(0) ack 101', 'I hear you. do you hear me?', '잘 들려. 내 말은 들려?'],
    ['< . 101:101(0) ack 301', 'I hear you.', '잘 들려.'],
    ['< P. 101:107(6) ack 301', 'here are 6 bytes: "hello⏎"', '6바이트 보낼게: "hello⏎"'],
    ['> . 301:301(0) ack 107', 'got it. next is 7.', '받았어. 다음은 7번.'],
    ['> P. 301:307(6) ack 107', 'here are 6 bytes: "hello⏎"', '6바이트 보낼게: "hello⏎"'],
    ['< F. 107:107(0) ack 307', "I have sent everything. let's hang up.", '나는 다 보냈어. 이제 끊자.'],
    ['> . 307:307(0) ack 108', 'all right, one moment.', '알겠어. 잠시만.'],
    ['> F. 307:307(0) ack 108', 'I am hanging up too.', '나도 끊을게.'],
    ['< . 108:108(0) ack 308', 'all right.', '알겠어.'],
  ] as const;

  test.each(['en', 'ko'] as const)('a whole conversation, in %s', (lang) => {
    say(
      lang,
      conversation.map(([line, en, ko]) => [
        line,
        lang === 'en' ? en : ko,
        line.includes('(6)') ? { data: 'hello\n' } : {},
      ]),
    );
  });

  test('data that acknowledges says so first', () => {
    say(
      'en',
      [
        ['< P. 101:103(2) ack 301', 'here are 2 bytes: "hi"', { data: 'hi' }],
        ['> P. 301:303(2) ack 103', 'got it. here are 2 bytes: "hi"', { data: 'hi' }],
      ],
      established(),
    );
  });

  test('three segments instead of four', () => {
    say(
      'en',
      [
        ['< F. 101:101(0) ack 301', "I have sent everything. let's hang up."],
        ['> F. 301:301(0) ack 102', 'all right. I am hanging up too.'],
        ['< . 102:102(0) ack 302', 'all right.'],
      ],
      established(),
    );
  });

  test('a FIN behind data', () => {
    say(
      'en',
      [['> FP. 301:304(3) ack 101', 'here are 3 bytes: "bye" that was everything. let\'s hang up.', { data: 'bye' }]],
      established(),
    );
  });

  test('simultaneous open and close', () => {
    say('en', [
      ['> S 300:300(0)', 'can you hear me?'],
      ['< S 100:100(0)', 'can you hear me? (both said it at once)'],
      ['> S. 300:300(0) ack 101', 'I hear you. do you hear me?', { reason: 'handshake' }],
    ]);
    say(
      'en',
      [
        ['> F. 301:301(0) ack 101', "I have sent everything. let's hang up."],
        ['< F. 101:101(0) ack 301', "I have sent everything. let's hang up. (both said it at once)"],
        ['> . 302:302(0) ack 102', 'all right.'],
        ['< . 102:102(0) ack 302', 'all right.'],
      ],
      established(),
    );
  });

  test('what is said again', () => {
    say('en', [
      ['< S 100:100(0)', 'can you hear me?'],
      ['< S 100:100(0)', 'can you hear me? (asks again)'],
      ['> S. 300:300(0) ack 101', 'I hear you. do you hear me?'],
      ['> S. 300:300(0) ack 101', 'I hear you. do you hear me? (asks again)'],
      ['< . 101:101(0) ack 301', 'I hear you.'],
      ['> P. 301:303(2) ack 101', 'here are 2 bytes: "hi"', { data: 'hi' }],
      ['> P. 301:303(2) ack 101', 'I say it again: did you hear?', { data: 'hi' }],
      ['> F. 303:303(0) ack 101', "I have sent everything. let's hang up."],
      ['> F. 303:303(0) ack 101', 'I say it again: did you hear?'],
    ]);
  });

  test('a SYN,ACK that comes twice is answered twice, in the numbers of the handshake', () => {
    const conversation = new Conversation();
    say(
      'en',
      [
        ['> S 300:300(0)', 'can you hear me?'],
        ['< S. 100:100(0) ack 301', 'I hear you. do you hear me?'],
        ['> . 301:301(0) ack 101', 'I hear you.'],
        ['< S. 100:100(0) ack 301', 'I hear you. do you hear me? (asks again)'],
      ],
      conversation,
    );
    const answer = conversation.read(segment('> . 301:301(0) ack 101 | ESTABLISHED'));
    expect([answer.purpose, answer.ack, answer.absolute]).toEqual(['handshake-ack', 101, true]);
    // What repeats itself later is no greeting.
    const later = conversation.read(segment('> . 301:301(0) ack 101 | ESTABLISHED'));
    expect([later.purpose, later.ack, later.absolute]).toEqual(['duplicate-ack', 1, false]);
  });

  test('why something is sent again', () => {
    const both = established();
    say('en', [['> P. 301:303(2) ack 101', 'here are 2 bytes: "hi"', { data: 'hi' }]], both);
    both.retransmits('fast-retransmit');
    say('en', [['> P. 301:303(2) ack 101', 'you missed this one: once more.', { data: 'hi' }]], both);
    both.retransmits('timeout');
    say('en', [['> P. 301:303(2) ack 101', 'I say it again: did you hear?', { data: 'hi' }]], both);
    both.retransmits('probe');
    say('en', [['> P. 301:303(2) ack 101', 'did you hear the last of it?', { data: 'hi' }]], both);
    both.retransmits('window-opened');
    say('ko', [['> P. 301:303(2) ack 101', '이제 자리가 났으니 다시 보낼게.', { data: 'hi' }]], both);
    // Why it is sent again is told of one segment only.
    say('en', [['> P. 301:303(2) ack 101', 'I say it again: did you hear?', { data: 'hi' }]], both);
  });

  test('what is urgent', () => {
    const both = established();
    say('en', [['< PU. 101:103(2) ack 301 urg 2', 'here are 2 bytes: "hi" (this is urgent)', { data: 'hi' }]], both);
    say('ko', [['> PU. 301:303(2) ack 103 urg 2', '받았어. 2바이트 보낼게: "hi" (급한 말이다)', { data: 'hi' }]], both);
  });

  test('a gap, and what fills it; what comes twice', () => {
    say(
      'en',
      [
        ['< . 111:121(10) ack 301', 'here: 10 bytes, binary. (too early: 10 bytes before it are missing)'],
        ['> . 301:301(0) ack 101 win 100 <sack 111:121>', 'I still wait for 1. I do have 11–20.'],
        ['< . 101:111(10) ack 301', 'here: 10 bytes, binary. (this was missing)'],
        ['> . 301:301(0) ack 121', 'got it. next is 21.'],
        ['< . 111:121(10) ack 301', 'I say it again: did you hear? (heard already)'],
      ],
      established(),
    );
  });

  test('a closed window, its probes, and its opening', () => {
    say(
      'en',
      [
        ['> . 301:301(0) ack 101 win 0', 'stop, my hands are full.'],
        ['< . 100:100(0) ack 301', 'may I go on?'],
        ['> . 301:301(0) ack 101 win 0', 'not yet, my hands are full.'],
        ['< . 101:102(1) ack 301', 'may I go on?'],
        ['> . 301:301(0) ack 101 win 8192', 'go on, I have room for 8,192 bytes.'],
        ['< P. 101:103(2) ack 301', 'here are 2 bytes: "hi"', { data: 'hi' }],
      ],
      established(),
    );
  });

  test('windows are scaled when both sides offered it', () => {
    const both = new Conversation();
    say(
      'en',
      [
        ['< S 100:100(0) win 65535 <wscale 7>', 'can you hear me?'],
        ['> S. 300:300(0) ack 101 win 65535 <wscale 2>', 'I hear you. do you hear me?'],
        ['< . 101:101(0) ack 301 win 0', 'I hear you.'],
        ['< . 101:101(0) ack 301 win 3', 'go on, I have room for 384 bytes.'],
      ],
      both,
    );
  });

  test('keep-alive and its answer, and a challenge', () => {
    say(
      'en',
      [
        ['< P. 101:103(2) ack 301', 'here are 2 bytes: "hi"', { data: 'hi' }],
        ['> . 301:301(0) ack 103', 'got it. next is 3.'],
        ['< . 102:102(0) ack 301', 'still there?'],
        ['> . 301:301(0) ack 103', 'yes, I am here.'],
        ['> . 301:301(0) ack 103', 'is that really you?', { reason: 'challenge' }],
      ],
      established(),
    );
  });

  test('RST: refused, unknown, dropped', () => {
    say('en', [
      ['< S 100:100(0)', 'can you hear me?'],
      ['> R. 0:0(0) ack 101', 'nobody listens on port 7.'],
    ]);
    say('ko', [
      ['> S 300:300(0)', '들려?'],
      ['< R. 0:0(0) ack 301', '41234번 포트에는 아무도 없어.'],
    ]);
    say('en', [
      ['< . 100:100(0) ack 300', 'got it. next is 1.'],
      ['> R 300:300(0)', 'I know of no such connection.'],
    ]);
    say('en', [['< R. 101:101(0) ack 301', 'I drop everything now.']], established());
  });

  test('a new SYN between the same ports begins anew', () => {
    const both = established();
    say(
      'en',
      [
        ['< S 900:900(0)', 'can you hear me?'],
        ['> S. 700:700(0) ack 901', 'I hear you. do you hear me?'],
        ['< . 901:901(0) ack 701', 'I hear you.'],
      ],
      both,
    );
  });

  test('numbers count from the SYN after the handshake, also across 2³²', () => {
    const both = new Conversation();
    const read = (line: string): readonly [number, number | undefined, boolean] => {
      const { seq, ack, absolute } = both.read(segment(`${line} | ESTABLISHED`));
      return [seq, ack, absolute];
    };
    expect(read('< S 4294967290:4294967290(0)')).toEqual([4294967290, undefined, true]);
    expect(read('> S. 300:300(0) ack 4294967291')).toEqual([300, 4294967291, true]);
    expect(read('< . 4294967291:4294967291(0) ack 301')).toEqual([4294967291, 301, true]);
    expect(read('< P. 4294967291:5(10) ack 301')).toEqual([1, 1, false]);
    expect(read('> . 301:301(0) ack 5')).toEqual([1, 11, false]);
  });

  test('a window that is only rounded by its scale is no news; one that grows is', () => {
    const both = new Conversation();
    const purpose = (line: string): string => both.read(segment(line)).purpose;
    purpose('< S 100:100(0) win 65535 <mss 1460,wscale 7> | LISTEN → SYN-RECEIVED');
    purpose('> S. 300:300(0) ack 101 win 65535 <mss 1460,wscale 7> | SYN-RECEIVED');
    purpose('< . 101:101(0) ack 301 win 512 | SYN-RECEIVED → ESTABLISHED');
    expect(purpose('> . 301:301(0) ack 101 win 512 | ESTABLISHED')).toBe('duplicate-ack');
    expect(purpose('> . 301:301(0) ack 101 win 600 | ESTABLISHED')).toBe('window-update');
  });

  test('a RST for nobody ends no connection, also where one was between the same ends', () => {
    const both = new Conversation();
    both.read(segment('> S 300:300(0) | SYN-SENT'));
    both.read(segment('< S. 100:100(0) ack 301 | CLOSED', { id: 0 }));
    expect(both.read(segment('> R 301:301(0) | CLOSED', { id: 0 })).purpose).toBe('refusal');
  });

  test('a quotation is shortened where that saves a line', () => {
    const event = segment('< P. 101:161(60) ack 301 | ESTABLISHED', { data: 'x'.repeat(60) });
    const reading = established().read(event);
    const words = LANGUAGES.en;
    expect(narrate(reading, { words })).toBe(`here are 60 bytes: "${'x'.repeat(60)}"`);
    expect(narrate(reading, { words, room: 44 })).toBe(`here are 60 bytes: "${'x'.repeat(22)}…"`);
    const spaced = segment('< P. 161:181(20) ack 301 | ESTABLISHED', { data: 'so many little words' });
    expect(narrate(established().read(spaced), { words, room: 20 })).not.toMatch(/so many/);
    expect(narrate(established().read(spaced), { words, room: 20 })).toMatch(/so\u00a0many/);
    expect(narrate(reading, { words, room: 27 })).toBe(`here are 60 bytes: "${'x'.repeat(24)}…"`);
  });
});
