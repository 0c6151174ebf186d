import {
  aCallsB,
  choice,
  claim,
  defineLesson,
  delay,
  delivers,
  drop,
  loses,
  MILLISECOND,
  SECOND,
  segmentsOf,
  set,
  when,
  type Moment,
  type Run,
} from '../engine';

/** Which of A's frames these are: before them come the SYN and the ACK of the handshake. */
const THIRD = 5;
const LAST = 12;

/** A hole is told of, and filled before any time-out. */
export const fastRetransmit = defineLesson({
  id: 'fast-retransmit',
  group: 'losses',
  title: { en: 'Fast retransmit and SACK', ko: '빠른 재전송과 SACK' },
  summary: {
    en: 'One segment in the middle of many is lost. Those behind it tell A of the hole, so A need not wait for its clock.',
    ko: '잇달아 보낸 세그먼트 가운데 하나가 사라진다. 뒤따라온 세그먼트 덕분에 A는 빈틈을 알게 되어, 타이머가 울릴 때까지 기다릴 필요가 없다.',
  },
  goal: {
    en: 'You can read duplicate ACKs and SACK blocks, and say why only the hole is sent again.',
    ko: '중복 ACK와 SACK 블록을 읽고, 왜 빈틈만 다시 보내는지 말할 수 있다.',
  },
  rfc: ['RFC 5681 §3.2', 'RFC 2018', 'RFC 8985', 'RFC 6675'],
  glossary: [
    {
      word: 'duplicate ACK',
      means: {
        en: '"I still wait for …": the same number again. Something arrived, but not what is awaited.',
        ko: '중복 ACK: "아직 …번을 기다려." 같은 번호를 또 말한다. 무언가 왔지만 기다리던 것은 아니다.',
      },
    },
    {
      word: 'SACK',
      means: {
        en: 'Selective acknowledgment: "beyond the hole I have these already". Then only the hole must be sent again.',
        ko: '선택적 확인 응답: "빈틈 뒤의 이것들은 이미 있어." 그러면 빈틈만 다시 보내면 된다.',
      },
    },
    {
      word: 'fast retransmit',
      means: {
        en: 'To send again because of what ACKs tell, long before the time-out. RFC 5681 waits for three duplicate ACKs; here, as in Linux, times are compared (RACK, RFC 8985): what was sent clearly before something that has arrived is lost.',
        ko: '빠른 재전송: 타임아웃을 기다리지 않고, ACK가 알려 주는 것을 보고 다시 보내는 것. RFC 5681은 중복 ACK 세 개를 기다린다. 여기서는 리눅스처럼 보낸 시각을 견준다(RACK, RFC 8985). 이미 도착한 것보다 뚜렷이 먼저 보낸 것은 잃은 것으로 본다.',
      },
    },
  ],
  settings: {
    detection: choice(
      'rack',
      { en: 'A notices losses by', ko: 'A가 손실을 알아채는 방법' },
      {
        rack: { en: 'SACK and time (RACK)', ko: 'SACK와 시간(RACK)' },
        sack: { en: 'SACK and counting', ko: 'SACK와 개수' },
        none: { en: 'counting duplicate ACKs, no SACK', ko: 'SACK 없이 중복 ACK 개수' },
      },
    ),
  },
  actions: [drop('L5')],
  setup: ({ detection }) => ({
    wire: { rate: 5_000_000 },
    tcp: {
      ...{ sack: detection !== 'none', lossRecovery: detection === 'rack' ? 'rack' : 'sack' },
      ...{ tailLossProbe: false, rto: { min: SECOND } },
    },
  }),
  script: aCallsB((client) => {
    client.send(14_000);
  }),
  beats: [
    {
      id: 'row',
      when: when.sent('A', 'data'),
      en: 'A sends ten segments in a row, without waiting for an ACK between them.',
      ko: 'A가 세그먼트 열 개를 잇달아 보낸다. 중간에 ACK를 기다리지 않는다.',
    },
    {
      id: 'lost',
      when: (moment) => isLost(moment, THIRD),
      en: 'The third is lost. Those behind it are on their way already.',
      ko: '세 번째 세그먼트가 사라졌다. 뒤의 세그먼트들은 이미 가고 있다.',
    },
    {
      id: 'lost-more',
      when: (moment) => when.lost('A', 'data', { again: false })(moment) && !isLost(moment, LAST),
      nth: 2,
      en: 'Another one is lost. Now two are missing.',
      ko: '하나가 더 사라졌다. 이제 두 개가 비었다.',
    },
    {
      id: 'lost-last',
      when: (moment) => isLost(moment, LAST),
      en: 'The last one is lost. Nothing comes behind it, so B does not even know that there was one more.',
      ko: '마지막 세그먼트가 사라졌다. 뒤에 오는 것이 없으니, B는 하나가 더 있었다는 것조차 모른다.',
    },
    {
      id: 'hole',
      when: (moment) => moment.kind === 'arrived' && moment.host === 'B' && moment.row.marks.has('out-of-order'),
      en: 'B gets one that it does not await yet: before it there is a hole. It keeps it, but must not hand it to its program. At once it says which byte it still waits for.',
      ko: '아직 차례가 아닌 세그먼트가 B에 도착한다. 그 앞에 빈틈이 있다. B는 받아 두지만 프로그램에 넘길 수는 없다. 그리고 여전히 몇 번 바이트를 기다리는지 바로 말한다.',
    },
    {
      id: 'sack',
      when: (moment) => moment.kind === 'sent' && moment.host === 'B' && moment.row.reading.sack.length > 0,
      en: 'And it adds what it does have (SACK). The ACK number alone could not say that.',
      ko: '그리고 무엇을 이미 받았는지도 덧붙인다(SACK). ACK 번호만으로는 알릴 수 없는 내용이다.',
    },
    {
      id: 'sack-two',
      when: (moment) =>
        moment.kind === 'sent' &&
        moment.host === 'B' &&
        moment.row.reading.sack.filter(([from]) => from > (moment.row.reading.ack ?? 0)).length > 1,
      en: 'Two blocks, so there are two holes, and A hears of both in one ACK: it can fill them in the same round trip.',
      ko: '블록이 두 개이니 빈틈도 두 개다. A는 ACK 하나로 둘 다 듣고, 같은 왕복에 둘 다 메울 수 있다.',
    },
    {
      id: 'again',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'fast-retransmit',
      en: 'What was sent later has arrived, so what stands before it must be lost: A sends that again, and that alone. It took a round trip, not a second.',
      ko: '나중에 보낸 것이 도착했으니 그 앞의 것은 사라진 것이 틀림없다. A는 그것만 다시 보낸다. 1초가 아니라 왕복 한 번이 걸렸다.',
    },
    {
      id: 'filled',
      when: (moment) => moment.kind === 'arrived' && moment.row.marks.has('fills'),
      en: 'The hole is filled. Now B hands everything to its program, in order, and acknowledges all of it in one ACK.',
      ko: '빈틈이 메워졌다. B는 모든 것을 순서대로 프로그램에 넘기고, ACK 하나로 모두 확인한다.',
    },
    {
      id: 'timeout',
      when: (moment) =>
        when.sent('A', 'data')(moment) && moment.kind === 'sent' && moment.row.reading.cause === 'timeout',
      en: 'No ACK has told A of this loss: too little came behind it. So only the clock helps, and that waits for a second at least.',
      ko: '이 손실을 A에게 알려 준 ACK가 없다. 뒤따라온 세그먼트가 너무 적었다. 그래서 타이머에 기댈 수밖에 없는데, 타이머는 적어도 1초를 기다린다.',
    },
  ],
  claims: [
    delivers('A', 14_000),
    loses(1),
    claim(
      { en: 'One segment is sent again, and it is the lost one.', ko: '다시 보낸 세그먼트는 사라진 것 하나뿐이다.' },
      (run) => {
        const again = segmentsOf(run, 'A').filter(({ reading }) => reading.again);
        return again.length === 1 && again[0]?.event.segment.seq === segmentsOf(run, 'A')[4]?.event.segment.seq;
      },
    ),
    claim(
      { en: 'All of it is there within 200 ms.', ko: '200ms 안에 모두 도착한다.' },
      (run) => lastAck(run) < 200 * MILLISECOND,
    ),
  ],
  suggestions: [
    {
      id: 'two-holes',
      title: { en: 'Two holes', ko: '빈틈 두 개' },
      look: {
        en: 'SACK names both holes, and both are filled in one round trip.',
        ko: 'SACK가 두 빈틈을 모두 알려 주고, 왕복 한 번에 둘 다 메워진다.',
      },
      actions: [drop('L5'), drop('L8')],
      claims: [
        delivers('A', 14_000),
        claim({ en: 'Two segments are sent again.', ko: '세그먼트 두 개를 다시 보낸다.' }, (run) => again(run) === 2),
        claim(
          { en: 'All of it is there within 200 ms.', ko: '200ms 안에 모두 도착한다.' },
          (run) => lastAck(run) < 200 * MILLISECOND,
        ),
      ],
    },
    {
      id: 'two-holes-no-sack',
      title: { en: 'Two holes without SACK', ko: 'SACK 없이 빈틈 두 개' },
      look: {
        en: 'Now an ACK tells of the first hole only. The second is found when the first is filled: a round trip more.',
        ko: '이제 ACK는 첫 빈틈만 알려 준다. 첫 빈틈을 메우고 나서야 둘째 빈틈을 알게 되므로 왕복이 한 번 더 든다.',
      },
      actions: [set('detection', 'none'), drop('L5'), drop('L8')],
      claims: [
        delivers('A', 14_000),
        claim({ en: 'No SACK is sent.', ko: 'SACK는 없다.' }, (run) =>
          segmentsOf(run, 'B').every(({ reading }) => reading.sack.length === 0),
        ),
      ],
    },
    {
      id: 'tail',
      title: { en: 'Lose the last one', ko: '마지막 세그먼트 없애기' },
      look: {
        en: 'Nothing comes behind the last segment. Who tells A now?',
        ko: '마지막 세그먼트 뒤에는 아무것도 오지 않는다. 이제 누가 A에게 알려 줄까?',
      },
      actions: [drop('L12')],
      claims: [
        delivers('A', 14_000),
        claim({ en: 'It is sent again after a time-out.', ko: '타임아웃 뒤에 다시 보낸다.' }, (run) =>
          segmentsOf(run, 'A').some(({ reading }) => reading.cause === 'timeout'),
        ),
      ],
    },
    {
      id: 'overtaken',
      title: { en: 'Only overtaken', ko: '추월당하기만 할 때' },
      look: {
        en: 'The third is 4 ms late and others pass it. Is it sent again? RACK gives it a quarter of a round trip.',
        ko: '세 번째 세그먼트가 4ms 늦어 다른 것들이 앞지른다. 다시 보낼까? RACK는 왕복 시간의 4분의 1만큼 기다려 준다.',
      },
      actions: [delay('L5', 4 * MILLISECOND)],
      claims: [
        delivers('A', 14_000),
        loses(0),
        claim({ en: 'Nothing is sent again.', ko: '아무것도 다시 보내지 않는다.' }, (run) => again(run) === 0),
      ],
    },
  ],
});

/** One of A's frames is lost. */
function isLost(moment: Moment, frame: number): boolean {
  return moment.kind === 'lost' && moment.frame.id?.from === 'left' && moment.frame.id.n === frame;
}

function again(run: Run): number {
  return segmentsOf(run, 'A').filter(({ reading }) => reading.again).length;
}

function lastAck(run: Run): number {
  return segmentsOf(run, 'B').at(-1)?.arrives ?? Infinity;
}
