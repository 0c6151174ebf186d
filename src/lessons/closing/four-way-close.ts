import {
  type Beat,
  choice,
  claim,
  copy,
  defineLesson,
  delivers,
  ends,
  loses,
  MILLISECOND,
  passes,
  segmentsOf,
  sends,
  set,
  when,
} from '../engine';

/** How a connection ends when both agree. */
export const fourWayClose = defineLesson({
  id: 'four-way-close',
  group: 'closing',
  title: { en: 'The four-way close', ko: '4-way 연결 종료' },
  summary: {
    en: 'A connection has two directions, and each is closed by who speaks in it. That takes a FIN and an ACK, twice.',
    ko: '연결에는 두 방향이 있고, 각 방향은 말하는 쪽이 닫는다. 그래서 FIN과 ACK가 두 번씩 오간다.',
  },
  goal: {
    en: 'You can name the states that each end passes, and say why it takes four segments, and when three.',
    ko: '양쪽이 지나는 상태를 말하고, 왜 세그먼트가 네 개 드는지, 언제 세 개로 줄어드는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.3.2'],
  glossary: [
    {
      word: 'FIN',
      means: {
        en: '"Finished": a mark that says "I have sent everything". It is counted like a byte, so that it is acknowledged like one.',
        ko: '"끝": 보낼 것을 다 보냈다는 표시. 바이트 하나처럼 번호를 차지하므로, 바이트처럼 확인 응답을 받는다.',
      },
    },
    {
      word: 'FIN-WAIT',
      means: {
        en: 'The states of who hangs up first: FIN-WAIT-1 until its FIN is acknowledged, then FIN-WAIT-2 until the other’s FIN comes.',
        ko: '먼저 끊은 쪽의 상태. 내 FIN이 확인될 때까지 FIN-WAIT-1, 그다음 상대의 FIN이 올 때까지 FIN-WAIT-2.',
      },
    },
    {
      word: 'CLOSE-WAIT',
      means: {
        en: 'The other end has hung up, and this end waits for its own program to do so too.',
        ko: '상대는 끊었고, 이쪽 프로그램도 끊기를 기다리는 상태.',
      },
    },
    {
      word: 'LAST-ACK',
      means: {
        en: 'This end hung up second, and waits for the very last acknowledgment.',
        ko: '나중에 끊은 쪽이 마지막 확인 응답을 기다리는 상태.',
      },
    },
  ],
  settings: {
    first: choice(
      'A',
      { en: 'Who closes first', ko: '먼저 끊는 쪽' },
      { A: { en: 'A, the client', ko: 'A(클라이언트)' }, B: { en: 'B, the server', ko: 'B(서버)' } },
    ),
    answer: choice(
      'later',
      { en: 'The other one hangs up', ko: '상대가 끊는 때' },
      { later: { en: 'after 100 ms', ko: '100ms 뒤' }, once: { en: 'at once', ko: '바로' } },
    ),
  },
  setup: ({ answer }) => ({ piggyback: answer === 'once' }),
  script: (world, { first, answer }) => {
    const { a, b } = world;
    const hangUpSecond = (talk: { close: () => unknown }): void => {
      if (answer === 'once') talk.close();
      else world.after(100 * MILLISECOND, () => talk.close());
    };
    b.listen(80, (server) => {
      if (first === 'B') world.at(200 * MILLISECOND, () => server.close());
      else
        server.onEnd(() => {
          hangUpSecond(server);
        });
    });
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      if (first === 'A') world.at(200 * MILLISECOND, () => client.close());
      else
        client.onEnd(() => {
          hangUpSecond(client);
        });
    });
  },
  beats: [
    {
      id: 'open',
      when: when.state('B', 'ESTABLISHED'),
      en: 'The handshake is over, and A says "hello". Now let us see how they hang up.',
      ko: '핸드셰이크가 끝나고 A가 "hello"라고 말한다. 이제 어떻게 끊는지 보자.',
    },
    ...hangUp('A', 'B'),
    ...hangUp('B', 'A'),
    {
      id: 'three',
      when: (moment) => moment.kind === 'state' && moment.to === 'TIME-WAIT' && moment.from === 'FIN-WAIT-1',
      en: 'The second FIN brings the ACK of the first one along, so FIN-WAIT-2 is skipped. When a program hangs up at once, a close takes three segments instead of four that way: that is allowed, and common.',
      ko: '두 번째 FIN이 첫 FIN의 ACK까지 담아 왔다. 그래서 FIN-WAIT-2를 건너뛴다. 프로그램이 바로 끊으면 이렇게 네 개 대신 세 개로 끝난다. 규칙에 맞는, 흔한 일이다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'),
    sends('A', 'first-fin', 1),
    sends('B', 'second-fin', 1),
    delivers('A', 5),
    loses(0),
  ],
  suggestions: [
    {
      id: 'three',
      title: { en: 'B hangs up at once', ko: 'B가 바로 끊기' },
      look: {
        en: 'B’s program closes in the moment in which it hears of the FIN. How many segments does it take now?',
        ko: 'B의 프로그램이 FIN이 왔다는 말을 듣자마자 닫는다. 이제 세그먼트가 몇 개일까?',
      },
      actions: [set('answer', 'once')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'TIME-WAIT', 'CLOSED'),
        sends('B', 'ack-of-first-fin', 0),
        loses(0),
      ],
    },
    {
      id: 'server-first',
      title: { en: 'B closes first', ko: 'B가 먼저 끊기' },
      look: {
        en: 'The roles are turned round: now B passes FIN-WAIT and waits in TIME-WAIT. A busy server does not like to do that.',
        ko: '역할이 바뀐다. 이제 B가 FIN-WAIT를 지나 TIME-WAIT에서 기다린다. 바쁜 서버는 이것을 좋아하지 않는다.',
      },
      actions: [set('first', 'B')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        passes('A', 'SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'),
        passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
      ],
    },
    {
      id: 'fin-twice',
      title: { en: 'A’s FIN arrives twice', ko: 'A의 FIN이 두 번 도착할 때' },
      look: {
        en: 'A FIN has a number like a byte. So B sees that the second one is the first again, and only says once more what it has.',
        ko: 'FIN에도 바이트처럼 번호가 있다. 그래서 B는 두 번째 것이 같은 것임을 알고, 어디까지 받았는지만 다시 말한다.',
      },
      actions: [copy('L4')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        delivers('A', 5),
        claim(
          {
            en: 'B hears A’s FIN twice and passes CLOSE-WAIT once.',
            ko: 'B는 A의 FIN을 두 번 듣지만 CLOSE-WAIT는 한 번만 지난다.',
          },
          (run) =>
            segmentsOf(run, 'A', 'first-fin').length === 1 &&
            run.moments.filter((moment) => moment.kind === 'arrived' && moment.row.marks.has('duplicate')).length ===
              1 &&
            run.path('B').filter((state) => state === 'CLOSE-WAIT').length === 1,
        ),
      ],
    },
  ],
});

/** The beats when `first` hangs up first. */
function hangUp(first: string, second: string): Beat[] {
  return [
    {
      id: `fin-${first}`,
      when: when.sent(first, 'first-fin'),
      en: `${first}’s program closes. ${first} says FIN: "I have sent everything. let’s hang up." That closes one direction only: ${first} may still listen. ${first} is in FIN-WAIT-1.`,
      ko: `${first}의 프로그램이 닫는다. ${first}가 FIN을 보낸다. "나는 다 보냈어. 이제 끊자." 이것은 한 방향만 닫는다. ${first}는 아직 들을 수 있다. ${first}는 FIN-WAIT-1.`,
    },
    {
      id: `close-wait-${second}`,
      when: when.sent(second, 'ack-of-first-fin'),
      en: `${second}’s TCP says "all right, one moment" (ACK) by itself, and tells its program. Until that program closes too, ${second} is in CLOSE-WAIT, and might even send more.`,
      ko: `${second}의 TCP가 스스로 "알겠어. 잠시만"(ACK) 하고 답하고 프로그램에 알린다. 프로그램이 닫을 때까지 ${second}는 CLOSE-WAIT이고, 데이터를 더 보낼 수도 있다.`,
    },
    {
      id: `fin-wait-2-${first}`,
      when: when.state(first, 'FIN-WAIT-2'),
      en: `${first} knows that ${second} has heard its FIN: FIN-WAIT-2. It waits for the other direction to close.`,
      ko: `${first}는 ${second}가 FIN을 들었다는 것을 안다: FIN-WAIT-2. 다른 방향이 닫히기를 기다린다.`,
    },
    {
      id: `fin-${second}-second`,
      when: when.state(second, 'LAST-ACK'),
      en: `Now ${second}’s program closes: "I am hanging up too" (FIN). ${second} is in LAST-ACK.`,
      ko: `이제 ${second}의 프로그램도 닫는다. "나도 끊을게"(FIN). ${second}는 LAST-ACK.`,
    },
    {
      id: `time-wait-${first}`,
      when: when.state(first, 'TIME-WAIT'),
      en: `${first} says "all right" (ACK), the last segment. But ${first} does not forget the connection yet: it stays in TIME-WAIT, in case this ACK gets lost and ${second} asks again.`,
      ko: `${first}가 "알겠어"(ACK) 하고 답한다. 마지막 세그먼트다. 하지만 ${first}는 아직 연결을 잊지 않는다. 이 ACK가 사라져서 ${second}가 다시 물을 수도 있으니 TIME-WAIT에 머문다.`,
    },
    {
      id: `closed-${second}`,
      when: when.state(second, 'CLOSED', 'LAST-ACK'),
      en: `${second} has its last ACK and is done: CLOSED. Who hangs up second need not wait.`,
      ko: `${second}는 마지막 ACK를 받고 끝났다: CLOSED. 나중에 끊은 쪽은 기다릴 필요가 없다.`,
    },
    {
      id: `over-${first}`,
      when: when.timer(first, 'time-wait'),
      en: `Twice the longest life of a segment (2 MSL) is over: nothing of this connection can still be on the way. ${first} forgets it.`,
      ko: `세그먼트 최대 수명의 두 배(2 MSL)가 지났다. 이 연결의 세그먼트는 이제 어디에도 없다. ${first}도 연결을 잊는다.`,
    },
  ];
}
