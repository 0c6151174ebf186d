import { aCallsB, defineLesson, drop, ends, loses, never, passes, resends, SECOND, sends, when } from '../engine';

/** The first segment of all is lost. */
export const lostSyn = defineLesson({
  id: 'lost-syn',
  group: 'losses',
  title: { en: 'A lost SYN', ko: '사라진 SYN' },
  summary: {
    en: '"Can you hear me?" gets lost on the way. B never knows that anybody called. What does A do?',
    ko: '"들려?"가 가는 길에 사라진다. B는 누가 불렀는지도 모른다. A는 어떻게 할까?',
  },
  goal: {
    en: 'You can say how long A waits before it asks again, why it waits longer each time, and when it gives up.',
    ko: 'A가 얼마나 기다렸다가 다시 묻는지, 왜 점점 더 오래 기다리는지, 언제 그만두는지 말할 수 있다.',
  },
  rfc: ['RFC 6298 §2', 'RFC 6298 §5', 'RFC 9293 §3.8.3'],
  glossary: [
    {
      word: 'RTO',
      means: {
        en: 'Retransmission time-out: how long an end waits for an answer before it says the same again. 1 s at first.',
        ko: '재전송 타임아웃: 답이 없을 때 다시 보내기까지 기다리는 시간. 처음에는 1초.',
      },
    },
    {
      word: 'back-off',
      means: {
        en: 'To wait twice as long after each try. A network that is too busy gets quieter that way.',
        ko: '백오프. 다시 보낼 때마다 두 배로 오래 기다리는 것. 그러면 붐비던 네트워크가 한산해진다.',
      },
    },
  ],
  settings: {},
  actions: [drop('L1')],
  script: aCallsB(),
  beats: [
    {
      id: 'asked',
      when: when.sent('A', 'syn', { again: false }),
      en: 'A asks "can you hear me?" and starts a clock: the retransmission timer, set to 1 second.',
      ko: 'A가 "들려?" 하고 묻고 타이머를 켠다. 1초에 맞춘 재전송 타이머다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'syn'),
      en: 'The segment is lost. Nobody tells A. To A, silence looks the same whether the question, the answer or B itself is gone.',
      ko: '세그먼트가 사라졌다. 아무도 A에게 알려 주지 않는다. 질문이 사라졌는지, 답이 사라졌는지, B가 없는 것인지 A는 구별할 수 없다.',
    },
    {
      id: 'again',
      when: when.sent('A', 'syn', { again: true }),
      en: 'One second of silence: the timer goes off, and A asks again, with the same number. Had the first one arrived after all, B would see that it is the same question. Next time A will wait 2 seconds.',
      ko: '1초 동안 조용했다. 타이머가 울리고, A는 같은 번호로 다시 묻는다. 혹시 처음 것이 도착했더라도 B는 같은 질문인 줄 안다. 다음에는 2초를 기다린다.',
    },
    {
      id: 'third',
      when: when.sent('A', 'syn', { again: true }),
      nth: 2,
      en: 'Still nothing. Each wait is twice as long as the one before: 1 s, 2 s, 4 s, … This is called back-off.',
      ko: '아직도 답이 없다. 기다리는 시간이 매번 두 배가 된다. 1초, 2초, 4초…. 이것을 백오프라고 한다.',
    },
    {
      id: 'connected',
      when: when.state('A', 'ESTABLISHED'),
      en: 'This time the question was heard, and all goes on as if nothing had happened. Only time was lost.',
      ko: '이번에는 질문이 닿았고, 아무 일도 없었던 것처럼 이어진다. 시간만 잃었을 뿐이다.',
    },
    {
      id: 'gives-up',
      when: when.state('A', 'CLOSED', 'SYN-SENT', 'user timeout'),
      en: 'After more than three minutes A gives up: CLOSED. Its program is told that the connection "timed out". B never heard a word.',
      ko: '3분 넘게 물어본 뒤 A는 그만둔다: CLOSED. A의 프로그램은 "연결 시간 초과(timed out)" 오류를 받는다. B는 한마디도 듣지 못했다.',
    },
  ],
  claims: [ends('ESTABLISHED', 'ESTABLISHED'), resends('A', 'syn', SECOND), sends('B', 'syn-ack', 1), loses(1)],
  suggestions: [
    {
      id: 'lose-three',
      title: { en: 'Lose it three times', ko: '세 번 없애기' },
      look: {
        en: 'Look at the times of the four SYNs: the gaps are 1, 2 and 4 seconds.',
        ko: 'SYN 네 개의 시각을 보자. 간격이 1초, 2초, 4초다.',
      },
      actions: [drop('L1'), drop('L2'), drop('L3')],
      claims: [
        ends('ESTABLISHED', 'ESTABLISHED'),
        resends('A', 'syn', SECOND, 2 * SECOND, 4 * SECOND),
        passes('A', 'SYN-SENT', 'ESTABLISHED'),
      ],
    },
    {
      id: 'lose-all',
      title: { en: 'Lose every SYN', ko: 'SYN을 모두 없애기' },
      look: {
        en: 'A backs off up to a minute between tries, and gives up after more than three. (RFC 9293 asks for three at least; Linux by default gives up sooner.)',
        ko: 'A는 간격을 1분까지 늘려 가며 묻다가 3분이 지나면 그만둔다. (RFC 9293은 적어도 3분을 요구한다. 리눅스는 기본값으로 더 일찍 그만둔다.)',
      },
      actions: Array.from({ length: 12 }, (_, at) => drop(`L${at + 1}`)),
      claims: [ends('CLOSED', 'LISTEN'), passes('A', 'SYN-SENT', 'CLOSED'), never('B', 'SYN-RECEIVED')],
    },
    {
      id: 'no-loss',
      title: { en: 'Lose nothing', ko: '아무것도 없애지 않기' },
      look: {
        en: 'Take the loss away: the same three segments as in the first lesson, in 60 ms instead of more than a second.',
        ko: '손실을 없애면 첫 강의의 세 세그먼트 그대로다. 1초 넘게 걸리던 것이 60ms에 끝난다.',
      },
      actions: [],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), sends('A', 'syn', 1), loses(0)],
    },
  ],
});
