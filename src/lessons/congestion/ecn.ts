import { FLAG } from '../../wire/tcp';
import {
  amount,
  choice,
  claim,
  defineLesson,
  delivers,
  drop,
  segmentsOf,
  set,
  when,
  type Moment,
  type Run,
} from '../engine';
import { longestQueue, overflows } from './measure';

const BYTES = 300_000;
const QUEUE = 60;

/** A router that says "slow down" before it must throw anything away. */
export const ecn = defineLesson({
  id: 'ecn',
  group: 'congestion',
  title: { en: 'ECN: a mark instead of a loss', ko: 'ECN: 버리는 대신 표시하기' },
  summary: {
    en: 'So far a router could say "too much" in one way only: by losing something. With ECN it writes a mark into a packet instead, the receiver passes that on, and the sender slows down. Nothing is lost.',
    ko: '지금까지 라우터가 "너무 많아"라고 말하는 방법은 패킷을 버리는 것뿐이었다. ECN에서는 버리는 대신 패킷에 표시하고, 받는 쪽이 그것을 되돌려 알리면 보내는 쪽이 속도를 줄인다. 아무것도 사라지지 않는다.',
  },
  goal: {
    en: 'You can follow a mark from the router to the receiver, back to the sender, and to the answer, and name the four bits that it takes.',
    ko: '표시가 라우터에서 받는 쪽으로, 다시 보내는 쪽으로, 그리고 그 답으로 이어지는 과정을 따라가고, 거기에 쓰이는 네 비트를 말할 수 있다.',
  },
  rfc: ['RFC 3168 §5', 'RFC 3168 §6.1', 'RFC 7567 §4', 'RFC 9293 §3.1'],
  glossary: [
    {
      word: 'ECN',
      means: {
        en: 'Explicit congestion notification: routers mark packets before their queue is full, instead of waiting until they must drop some.',
        ko: '명시적 혼잡 알림: 큐가 꽉 차서 패킷을 버릴 수밖에 없게 되기 전에, 라우터가 패킷에 표시하는 것.',
      },
    },
    {
      word: 'ECT',
      means: {
        en: '"ECN-capable transport": two bits of the IP header that say "whoever sent this understands marks".',
        ko: '"ECN 가능 전송": IP 헤더의 두 비트. "보낸 쪽이 표시를 알아듣는다"는 뜻이다.',
      },
    },
    {
      word: 'CE',
      means: {
        en: '"Congestion experienced": what a router makes of ECT when its queue grows. The packet itself goes on as always.',
        ko: '"혼잡 경험": 큐가 길어질 때 라우터가 ECT를 바꿔 쓰는 값. 패킷은 그대로 계속 간다.',
      },
    },
    {
      word: 'ECE',
      means: {
        en: '"ECN-echo": a flag of TCP with which the receiver says "something of yours was marked". In a SYN it asks whether the other end knows ECN.',
        ko: '"ECN 에코": 받는 쪽이 "네가 보낸 것에 표시가 있었어"라고 알리는 TCP 플래그. SYN에서는 상대가 ECN을 아는지 묻는다.',
      },
    },
    {
      word: 'CWR',
      means: {
        en: '"Congestion window reduced": a flag of TCP with which the sender answers "I have slowed down", so that ECE may stop.',
        ko: '"혼잡 윈도우를 줄였음": 보내는 쪽이 "속도를 줄였어"라고 답하는 TCP 플래그. 그러면 ECE를 멈춘다.',
      },
    },
    {
      word: 'cwnd',
      means: {
        en: 'Congestion window: how much A dares to have in flight.',
        ko: '혼잡 윈도우: A가 한꺼번에 보내 두어도 된다고 믿는 양.',
      },
    },
    {
      word: 'queue',
      means: {
        en: 'Where segments wait in a router when they come faster than the wire can take them.',
        ko: '큐: 회선이 나르는 것보다 세그먼트가 빨리 올 때 라우터에서 기다리는 줄.',
      },
    },
  ],
  panels: ['plots', 'segment', 'windows'],
  settings: {
    speaks: choice(
      'both',
      { en: 'Who knows ECN', ko: 'ECN을 아는 쪽' },
      {
        both: { en: 'A and B', ko: 'A와 B 모두' },
        caller: { en: 'A only', ko: 'A만' },
        nobody: { en: 'nobody', ko: '없음' },
      },
    ),
    router: choice(
      'marks',
      { en: 'The router', ko: '라우터' },
      {
        marks: { en: 'speaks up before its queue is full', ko: '큐가 꽉 차기 전에 알린다' },
        waits: { en: 'says nothing until it is full', ko: '꽉 찰 때까지 아무 말이 없다' },
      },
    ),
    from: amount(
      20,
      { en: 'it speaks up when there wait', ko: '알리기 시작하는 큐 길이' },
      { min: 5, max: 50, step: 5, unit: 'segments' },
    ),
  },
  setup: ({ speaks, router, from }) => ({
    wire: { rate: 10_000_000, queue: QUEUE, ...(router === 'marks' && { mark: from }) },
    tcp: { congestion: 'reno' },
    each: {
      A: { ecn: speaks !== 'nobody' },
      // B says yes when it is asked, or does not know the question.
      B: { ecn: speaks === 'both' ? 'passive' : false, receiveBuffer: 2_000_000 },
    },
    piggyback: true,
  }),
  script: (world) => {
    const { a, b } = world;
    b.listen(80);
    world.at(0, () => {
      a.connect(b, 80).send(BYTES);
    });
  },
  beats: [
    {
      id: 'asks',
      when: (moment) => has(moment, 'A', FLAG.SYN | FLAG.ECE | FLAG.CWR, 0),
      en: 'A’s SYN has two flags that we have not met yet: ECE and CWR. Both together in a SYN ask: "do you know ECN?"',
      ko: 'A의 SYN에 처음 보는 플래그가 둘 있다. ECE와 CWR. SYN에 둘이 함께 있으면 "ECN을 알아?"라는 질문이다.',
    },
    {
      id: 'agrees',
      when: (moment) => has(moment, 'B', FLAG.SYN | FLAG.ECE, FLAG.CWR),
      en: 'B answers with one of them, ECE: "I do". (With both it might be an old machine that just sends everything back.)',
      ko: 'B는 그중 하나, ECE로 답한다. "알아." (둘 다 보내면, 받은 것을 그대로 돌려보내는 옛 장비일지도 모른다.)',
    },
    {
      id: 'declines',
      when: (moment) => has(moment, 'B', FLAG.SYN, FLAG.ECE),
      en: 'B’s answer has no ECE: B does not know ECN, or was not asked. So they do without it.',
      ko: 'B의 답에는 ECE가 없다. B가 ECN을 모르거나, A가 묻지 않은 것이다. 그래서 ECN 없이 한다.',
    },
    {
      id: 'capable',
      when: (moment) =>
        when.sent('A', 'data')(moment) && moment.kind === 'sent' && ((moment.frame.bytes[1] ?? 0) & 3) !== 0,
      en: 'From here on each segment with data says ECT in its IP header: "whoever sent this understands marks". TCP’s header is for the two ends; this is for the routers between them.',
      ko: '이제부터 데이터 세그먼트마다 IP 헤더에 ECT를 적는다. "보낸 쪽가 표시를 알아듣는다." TCP 헤더는 양쪽 끝이 읽고, 이것은 그 사이의 라우터가 읽는다.',
    },
    {
      id: 'marked',
      when: (moment) => moment.kind === 'sent' && moment.frame.isMarked,
      en: 'The wire is full, and the router’s queue grows. It does not wait for the worst: it makes CE of this segment’s ECT, and passes it on. Nothing is lost for that. Then it gives A some time to react.',
      ko: '회선이 꽉 차고 라우터의 큐가 길어진다. 라우터는 꽉 찰 때까지 기다리지 않는다. 이 세그먼트의 ECT를 CE로 바꿔 그대로 넘긴다. 아무것도 사라지지 않는다. 그러고는 A가 반응할 시간을 준다.',
    },
    {
      id: 'echo',
      when: (moment) => has(moment, 'B', FLAG.ECE, FLAG.SYN),
      en: 'B has found the mark. It cannot do anything itself, but A can: so it says ECE in its ACK. An ACK may be lost, so from now on B says it in every one, until it knows that A has heard.',
      ko: 'B가 표시를 발견했다. B가 할 수 있는 일은 없지만 A는 할 수 있다. 그래서 ACK에 ECE를 담는다. ACK는 사라질 수 있으니, A가 들은 것을 알 때까지 모든 ACK에 담는다.',
    },
    {
      id: 'lost-echo',
      when: (moment) => moment.kind === 'lost' && moment.host === 'B' && isEcho(moment.row),
      en: 'An ACK with ECE is lost. No harm: the next one says the same again.',
      ko: 'ECE를 담은 ACK가 사라졌다. 괜찮다. 다음 ACK가 같은 말을 다시 한다.',
    },
    {
      id: 'reduced',
      when: (moment) => has(moment, 'A', FLAG.CWR, FLAG.SYN),
      en: 'A has heard it, and does what it would do after a loss: half the window. But there is nothing to send again. CWR tells B: "I have slowed down".',
      ko: 'A가 듣고, 손실이 있었을 때와 똑같이 한다. 윈도우를 절반으로 줄인다. 하지만 다시 보낼 것은 없다. CWR로 B에게 말한다. "속도를 줄였어."',
    },
    {
      id: 'silent',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.host === 'B' &&
        (moment.row.event.segment.flags & FLAG.CWR) !== 0 &&
        !isSyn(moment),
      en: 'B knows that A has heard, and stops saying ECE, until the next mark. A slows down once in a round trip at most, however many segments were marked.',
      ko: 'B는 A가 들었다는 것을 알고, 다음 표시가 올 때까지 ECE를 멈춘다. 표시된 세그먼트가 아무리 많아도 A는 왕복마다 많아야 한 번만 줄인다.',
    },
    {
      id: 'dropped',
      when: (moment) => moment.kind === 'lost' && moment.why === 'queue' && ((moment.frame.bytes[1] ?? 0) & 3) === 0,
      en: 'The router wants to say that its queue grows. But this segment has no ECT: its sender would not understand a mark. A loss everybody understands.',
      ko: '라우터는 큐가 길어진다고 알리고 싶다. 하지만 이 세그먼트에는 ECT가 없으니, 보낸 쪽이 표시를 알아듣지 못한다. 손실이라면 누구나 알아듣는다.',
    },
    {
      id: 'overflow',
      when: (moment) => moment.kind === 'lost' && moment.why === 'queue' && ((moment.frame.bytes[1] ?? 0) & 3) !== 0,
      en: 'The queue is full, and this segment finds no place. A mark would have come in time, but this router marks nothing, or too late. ECN helps only where the routers take part.',
      ko: '큐가 꽉 차서 이 세그먼트는 자리를 찾지 못한다. 표시했다면 늦지 않았겠지만, 이 라우터는 표시하지 않거나 너무 늦게 한다. ECN은 라우터가 함께해야 도움이 된다.',
    },
    {
      id: 'again',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'fast-retransmit',
      en: 'A learns of the loss from the ACKs of what came behind it. It slows down, and has to send again what was lost.',
      ko: 'A는 뒤따라 도착한 것들의 ACK를 보고 손실을 안다. 속도를 줄이고, 사라진 것도 다시 보내야 한다.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    claim({ en: 'The router marks segments.', ko: '라우터가 세그먼트에 표시한다.' }, (run) => marks(run) > 0),
    claim(
      { en: 'Nothing is lost, and nothing is sent again.', ko: '사라진 것도, 다시 보낸 것도 없다.' },
      (run) => overflows(run) === 0 && repeated(run) === 0,
    ),
    claim(
      { en: 'A slows down: its window is cut at a mark.', ko: 'A가 속도를 줄인다. 표시 때문에 윈도우가 줄어든다.' },
      (run) => reductions(run) > 0,
    ),
    claim(
      { en: 'After A’s CWR, B’s next ACK is without ECE.', ko: 'A의 CWR을 받은 뒤, B의 다음 ACK에는 ECE가 없다.' },
      (run) => stopsEchoing(run),
    ),
  ],
  suggestions: [
    {
      id: 'nobody',
      title: { en: 'Nobody knows ECN', ko: 'ECN을 아는 쪽이 없을 때' },
      look: {
        en: 'The same router, which wants to speak up at the same time. What is left for it to do, and what does that cost?',
        ko: '같은 라우터가 같은 때에 알리려고 한다. 무엇을 할 수 있고, 그 대가는 무엇일까?',
      },
      actions: [set('speaks', 'nobody')],
      claims: [
        delivers('A', BYTES),
        claim({ en: 'Nothing is marked.', ko: '표시된 것이 없다.' }, (run) => marks(run) === 0),
        claim(
          { en: 'Segments are lost, and A sends them again.', ko: '세그먼트가 사라지고, A가 다시 보낸다.' },
          (run) => overflows(run) > 0 && repeated(run) >= overflows(run),
        ),
      ],
    },
    {
      id: 'caller-only',
      title: { en: 'B does not know ECN', ko: 'B가 ECN을 모를 때' },
      look: {
        en: 'A asks, and B’s answer has no ECE. Look at the two bits in the IP header of A’s data, under “Segment”.',
        ko: 'A가 묻지만 B의 답에는 ECE가 없다. “세그먼트”에서, A가 보낸 데이터의 IP 헤더에 있는 두 비트를 보자.',
      },
      actions: [set('speaks', 'caller')],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'No data of A’s says ECT, and nothing is marked.', ko: 'A의 데이터에는 ECT가 없고, 표시된 것도 없다.' },
          (run) =>
            marks(run) === 0 && (run.world.wires[0]?.frames.every(({ bytes }) => ((bytes[1] ?? 0) & 3) === 0) ?? false),
        ),
      ],
    },
    {
      id: 'silent-router',
      title: { en: 'A router that says nothing', ko: '말 없는 라우터' },
      look: {
        en: 'Both ends know ECN, but the router does not. How long does its queue get?',
        ko: 'A와 B는 ECN을 알지만 라우터는 모른다. 큐가 얼마나 길어질까?',
      },
      actions: [set('router', 'waits')],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: `The queue grows until it is full: ${QUEUE} segments.`, ko: `큐가 세그먼트 ${QUEUE}개로 꽉 찬다.` },
          (run) => longestQueue(run) === QUEUE && overflows(run) > 0,
        ),
      ],
    },
    {
      id: 'lose-echo',
      title: { en: 'Lose B’s first ECE', ko: 'B의 첫 ECE 없애기' },
      look: {
        en: 'The ACK that brings the news does not arrive. When does A hear of the mark?',
        ko: '소식을 담은 ACK가 도착하지 않는다. A는 언제 표시를 알게 될까?',
      },
      actions: [drop('R44')],
      claims: [
        delivers('A', BYTES),
        claim(
          {
            en: 'An ACK with ECE is lost, and A slows down all the same.',
            ko: 'ECE를 담은 ACK 하나가 사라지지만, A는 그래도 속도를 줄인다.',
          },
          (run) =>
            segmentsOf(run, 'B').find(isEcho)?.marks.has('lost') === true && reductions(run) > 0 && repeated(run) === 0,
        ),
      ],
    },
  ],
});

/** A host sends a segment that has all of `flags` and none of `without`. */
function has(moment: Moment, host: string, flags: number, without: number): boolean {
  if (!when.sent(host)(moment) || moment.kind !== 'sent') return false;
  const all = moment.row.event.segment.flags;
  return (all & flags) === flags && (all & without) === 0;
}

function isSyn({ row }: Moment & { kind: 'arrived' }): boolean {
  return (row.event.segment.flags & FLAG.SYN) !== 0;
}

type Row = ReturnType<typeof segmentsOf>[number];

function isEcho({ event: { segment } }: Row): boolean {
  return (segment.flags & (FLAG.ECE | FLAG.SYN)) === FLAG.ECE;
}

function marks(run: Run): number {
  return run.world.wires[0]?.frames.filter(({ isMarked }) => isMarked).length ?? 0;
}

function repeated(run: Run): number {
  return segmentsOf(run, 'A').filter(({ reading }) => reading.again).length;
}

/** How often A has said that it has slowed down. */
function reductions(run: Run): number {
  return segmentsOf(run, 'A').filter(({ event: { segment } }) => (segment.flags & (FLAG.CWR | FLAG.SYN)) === FLAG.CWR)
    .length;
}

function stopsEchoing(run: Run): boolean {
  const heard = segmentsOf(run, 'A').find(
    ({ event: { segment } }) => (segment.flags & (FLAG.CWR | FLAG.SYN)) === FLAG.CWR,
  )?.arrives;
  const next = segmentsOf(run, 'B').find(({ time }) => heard !== undefined && time >= heard);
  return next !== undefined && !isEcho(next);
}
