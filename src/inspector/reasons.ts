import type { Lang } from '../inspect/lang';
import type { FailureCode } from './protocol';

/** What of a reason is not fixed: a state, a number of bytes, a setting's name. */
export type ReasonFacts = Readonly<Record<string, string | number>>;

/** A sentence for a person. */
export type Reason = (facts: ReasonFacts) => string;

/** A fact as text; one that is missing is a question mark. */
function fact(facts: ReasonFacts, name: string): string {
  return String(facts[name] ?? '?');
}

/** Why a request of the page was not carried out, in words. */
export const REASONS: Readonly<Record<FailureCode, Readonly<Record<Lang, Reason>>>> = {
  gone: {
    en: () => 'the connection is gone: it was closed meanwhile',
    ko: () => '그 연결은 이제 없습니다. 그사이에 닫혔습니다.',
  },
  own: {
    en: () => 'this is the connection by which you see all this: leave it alone',
    ko: () => '지금 이 화면을 보여 주는 연결입니다. 그대로 두세요.',
  },
  'no-wire': {
    en: () => 'there is no wire that could be made worse: only loopback is there',
    ko: () => '나쁘게 만들 네트워크가 없습니다. 자기 자신과 통하는 루프백만 있습니다.',
  },
  'bad-rate': {
    en: () => 'the rate is a whole number of bits a second, 1,000 or more',
    ko: () => '속도는 초당 비트 수이며 1,000 이상의 정수입니다.',
  },
  'bad-time': {
    en: (facts) => `${fact(facts, 'name')} is a whole number of microseconds, at most ${fact(facts, 'seconds')} s`,
    ko: (facts) => `${fact(facts, 'name')} 값은 마이크로초 단위의 정수이며 최대 ${fact(facts, 'seconds')}초입니다.`,
  },
  'bad-probability': {
    en: (facts) => `${fact(facts, 'name')} is a probability from 0 to 1`,
    ko: (facts) => `${fact(facts, 'name')} 값은 0에서 1 사이의 확률입니다.`,
  },
  'end-closed': {
    en: (facts) => `our end is closed already: the connection is in ${fact(facts, 'state')}`,
    ko: (facts) => `우리 쪽은 이미 닫혔습니다. 연결의 상태는 ${fact(facts, 'state')}입니다.`,
  },
  'not-open': {
    en: () => 'it is not open yet: nobody has answered; it can be aborted',
    ko: () => '아직 열리지 않은 연결입니다. 상대가 대답하지 않았습니다. 중단(RST)은 할 수 있습니다.',
  },
  'program-closes': {
    en: () => 'the program has closed it already; what it has sent is under way',
    ko: () => '프로그램이 이미 닫았습니다. 보낸 데이터는 아직 가는 중입니다.',
  },
  'nothing-to-send': {
    en: () => 'there is nothing to send',
    ko: () => '보낼 내용이 없습니다.',
  },
  'fin-sent': {
    en: (facts) => `our end has said that it sends no more (FIN): the connection is in ${fact(facts, 'state')}`,
    ko: (facts) => `우리 쪽은 더 보내지 않겠다고(FIN) 이미 알렸습니다. 연결의 상태는 ${fact(facts, 'state')}입니다.`,
  },
  'program-closed': {
    en: () => 'the program has closed its end',
    ko: () => '프로그램이 자기 쪽을 닫았습니다.',
  },
  'sent-in-part': {
    en: (facts) =>
      `only ${fact(facts, 'taken')} of ${fact(facts, 'length')} bytes: ` +
      'the send buffer is full, since the other end takes no more',
    ko: (facts) =>
      `${fact(facts, 'length')}바이트 중 ${fact(facts, 'taken')}바이트만 보냅니다. ` +
      '상대가 더 받지 않아서 송신 버퍼가 가득 찼습니다.',
  },
  'buffer-full': {
    en: () => 'the send buffer is full, since the other end takes no more now',
    ko: () => '상대가 지금은 더 받지 않아서 송신 버퍼가 가득 찼습니다.',
  },
  'takes-nothing': {
    en: (facts) => `the connection takes nothing more (${fact(facts, 'error')})`,
    ko: (facts) => `이 연결로는 더 보낼 수 없습니다(${fact(facts, 'error')}).`,
  },
  'not-text': {
    en: () => 'messages are JSON texts',
    ko: () => '메시지는 JSON 텍스트여야 합니다.',
  },
  'not-json': {
    en: () => 'this is no JSON',
    ko: () => 'JSON이 아닌 메시지입니다.',
  },
  'unknown-request': {
    en: () => 'this server does not know such a request',
    ko: () => '이 서버가 모르는 요청입니다.',
  },
};
