import {
  amount,
  claim,
  defineLesson,
  delivers,
  MILLISECOND,
  segmentsOf,
  set,
  when,
  type Run,
  type Talk,
  type World,
} from '../engine';

const BYTES = 4000;
const ROOM = 1000;

/** The receiver reads in crumbs, and yet no crumbs are sent. */
export const sillyWindow = defineLesson({
  id: 'silly-window',
  group: 'flow',
  title: { en: 'The silly window', ko: '어리석은 윈도우' },
  summary: {
    en: 'B’s program reads a few bytes at a time. If B told of every bit of room, A would send crumbs for ever: 40 bytes of header for 20 of data.',
    ko: 'B의 프로그램이 몇 바이트씩 읽는다. B가 자리가 조금 날 때마다 알린다면 A는 끝없이 부스러기만 보내게 된다. 데이터 20바이트에 헤더가 40바이트다.',
  },
  goal: {
    en: 'You can say why a receiver keeps quiet about a little room, and why a sender does not use it.',
    ko: '자리가 조금 났을 때 받는 쪽은 왜 알리지 않는지, 보내는 쪽은 왜 그런 자리를 쓰지 않는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.8.6.2', 'RFC 813'],
  glossary: [
    {
      word: 'silly window syndrome',
      means: {
        en: 'A connection that has got used to tiny segments: a small window, a small segment, a small ACK, and so on for ever.',
        ko: '어리석은 윈도우 증후군: 작은 윈도우, 작은 세그먼트, 작은 ACK가 끝없이 되풀이되는 연결.',
      },
    },
  ],
  panels: ['windows', 'plots'],
  settings: {
    crumb: amount(
      20,
      { en: 'B’s program reads', ko: 'B의 프로그램이 읽는 양' },
      { min: 10, max: 1000, step: 10, unit: 'bytes' },
    ),
    every: amount(5, { en: 'every', ko: '읽는 간격' }, { min: 1, max: 50, step: 1, unit: 'ms' }),
  },
  setup: () => ({
    piggyback: true,
    // A window that A's segments fill, so that each piece of room matters.
    each: { B: { receiveBuffer: ROOM, delayedAck: 0 } },
  }),
  script: (world, { crumb, every }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      readInCrumbs(world, server, crumb, every * MILLISECOND);
    });
    world.at(0, () => {
      a.connect(b, 80).send(BYTES);
    });
  },
  beats: [
    {
      id: 'full',
      when: when.sent('B', 'zero-window'),
      en: 'B’s room of 1,000 bytes is full. From now on each byte that B’s program reads makes room for one more.',
      ko: 'B의 1,000바이트 자리가 꽉 찼다. 이제 B의 프로그램이 한 바이트를 읽을 때마다 한 바이트만큼 자리가 난다.',
    },
    {
      id: 'quiet',
      when: when.call('B', 'read'),
      nth: 12,
      en: 'B’s program reads and reads, a few bytes at a time, and B says nothing. It waits until the room is worth a segment: half of all its room, or one full segment.',
      ko: 'B의 프로그램은 몇 바이트씩 계속 읽지만 B는 아무 말도 하지 않는다. 세그먼트를 보낼 만한 자리가 날 때까지 기다린다. 전체 자리의 절반, 또는 꽉 찬 세그먼트 하나만큼이다.',
    },
    {
      id: 'worth',
      when: when.sent('B', 'window-update'),
      en: 'Now half of it is free, and B says so: one window update for all those reads.',
      ko: '절반이 비자 B가 말한다. 여러 번 읽은 것을 윈도우 갱신 한 번으로 알린다.',
    },
    {
      id: 'big',
      when: (moment) =>
        when.sent('A', 'data', { again: false })(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.length >= ROOM / 2,
      nth: 2,
      en: 'And A sends one decent segment, where it might have sent dozens of crumbs.',
      ko: '부스러기 수십 개를 보낼 수도 있었던 A가 쓸 만한 세그먼트 하나를 보낸다.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    claim(
      {
        en: 'A never sends less than 400 bytes of data, but for the last piece and probes.',
        ko: '마지막 조각과 프로브를 빼면 A는 데이터를 400바이트보다 작게 보내지 않는다.',
      },
      (run) => crumbs(run) === 0,
    ),
    claim(
      {
        en: 'B reads 200 times and tells of room fewer than ten times.',
        ko: 'B는 200번 읽지만 자리가 났다고 알리는 것은 열 번이 안 된다.',
      },
      (run) => reads(run) === 200 && segmentsOf(run, 'B', 'window-update').length < 10,
    ),
  ],
  suggestions: [
    {
      id: 'finer',
      title: { en: 'Finer crumbs', ko: '더 잘게 읽기' },
      look: {
        en: '10 bytes at a time, twice as often. On the wire hardly anything changes.',
        ko: '10바이트씩, 두 배 자주 읽는다. 회선에서는 거의 달라지지 않는다.',
      },
      actions: [set('crumb', 10), set('every', 2)],
      claims: [
        delivers('A', BYTES),
        claim(
          {
            en: 'B reads 400 times; A still sends no crumbs.',
            ko: 'B는 400번 읽지만 A는 여전히 부스러기를 보내지 않는다.',
          },
          (run) => reads(run) === 400 && crumbs(run) === 0,
        ),
      ],
    },
    {
      id: 'large-bites',
      title: { en: 'Large bites', ko: '크게 읽기' },
      look: {
        en: 'B’s program takes 500 bytes at once. Each time the room is worth a segment.',
        ko: 'B의 프로그램이 한 번에 500바이트씩 읽는다. 읽을 때마다 세그먼트 하나만큼 자리가 난다.',
      },
      actions: [set('crumb', 500), set('every', 50)],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'B reads eight times.', ko: 'B는 여덟 번 읽는다.' },
          (run) => reads(run) === 8 && crumbs(run) === 0,
        ),
      ],
    },
  ],
});

function readInCrumbs(world: World, talk: Talk, bytes: number, every: number): void {
  talk.pause();
  const again = (): void => {
    // A program reads when there is something to read.
    if (talk.connection.readable) talk.read(bytes);
    // What the reader lets A say besides is read at once.
    if (talk.heardBytes >= BYTES) talk.resume();
    else if (!talk.isBroken) world.after(every, again);
  };
  world.after(every, again);
}

/** Small segments that A has sent, without the last piece and probes. */
function crumbs(run: Run): number {
  const last = BYTES + 1;
  return segmentsOf(run, 'A', 'data').filter(
    ({ reading }) => reading.length < 400 && reading.seq + reading.length < last,
  ).length;
}

function reads(run: Run): number {
  return run.moments.filter(when.call('B', 'read')).length;
}
