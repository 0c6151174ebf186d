import {
  aCallsB,
  amount,
  choice,
  claim,
  defineLesson,
  delivers,
  MILLISECOND,
  segmentsOf,
  set,
  when,
  type Moment,
  type Run,
} from '../engine';
import { overflows, transferTime } from './measure';

const BYTES = 400_000;
const SEGMENT = 1448;
const RATE = 10_000_000;
const DELAY = 25 * MILLISECOND;
/** The way there and back, and what the wire takes for one full segment. */
const ROUND_TRIP = 2 * DELAY + (1500 * 8 * 1e6) / RATE;

/** How a sender finds out what a way can bear: by trying more and more, until something breaks. */
export const slowStart = defineLesson({
  id: 'slow-start',
  group: 'congestion',
  title: { en: 'Slow start', ko: '느린 시작' },
  summary: {
    en: 'Nobody tells A how much the network can bear. So A begins with little and doubles it every round trip, until a router’s queue overflows.',
    ko: '네트워크가 얼마나 견디는지는 아무도 A에게 알려 주지 않는다. 그래서 A는 조금씩 보내기 시작해, 라우터의 큐가 넘칠 때까지 왕복마다 두 배로 늘린다.',
  },
  goal: {
    en: 'You can say what cwnd and ssthresh are, why "slow" start is fast, and how A learns that it was too much.',
    ko: 'cwnd와 ssthresh가 무엇인지, "느린" 시작이 왜 빠른지, 너무 많이 보냈다는 것을 A가 어떻게 아는지 말할 수 있다.',
  },
  rfc: ['RFC 5681 §3.1', 'RFC 6928', 'RFC 3465', 'RFC 6937'],
  glossary: [
    {
      word: 'cwnd',
      means: {
        en: 'Congestion window: how much A dares to have in flight. The receiver’s window says what B can take; this one, what A thinks that the network can.',
        ko: '혼잡 윈도우: A가 한꺼번에 보내 두어도 된다고 믿는 양. 받는 쪽 윈도우는 B가 받을 수 있는 양이고, 이것은 네트워크가 견딜 수 있다고 A가 짐작하는 양이다.',
      },
    },
    {
      word: 'ssthresh',
      means: {
        en: 'Slow start threshold: up to here the window doubles, beyond it grows by one segment each round trip. At first there is none.',
        ko: '느린 시작 임계값: 여기까지는 윈도우가 두 배씩 늘고, 그 뒤로는 왕복마다 세그먼트 하나씩 는다. 처음에는 없다.',
      },
    },
    {
      word: 'queue',
      means: {
        en: 'Where segments wait in a router when they come faster than the wire can take them. It has an end: what finds no place is lost.',
        ko: '큐: 회선이 나르는 것보다 세그먼트가 빨리 올 때 라우터에서 기다리는 줄. 길이에 한계가 있어서, 자리가 없으면 사라진다.',
      },
    },
  ],
  panels: ['plots', 'windows'],
  settings: {
    initial: choice(
      'two',
      { en: 'A begins with', ko: 'A가 처음 보내는 양' },
      {
        one: { en: 'one segment (1988)', ko: '세그먼트 1개(1988년)' },
        two: { en: '2 segments', ko: '세그먼트 2개' },
        ten: { en: '10 segments (today)', ko: '세그먼트 10개(오늘날)' },
      },
    ),
    queue: amount(30, { en: 'the queue holds', ko: '큐의 크기' }, { min: 5, max: 300, step: 5, unit: 'segments' }),
  },
  setup: ({ initial, queue }) => ({
    wire: { rate: RATE, delay: DELAY, queue },
    tcp: { congestion: 'reno', initialWindow: { one: 1, two: 2, ten: 10 }[initial] },
    // B takes whatever comes, and acknowledges each segment, so that it is plain what an ACK does.
    each: { B: { receiveBuffer: 2_000_000, delayedAck: 0 } },
    piggyback: true,
  }),
  script: aCallsB((client) => {
    client.send(BYTES);
  }),
  beats: [
    {
      id: 'first',
      when: when.sent('A', 'data'),
      en: 'A has 400,000 bytes to send and B has room for all of them. But A knows nothing of the way between. It begins with a few segments: that is its congestion window, cwnd.',
      ko: 'A에게는 보낼 것이 400,000바이트 있고, B에게는 다 받을 자리가 있다. 하지만 A는 그 사이의 길을 전혀 모른다. 그래서 세그먼트 몇 개로 시작한다. 이것이 혼잡 윈도우, cwnd다.',
    },
    {
      id: 'ack',
      when: (moment) => moment.kind === 'arrived' && moment.host === 'A' && moment.row.reading.purpose === 'ack',
      en: 'An ACK: one segment has left the network, so one may follow. And it went well, so A dares one more: cwnd grows by a segment with each ACK.',
      ko: 'ACK가 왔다. 세그먼트 하나가 네트워크를 빠져나갔으니 하나를 더 보내도 된다. 게다가 잘 갔으니 A는 용기를 내어 하나를 더 보낸다. ACK마다 cwnd가 세그먼트 하나만큼 커진다.',
    },
    {
      id: 'doubles',
      when: (moment) =>
        moment.kind === 'sent' && window(moment) >= 16 && !isKnown(moment.row.event.variables?.ssthresh ?? 0),
      en: 'Two segments for each ACK: that doubles what is in flight with every round trip: 2, 4, 8, 16, or 10, 20, 40. Nothing is slow about slow start. (Before 1988 a sender began with all that the receiver had room for, and in 1986 the Internet broke down under it.)',
      ko: 'ACK마다 세그먼트 두 개. 그래서 왕복마다 전송 중인 양이 두 배가 된다. 2, 4, 8, 16, 또는 10, 20, 40. 느린 시작은 전혀 느리지 않다. (1988년 이전에는 받는 쪽 자리만큼 처음부터 다 보냈고, 1986년에 인터넷이 그것을 견디지 못하고 무너졌다.)',
    },
    {
      id: 'queue',
      when: (moment) =>
        moment.kind === 'sent' && moment.host === 'A' && moment.frame.leaves - moment.frame.sent > 20 * MILLISECOND,
      en: 'The wire is full. It carries 10 Mbit/s and no more, so what comes faster waits in the queue in front of it. More in flight does not bring more over now; it only waits longer.',
      ko: '회선이 꽉 찼다. 10Mbit/s까지만 나를 수 있어서, 더 빨리 온 것은 그 앞의 큐에서 기다린다. 이제는 더 내보내도 더 많이 전해지지 않는다. 더 오래 기다릴 뿐이다.',
    },
    {
      id: 'overflow',
      when: (moment) => moment.kind === 'lost' && moment.why === 'queue',
      en: 'The queue is full as well. What finds no place is lost. A does not know yet, and goes on for a whole round trip.',
      ko: '큐도 꽉 찼다. 자리가 없는 세그먼트는 사라진다. A는 아직 모르고, 왕복 한 번 동안 계속 보낸다.',
    },
    {
      id: 'learns',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'fast-retransmit',
      en: 'ACKs tell of the holes. A takes a loss for a sign of congestion: half the window from now on. It notes that as ssthresh, and mends the holes first.',
      ko: 'ACK가 빈틈을 알려 준다. A는 손실을 혼잡의 신호로 받아들인다. 이제부터 윈도우는 절반이다. 그 값을 ssthresh로 적어 두고, 먼저 빈틈을 메운다.',
    },
    {
      id: 'avoids',
      when: (moment) =>
        moment.kind === 'sent' &&
        moment.host === 'A' &&
        moment.row.event.variables?.phase === 'open' &&
        isKnown(moment.row.event.variables.ssthresh) &&
        moment.row.event.variables.cwnd >= moment.row.event.variables.ssthresh,
      en: 'Everything is mended. From here on A is careful: one segment more in each round trip, until the next loss. That is congestion avoidance, and the saw-tooth in every textbook.',
      ko: '다 메웠다. 여기서부터 A는 조심한다. 다음 손실까지 왕복마다 세그먼트 하나씩만 늘린다. 이것이 혼잡 회피이고, 교과서마다 나오는 톱니 그림이다.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    claim(
      {
        en: 'In its first four round trips A sends 2, 4, 8 and 16 segments.',
        ko: '처음 네 번의 왕복에서 A는 세그먼트를 2, 4, 8, 16개 보낸다.',
      },
      (run) => perRoundTrip(run).slice(0, 4).join() === '2,4,8,16',
    ),
    claim({ en: 'The queue overflows.', ko: '큐가 넘친다.' }, (run) => overflows(run) > 0),
    claim(
      {
        en: 'After that ssthresh is about half of the largest window.',
        ko: '그 뒤 ssthresh는 가장 컸던 윈도우의 절반쯤이다.',
      },
      (run) => {
        const threshold = (run.variables('A')?.ssthresh ?? Infinity) / SEGMENT;
        const largest = Math.max(...windows(run));
        return threshold > largest * 0.4 && threshold < largest * 0.6;
      },
    ),
  ],
  suggestions: [
    {
      id: 'ten',
      title: { en: 'Begin with ten', ko: '10개로 시작하기' },
      look: {
        en: 'Since 2013 connections begin with ten segments. How many round trips does that save?',
        ko: '2013년부터 연결은 세그먼트 10개로 시작한다. 왕복을 몇 번 아낄까?',
      },
      actions: [set('initial', 'ten')],
      claims: [
        delivers('A', BYTES),
        claim(
          {
            en: 'The first three round trips carry 10, 20 and 40 segments.',
            ko: '처음 세 번의 왕복에 10, 20, 40개가 간다.',
          },
          (run) => perRoundTrip(run).slice(0, 3).join() === '10,20,40',
        ),
        claim(
          {
            en: 'It is done at least one round trip sooner than with two.',
            ko: '2개로 시작할 때보다 적어도 왕복 한 번만큼 일찍 끝난다.',
          },
          (run) => transferTime(run) + ROUND_TRIP < transferTime(run.again({ steps: 0 }, { actions: [] }).finish()),
        ),
      ],
    },
    {
      id: 'short-queue',
      title: { en: 'A short queue', ko: '짧은 큐' },
      look: {
        en: 'Room for ten. The loss comes sooner, at a smaller window; and fewer segments have to be sent again.',
        ko: '열 개만 담는 큐다. 손실이 더 일찍, 더 작은 윈도우에서 일어난다. 그만큼 다시 보낼 세그먼트도 적다.',
      },
      actions: [set('queue', 10)],
      claims: [
        delivers('A', BYTES),
        claim(
          {
            en: 'The largest window is smaller than with a queue of 30.',
            ko: '윈도우가 가장 클 때도, 큐가 30개일 때보다 작다.',
          },
          (run) =>
            overflows(run) > 0 &&
            Math.max(...windows(run)) < Math.max(...windows(run.again({ steps: 0 }, { actions: [] }).finish())),
        ),
      ],
    },
    {
      id: 'endless-queue',
      title: { en: 'A queue that is far too long', ko: '너무 긴 큐' },
      look: {
        en: 'No loss at all, and so nothing that tells A to stop. Watch the round-trip time: that is bufferbloat.',
        ko: '손실이 없으니 A를 멈추게 하는 것도 없다. 왕복 시간을 보자. 이것이 버퍼블로트다.',
      },
      actions: [set('queue', 300)],
      claims: [
        delivers('A', BYTES),
        claim({ en: 'Nothing is lost.', ko: '사라진 것이 없다.' }, (run) => overflows(run) === 0),
        claim(
          {
            en: 'The round-trip time grows to more than twice what the way takes.',
            ko: '왕복 시간이 길 자체에 걸리는 시간의 두 배 넘게 늘어난다.',
          },
          (run) => (run.variables('A')?.srtt ?? 0) > 2 * ROUND_TRIP,
        ),
      ],
    },
  ],
});

/** A's congestion window as it sends, in segments. */
function window(moment: Moment & { kind: 'sent' }): number {
  return moment.host === 'A' ? (moment.row.event.variables?.cwnd ?? 0) / SEGMENT : 0;
}

function windows(run: Run): number[] {
  return run.moments.flatMap((moment) => (moment.kind === 'sent' && moment.host === 'A' ? window(moment) : []));
}

function isKnown(threshold: number): boolean {
  return threshold < Number.MAX_SAFE_INTEGER;
}

/** How many segments with data A sends in each round trip. */
function perRoundTrip(run: Run): number[] {
  const data = segmentsOf(run, 'A', 'data');
  const counts: number[] = [];
  for (const { time } of data) {
    // An ACK that is just in time counts for the next one.
    const round = Math.floor((time - (data[0]?.time ?? 0) + MILLISECOND) / ROUND_TRIP);
    counts[round] = (counts[round] ?? 0) + 1;
  }
  return counts;
}
