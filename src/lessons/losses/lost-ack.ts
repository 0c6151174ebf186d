import {
  claim,
  defineLesson,
  delivers,
  drop,
  ends,
  loses,
  passes,
  resends,
  SECOND,
  sends,
  set,
  toggle,
  when,
} from '../engine';

/** The third segment of the handshake is lost. */
export const lostAck = defineLesson({
  id: 'lost-ack',
  group: 'losses',
  title: { en: 'The lost third segment', ko: '사라진 세 번째 세그먼트' },
  summary: {
    en: 'The last ACK of the handshake is lost. A believes that they are connected, B does not know it yet.',
    ko: '핸드셰이크의 마지막 ACK가 사라진다. A는 연결되었다고 믿고, B는 아직 모른다.',
  },
  goal: {
    en: 'You can say how long the two ends can disagree, and what brings them together again.',
    ko: '양쪽의 생각이 얼마나 오래 어긋날 수 있는지, 무엇이 다시 맞춰 주는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 9293 §3.10.7.4'],
  glossary: [
    {
      word: 'cumulative',
      means: {
        en: 'An ACK is for everything before its number. So a lost ACK does no harm when another one follows.',
        ko: '누적: ACK는 그 번호 앞의 모든 것을 확인한다. 그래서 ACK 하나가 사라져도 다음 ACK가 오면 괜찮다.',
      },
    },
  ],
  settings: {
    speaks: toggle(false, { en: 'A has something to say at once', ko: 'A가 바로 할 말이 있다' }),
  },
  actions: [drop('L2')],
  script: (world, { speaks }) => {
    const { a, b } = world;
    b.listen(80);
    world.at(0, () => {
      const client = a.connect(b, 80);
      if (speaks) client.send('hello');
    });
  },
  beats: [
    {
      id: 'established',
      when: when.state('A', 'ESTABLISHED'),
      en: 'A has its answer: ESTABLISHED. It says "I hear you" and is done with the handshake.',
      ko: 'A는 답을 들었다: ESTABLISHED. "잘 들려"라고 말하고 핸드셰이크를 마친다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'handshake-ack'),
      en: 'It is lost. Now the two ends disagree: A is in ESTABLISHED, B still in SYN-RECEIVED. An ACK that is lost is not missed by who sent it: nobody acknowledges an ACK, so A has no clock for it.',
      ko: '그 말이 사라졌다. 이제 양쪽의 생각이 어긋난다. A는 ESTABLISHED, B는 아직 SYN-RECEIVED다. ACK에는 아무도 답하지 않으므로, A는 사라진 줄도 모르고 켜 둔 타이머도 없다.',
    },
    {
      id: 'b-asks',
      when: (moment) =>
        when.sent('B', 'syn-ack', { again: true })(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.cause === 'timeout',
      en: 'But B asked "do you hear me?" and has a clock for that. After a second it asks again.',
      ko: '하지만 B는 "내 말은 들려?" 하고 물었고, 그 질문에는 타이머를 켜 두었다. 1초 뒤 B가 다시 묻는다.',
    },
    {
      id: 'a-repeats',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.host === 'A' &&
        moment.row.reading.purpose === 'syn-ack' &&
        moment.row.left.state === 'ESTABLISHED' &&
        moment.row.marks.has('duplicate'),
      en: 'A has heard this before. It stays in ESTABLISHED and says once more where it stands.',
      ko: 'A는 이미 들은 말이다. ESTABLISHED에 그대로 머물면서 어디까지 들었는지 다시 말한다.',
    },
    {
      id: 'data-helps',
      when: when.arrived('B', 'data'),
      en: 'A’s first words arrive, and every segment with data carries an ACK. That ACK does what the lost one should have done.',
      ko: 'A의 첫 마디가 도착한다. 데이터 세그먼트에는 언제나 ACK가 들어 있다. 이 ACK가 사라진 ACK의 일을 대신한다.',
    },
    {
      id: 'agree',
      when: when.state('B', 'ESTABLISHED'),
      en: 'Now B knows, too. Both agree again.',
      ko: '이제 B도 안다. 양쪽의 생각이 다시 같아졌다.',
    },
  ],
  claims: [
    ends('ESTABLISHED', 'ESTABLISHED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED'),
    resends('B', 'syn-ack', SECOND),
    loses(1),
  ],
  suggestions: [
    {
      id: 'speaks',
      title: { en: 'A speaks at once', ko: 'A가 바로 말하기' },
      look: {
        en: 'A sends "hello" right behind the lost ACK. How long do the two disagree now?',
        ko: 'A가 사라진 ACK 바로 뒤에 "hello"를 보낸다. 이제 양쪽의 생각이 얼마나 오래 어긋날까?',
      },
      actions: [set('speaks', true), drop('L2')],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), sends('B', 'syn-ack', 1), delivers('A', 5), loses(1)],
    },
    {
      id: 'lose-again',
      title: { en: 'Lose the repeated ACK, too', ko: '다시 보낸 ACK도 없애기' },
      look: {
        en: 'B backs off as A did with its SYN: one second, then two.',
        ko: 'A가 SYN에서 그랬듯 B도 기다리는 시간을 두 배로 늘린다. 1초, 그다음 2초.',
      },
      actions: [drop('L2'), drop('L3')],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), resends('B', 'syn-ack', SECOND, 2 * SECOND)],
    },
    {
      id: 'never-arrives',
      title: { en: 'Nothing of A arrives any more', ko: 'A의 말이 더는 닿지 않을 때' },
      look: {
        en: 'B asks six times in all and gives up after 63 seconds, as Linux does. A still believes in the connection: it is half-open.',
        ko: 'B는 모두 여섯 번 묻고 63초 뒤에 그만둔다. 리눅스도 그렇다. A는 아직도 연결되었다고 믿는다. 반만 열린 연결이다.',
      },
      actions: Array.from({ length: 8 }, (_, at) => drop(`L${at + 2}`)),
      claims: [
        claim(
          {
            en: 'A ends in ESTABLISHED, B without a connection.',
            ko: '마지막에 A는 ESTABLISHED이고, B에는 연결이 없다.',
          },
          (run) => run.state('A') === 'ESTABLISHED' && run.host('B').stack.tcp.connections().length === 0,
        ),
        resends('B', 'syn-ack', SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND),
      ],
    },
  ],
});
