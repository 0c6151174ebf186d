import {
  claim,
  choice,
  defineLesson,
  delay,
  delivers,
  deliveryOf,
  MILLISECOND,
  SECOND,
  set,
  when,
  type Host,
  type World,
} from '../engine';
import { FLAG } from '../../wire/tcp';

const PORT = 40_000;
/** When A calls again, µs. */
const AGAIN = 2900 * MILLISECOND;

/** Where the count of bytes begins, and why nobody may guess it. */
export const isn = defineLesson({
  id: 'isn',
  group: 'opening',
  title: { en: 'Why start at a random number?', ko: '왜 무작위 번호에서 시작할까?' },
  summary: {
    en: 'Each end starts to count its bytes at another number in each connection. So late segments of an old connection do not fit, and strangers cannot guess. (The most difficult lesson of this group: it may be skipped at first.)',
    ko: '양쪽은 연결마다 다른 번호부터 바이트를 센다. 그래서 옛 연결에서 늦게 온 세그먼트는 번호가 맞지 않고, 제3자가 번호를 알아맞힐 수도 없다. (이 묶음에서 가장 어려운 강의이니, 처음에는 건너뛰어도 된다.)',
  },
  goal: {
    en: 'You can say what an initial sequence number is, and the two dangers against which it is chosen as it is.',
    ko: '초기 순서 번호가 무엇인지, 어떤 두 가지 위험 때문에 그렇게 고르는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.4.1', 'RFC 6528 §3'],
  glossary: [
    {
      word: 'ISN',
      means: {
        en: 'Initial sequence number: the number of the SYN. The first byte of data has the next one.',
        ko: '초기 순서 번호: SYN의 번호. 데이터의 첫 바이트는 그다음 번호를 갖는다.',
      },
    },
    {
      word: 'window',
      means: {
        en: 'The numbers that a receiver takes now: from the byte that it awaits, as many as it has room for.',
        ko: '윈도우: 받는 쪽이 지금 받아들이는 번호의 범위. 기다리는 바이트부터 빈자리만큼이다.',
      },
    },
    {
      word: 'MSL',
      means: {
        en: 'Maximum segment lifetime: the longest that a segment may be on its way. TCP reckons with two minutes, many systems with less.',
        ko: '세그먼트 최대 수명: 세그먼트가 길에 머물 수 있는 가장 긴 시간. TCP는 2분으로 보고, 더 짧게 보는 시스템도 많다.',
      },
    },
    {
      word: 'PSH',
      means: {
        en: '"Push": a mark on the last segment of what a program has written. It says: give this to the program now, do not wait for more.',
        ko: '"푸시": 프로그램이 한 번에 쓴 데이터의 마지막 세그먼트에 켜는 표시. 더 기다리지 말고 프로그램에 바로 넘기라는 뜻이다.',
      },
    },
    {
      word: 'ACK storm',
      means: {
        en: 'Two ends that each say "that is not what I wait for", and answer each other again and again.',
        ko: 'ACK 폭풍: 양쪽이 서로 "내가 기다리는 것은 그게 아니야"라고 끝없이 되풀이해 답하는 것.',
      },
    },
  ],
  settings: {
    stranger: choice(
      'nobody',
      { en: 'A stranger speaks in A’s name', ko: '제3자가 A인 척 말한다' },
      {
        nobody: { en: 'no', ko: '없음' },
        guesses: { en: 'and guesses the number', ko: '번호를 찍는다' },
        knows: { en: 'and knows the number', ko: '번호를 안다' },
      },
    ),
  },
  actions: [delay('L3', 3 * SECOND)],
  // Timestamps would recognize the old segment, too: without them one sees that the numbers do.
  setup: () => ({ tcp: { timestamps: false, tailLossProbe: false, msl: SECOND / 2 }, until: 4 * SECOND }),
  script: (world, { stranger }) => {
    const { a, b } = world;
    b.listen(80, (server) => server.onEnd(() => server.close()));
    world.at(0, () => {
      a.connect(b, 80, { local: { port: PORT } })
        .send('the old secret')
        .close();
    });
    world.at(AGAIN, () => {
      const fresh = a.tryConnect(b, 80, { local: { port: PORT } });
      world.after(300 * MILLISECOND, () => fresh?.send('the new words'));
    });
    if (stranger !== 'nobody')
      world.at(3100 * MILLISECOND, () => {
        forge(world, b, stranger === 'knows');
      });
  },
  beats: [
    {
      id: 'first-isn',
      when: when.sent('A', 'syn', { again: false }),
      en: 'A’s bytes begin at a number that looks random: the ISN. It is made from a clock and from a secret that only A knows.',
      ko: 'A의 바이트는 무작위로 보이는 번호에서 시작한다. 이것이 ISN이다. 시계와, A만 아는 비밀 값으로 만든다.',
    },
    {
      id: 'stuck',
      when: (moment) =>
        when.sent('A')(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.length > 0 &&
        moment.frame.ends - moment.frame.sent > SECOND,
      en: 'A’s words get stuck somewhere on the way. A will say them again, and all ends well; but this segment is still out there.',
      ko: 'A의 말이 가는 길 어딘가에서 막힌다. A가 다시 말하므로 연결은 잘 끝난다. 하지만 이 세그먼트는 아직 어딘가에 남아 있다.',
    },
    {
      id: 'second-isn',
      when: when.sent('A', 'syn', { again: false }),
      nth: 2,
      en: 'Later A calls again, from the same port to the same port. (Our machines forget old connections much too soon here, so that you can see it: MSL is half a second.) Look at the number: it is another one.',
      ko: '나중에 A가 같은 포트에서 같은 포트로 다시 연결한다. (여기서는 이것을 보여 주려고 옛 연결을 일부러 너무 일찍 잊는다. MSL이 0.5초다.) 번호를 보자. 전과 다르다.',
    },
    {
      id: 'old-arrives',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.host === 'B' &&
        moment.time > AGAIN &&
        moment.frame.sent < AGAIN &&
        moment.row.event.segment.payload.length > 0 &&
        moment.row.marks.has('dropped'),
      en: 'Now the old words arrive, in the middle of the new connection! But their number lies outside the window of what B awaits. B drops them, and says which number it waits for.',
      ko: '이제 옛 연결에서 한 말이 새 연결 한가운데에 도착한다! 하지만 그 번호는 B가 기다리는 윈도우 밖이다. B는 그것을 버리고, 몇 번을 기다리는지 말한다.',
    },
    {
      id: 'port-taken',
      when: when.call('A', 'refused'),
      en: 'A wants to call again from the same port, but the old connection there is not over yet: "address already in use".',
      ko: 'A가 같은 포트에서 다시 연결하려고 하지만, 그 포트의 옛 연결이 아직 끝나지 않았다. "주소가 이미 사용 중입니다(address already in use)."',
    },
    {
      id: 'forged-wrong',
      when: (moment) => moment.kind === 'arrived' && moment.frame.isGhost && moment.row.marks.has('dropped'),
      en: 'A stranger who cannot see the wire has sent this in A’s name, with a guessed number. One of four thousand million: it does not fit, and is dropped.',
      ko: '회선을 엿볼 수 없는 제3자가 번호를 찍어서 A인 척 보냈다. 40억 개가 넘는 번호 가운데 하나다. 맞지 않으니 B는 버린다.',
    },
    {
      id: 'forged-right',
      when: (moment) => moment.kind === 'arrived' && moment.frame.isGhost && !moment.row.marks.has('dropped'),
      en: 'This stranger knows the number, and B believes every word. That is why the ISN must not be guessed: in 1985 it could be, and in 1994 somebody broke into machines that way.',
      ko: '이 제3자는 번호를 안다. B는 그 말을 그대로 믿는다. 그래서 ISN은 알아맞힐 수 없어야 한다. 1985년에는 알아맞힐 수 있었고, 1994년에는 실제로 그렇게 침입한 사람이 있었다.',
    },
    {
      id: 'storm',
      when: (moment) => moment.kind === 'sent' && moment.host === 'A' && moment.row.reading.purpose === 'challenge',
      nth: 3,
      en: 'B acknowledges words that A has never said. A protests, B answers, A protests … This is an "ACK storm", and a sign that somebody has broken in. It ends when a segment of it is lost.',
      ko: 'B는 A가 한 적 없는 말을 받았다고 한다. A는 아니라고 하고, B는 또 답하고, A는 또 아니라고 한다…. 이것이 "ACK 폭풍"이며, 누군가 침입했다는 신호다. 그중 하나가 사라져야 멈춘다.',
    },
  ],
  claims: [
    delivers('A', 14),
    claim(
      { en: 'The two connections begin at different numbers.', ko: '두 연결은 서로 다른 번호에서 시작한다.' },
      (run) => run.variables('A', 0)?.snd.iss !== run.variables('A', 1)?.snd.iss,
    ),
    claim(
      {
        en: 'In the second connection B’s program reads the new words and nothing else.',
        ko: '두 번째 연결에서 B의 프로그램은 새 말만 읽는다.',
      },
      (run) => heardBy(run.host('B'), 1) === 'the new words',
    ),
  ],
  suggestions: [
    {
      id: 'guess',
      title: { en: 'A stranger guesses', ko: '제3자가 번호를 찍을 때' },
      look: {
        en: 'Somebody sends "I am A, really" with a number drawn by lot. See what B answers, and to whom.',
        ko: '누군가 아무 번호나 찍어서 "I am A, really"를 보낸다. B가 누구에게 뭐라고 답하는지 보자.',
      },
      actions: [set('stranger', 'guesses')],
      claims: [
        claim(
          { en: 'B’s program reads the new words only.', ko: 'B의 프로그램은 새 말만 읽는다.' },
          (run) => heardBy(run.host('B'), 1) === 'the new words',
        ),
      ],
    },
    {
      id: 'too-early',
      title: { en: 'The first connection lasts longer', ko: '첫 연결이 더 오래갈 때' },
      look: {
        en: 'The first SYN-ACK is half a second late, and so is all that follows. Then A wants the port while TIME-WAIT still keeps it.',
        ko: '첫 SYN-ACK가 0.5초 늦고, 그 뒤도 모두 늦어진다. 그래서 A는 아직 TIME-WAIT에 묶여 있는 포트를 쓰려고 하게 된다.',
      },
      actions: [delay('R1', SECOND / 2), delay('L3', 3 * SECOND)],
      claims: [
        claim(
          {
            en: 'There is no second connection: the port is taken.',
            ko: '두 번째 연결은 없다. 포트가 이미 쓰이고 있다.',
          },
          (run) => run.host('A').talks.length === 1 && run.moments.some(when.call('A', 'refused')),
        ),
      ],
    },
    {
      id: 'know',
      title: { en: 'A stranger knows the number', ko: '제3자가 번호를 알 때' },
      look: {
        en: 'The same, with the right number. What does B’s program read, and what becomes of A’s own words?',
        ko: '이번에는 맞는 번호로 보낸다. B의 프로그램은 무엇을 읽고, A의 진짜 말은 어떻게 될까?',
      },
      actions: [set('stranger', 'knows')],
      claims: [
        claim(
          { en: 'B’s program reads words that A never said.', ko: 'B의 프로그램은 A가 한 적 없는 말을 읽는다.' },
          (run) => heardBy(run.host('B'), 1).startsWith('I am A, really') && deliveryOf(run, 'A', 1)?.inOrder === false,
        ),
      ],
    },
  ],
});

/** Somebody sends words to B as if they came from A. */
function forge(world: World, b: Host, knows: boolean): void {
  const awaited = b.talks.at(-1)?.connection;
  const record = b.records.at(-1);
  const rcv = record?.variables?.rcv;
  if (awaited === undefined || rcv === undefined) return;
  const seq = knows ? rcv.nxt : (rcv.nxt + 1_234_567_890) >>> 0;
  world.inject('left', {
    ...{ src: { port: PORT }, flags: FLAG.PSH | FLAG.ACK, seq },
    ...{ ack: (record?.variables?.snd.nxt ?? 0) >>> 0, payload: new TextEncoder().encode('I am A, really') },
  });
}

/** The text that a program has read. */
function heardBy(host: Host, number: number): string {
  const talk = host.talks[number];
  return talk === undefined ? '' : talk.heard.map((bytes) => new TextDecoder().decode(bytes)).join('');
}
