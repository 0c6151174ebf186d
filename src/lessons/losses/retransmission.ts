import {
  aCallsB,
  amount,
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
  toggle,
  when,
  type Run,
} from '../engine';

/** Data is lost, and said again. */
export const retransmission = defineLesson({
  id: 'retransmission',
  group: 'losses',
  title: { en: 'Retransmission and back-off', ko: '재전송과 백오프' },
  summary: {
    en: 'A says "hello" and hears nothing. How long should it wait before it says it again? TCP measures.',
    ko: 'A가 "hello"라고 했는데 아무 답이 없다. 얼마나 기다렸다가 다시 말해야 할까? TCP는 시간을 재어 정한다.',
  },
  goal: {
    en: 'You can say how the time-out follows from measured round trips, and why it doubles.',
    ko: '타임아웃이 왕복 시간에서 어떻게 나오는지, 왜 두 배씩 늘어나는지 말할 수 있다.',
  },
  rfc: ['RFC 6298 §2', 'RFC 6298 §5', 'RFC 8985 §7', 'RFC 2883 §4', 'RFC 5682', 'RFC 7323 §4'],
  glossary: [
    {
      word: 'RTT',
      means: {
        en: 'Round-trip time: from sending something until its ACK is there. 40 ms here, 20 each way.',
        ko: '왕복 시간: 보내고 나서 그 ACK가 올 때까지. 여기서는 가는 데 20ms, 오는 데 20ms, 합쳐서 40ms.',
      },
    },
    {
      word: 'SRTT',
      means: {
        en: 'The smoothed round-trip time. The time-out is SRTT plus four times its variation, but not below a minimum.',
        ko: '평활 왕복 시간. 타임아웃은 SRTT에 변동의 네 배를 더한 값이며, 최솟값보다 작아지지 않는다.',
      },
    },
    {
      word: 'spurious',
      means: {
        en: 'Sent again for nothing: the first one, or its ACK, was only late.',
        ko: '불필요한 재전송: 처음 것이나 그 ACK가 늦었을 뿐인데 다시 보낸 것.',
      },
    },
  ],
  settings: {
    minimum: amount(
      1000,
      { en: 'Least time-out', ko: '타임아웃의 최솟값' },
      { min: 100, max: 2000, step: 100, unit: 'ms' },
    ),
    probe: toggle(false, { en: 'Probe the tail early (TLP)', ko: '꼬리 손실 프로브(TLP)' }),
  },
  actions: [drop('L4'), drop('L5'), drop('L6')],
  setup: ({ minimum, probe }) => ({ tcp: { rto: { min: minimum * MILLISECOND }, tailLossProbe: probe } }),
  script: aCallsB((client, world) => {
    client.send('hi');
    world.at(200 * MILLISECOND, () => client.send('hello'));
  }),
  beats: [
    {
      id: 'measured',
      when: when.arrived('A', 'ack'),
      en: '"hi" went there and its ACK came back: A has measured a round trip (40 ms, if nobody holds anything up). From that it works out how long to wait next time, but never less than the minimum.',
      ko: '"hi"가 가고 ACK가 돌아왔다. A는 왕복 시간을 쟀다(아무도 늦추지 않으면 40ms). 여기서 다음에 얼마나 기다릴지 정하는데, 최솟값보다 짧게 기다리지는 않는다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'data'),
      en: 'A’s words are lost. A keeps a copy of everything that is not acknowledged yet, and its clock runs.',
      ko: 'A의 말이 사라졌다. A는 아직 확인 응답을 받지 못한 것의 사본을 모두 가지고 있고, 타이머도 돌아가고 있다.',
    },
    {
      id: 'first',
      when: (moment) =>
        when.sent('A', 'data', { again: true })(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.cause === 'timeout',
      en: 'The time is over: A sends the same bytes under the same numbers. And it doubles the time-out: perhaps the network is overloaded, and more of the same would make that worse.',
      ko: '시간이 다 되었다. A가 같은 바이트를 같은 번호로 다시 보낸다. 그리고 타임아웃을 두 배로 늘린다. 네트워크가 붐비는 것이라면, 자꾸 보낼수록 더 나빠지기 때문이다.',
    },
    {
      id: 'probe',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'probe',
      en: 'A does not wait for the time-out: after about two round trips it sends the last segment once more, as a probe. That costs little, and mends a lost tail in a fraction of the time.',
      ko: 'A는 타임아웃까지 기다리지 않는다. 왕복 시간의 두 배쯤 지나면 마지막 세그먼트를 프로브로 한 번 더 보낸다. 비용이 적게 들고, 끝부분의 손실을 훨씬 빨리 메운다.',
    },
    {
      id: 'second',
      when: (moment) =>
        when.sent('A', 'data', { again: true })(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.cause === 'timeout',
      nth: 2,
      en: 'Silence again, twice as long. Look at RTO among A’s variables: it doubles each time.',
      ko: '또 답이 없다. 이번에는 두 배나 오래 기다렸다. A의 변수에서 RTO를 보자. 매번 두 배가 된다.',
    },
    {
      id: 'arrived',
      when: when.arrived('A', 'ack'),
      nth: 2,
      en: 'The ACK is there. With timestamps in the segments A even knows which of the copies it answers, so that it can go on measuring.',
      ko: 'ACK가 왔다. 세그먼트에 타임스탬프가 있어서, A는 몇 번째로 보낸 것에 대한 답인지도 알고, 계속 시간을 잴 수 있다.',
    },
    {
      id: 'spurious',
      when: (moment) =>
        when.arrived('B')(moment) &&
        moment.kind === 'arrived' &&
        moment.row.reading.length > 0 &&
        !moment.frame.isCopy &&
        moment.row.marks.has('duplicate'),
      en: 'B has this already! The first one was not lost: it, or B’s ACK of it, was only late, or the ACK was lost. B says so (with a SACK for bytes that it had long ago, a "DSACK"), and A learns that it was too impatient.',
      ko: 'B는 이것을 이미 받았다! 처음 것은 사라지지 않았다. 그것이나 B의 ACK가 늦었거나, ACK가 사라졌을 뿐이다. B가 그렇다고 알려 주고(이미 받은 바이트에 대한 SACK, 곧 "DSACK"), A는 자기가 너무 서둘렀음을 안다.',
    },
  ],
  claims: [
    delivers('A', 7),
    loses(3),
    claim(
      {
        en: 'A says "hello" four times: after 1 s, 2 s and 4 s.',
        ko: 'A는 "hello"를 네 번 말한다. 1초, 2초, 4초 간격이다.',
      },
      (run) => gaps(run).join() === '1,2,4',
    ),
  ],
  suggestions: [
    {
      id: 'short-minimum',
      title: { en: 'A least time-out of 200 ms', ko: '최솟값을 200ms로' },
      look: {
        en: 'As in Linux, and in this stack by default. The doubling is the same, only it starts lower.',
        ko: '리눅스가 그렇고, 이 스택도 원래 그렇다. 두 배씩 느는 것은 같고, 더 짧은 시간에서 시작할 뿐이다.',
      },
      actions: [set('minimum', 200), drop('L4'), drop('L5'), drop('L6')],
      claims: [
        delivers('A', 7),
        claim(
          { en: 'The first repetition comes within 300 ms.', ko: '첫 재전송이 300ms 안에 온다.' },
          (run) => (gaps(run)[0] ?? 9) < 0.3,
        ),
      ],
    },
    {
      id: 'probe',
      title: { en: 'With a tail loss probe', ko: '꼬리 손실 프로브 켜기' },
      look: {
        en: 'One loss only, with TLP on: how soon is "hello" there?',
        ko: '손실은 한 번, TLP는 켠다. "hello"가 얼마나 빨리 도착할까?',
      },
      actions: [set('probe', true), drop('L4')],
      claims: [
        delivers('A', 7),
        claim(
          { en: 'The probe goes out in less than 300 ms.', ko: '프로브가 300ms 안에 나간다.' },
          (run) => (gaps(run)[0] ?? 9) < 0.3,
        ),
      ],
    },
    {
      id: 'only-late',
      title: { en: 'Only late, not lost', ko: '사라지지 않고 늦기만 할 때' },
      look: {
        en: '"hello" takes 1.5 s. A cannot know that, and sends it again for nothing. B’s program still gets it once.',
        ko: '"hello"가 1.5초 걸린다. A는 알 길이 없어 불필요하게 다시 보낸다. 그래도 B의 프로그램은 한 번만 받는다.',
      },
      actions: [delay('L4', 1500 * MILLISECOND)],
      claims: [delivers('A', 7), loses(0)],
    },
  ],
});

/** The seconds between A's tries to say "hello". */
function gaps(run: Run): number[] {
  const times = segmentsOf(run, 'A')
    .filter(({ reading }) => reading.length === 5)
    .map(({ time }) => time);
  return times.slice(1).map((time, at) => Number(((time - (times[at] ?? 0)) / SECOND).toFixed(2)));
}
