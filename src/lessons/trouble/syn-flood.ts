import { FLAG } from '../../wire/tcp';
import {
  amount,
  claim,
  defineLesson,
  delivers,
  drop,
  MILLISECOND,
  SECOND,
  segmentsOf,
  set,
  toggle,
  when,
  type Moment,
  type Run,
  type World,
} from '../engine';

/** When the client calls, and for how long the attack goes on, µs. */
const CALLS = SECOND;
const ATTACK = 3 * SECOND;
/** Nobody has these addresses: they belong to examples (RFC 5737). */
const FORGED = '203.0.113.';

/** Who never answers fills the waiting room, and nobody else gets in. */
export const synFlood = defineLesson({
  id: 'syn-flood',
  group: 'trouble',
  title: { en: 'SYN flood and SYN cookies', ko: 'SYN 플러딩과 SYN 쿠키' },
  summary: {
    en: 'Somebody sends SYNs with forged addresses and never answers. B keeps a place for each of them until there are none left. A, who really wants to speak, stays outside.',
    ko: '누군가 주소를 위조한 SYN을 보내고는 답하지 않는다. B는 하나하나에 자리를 내주다가 자리가 바닥난다. 정말로 이야기하려는 A는 들어가지 못한다.',
  },
  goal: {
    en: 'You can say what a half-open connection costs the server, and how a cookie does without it.',
    ko: '반만 열린 연결이 서버의 무엇을 차지하는지, 쿠키는 어떻게 그것 없이도 되는지 말할 수 있다.',
  },
  rfc: ['RFC 4987 §2', 'RFC 4987 §3.6', 'RFC 9293 §3.10.7.2'],
  glossary: [
    {
      word: 'half-open',
      means: {
        en: 'B has answered a SYN and waits for the third segment: SYN-RECEIVED. It has to remember all of it.',
        ko: '반만 열린 연결: B가 SYN에 답하고 세 번째 세그먼트를 기다리는 상태(SYN-RECEIVED). B는 이것을 모두 기억해야 한다.',
      },
    },
    {
      word: 'backlog',
      means: {
        en: 'How many half-open connections a listener remembers. Beyond that SYNs are dropped.',
        ko: '백로그: 리스너가 기억하는 반만 열린 연결의 수. 그보다 많은 SYN은 버린다.',
      },
    },
    {
      word: 'SYN cookie',
      means: {
        en: 'B hides what it would have to remember in its first sequence number, sealed with a secret. The third segment brings it back. Its price: little fits in. The MSS only roughly; window scale and SACK only along with timestamps; and B cannot repeat what it does not remember.',
        ko: 'SYN 쿠키: B가 기억해야 할 것을 비밀 값으로 봉해 자기의 첫 순서 번호에 숨긴다. 세 번째 세그먼트가 그것을 되돌려 준다. 대가도 있다. 들어갈 자리가 적어 MSS는 어림값만, 윈도우 스케일과 SACK은 타임스탬프가 있을 때만 담긴다. 그리고 B는 기억하지 않는 것을 다시 보낼 수 없다.',
      },
    },
    {
      word: 'spoofing',
      means: {
        en: 'To write a wrong sender’s address into a packet. The answer then goes to somebody else, or to nobody.',
        ko: '주소 위조: 패킷에 보낸 쪽 주소를 거짓으로 적는 것. 답은 다른 곳으로 가거나 아무에게도 가지 않는다.',
      },
    },
  ],
  panels: ['states', 'timers', 'segment'],
  settings: {
    cookies: toggle(false, { en: 'B uses SYN cookies', ko: 'B가 SYN 쿠키를 쓴다' }),
    backlog: amount(8, { en: 'B’s backlog', ko: 'B의 백로그' }, { min: 4, max: 64, step: 4 }),
    rate: amount(10, { en: 'forged SYNs in a second', ko: '1초에 오는 위조 SYN 수' }, { min: 0, max: 20, step: 1 }),
  },
  setup: ({ cookies, backlog }) => ({
    each: { B: { synCookies: cookies ? 'auto' : false, maxHalfOpen: backlog } },
    until: 150 * SECOND,
  }),
  script: (world, { rate }) => {
    const { a, b } = world;
    b.listen(80);
    flood(world, rate);
    world.at(CALLS, () => {
      a.connect(b, 80).send('hello');
    });
  },
  beats: [
    {
      id: 'forged',
      when: (moment) => moment.kind === 'sent' && moment.frame.isGhost,
      en: 'A SYN arrives, and its sender’s address is forged: there is nobody at 203.0.113.1. B cannot see that.',
      ko: 'SYN이 하나 온다. 보낸 쪽 주소가 위조되었다. 203.0.113.1에는 아무도 없다. B는 그것을 알 수 없다.',
    },
    {
      id: 'remembers',
      when: (moment) =>
        when.sent('B', 'syn-ack')(moment) &&
        moment.kind === 'sent' &&
        moment.row.event.connection.remote.address.startsWith(FORGED),
      en: 'B answers as it must, remembers the call, and starts a timer. Nobody will ever say "I hear you". B will ask five times more, for over a minute.',
      ko: 'B는 규칙대로 답하고, 이 연결 요청을 기억하고, 타이머를 켠다. "잘 들려"라고 답할 사람은 없다. B는 1분 넘게 다섯 번 더 물을 것이다.',
    },
    {
      id: 'full',
      when: (moment) => moment.kind === 'arrived' && moment.host === 'B' && moment.row.marks.has('dropped'),
      en: 'B’s backlog is full. From now on every SYN is dropped without a word: the forged ones, and the honest ones.',
      ko: 'B의 백로그가 꽉 찼다. 이제 위조한 것도 정직한 것도, 모든 SYN을 말없이 버린다.',
    },
    {
      id: 'calls',
      when: when.sent('A', 'syn', { ghost: false }),
      en: 'Now A calls, an honest client.',
      ko: '이제 정직한 클라이언트 A가 연결을 건다.',
    },
    {
      id: 'outside',
      when: when.sent('A', 'syn', { again: true, ghost: false }),
      en: 'No answer. A does not know why, and does what it always does: it asks again, at longer and longer intervals. A few small packets have shut a server.',
      ko: '답이 없다. A는 이유를 모른 채 늘 하던 대로 점점 긴 간격으로 다시 묻는다. 작은 패킷 몇 개가 서버를 마비시켰다.',
    },
    {
      id: 'cookie',
      when: isCookie,
      en: 'The backlog is full, but B answers: its sequence number is a cookie, made of the addresses, the ports, the time and a secret. B remembers nothing of it. Whether the caller is real will show.',
      ko: '백로그가 꽉 찼지만 B는 답한다. 이 순서 번호가 쿠키다. 주소, 포트, 시각과 비밀 값으로 만든다. B는 아무것도 기억하지 않는다. 상대가 진짜인지는 곧 드러난다.',
    },
    {
      id: 'redeemed',
      when: when.state('B', 'ESTABLISHED'),
      en: 'A’s third segment acknowledges B’s number, plus one. When it is a cookie, B takes one off, checks the seal, and makes the connection only now, out of what the segment brings.',
      ko: 'A의 세 번째 세그먼트는 B의 번호에 1을 더한 값을 담아 확인한다. 그 번호가 쿠키였다면 B는 1을 빼고 봉인을 확인한 뒤, 세그먼트가 가져온 것만으로 이제야 연결을 만든다.',
    },
    {
      id: 'gives-up',
      when: (moment) => when.state('B', 'CLOSED', 'SYN-RECEIVED', 'user timeout')(moment),
      en: 'After 63 seconds B gives up the first of the forged calls, and a place is free. That is all that an attacker must do: send a few SYNs a minute.',
      ko: '63초 뒤 B가 위조된 첫 요청을 포기하자 자리 하나가 난다. 공격자는 1분에 SYN 몇 개만 보내면 된다.',
    },
  ],
  claims: [
    claim(
      { en: 'A’s first SYN gets no answer.', ko: 'A의 첫 SYN은 답을 받지 못한다.' },
      (run) => segmentsOf(run, 'A', 'syn')[0]?.marks.has('dropped') === true,
    ),
    claim(
      { en: 'A gets in only after a minute.', ko: 'A는 1분이 지나서야 들어간다.' },
      (run) => waited(run) > 60 * SECOND && waited(run) < Infinity,
    ),
    claim(
      {
        en: 'B remembers eight half-open connections at once, and no more.',
        ko: 'B는 반만 열린 연결을 한꺼번에 여덟 개까지만 기억한다.',
      },
      (run) => mostHalfOpen(run) === 8,
    ),
    delivers('A', 5),
  ],
  suggestions: [
    {
      id: 'cookies',
      title: { en: 'With SYN cookies', ko: 'SYN 쿠키 켜기' },
      look: {
        en: 'The same flood. See how long A waits now, and what B remembers of the callers beyond the eighth.',
        ko: '똑같은 플러딩이다. 이제 A가 얼마나 기다리는지, 여덟 번째 뒤의 요청에 대해 B가 무엇을 기억하는지 보자.',
      },
      actions: [set('cookies', true)],
      claims: [
        claim(
          { en: 'A gets in within one round trip.', ko: 'A는 왕복 한 번 만에 들어간다.' },
          (run) => waited(run) === 40 * MILLISECOND,
        ),
        claim(
          {
            en: 'B remembers no more than eight half-open connections.',
            ko: 'B는 반만 열린 연결을 여덟 개 넘게 기억하지 않는다.',
          },
          (run) => mostHalfOpen(run) === 8,
        ),
        claim(
          { en: 'B answers with cookies more than twenty times.', ko: 'B는 쿠키로 스무 번 넘게 답한다.' },
          (run) => run.moments.filter(isCookie).length > 20,
        ),
        delivers('A', 5),
      ],
    },
    {
      id: 'cookie-lost',
      title: { en: 'With cookies: lose the third segment', ko: '쿠키를 쓸 때 세 번째 세그먼트 없애기' },
      look: {
        en: 'B remembers nothing, so it cannot ask again. Who brings the cookie now?',
        ko: 'B는 기억하는 것이 없으니 다시 물을 수 없다. 이제 누가 쿠키를 가져올까?',
      },
      actions: [set('cookies', true), drop('L2')],
      claims: [
        claim(
          {
            en: 'A’s data brings the cookie: every segment has the ACK in it.',
            ko: 'A의 데이터가 쿠키를 가져온다. 모든 세그먼트에 ACK가 들어 있다.',
          },
          (run) => {
            const data = segmentsOf(run, 'A', 'data')[0];
            return data?.left.state === 'ESTABLISHED' && established(run) === data.arrives;
          },
        ),
        delivers('A', 5),
      ],
    },
    {
      id: 'large-backlog',
      title: { en: 'A larger backlog', ko: '백로그 늘리기' },
      look: {
        en: 'Room for 64. It helps against this attacker. Against one who sends three times as much it would not.',
        ko: '자리가 64개. 이 공격자에게는 통한다. 세 배로 보내는 공격자에게는 통하지 않을 것이다.',
      },
      actions: [set('backlog', 64)],
      claims: [
        claim(
          { en: 'A gets in within one round trip.', ko: 'A는 왕복 한 번 만에 들어간다.' },
          (run) => waited(run) === 40 * MILLISECOND,
        ),
        claim(
          {
            en: 'B remembers more than twenty half-open connections at once.',
            ko: 'B는 반만 열린 연결을 한꺼번에 스무 개 넘게 기억한다.',
          },
          (run) => mostHalfOpen(run) > 20,
        ),
      ],
    },
    {
      id: 'no-attack',
      title: { en: 'No attack', ko: '공격이 없을 때' },
      look: { en: 'Just A and B, to compare.', ko: '비교해 보기 위한, A와 B만 있는 실행.' },
      actions: [set('rate', 0)],
      claims: [
        claim(
          { en: 'A gets in within one round trip.', ko: 'A는 왕복 한 번 만에 들어간다.' },
          (run) => waited(run) === 40 * MILLISECOND,
        ),
        claim(
          { en: 'No cookie is sent.', ko: '쿠키는 보내지 않는다.' },
          (run) => run.moments.filter(isCookie).length === 0,
        ),
      ],
    },
  ],
});

/** SYNs from addresses where nobody is. */
function flood(world: World, rate: number): void {
  const count = Math.round((ATTACK / SECOND) * rate);
  for (let n = 0; n < count; n++) {
    world.at(Math.round((n * SECOND) / rate), () => {
      world.inject('left', {
        src: { address: `${FORGED}${1 + (n % 254)}`, port: 1024 + n },
        flags: FLAG.SYN,
        seq: (n + 1) * 0x1234567,
        options: [{ kind: 'mss', mss: 1460 }],
      });
    });
  }
}

/** B answers a SYN, and makes no connection for it. */
function isCookie(moment: Moment): boolean {
  return when.sent('B', 'syn-ack')(moment) && moment.kind === 'sent' && moment.row.event.connection.id === 0;
}

/** When A is connected, µs. */
function established(run: Run): number {
  return run.moments.find(when.state('B', 'ESTABLISHED'))?.time ?? Infinity;
}

/** From A's call until its program was told that it stands, µs. */
function waited(run: Run): number {
  return (run.moments.find(when.state('A', 'ESTABLISHED'))?.time ?? Infinity) - CALLS;
}

/** The most forged calls that B had in SYN-RECEIVED at once. */
function mostHalfOpen(run: Run): number {
  let now = 0;
  let most = 0;
  for (const moment of run.moments) {
    if (moment.kind !== 'state' || moment.host !== 'B' || !moment.connection.remote.address.startsWith(FORGED))
      continue;
    if (moment.to === 'SYN-RECEIVED') now += 1;
    else if (moment.from === 'SYN-RECEIVED') now -= 1;
    most = Math.max(most, now);
  }
  return most;
}
