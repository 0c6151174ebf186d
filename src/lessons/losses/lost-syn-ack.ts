import {
  aCallsB,
  claim,
  defineLesson,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  SECOND,
  segmentsOf,
  when,
  type Moment,
} from '../engine';

/** The answer to the first question is lost. */
export const lostSynAck = defineLesson({
  id: 'lost-syn-ack',
  group: 'losses',
  title: { en: 'A lost SYN-ACK', ko: '사라진 SYN-ACK' },
  summary: {
    en: 'B has heard the question and answers, but the answer is lost. Now both wait for each other. Who moves first?',
    ko: 'B는 질문을 듣고 답했지만 그 답이 사라진다. 이제 둘 다 서로를 기다린다. 누가 먼저 움직일까?',
  },
  goal: {
    en: 'You can say why A cannot tell this loss from a lost SYN, and why the same question twice makes one connection.',
    ko: 'A가 왜 이 손실을 SYN 손실과 구별할 수 없는지, 같은 질문이 두 번 와도 왜 연결이 하나인지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 9293 §3.10.7.4', 'RFC 6298 §2'],
  glossary: [
    {
      word: 'SYN-ACK',
      means: {
        en: 'The second segment of the handshake: the answer (ACK) and a question of its own (SYN) in one.',
        ko: '핸드셰이크의 두 번째 세그먼트. 답(ACK)과 자기 질문(SYN)이 하나에 들어 있다.',
      },
    },
  ],
  settings: {},
  actions: [drop('R1')],
  script: aCallsB(),
  beats: [
    {
      id: 'answers',
      when: when.sent('B', 'syn-ack', { again: false }),
      en: 'B has heard A and answers. B too starts a clock of one second, for it has asked something itself.',
      ko: 'B가 A의 말을 듣고 답한다. B도 물은 것이 있으니 1초짜리 타이머를 켠다.',
    },
    {
      id: 'lost',
      when: when.lost('B', 'syn-ack'),
      en: 'The answer is lost. A is in SYN-SENT and B in SYN-RECEIVED: A does not know that B has heard it.',
      ko: '답이 사라졌다. A는 SYN-SENT, B는 SYN-RECEIVED. B가 들었다는 것을 A는 모른다.',
    },
    {
      id: 'again',
      when: (moment) =>
        when.sent('A', 'syn', { again: true })(moment) &&
        moment.kind === 'sent' &&
        moment.row.right.state === 'SYN-RECEIVED',
      en: 'A’s clock goes off first, 20 ms before B’s. A asks again. To A, this is the same as a lost SYN.',
      ko: 'A의 타이머가 B의 것보다 20ms 먼저 울린다. A가 다시 묻는다. A에게는 SYN이 사라진 것과 다를 바 없다.',
    },
    {
      id: 'same',
      when: (moment) =>
        when.arrived('B', 'syn')(moment) && moment.kind === 'arrived' && moment.row.marks.has('duplicate'),
      en: 'B hears a question that it knows: same port, same number. So it makes no second connection, and answers once more what it answered before.',
      ko: 'B는 이미 아는 질문을 또 듣는다. 포트도 같고 번호도 같다. 그래서 연결을 또 만들지 않고, 앞서 한 답을 다시 한다.',
    },
    {
      id: 'own-clock',
      when: isOwn,
      en: 'B’s own clock goes off, too: its question is not answered, so it asks again, whether A has said anything or not.',
      ko: 'B의 타이머도 울린다. 자기 질문에 답이 없으니, A가 말했든 아니든 B는 다시 묻는다.',
    },
    {
      id: 'done',
      when: when.state('B', 'ESTABLISHED'),
      en: 'The rest is as always. Whatever comes twice is said by the same numbers, so that nothing is counted twice.',
      ko: '나머지는 늘 하던 대로다. 두 번 온 것은 번호가 같으므로 두 번 세지 않는다.',
    },
  ],
  claims: [
    ends('ESTABLISHED', 'ESTABLISHED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED'),
    loses(1),
    claim(
      {
        en: 'A asks twice, a second apart; B makes one connection.',
        ko: 'A는 1초 간격으로 두 번 묻고, B는 연결을 하나만 만든다.',
      },
      (run) => {
        const [first, second, ...more] = segmentsOf(run, 'A', 'syn');
        return (
          more.length === 0 &&
          (second?.time ?? 0) - (first?.time ?? 0) === SECOND &&
          run.host('B').stack.tcp.connections().length === 1
        );
      },
    ),
  ],
  suggestions: [
    {
      id: 'lose-more',
      title: { en: 'Lose the next answers, too', ko: '다음 답들도 없애기' },
      look: {
        en: 'Both ends have a clock now, and both ask again. Count how often B answers before A hears it.',
        ko: '이제 양쪽 모두 타이머를 켜 두었고, 둘 다 다시 묻는다. A가 들을 때까지 B가 몇 번 답하는지 세어 보자.',
      },
      actions: [drop('R1'), drop('R2'), drop('R3')],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), loses(3)],
    },
    {
      id: 'b-asks-first',
      title: { en: 'Lose A’s second SYN as well', ko: 'A의 두 번째 SYN도 없애기' },
      look: {
        en: 'A’s repetition does not arrive. But B has its own clock, and answers again without being asked.',
        ko: 'A가 다시 물은 것도 도착하지 않는다. 하지만 B도 타이머를 켜 두었으므로, A가 묻지 않아도 다시 답한다.',
      },
      actions: [drop('R1'), drop('L2')],
      claims: [
        ends('ESTABLISHED', 'ESTABLISHED'),
        loses(2),
        claim(
          { en: 'B answers again after 1 s, by its own clock.', ko: 'B는 1초 뒤 자기 타이머가 울려 다시 답한다.' },
          (run) => {
            const [first, second] = segmentsOf(run, 'B', 'syn-ack');
            return first?.time === 20 * MILLISECOND && second?.time === SECOND + 20 * MILLISECOND;
          },
        ),
      ],
    },
  ],
});

/** B asks again because its own clock has gone off. */
function isOwn(moment: Moment): boolean {
  return (
    when.sent('B', 'syn-ack', { again: true })(moment) &&
    moment.kind === 'sent' &&
    moment.row.reading.cause === 'timeout'
  );
}
