import { describe, expect, test } from '@jest/globals';
import { isLang, LANGUAGES, langOfLocale, type Words } from '../../src/inspect/lang';

const { en, ko } = LANGUAGES;

/** Every text of a language, the functions called with something in the shape of their arguments. */
function texts(words: Words): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words) as [string, string | object][]) {
    if (typeof value === 'string') all.set(key, value);
    else if (typeof value === 'object')
      for (const [word, text] of Object.entries(value)) all.set(`${key}.${word}`, String(text));
  }
  const call = (key: string, text: string): void => void all.set(key, text);
  for (const text of ['"hello"', undefined]) call(`hereAre ${text ?? 'binary'}`, words.hereAre(1234, text));
  call('hereAre one', words.hereAre(1, '"x"'));
  call('gotItUpTo', words.gotItUpTo(7));
  call('stillWaitFor', words.stillWaitFor(7));
  call('butIHave', words.butIHave('9–12'));
  call('goOn', words.goOn(4096));
  call('nobodyListens', words.nobodyListens(9));
  call('tooEarly', words.tooEarly(1460));
  call('whoHas', words.whoHas('10.9.0.2'));
  call('iHave', words.iHave('02:00:00:00:00:01'));
  call('iAm', words.iAm('10.9.0.2'));
  call('port', words.port(7));
  call('ping', words.ping(1));
  call('pong', words.pong(1));
  for (const what of ['network', 'host', 'protocol', 'port', 'fragmentation', 'other'] as const)
    call(`cannotReach ${what}`, words.cannotReach(what));
  for (const said of [
    'ask-all',
    'ask',
    'want',
    'want-from',
    'want-except',
    'want-also',
    'leave',
    'leave-from',
  ] as const)
    call(`groups ${said}`, words.groups(said, '239.1.2.3', '10.9.0.7'));
  call('moreGroups', words.moreGroups(2));
  call('datagram', words.datagram(12));
  call('nobodyAnswers', words.nobodyAnswers('10.9.0.9'));
  call('addressConflict', words.addressConflict('10.9.0.2', '02:00:00:00:00:01'));
  call('legendStates', words.legendStates('synack'));
  call('listens', words.listens('synack', '10.9.0.2:7'));
  call('listensNoMore', words.listensNoMore('synack', '10.9.0.2:7'));
  for (const why of [true, false]) call(`waitsTwoMsl ${why}`, words.waitsTwoMsl('synack', words.seconds(60), why));
  call('waitIsOver', words.waitIsOver(words.seconds(60)));
  call('later', words.later(words.milliseconds(20)));
  call('more', words.more(412, 601520));
  call('more without data', words.more(1, 0));
  call('ofThemAgain', words.ofThemAgain(3));
  for (const upgrade of [undefined, 'websocket', 'h2c']) {
    call(`requests ${upgrade ?? ''}`, words.requests('GET / HTTP/1.1', upgrade));
    for (const status of [100, 200, 301, 304, 404, 500])
      call(`responds ${status} ${upgrade ?? ''}`, words.responds(`${status} OK`, status, upgrade));
  }
  for (const type of ['text', 'binary', 'continuation'] as const)
    for (const text of ['"x"', undefined]) call(`frame ${type} ${text ?? ''}`, words.frame(type, 5, text));
  for (const code of [1000, undefined]) {
    call(`closes ${code ?? ''}`, words.closes(code, undefined));
    call(`closesToo ${code ?? ''}`, words.closesToo(code, '"enough"'));
  }
  call('moreOfFrame', words.moreOfFrame(1460));
  for (const names of [['ClientHello'], ['ServerHello'], ['alert'], ['application data'], ['Certificate']])
    call(`tls ${names.join(' ')}`, words.tls(names));
  call('othersInIt', words.othersInIt(3));
  return all;
}

describe('the languages', () => {
  test('all have the same keys, and the same reasons for drops', () => {
    for (const words of Object.values(LANGUAGES)) {
      expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
      expect(Object.keys(words.dropReasons).sort()).toEqual(Object.keys(en.dropReasons).sort());
    }
  });

  test('every text is there, in one line, and is not the English one', () => {
    const english = texts(en);
    const korean = texts(ko);
    expect([...korean.keys()]).toEqual([...english.keys()]);
    for (const [key, text] of korean) {
      expect(`${key}: ${text}`).toMatch(/\p{Script=Hangul}/u);
      expect(`${key}: ${text}`).not.toMatch(/undefined|NaN|\n/);
      expect(`${key}: ${english.get(key) ?? ''}`).not.toMatch(/undefined|NaN|\n|\p{Script=Hangul}/u);
    }
  });

  test("the handshakes in the words of the student's note", () => {
    expect([ko.canYouHearMe, ko.iHearYouDoYouHearMe, ko.iHearYou]).toEqual([
      '들려?',
      '잘 들려. 내 말은 들려?',
      '잘 들려.',
    ]);
    expect([ko.iHaveSentEverything, ko.oneMoment, ko.iHangUpToo, ko.allRight]).toEqual([
      '나는 다 보냈어. 이제 끊자.',
      '알겠어. 잠시만.',
      '나도 끊을게.',
      '알겠어.',
    ]);
  });

  test('numbers and plurals', () => {
    expect(en.hereAre(1, '"x"')).toBe('here is 1 byte: "x"');
    expect(en.hereAre(1234567, undefined)).toBe('here: 1,234,567 bytes, binary.');
    expect(en.more(1, 0)).toBe('1 more segment');
    expect(ko.more(412, 601520)).toBe('세그먼트 412개 더, 601,520바이트');
  });

  test('the language comes from the locale, English otherwise', () => {
    expect(langOfLocale('ko_KR.UTF-8')).toBe('ko');
    expect(langOfLocale('en_US.UTF-8')).toBe('en');
    expect(langOfLocale('de_DE.UTF-8')).toBe('en');
    expect(langOfLocale('C')).toBe('en');
    expect(langOfLocale(undefined)).toBe('en');
    expect(isLang('ko')).toBe(true);
    expect(isLang('toString')).toBe(false);
  });
});
