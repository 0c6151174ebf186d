import {
  amount,
  choice,
  claim,
  defineLesson,
  delivers,
  MILLISECOND,
  segmentsOf,
  set,
  when,
  type Claim,
  type Moment,
  type Run,
  type Talk,
  type World,
} from '../engine';

const BYTES = 24_000;
const KILOBYTE = 1000;

/** How much may be under way is what the receiver has room for. */
export const slidingWindow = defineLesson({
  id: 'sliding-window',
  group: 'flow',
  title: { en: 'The sliding window', ko: '슬라이딩 윈도우' },
  summary: {
    en: 'Every ACK says how much room the receiver has left. A sends that much without waiting, and not one byte more.',
    ko: '모든 ACK는 받는 쪽에 자리가 얼마나 남았는지 알린다. A는 그만큼은 기다리지 않고 보내지만, 한 바이트도 더 보내지는 않는다.',
  },
  goal: {
    en: 'You can say what the number behind "win" means, and why a small window over a long way is slow.',
    ko: '"win" 뒤의 숫자가 무엇을 뜻하는지, 먼 길에서 작은 윈도우가 왜 느린지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.8.6', 'RFC 9293 §3.3.1', 'RFC 7323 §2'],
  glossary: [
    {
      word: 'window',
      means: {
        en: 'How many bytes the receiver has room for, counted from the number that it acknowledges. It stands in every segment.',
        ko: '윈도우: 받는 쪽에 남은 자리의 바이트 수. 확인 응답 번호부터 센다. 모든 세그먼트에 들어 있다.',
      },
    },
    {
      word: 'in flight',
      means: {
        en: 'Sent and not acknowledged yet. Never more than the window.',
        ko: '전송 중: 보냈지만 아직 확인 응답을 받지 못한 것. 윈도우를 넘지 않는다.',
      },
    },
    {
      word: 'RTT',
      means: {
        en: 'Round-trip time: from sending something until its ACK is back.',
        ko: '왕복 시간: 무언가를 보내고 그 ACK가 돌아올 때까지의 시간.',
      },
    },
  ],
  panels: ['windows', 'plots'],
  settings: {
    window: amount(6, { en: 'B’s room', ko: 'B의 자리' }, { min: 2, max: 60, step: 2, unit: 'kB' }),
    delay: amount(20, { en: 'the way takes', ko: '가는 데 걸리는 시간' }, { min: 5, max: 200, step: 5, unit: 'ms' }),
    reader: choice(
      'fast',
      { en: 'B’s program reads', ko: 'B의 프로그램이 읽는 속도' },
      {
        fast: { en: 'at once', ko: '바로' },
        slow: { en: '1,500 bytes every 60 ms', ko: '60ms마다 1,500바이트' },
      },
    ),
  },
  setup: ({ window, delay }) => ({
    wire: { delay: delay * MILLISECOND, rate: 20_000_000 },
    // The window of congestion is a lesson of its own: here it is out of the way.
    each: { A: { initialWindow: 64 }, B: { receiveBuffer: window * KILOBYTE, delayedAck: 0 } },
    piggyback: true,
  }),
  script: (world, { reader }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      if (reader === 'slow') readSlowly(world, server);
    });
    world.at(0, () => {
      a.connect(b, 80).send(BYTES);
    });
  },
  beats: [
    {
      id: 'room',
      when: when.sent('B', 'syn-ack'),
      en: 'Already in its first segment B says how much room it has: its window. That many bytes may come without further asking.',
      ko: 'B는 첫 세그먼트부터 자리가 얼마나 있는지 말한다. 이것이 윈도우다. 그만큼은 따로 묻지 않고 보내도 된다.',
    },
    {
      id: 'fills',
      when: isFull,
      en: 'The window is full. A must stop, although it has more to say and the wire is free.',
      ko: '윈도우가 찼다. 할 말이 더 있고 회선이 비어 있어도 A는 멈춰야 한다.',
    },
    {
      id: 'all-out',
      when: isAllOut,
      en: 'A has said everything, and the window was never full: it did not have to stop once.',
      ko: 'A는 할 말을 다 했고, 윈도우는 한 번도 차지 않았다. 한 번도 멈출 필요가 없었다.',
    },
    {
      id: 'slides',
      when: (moment) =>
        when.arrived('A', 'ack')(moment) && moment.kind === 'arrived' && moment.row.reading.acknowledges,
      en: 'An ACK comes back, and tells the window anew: both of its edges move to the right, the window slides. As much as B has taken, A may send.',
      ko: 'ACK가 돌아와 윈도우를 새로 알려 준다. 윈도우의 양쪽 끝이 오른쪽으로 미끄러진다. B가 받아 간 만큼 A는 더 보낼 수 있다.',
    },
    {
      id: 'rhythm',
      when: (moment) => isFull(moment) && !isFirstFlight(moment),
      nth: 2,
      en: 'So a rhythm comes about: one window per round trip. That is the law of this lesson: speed = window ÷ RTT, however fast the wire is.',
      ko: '이렇게 박자가 생긴다. 왕복 한 번에 윈도우 하나다. 이 강의의 법칙이다: 속도 = 윈도우 ÷ 왕복 시간. 회선이 아무리 빨라도 그렇다.',
    },
    {
      id: 'shrinks',
      when: (moment) =>
        moment.kind === 'sent' &&
        moment.host === 'B' &&
        moment.row.reading.purpose === 'ack' &&
        (moment.row.event.variables?.buffered.receive ?? 0) >= 1448,
      nth: 2,
      en: 'B’s program has not read yet what came. It lies in B’s buffer and takes up room, so B tells a smaller window: the left edge moves, the right one does not.',
      ko: 'B의 프로그램이 온 것을 아직 읽지 않았다. 버퍼에 남아 자리를 차지하므로 B는 더 작은 윈도우를 알린다. 왼쪽 끝은 움직이지만 오른쪽 끝은 그대로다.',
    },
    {
      id: 'done',
      when: (moment) => moment.kind === 'arrived' && moment.host === 'A' && moment.row.reading.ack === BYTES + 1,
      en: 'Everything is acknowledged. Nothing was lost, and B was never sent more than it could hold. That is flow control.',
      ko: '모두 확인되었다. 사라진 것이 없고, B가 담을 수 있는 것보다 많이 보낸 적도 없다. 이것이 흐름 제어다.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    neverBeyond(6),
    claim(
      { en: 'It takes at least four round trips of 40 ms.', ko: '적어도 40ms짜리 왕복 네 번이 걸린다.' },
      (run) => duration(run) >= 160 * MILLISECOND && duration(run) < 260 * MILLISECOND,
    ),
  ],
  suggestions: [
    {
      id: 'large-window',
      title: { en: 'More room at B', ko: 'B의 자리를 넓히기' },
      look: {
        en: 'With room for all of it, A does not have to wait even once.',
        ko: '모두 담을 자리가 있으면 A는 한 번도 기다리지 않는다.',
      },
      actions: [set('window', 30)],
      claims: [
        delivers('A', BYTES),
        neverBeyond(30),
        claim(
          { en: 'It takes less than two round trips.', ko: '왕복 두 번이 안 걸린다.' },
          (run) => duration(run) < 80 * MILLISECOND,
        ),
      ],
    },
    {
      id: 'far',
      title: { en: 'Five times as far', ko: '다섯 배 더 먼 길' },
      look: {
        en: 'The same window, the same wire; only the way is longer. How much longer does it take?',
        ko: '윈도우도 회선도 그대로이고 길만 멀다. 얼마나 더 오래 걸릴까?',
      },
      actions: [set('delay', 100)],
      claims: [
        delivers('A', BYTES),
        neverBeyond(6),
        claim(
          { en: 'It takes more than four times as long as before.', ko: '전보다 네 배 넘게 걸린다.' },
          (run) => duration(run) > 4 * duration(run.again({ steps: 0 }, { actions: [] }).finish()),
        ),
      ],
    },
    {
      id: 'slow-reader',
      title: { en: 'B’s program reads slowly', ko: 'B의 프로그램이 천천히 읽기' },
      look: {
        en: 'The window shrinks with what lies unread. In the end A goes at the pace at which B’s program reads.',
        ko: '읽지 않은 만큼 윈도우가 줄어든다. 결국 A는 B의 프로그램이 읽는 속도로 보내게 된다.',
      },
      actions: [set('reader', 'slow')],
      claims: [
        delivers('A', BYTES),
        neverBeyond(6),
        claim({ en: 'B tells a window of less than 3 kB.', ko: 'B가 3kB보다 작은 윈도우를 알린다.' }, (run) =>
          segmentsOf(run, 'B').some(({ reading }) => reading.window < 3 * KILOBYTE),
        ),
        claim(
          { en: 'It takes more than twice as long as with a fast reader.', ko: '빨리 읽을 때보다 두 배 넘게 걸린다.' },
          (run) => duration(run) > 2 * duration(run.again({ steps: 0 }, { actions: [] }).finish()),
        ),
      ],
    },
  ],
});

/** A sends data, and there is no room for a whole segment more. */
function isFull(moment: Moment): boolean {
  if (!when.sent('A', 'data')(moment) || moment.kind !== 'sent') return false;
  const { variables } = moment.row.event;
  if (variables === undefined) return false;
  const { una, nxt, wnd, iss } = variables.snd;
  const said = (nxt - iss - 1) >>> 0;
  return ((nxt - una) >>> 0) + variables.mss > wnd && said < BYTES;
}

/** A sends the last of its data, and nothing is acknowledged yet. */
function isAllOut(moment: Moment): boolean {
  if (!when.sent('A', 'data')(moment) || moment.kind !== 'sent') return false;
  const { seq, length, again } = moment.row.reading;
  return !again && seq + length === BYTES + 1 && isFirstFlight(moment);
}

/** Nothing of A's data is acknowledged yet. */
function isFirstFlight(moment: Moment): boolean {
  if (moment.kind !== 'sent') return false;
  const { una, iss } = moment.row.event.variables?.snd ?? { una: 0, iss: 0 };
  return (una - iss) >>> 0 <= 1;
}

/** As long as something is to come; then whatever else is said at once. */
function readSlowly(world: World, talk: Talk): void {
  talk.pause();
  const again = (): void => {
    talk.read(1500);
    if (talk.heardBytes >= BYTES) talk.resume();
    else if (!talk.isBroken) world.after(60 * MILLISECOND, again);
  };
  world.after(60 * MILLISECOND, again);
}

function neverBeyond(kilobytes: number): Claim {
  return claim(
    {
      en: `A never has more than ${kilobytes} kB in flight.`,
      ko: `A가 보내고 확인받지 못한 것은 ${kilobytes}kB를 넘지 않는다.`,
    },
    (run) =>
      segmentsOf(run, 'A', 'data').every(({ event: { variables } }) => {
        const { una = 0, nxt = 0 } = variables?.snd ?? {};
        return (nxt - una) >>> 0 <= kilobytes * KILOBYTE;
      }),
  );
}

/** From the first segment with data to its last acknowledgment, µs. */
function duration(run: Run): number {
  const [first] = segmentsOf(run, 'A', 'data');
  const last = segmentsOf(run, 'B').find(({ reading }) => reading.ack === BYTES + 1);
  return (last?.arrives ?? Infinity) - (first?.time ?? 0);
}
