import {
  choice,
  claim,
  defineLesson,
  MILLISECOND,
  segmentsOf,
  set,
  toggle,
  when,
  type Claim,
  type Moment,
  type Run,
  type Talk,
} from '../engine';

const ROUND_TRIP = 20 * MILLISECOND;
const HEAD = 'PUT /note HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\n';
const BODY = 'hello';
const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';
const REQUESTS = 3;

/** Two savings that are good by themselves, and wait for each other. */
export const nagle = defineLesson({
  id: 'nagle',
  group: 'flow',
  title: { en: 'Nagle meets delayed ACK', ko: 'Nagle과 지연 ACK가 만나면' },
  summary: {
    en: 'A’s program writes twice, then reads. A holds the second piece back until the first is acknowledged; B holds the ACK back until it has something to say. Both wait.',
    ko: 'A의 프로그램이 두 번 쓰고 나서 읽는다. A는 첫 조각이 확인될 때까지 둘째 조각을 미루고, B는 할 말이 생길 때까지 ACK를 미룬다. 둘 다 기다린다.',
  },
  goal: {
    en: 'You can recognise a stall of 40 or 200 ms, and name three ways out of it.',
    ko: '40ms나 200ms씩 멈추는 현상을 알아보고, 여기서 벗어나는 세 가지 방법을 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.7.4', 'RFC 896', 'RFC 9293 §3.8.6.3', 'RFC 1122 §4.2.3.2'],
  glossary: [
    {
      word: 'Nagle’s algorithm',
      means: {
        en: 'A small segment waits while another one is not acknowledged yet: perhaps more comes that fits into it. TCP_NODELAY turns it off.',
        ko: 'Nagle 알고리즘: 아직 확인받지 못한 세그먼트가 있으면 작은 세그먼트는 기다린다. 함께 담을 것이 더 올지도 모르기 때문이다. TCP_NODELAY로 끈다.',
      },
    },
    {
      word: 'delayed ACK',
      means: {
        en: 'An ACK waits a little: perhaps the program answers, and the ACK can go along with that for nothing. 40 ms here, and in Linux at first; RFC 9293 allows less than half a second, and wants an ACK for every second full segment.',
        ko: '지연 ACK: ACK가 조금 기다린다. 프로그램이 곧 답하면 거기에 얹어 공짜로 보낼 수 있기 때문이다. 여기서는 40ms, 리눅스도 처음에는 그렇다. RFC 9293은 0.5초 미만까지 허용하고, 가득 찬 세그먼트 두 개마다 ACK를 하나 보내라고 한다.',
      },
    },
    {
      word: 'write-write-read',
      means: {
        en: 'A program that sends its question in two pieces, and then waits for the answer. That is what sets the trap off.',
        ko: '질문을 두 조각으로 보내고 답을 기다리는 프로그램. 이것이 함정을 건드린다.',
      },
    },
  ],
  panels: ['timers', 'plots', 'segment'],
  settings: {
    nagle: toggle(true, { en: 'Nagle’s algorithm at A', ko: 'A의 Nagle 알고리즘' }),
    delayedAck: choice(
      'ms40',
      { en: 'B delays ACKs by', ko: 'B가 ACK를 미루는 시간' },
      {
        none: { en: 'nothing', ko: '미루지 않음' },
        ms40: { en: '40 ms (Linux)', ko: '40ms(리눅스)' },
        ms200: { en: '200 ms (many others)', ko: '200ms(다른 많은 시스템)' },
      },
    ),
    writes: choice(
      'two',
      { en: 'A’s program writes a request in', ko: 'A의 프로그램이 요청을 보내는 방법' },
      { two: { en: 'two pieces', ko: '두 조각으로' }, one: { en: 'one piece', ko: '한 조각으로' } },
    ),
  },
  setup: ({ nagle: on, delayedAck }) => ({
    wire: { delay: ROUND_TRIP / 2 },
    piggyback: true,
    tcp: {
      // ACKs are delayed from the first segment on; a real system does that once a connection has run for a moment.
      ...{ quickAcks: 0, delayedAck: { none: 0, ms40: 40, ms200: 200 }[delayedAck] * MILLISECOND },
      ...{ noDelay: !on, rto: { min: 500 * MILLISECOND }, tailLossProbe: false },
    },
  }),
  script: (world, { writes }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      serve(server);
    });
    world.at(0, () => {
      const client = a.connect(b, 80);
      let asked = 0;
      const ask = (): void => {
        asked += 1;
        if (writes === 'one') client.send(HEAD + BODY);
        else client.send(HEAD).send(BODY);
      };
      client.onConnect(ask).onData(() => {
        if (client.heardBytes === asked * ANSWER.length && asked < REQUESTS) ask();
      });
    });
  },
  beats: [
    {
      id: 'head',
      when: (moment) => isData(moment, 'A', HEAD.length),
      en: 'A’s program writes the head of a request, and right behind it the body. The head is small, but nothing else is under way: it goes at once.',
      ko: 'A의 프로그램이 요청의 헤더를 쓰고 바로 이어 본문을 쓴다. 헤더는 작지만 전송 중인 것이 없으니 바로 나간다.',
    },
    {
      id: 'delayed',
      when: when.timer('B', 'delayed-ack'),
      en: 'Silence. A holds the body back: it is small, and the head is not acknowledged. B holds the ACK back: it would go along with an answer, but nobody can answer half a request. Only B’s timer ends it.',
      ko: '조용하다. A는 본문을 붙잡고 있다. 본문은 작고, 헤더가 아직 확인되지 않았기 때문이다. B는 ACK를 붙잡고 있다. 답에 얹어 보내려는데, 요청의 절반에는 답할 수 없다. B의 타이머가 울려서야 끝난다.',
    },
    {
      id: 'held',
      when: (moment) =>
        when.sent('B', 'ack')(moment) && moment.kind === 'sent' && moment.row.reading.ack === HEAD.length + 1,
      en: 'The ACK of the head, and of nothing else. That is what A waits for: only then does Nagle’s algorithm let the body go.',
      ko: '헤더만 확인하는 ACK다. A가 기다리던 것이다. 이것이 와야 Nagle 알고리즘이 본문을 놓아 준다.',
    },
    {
      id: 'body',
      when: (moment) => isData(moment, 'A', BODY.length),
      en: 'The body goes out, and B has its request.',
      ko: '본문이 나가고, B는 온전한 요청을 받는다.',
    },
    {
      id: 'whole',
      when: (moment) => isData(moment, 'A', HEAD.length + BODY.length),
      en: 'Head and body in one segment: there is nothing to hold back.',
      ko: '헤더와 본문이 한 세그먼트에 들어 있다. 붙잡아 둘 것이 없다.',
    },
    {
      id: 'answer',
      when: when.sent('B', 'data'),
      en: 'Now B’s program answers at once, and the ACK goes along for nothing, as it was meant. Look at the clock: how much of the time was the way itself, and how much was waiting?',
      ko: '이제 B의 프로그램이 바로 답하고, ACK는 원래 뜻대로 공짜로 얹혀 간다. 시계를 보자. 이 가운데 오가는 데 쓴 시간은 얼마이고, 기다린 시간은 얼마일까?',
    },
    {
      id: 'again',
      when: when.timer('B', 'delayed-ack'),
      nth: 2,
      en: 'The next request, and the same again. Nothing is lost, no wire is full, no machine is busy: such a program is just slow.',
      ko: '다음 요청도 똑같다. 사라진 것도, 꽉 찬 회선도, 바쁜 컴퓨터도 없다. 이런 프로그램은 그냥 느리다.',
    },
  ],
  claims: [
    answered(),
    claim(
      {
        en: 'Each request takes 80 ms: two round trips, and 40 ms of waiting.',
        ko: '요청마다 80ms가 걸린다. 왕복 두 번에 기다린 40ms를 더한 값이다.',
      },
      (run) => times(run).every((time) => time === 2 * ROUND_TRIP + 40 * MILLISECOND),
    ),
    claim(
      { en: 'B’s ACK timer goes off in each of them.', ko: '매번 B의 ACK 타이머가 울린다.' },
      (run) => alarms(run) === REQUESTS,
    ),
  ],
  suggestions: [
    {
      id: 'no-delay',
      title: { en: 'Turn Nagle off', ko: 'Nagle 끄기' },
      look: {
        en: 'TCP_NODELAY: each piece goes at once. Two small segments instead of one, and no waiting.',
        ko: 'TCP_NODELAY: 조각마다 바로 나간다. 작은 세그먼트가 둘이 되지만 기다리지 않는다.',
      },
      actions: [set('nagle', false)],
      claims: [answered(), ...inOneRoundTrip(2)],
    },
    {
      id: 'one-write',
      title: { en: 'Write once', ko: '한 번에 쓰기' },
      look: {
        en: 'The best way out is in the program: give TCP the whole request in one piece. Nagle stays on and harms nobody.',
        ko: '가장 좋은 방법은 프로그램에 있다. 요청 전체를 TCP에 한 번에 넘긴다. Nagle은 켜져 있어도 해가 되지 않는다.',
      },
      actions: [set('writes', 'one')],
      claims: [answered(), ...inOneRoundTrip(1)],
    },
    {
      id: 'no-delayed-ack',
      title: { en: 'ACKs at once', ko: 'ACK를 바로 보내기' },
      look: {
        en: 'B does not wait. Nagle still costs a round trip in each request, but no more than that.',
        ko: 'B가 기다리지 않는다. Nagle 때문에 요청마다 왕복이 한 번 더 들지만 그뿐이다.',
      },
      actions: [set('delayedAck', 'none')],
      claims: [
        answered(),
        claim({ en: 'Each request takes two round trips: 40 ms.', ko: '요청마다 왕복 두 번, 40ms가 걸린다.' }, (run) =>
          times(run).every((time) => time === 2 * ROUND_TRIP),
        ),
      ],
    },
    {
      id: 'long',
      title: { en: 'A delay of 200 ms', ko: '200ms 미루기' },
      look: {
        en: 'Elsewhere ACKs are delayed longer. "It takes a fifth of a second, always": now you know where to look.',
        ko: '다른 시스템은 ACK를 더 오래 미룬다. "항상 0.2초가 걸려요"라는 말을 들으면 이제 어디를 볼지 안다.',
      },
      actions: [set('delayedAck', 'ms200')],
      claims: [
        answered(),
        claim({ en: 'Each request takes 240 ms.', ko: '요청마다 240ms가 걸린다.' }, (run) =>
          times(run).every((time) => time === 2 * ROUND_TRIP + 200 * MILLISECOND),
        ),
      ],
    },
  ],
});

/** Answers each request when all of it is there. */
function serve(server: Talk): void {
  const request = HEAD.length + BODY.length;
  let answers = 0;
  server.onData(() => {
    for (; (answers + 1) * request <= server.heardBytes; answers++) server.send(ANSWER);
  });
}

function isData(moment: Moment, host: string, length: number): boolean {
  return moment.kind === 'sent' && isOf(moment, host, length);
}

function isOf({ frame, row }: Moment & { kind: 'sent' | 'arrived' }, host: string, length: number): boolean {
  return frame.from === (host === 'A' ? 'left' : 'right') && row.reading.length === length;
}

function answered(): Claim {
  return claim(
    { en: 'All three requests are answered.', ko: '요청 세 개가 모두 답을 받는다.' },
    (run) => run.talk('A')?.heardBytes === REQUESTS * ANSWER.length,
  );
}

function inOneRoundTrip(segments: number): readonly Claim[] {
  return [
    claim({ en: 'Each request takes one round trip: 20 ms.', ko: '요청마다 왕복 한 번, 20ms가 걸린다.' }, (run) =>
      times(run).every((time) => time === ROUND_TRIP),
    ),
    claim(
      {
        en: `A sends ${segments === 1 ? 'one segment' : `${segments} segments`} with data for each.`,
        ko: `요청마다 A는 데이터 세그먼트를 ${segments}개 보낸다.`,
      },
      (run) => segmentsOf(run, 'A', 'data').length === REQUESTS * segments,
    ),
    claim({ en: 'B’s ACK timer never goes off.', ko: 'B의 ACK 타이머는 울리지 않는다.' }, (run) => alarms(run) === 0),
  ];
}

/** How often B's ACK timer went off. */
function alarms(run: Run): number {
  return run.moments.filter(when.timer('B', 'delayed-ack')).length;
}

/** From each request to its answer, µs. */
function times(run: Run): number[] {
  const heads = segmentsOf(run, 'A', 'data').filter(({ reading }) => reading.length >= HEAD.length);
  return segmentsOf(run, 'B', 'data').map((answer, at) => (answer.arrives ?? Infinity) - (heads[at]?.time ?? 0));
}
