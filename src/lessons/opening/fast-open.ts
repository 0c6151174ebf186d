import { FLAG } from '../../wire/tcp';
import {
  choice,
  claim,
  defineLesson,
  drop,
  MILLISECOND,
  SECOND,
  segmentsOf,
  set,
  when,
  type Moment,
  type Run,
  type World,
} from '../engine';

const ORDER = 'one pizza, please\n';
const ANSWER = 'it is coming\n';
const ROUND_TRIP = 40 * MILLISECOND;
/** When A calls for the second time, and when an old SYN or a stranger's comes, µs. */
const AGAIN = 500 * MILLISECOND;
const LATER = SECOND;
/** Nobody has this address: it belongs to examples (RFC 5737). */
const FORGED = '203.0.113.7';

/** Data in the very first segment, for those who have been here before. */
export const fastOpen = defineLesson({
  id: 'fast-open',
  group: 'opening',
  title: { en: 'Fast Open: data in the SYN', ko: 'Fast Open: SYN에 데이터 싣기' },
  summary: {
    en: 'The handshake costs a round trip before the first word. Who has been here before may save it: its SYN shows a cookie, and brings the question along. (Not an easy lesson: it may be skipped at first.)',
    ko: '핸드셰이크 때문에 첫 마디를 하기 전에 왕복 한 번이 든다. 전에 온 적이 있으면 이것을 아낄 수 있다. SYN에 쿠키를 담아 보이고 질문까지 함께 보낸다. (쉽지 않은 강의이니, 처음에는 건너뛰어도 된다.)',
  },
  goal: {
    en: 'You can say what the cookie proves, what is saved, and why only questions that may be asked twice should be sent that way.',
    ko: '쿠키가 무엇을 증명하는지, 무엇을 아끼는지, 왜 두 번 물어도 되는 것만 이렇게 보내야 하는지 말할 수 있다.',
  },
  rfc: ['RFC 7413 §3', 'RFC 7413 §4', 'RFC 7413 §2.1', 'RFC 9293 §3.5'],
  glossary: [
    {
      word: 'Fast Open',
      means: {
        en: 'TCP Fast Open (TFO): a SYN that carries data, which the server’s program gets before the handshake is done.',
        ko: 'TCP Fast Open(TFO): 데이터를 실은 SYN. 핸드셰이크가 끝나기 전에 서버의 프로그램이 데이터를 받는다.',
      },
    },
    {
      word: 'cookie',
      means: {
        en: 'A few bytes that B makes from A’s address and a secret. Only who gets B’s answers at that address can have it.',
        ko: '쿠키: B가 A의 주소와 비밀 값으로 만드는 몇 바이트. 그 주소에서 B의 답을 받는 쪽만 가질 수 있다.',
      },
    },
    {
      word: 'round trip',
      means: {
        en: 'There and back: here 40 ms, 20 each way.',
        ko: '왕복: 갔다가 돌아오는 것. 여기서는 가는 데 20ms, 오는 데 20ms, 합쳐서 40ms.',
      },
    },
  ],
  panels: ['segment', 'states', 'timers'],
  settings: {
    server: choice(
      'knows',
      { en: 'B’s Fast Open', ko: 'B의 Fast Open' },
      { knows: { en: 'on', ko: '켜짐' }, not: { en: 'off', ko: '꺼짐' } },
    ),
    later: choice(
      'nothing',
      { en: 'After a second there comes', ko: '1초 뒤에 오는 것' },
      {
        nothing: { en: 'nothing', ko: '없음' },
        old: { en: 'A’s old SYN once more', ko: 'A의 옛 SYN이 한 번 더' },
        stranger: { en: 'a SYN with a wrong cookie', ko: '틀린 쿠키를 단 SYN' },
      },
    ),
  },
  setup: ({ server }) => ({
    each: { B: { fastOpen: server === 'knows' ? { queue: 16 } : false } },
    tcp: { msl: 2 * SECOND },
    until: 30 * SECOND,
  }),
  script: (world, { later }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      server.onData(() => server.send(ANSWER)).onEnd(() => server.close());
    });
    const call = (): void => {
      const client = a.connect(b, 80, { fastOpen: true, data: new TextEncoder().encode(ORDER) });
      client.onData(() => client.close());
    };
    world.at(0, call);
    world.at(AGAIN, call);
    if (later === 'old')
      world.at(LATER, () => {
        replay(world);
      });
    if (later === 'stranger')
      world.at(LATER, () => {
        forge(world);
      });
  },
  beats: [
    {
      id: 'asks',
      when: (moment) => isSyn(moment, 1),
      en: 'A calls B for the first time. Its SYN has an option more, TFO, and that is empty: "please give me a cookie, for the next time". The question itself must still wait.',
      ko: 'A가 B에 처음 연결한다. SYN에 옵션이 하나 더 있다. 내용이 비어 있는 TFO 옵션이다. "다음에 쓸 쿠키를 줘." 정작 질문은 아직 보낼 수 없다.',
    },
    {
      id: 'gives',
      when: (moment) => when.sent('B', 'syn-ack')(moment) && cookieOf(moment) > 0,
      en: 'B’s SYN-ACK brings one. B has made it from A’s address and a secret, and need not remember it.',
      ko: 'B의 SYN-ACK에 쿠키가 들어 있다. B가 A의 주소와 비밀 값으로 만든 것이라 기억해 둘 필요가 없다.',
    },
    {
      id: 'none',
      when: (moment) =>
        when.sent('B', 'syn-ack')(moment) && moment.kind === 'sent' && moment.time < AGAIN && cookieOf(moment) < 0,
      en: 'B’s answer says nothing of TFO: B does not do that. No harm: it is an ordinary handshake.',
      ko: 'B의 답에는 TFO 옵션이 없다. B는 TFO를 쓰지 않는다. 그래도 문제없다. 보통 핸드셰이크가 될 뿐이다.',
    },
    {
      id: 'first-question',
      when: when.sent('A', 'data'),
      en: 'Only now does the question go out: one round trip was spent on saying hello, and the answer takes another.',
      ko: '이제야 질문이 나간다. 인사하는 데 왕복 한 번을 썼고, 답을 받는 데 한 번이 더 든다.',
    },
    {
      id: 'brings',
      when: (moment) => isSyn(moment, 2) && moment.kind === 'sent' && moment.row.reading.length > 0,
      en: 'A calls again, and this time its SYN has the cookie and the question in it.',
      ko: 'A가 다시 연결한다. 이번에는 SYN에 쿠키와 질문이 함께 들어 있다.',
    },
    {
      id: 'as-before',
      when: (moment) => isSyn(moment, 2) && moment.kind === 'sent' && moment.row.reading.length === 0,
      en: 'A calls again, and has no cookie. So it is as the first time.',
      ko: 'A가 다시 연결하지만 쿠키가 없다. 그래서 처음과 똑같다.',
    },
    {
      id: 'early',
      when: (moment) =>
        when.sent('B', 'data')(moment) &&
        moment.kind === 'sent' &&
        moment.row.event.before === 'SYN-RECEIVED' &&
        moment.time < LATER,
      en: 'B knows its cookie: whoever sent this SYN really gets what goes to A’s address. So its program has the question already, and answers right behind the SYN-ACK, in SYN-RECEIVED: the handshake is not even done.',
      ko: 'B는 자기가 준 쿠키를 알아본다. 이 SYN을 보낸 쪽은 정말로 A의 주소로 가는 것을 받는다는 뜻이다. 그래서 B의 프로그램은 벌써 질문을 받았고, SYN-ACK 바로 뒤에 답을 보낸다. 아직 SYN-RECEIVED, 핸드셰이크가 끝나지도 않았다.',
    },
    {
      id: 'saved',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.host === 'A' &&
        moment.time > AGAIN &&
        moment.time < LATER &&
        moment.row.reading.length > 0 &&
        !moment.frame.isCopy,
      en: 'The answer is here. Compare the two ladders: how many times did something go there and back before A’s program had its answer?',
      ko: '답이 왔다. 두 대화의 사다리 그림을 비교해 보자. A의 프로그램이 답을 받기까지 몇 번 왕복했을까?',
    },
    {
      id: 'falls-back',
      when: (moment) => isSyn(moment, 2, true),
      en: 'No answer. Some boxes on the way throw a SYN with data away, so A asks again without TFO, as anybody does. The question goes out after the handshake.',
      ko: '답이 없다. 도중에 데이터가 든 SYN을 버리는 장비도 있으므로, A는 TFO 없이 보통 SYN으로 다시 묻는다. 질문은 핸드셰이크가 끝난 뒤에 나간다.',
    },
    {
      id: 'old',
      when: (moment) => moment.kind === 'sent' && moment.frame.isGhost && !isForged(moment),
      en: 'The connection is over, and B has forgotten it. But somewhere on the way a second copy of A’s SYN was held up: the same cookie, the same question.',
      ko: '연결은 끝났고 B는 그 연결을 잊었다. 그런데 길 어딘가에 A의 SYN 사본이 하나 더 묶여 있었다. 쿠키도 질문도 똑같다.',
    },
    {
      id: 'twice',
      when: (moment) =>
        when.sent('B', 'data')(moment) &&
        moment.kind === 'sent' &&
        moment.row.event.before === 'SYN-RECEIVED' &&
        moment.time >= LATER,
      en: 'B’s program reads the order a second time! An ordinary handshake would have found out ("I know of no such connection") before any program heard of it. With Fast Open that comes too late. So only questions that may be asked twice belong into a SYN.',
      ko: 'B의 프로그램이 주문을 두 번째로 읽는다! 보통 핸드셰이크였다면 프로그램에 전해지기 전에 드러났을 것이다("그런 연결은 몰라"). Fast Open에서는 그때면 이미 늦다. 그래서 두 번 물어도 되는 것만 SYN에 실어야 한다.',
    },
    {
      id: 'too-late',
      when: (moment) => moment.time > LATER && when.state('B', 'CLOSED', 'SYN-RECEIVED', 'rcv RST')(moment),
      en: 'A’s RST: "I know of no such connection". Now B knows that nobody had called. But the pizza is in the oven.',
      ko: 'A의 RST: "그런 연결은 몰라." 이제 B는 아무도 연결하지 않았다는 것을 안다. 하지만 피자는 이미 오븐에 들어갔다.',
    },
    {
      id: 'stranger',
      when: (moment) => moment.kind === 'sent' && isForged(moment),
      en: 'Somebody writes a wrong sender’s address, invents a cookie, and orders a pizza.',
      ko: '누군가 보낸 쪽 주소를 거짓으로 적고, 쿠키를 지어내 피자를 주문한다.',
    },
    {
      id: 'not-believed',
      when: (moment) =>
        when.sent('B', 'syn-ack')(moment) &&
        moment.kind === 'sent' &&
        moment.row.event.connection.remote.address === FORGED,
      en: 'The cookie is wrong. B acknowledges the SYN only, not the words, and its program hears nothing: first somebody at that address must answer. Nobody will.',
      ko: '쿠키가 틀렸다. B는 SYN만 확인하고 주문은 받지 않는다. 프로그램에는 아무것도 전해지지 않는다. 먼저 그 주소에서 누군가 답해야 하는데, 답할 사람이 없다.',
    },
  ],
  claims: [
    claim(
      { en: 'The first answer comes after two round trips, 80 ms.', ko: '첫 답은 왕복 두 번, 80ms 뒤에 온다.' },
      (run) => waited(run, 0) === 2 * ROUND_TRIP,
    ),
    claim(
      { en: 'The second comes after one, 40 ms.', ko: '두 번째 답은 왕복 한 번, 40ms 뒤에 온다.' },
      (run) => waited(run, 1) === ROUND_TRIP,
    ),
    claim(
      { en: 'B’s program reads each order once.', ko: 'B의 프로그램은 주문을 각각 한 번씩 읽는다.' },
      (run) => orders(run) === 2,
    ),
    claim({ en: 'Both connections end in CLOSED at both ends.', ko: '두 연결 모두 양쪽에서 CLOSED로 끝난다.' }, (run) =>
      ['A', 'B'].every((host) => [0, 1].every((number) => run.state(host, number) === 'CLOSED')),
    ),
  ],
  suggestions: [
    {
      id: 'server-off',
      title: { en: 'B does not do that', ko: 'B가 Fast Open을 쓰지 않을 때' },
      look: {
        en: 'A asks for a cookie and gets none. What does that cost?',
        ko: 'A가 쿠키를 요청하지만 받지 못한다. 그래서 무엇을 손해 볼까?',
      },
      actions: [set('server', 'not')],
      claims: [
        claim({ en: 'Both answers take two round trips.', ko: '두 답 모두 왕복 두 번이 걸린다.' }, (run) =>
          [0, 1].every((number) => waited(run, number) === 2 * ROUND_TRIP),
        ),
        claim({ en: 'No SYN has data.', ko: '데이터가 든 SYN은 없다.' }, (run) =>
          segmentsOf(run, 'A', 'syn').every(({ reading }) => reading.length === 0),
        ),
      ],
    },
    {
      id: 'lose-syn',
      title: { en: 'Lose the SYN with the question', ko: '질문을 실은 SYN 없애기' },
      look: {
        en: 'Is it the network that loses things, or somebody who does not like data in a SYN? A cannot know. What does its next SYN look like?',
        ko: '네트워크에서 사라진 것일까, 데이터가 든 SYN을 싫어하는 장비가 버린 것일까? A는 알 수 없다. 다음 SYN은 어떤 모습일까?',
      },
      actions: [drop('L6')],
      claims: [
        claim(
          { en: 'The SYN that is sent again has no data.', ko: '다시 보낸 SYN에는 데이터가 없다.' },
          (run) =>
            segmentsOf(run, 'A', 'syn').at(-1)?.reading.again === true &&
            segmentsOf(run, 'A', 'syn').at(-1)?.reading.length === 0,
        ),
        claim(
          { en: 'B’s program reads each order once.', ko: 'B의 프로그램은 주문을 각각 한 번씩 읽는다.' },
          (run) => orders(run) === 2,
        ),
      ],
    },
    {
      id: 'old',
      title: { en: 'The old SYN comes once more', ko: '옛 SYN이 한 번 더 올 때' },
      look: {
        en: 'A network may double a packet and hold the second one up. Count how many pizzas B’s program has to bake.',
        ko: '네트워크에서 패킷이 둘로 늘고, 그중 하나가 늦게 올 수도 있다. B의 프로그램이 피자를 몇 판 구워야 하는지 세어 보자.',
      },
      actions: [set('later', 'old')],
      claims: [
        claim(
          {
            en: 'A has ordered twice, and B’s program reads three orders.',
            ko: 'A는 두 번 주문했지만, B의 프로그램은 주문을 세 번 읽는다.',
          },
          (run) => orders(run) === 3 && run.host('A').talks.length === 2,
        ),
      ],
    },
    {
      id: 'stranger',
      title: { en: 'A wrong cookie', ko: '틀린 쿠키' },
      look: {
        en: 'Could anybody order in another one’s name? See how much of the SYN B acknowledges.',
        ko: '남의 이름으로 주문할 수 있을까? B가 SYN의 어디까지 확인하는지 보자.',
      },
      actions: [set('later', 'stranger')],
      claims: [
        claim(
          {
            en: 'B’s program reads A’s two orders, and no third one.',
            ko: 'B의 프로그램은 A의 주문 두 개만 읽고, 세 번째는 읽지 않는다.',
          },
          (run) => orders(run) === 2,
        ),
      ],
    },
  ],
});

/** The very SYN with which A called for the second time comes again, from nobody. */
function replay(world: World): void {
  const [wire] = world.wires;
  const frame = wire?.frames.find((each) => each.from === 'left' && each.sent === AGAIN);
  if (frame !== undefined) wire?.inject('left', new Uint8Array(frame.bytes));
}

function forge(world: World): void {
  world.inject('left', {
    ...{ src: { address: FORGED, port: 4000 }, flags: FLAG.SYN, seq: 4000, payload: new TextEncoder().encode(ORDER) },
    options: [
      { kind: 'mss', mss: 1460 },
      { kind: 'fast-open', cookie: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]) },
    ],
  });
}

function isForged({ row }: Moment & { kind: 'sent' }): boolean {
  return row.event.connection.local.address === FORGED;
}

/** A sends the SYN of its first or second call; `again`: once more. */
function isSyn(moment: Moment, call: 1 | 2, again = false): boolean {
  return when.sent('A', 'syn', { again, ghost: false })(moment) && moment.time >= AGAIN === (call === 2);
}

/** How long the cookie in a segment is, in bytes; less than 0: it has none. */
function cookieOf(moment: Moment): number {
  if (moment.kind !== 'sent') return -1;
  for (const option of moment.row.event.segment.options) if (option.kind === 'fast-open') return option.cookie.length;
  return -1;
}

/** From a call of A's to its answer, µs. */
function waited(run: Run, call: number): number {
  const { id } = run.record('A', call) ?? {};
  const start = segmentsOf(run, 'A', 'syn').find(({ event }) => event.connection.local.port === id?.local.port);
  const answer = segmentsOf(run, 'B').find(
    ({ event, reading, arrives }) =>
      event.connection.remote.port === id?.local.port && reading.length > 0 && arrives !== undefined,
  );
  return (answer?.arrives ?? Infinity) - (start?.time ?? 0);
}

/** How many orders B's programs have read. */
function orders(run: Run): number {
  return run.host('B').talks.reduce((sum, talk) => sum + Math.floor(talk.heardBytes / ORDER.length), 0);
}
