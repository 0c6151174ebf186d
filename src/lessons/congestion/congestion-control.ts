import {
  aCallsB,
  amount,
  choice,
  claim,
  defineLesson,
  delivers,
  drop,
  segmentsOf,
  set,
  when,
  type Action,
  type Moment,
  type Run,
} from '../engine';
import { goodput, longestQueue, overflows } from './measure';

const BYTES = 600_000;
const LOSS = drop('L60');

/** Three answers to the same question: how much may be in flight now? */
export const congestionControl = defineLesson({
  id: 'congestion-control',
  group: 'congestion',
  title: { en: 'Reno, CUBIC and BBR', ko: 'Reno와 CUBIC, 그리고 BBR' },
  summary: {
    en: 'One segment is lost on a good way. Reno halves its window, CUBIC keeps 70 %, and BBR does not mind. Who is right depends on the way.',
    ko: '좋은 길에서 세그먼트 하나가 사라진다. Reno는 윈도우를 절반으로, CUBIC은 70%로 줄이고, BBR은 개의치 않는다. 누가 옳은지는 길에 달렸다.',
  },
  goal: {
    en: 'You can say what each of the three takes for a sign of congestion, and what it does then.',
    ko: '세 방식이 각각 무엇을 혼잡의 신호로 보고 어떻게 하는지 말할 수 있다.',
  },
  rfc: ['RFC 5681 §3.1', 'RFC 9438', 'RFC 9406'],
  glossary: [
    {
      word: 'Reno',
      means: {
        en: 'A segment more in each round trip, half of all after a loss (1990).',
        ko: '왕복마다 세그먼트 하나씩 늘리고, 손실이 있으면 절반으로 줄인다(1990년).',
      },
    },
    {
      word: 'CUBIC',
      means: {
        en: 'Keeps 70 % after a loss, and grows back along a curve: fast at first, carefully near where it was lost, then fast again. Its slow start ends early when the round trip gets longer (HyStart++). The default in Linux, Windows and macOS.',
        ko: '손실 뒤 70%를 남기고 곡선을 따라 다시 커진다. 처음에는 빠르게, 손실이 났던 크기 가까이에서는 조심스럽게, 그다음 다시 빠르게. 왕복 시간이 길어지면 느린 시작을 일찍 끝낸다(HyStart++). Linux, Windows, macOS의 기본값이다.',
      },
    },
    {
      word: 'BBR',
      means: {
        en: 'Measures how fast data really arrives and how short the round trip can be, and sends just that much. A single loss says little to it (draft-ietf-ccwg-bbr).',
        ko: '데이터가 실제로 도착하는 속도와 가장 짧은 왕복 시간을 재어 꼭 그만큼만 보낸다. 손실 하나는 크게 신경 쓰지 않는다(draft-ietf-ccwg-bbr).',
      },
    },
    {
      word: 'goodput',
      means: {
        en: 'What is brought over in a second, without headers and without what is sent again.',
        ko: '실효 처리량: 헤더와 재전송을 빼고 1초에 실제로 나른 양.',
      },
    },
  ],
  panels: ['plots', 'windows'],
  settings: {
    algorithm: choice(
      'cubic',
      { en: 'A’s congestion control', ko: 'A의 혼잡 제어' },
      {
        reno: { en: 'Reno', ko: 'Reno' },
        cubic: { en: 'CUBIC', ko: 'CUBIC' },
        bbr: { en: 'BBR', ko: 'BBR' },
      },
    ),
    rate: amount(20, { en: 'the wire carries', ko: '회선의 속도' }, { min: 5, max: 50, step: 5, unit: 'Mbit/s' }),
    queue: amount(200, { en: 'the queue holds', ko: '큐의 크기' }, { min: 10, max: 300, step: 10, unit: 'segments' }),
    loss: amount(0, { en: 'lost by chance', ko: '우연한 손실' }, { min: 0, max: 5, step: 1, unit: '%' }),
  },
  actions: [LOSS],
  setup: ({ algorithm, rate, queue, loss }) => ({
    wire: { rate: rate * 1_000_000, queue, loss: loss / 100 },
    tcp: { congestion: algorithm },
    each: { B: { receiveBuffer: 2_000_000 } },
    piggyback: true,
  }),
  script: aCallsB((client) => {
    client.send(BYTES);
  }),
  beats: [
    {
      id: 'start',
      when: when.sent('A', 'data'),
      en: 'All three begin alike: ten segments, and then twice as many with each round trip.',
      ko: '셋 모두 똑같이 시작한다. 세그먼트 10개, 그다음 왕복마다 두 배.',
    },
    {
      id: 'lost',
      when: (moment) => when.lost('A', 'data')(moment) && moment.kind === 'lost' && moment.why !== 'queue',
      en: 'A segment is lost. Not because of a full queue, but A cannot see why.',
      ko: '세그먼트 하나가 사라진다. 큐가 꽉 차서가 아니다. 하지만 A는 이유를 알 수 없다.',
    },
    {
      id: 'overflow',
      when: (moment) => moment.kind === 'lost' && moment.why === 'queue',
      en: 'The queue is full, and a segment finds no place in it. This loss is congestion indeed.',
      ko: '큐가 꽉 차서 들어갈 자리가 없는 세그먼트가 사라진다. 이 손실은 정말로 혼잡 때문이다.',
    },
    {
      id: 'learns',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'fast-retransmit',
      en: 'A knows of the loss and sends the segment again. Is that congestion? Look at cwnd in the plot: each of the three answers this in its own way.',
      ko: 'A가 손실을 알고 그 세그먼트를 다시 보낸다. 이것은 혼잡일까? 그래프의 cwnd를 보자. 셋의 대답이 서로 다르다.',
    },
    {
      id: 'reduced',
      when: (moment) => isAfterLoss(moment) && moment.kind === 'sent' && isKnown(moment),
      en: 'The window is smaller now, and ssthresh says where it was cut to: Reno takes half, CUBIC 70 %. From here it grows back: Reno by a segment each round trip, CUBIC along its curve.',
      ko: '이제 윈도우가 작아졌고, ssthresh는 어디까지 줄였는지 말해 준다. Reno는 절반, CUBIC은 70%. 여기서 다시 커진다. Reno는 왕복마다 세그먼트 하나씩, CUBIC은 곡선을 따라.',
    },
    {
      id: 'unmoved',
      // What A sent again has arrived, and there still is no limit for slow start.
      when: (moment) =>
        when.arrived('B', 'data', { again: true })(moment) && moment.kind === 'arrived' && !isKnown(moment),
      en: 'BBR’s window is as large as before. It asks another question: do the segments arrive as fast as they are sent, and has the round trip grown? If not, there is no congestion.',
      ko: 'BBR의 윈도우는 그대로다. BBR은 다른 것을 묻는다. 보내는 만큼 빨리 도착하는가, 왕복 시간이 길어졌는가? 아니라면 혼잡이 아니다.',
    },
    {
      id: 'waits',
      when: (moment) =>
        moment.kind === 'sent' && moment.host === 'A' && moment.frame.leaves - moment.frame.sent > 50_000,
      en: 'Segments wait more than 50 ms in the queue now, longer than the way itself takes. Whoever shares this wire waits as well: also a game, also a call.',
      ko: '이제 세그먼트가 큐에서 50ms 넘게 기다린다. 회선을 지나는 데 걸리는 시간보다 길다. 이 회선을 함께 쓰는 모두가 기다린다. 게임도, 통화도.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    claim({ en: 'After the loss A keeps 70 % of its window.', ko: '손실 뒤 A는 윈도우의 70%를 남긴다.' }, (run) =>
      isAbout(kept(run), 0.7),
    ),
  ],
  suggestions: [
    {
      id: 'reno',
      title: { en: 'Reno, the same loss', ko: '같은 손실, Reno' },
      look: {
        en: 'Half the window after one loss, and then a long way back. Compare the time at which the last ACK comes.',
        ko: '손실 하나에 절반으로 줄고, 되돌아가는 데 오래 걸린다. 마지막 ACK가 오는 시각을 비교해 보자.',
      },
      actions: [set('algorithm', 'reno'), LOSS],
      claims: [
        delivers('A', BYTES),
        claim({ en: 'After the loss A keeps half of its window.', ko: '손실 뒤 A는 윈도우의 절반을 남긴다.' }, (run) =>
          isAbout(kept(run), 0.5),
        ),
        claim(
          { en: 'It is slower than CUBIC.', ko: 'CUBIC보다 느리다.' },
          (run) => goodput(run) < goodput(other(run, [set('algorithm', 'cubic'), LOSS])),
        ),
      ],
    },
    {
      id: 'bbr',
      title: { en: 'BBR, the same loss', ko: '같은 손실, BBR' },
      look: {
        en: 'There is no ssthresh in the plot, and no cut after the loss.',
        ko: '그래프에 ssthresh가 없고, 손실 뒤에 꺾이는 곳도 없다.',
      },
      actions: [set('algorithm', 'bbr'), LOSS],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'A’s window is not smaller after the loss.', ko: '손실 뒤에도 A의 윈도우는 줄지 않는다.' },
          (run) => kept(run) >= 1,
        ),
        claim(
          { en: 'It is faster than CUBIC.', ko: 'CUBIC보다 빠르다.' },
          (run) => goodput(run) > goodput(other(run, [set('algorithm', 'cubic'), LOSS])),
        ),
      ],
    },
    {
      id: 'short-queue',
      title: { en: 'A short queue: CUBIC', ko: '짧은 큐: CUBIC' },
      look: {
        en: 'Room for ten segments, and no loss by chance. Now every loss is congestion. How large does the window get, compared with the run above?',
        ko: '큐는 열 개만 담고, 우연한 손실은 없다. 이제 모든 손실이 혼잡이다. 앞의 실행과 비교하면 윈도우는 얼마나 커질까?',
      },
      actions: [set('queue', 10)],
      claims: [
        delivers('A', BYTES),
        claim({ en: 'The queue overflows.', ko: '큐가 넘친다.' }, (run) => overflows(run) > 0),
      ],
    },
    {
      id: 'radio',
      title: { en: 'A bad radio link: CUBIC', ko: '나쁜 무선 링크: CUBIC' },
      look: {
        en: 'Two segments in a hundred are lost by chance. CUBIC takes each for congestion, and hardly moves.',
        ko: '세그먼트 100개 가운데 2개가 우연히 사라진다. CUBIC은 그때마다 혼잡으로 여기고 거의 나아가지 못한다.',
      },
      actions: [set('loss', 2)],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'Less than a quarter of the wire is used.', ko: '회선의 4분의 1도 쓰지 못한다.' },
          (run) => goodput(run) < 5_000_000,
        ),
      ],
    },
    {
      id: 'radio-bbr',
      title: { en: 'A bad radio link: BBR', ko: '나쁜 무선 링크: BBR' },
      look: {
        en: 'The same way, the same chance. BBR looks at what arrives, not at what is lost.',
        ko: '같은 길, 같은 확률이다. BBR은 사라진 것이 아니라 도착한 것을 본다.',
      },
      actions: [set('algorithm', 'bbr'), set('loss', 2)],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'It is more than twice as fast as CUBIC.', ko: 'CUBIC보다 두 배 넘게 빠르다.' },
          (run) => goodput(run) > 2 * goodput(other(run, [set('loss', 2)])),
        ),
      ],
    },
    {
      id: 'long-queue',
      title: { en: 'A long queue: Reno', ko: '긴 큐: Reno' },
      look: {
        en: 'No loss, half the speed, room for 200. Reno fills whatever queue there is; see how the round-trip time grows.',
        ko: '손실은 없고, 속도는 절반, 큐는 200개. Reno는 큐를 있는 대로 다 채운다. 왕복 시간이 어떻게 늘어나는지 보자.',
      },
      actions: [set('algorithm', 'reno'), set('rate', 10)],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'More than 150 segments wait at once.', ko: '한때 150개 넘는 세그먼트가 기다린다.' },
          (run) => longestQueue(run) > 150,
        ),
      ],
    },
    {
      id: 'long-queue-bbr',
      title: { en: 'A long queue: BBR', ko: '긴 큐: BBR' },
      look: {
        en: 'BBR fills the wire and stops there: just as fast, and the queue stays short.',
        ko: 'BBR은 회선을 채우고 거기서 멈춘다. 속도는 비슷하고 큐는 짧다.',
      },
      actions: [set('algorithm', 'bbr'), set('rate', 10)],
      claims: [
        delivers('A', BYTES),
        claim(
          {
            en: 'Less than half as many segments wait as with Reno.',
            ko: '기다리는 세그먼트가 Reno의 절반도 안 된다.',
          },
          (run) => 2 * longestQueue(run) < longestQueue(other(run, [set('algorithm', 'reno'), set('rate', 10)])),
        ),
        claim(
          { en: 'It takes at most a tenth longer.', ko: '걸리는 시간은 10%까지만 늘어난다.' },
          (run) => goodput(run) > 0.9 * goodput(other(run, [set('algorithm', 'reno'), set('rate', 10)])),
        ),
      ],
    },
  ],
});

/** A is done with its first loss. */
function isAfterLoss(moment: Moment): boolean {
  if (moment.kind !== 'sent' || moment.host !== 'A') return false;
  const { row } = moment;
  return (
    row.event.variables?.phase === 'open' && !row.reading.again && !row.reading.absolute && row.reading.seq > 60 * 1448
  );
}

/** Its sender had an ssthresh when it sent it. */
function isKnown({ row }: Moment & { kind: 'sent' | 'arrived' }): boolean {
  const threshold = row.event.variables?.ssthresh;
  return threshold !== undefined && threshold < Number.MAX_SAFE_INTEGER;
}

/** What is left of A's window after its first loss: 0.5 is half of it. */
function kept(run: Run): number {
  const sent = segmentsOf(run, 'A', 'data').map(({ reading, event }) => ({ reading, variables: event.variables }));
  const begin = sent.findIndex(({ reading }) => reading.again);
  const before = sent[begin - 1]?.variables?.cwnd ?? Infinity;
  const after = sent.slice(begin).find(({ variables }) => variables?.phase === 'open')?.variables?.cwnd ?? 0;
  return after / before;
}

function isAbout(value: number, expected: number): boolean {
  return Math.abs(value - expected) < 0.05;
}

/** The same run otherwise. */
function other(run: Run, actions: readonly Action[]): Run {
  return run.again({ steps: 0 }, { actions }).finish();
}
