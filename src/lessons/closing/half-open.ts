import { act, choice, claim, defineLesson, MILLISECOND, SECOND, segmentsOf, set, when, type Moment } from '../engine';

/** One end has forgotten the connection, the other does not know. */
export const halfOpen = defineLesson({
  id: 'half-open',
  group: 'closing',
  title: { en: 'The half-open connection', ko: '반만 열린 연결(half-open)' },
  summary: {
    en: 'B’s machine crashes and comes up again. A still believes in the connection. TCP says nothing unless there is something to say.',
    ko: 'B의 컴퓨터가 꺼졌다 켜진다. A는 아직 연결되었다고 믿는다. TCP는 할 말이 없으면 아무 말도 하지 않는다.',
  },
  goal: {
    en: 'You can say why a dead connection can look alive for hours, and three ways in which it comes to light.',
    ko: '죽은 연결이 왜 몇 시간이나 살아 있는 것처럼 보일 수 있는지, 그것이 드러나는 세 가지 길은 무엇인지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5.1', 'RFC 9293 §3.8.4', 'RFC 9293 §3.8.3'],
  glossary: [
    {
      word: 'half-open',
      means: {
        en: 'One end has the connection, the other has lost it.',
        ko: '반만 열린 연결: 한쪽에는 연결이 있고, 다른 쪽에는 없어진 상태.',
      },
    },
    {
      word: 'keep-alive',
      means: {
        en: 'A segment without news, sent after a long silence to see whether anybody answers. Off unless a program asks for it; and then only after two hours, if it does not ask for less.',
        ko: 'keep-alive: 오래 조용할 때 상대가 있는지 알아보려고 보내는 빈 세그먼트. 프로그램이 요청해야 켜지고, 간격을 따로 정하지 않으면 두 시간이 지나야 보낸다.',
      },
    },
  ],
  settings: {
    keepAlive: choice(
      'off',
      { en: 'A checks whether B is there (keep-alive)', ko: 'A가 B를 확인하는 때(keep-alive)' },
      { off: { en: 'off', ko: '끔' }, on: { en: 'after 10 s of silence', ko: '10초 동안 조용하면' } },
    ),
    speaks: choice(
      'late',
      { en: 'A says something', ko: 'A가 말한다' },
      { late: { en: 'after a minute', ko: '1분 뒤' }, never: { en: 'never again', ko: '다시는 말하지 않는다' } },
    ),
    comesBack: choice(
      'soon',
      { en: 'B comes up again', ko: 'B가 다시 켜진다' },
      { soon: { en: 'after 2 s', ko: '2초 뒤' }, never: { en: 'never', ko: '켜지지 않는다' } },
    ),
  },
  setup: ({ keepAlive }) => ({
    each: { A: keepAlive === 'on' ? { keepAlive: { idle: 10 * SECOND, interval: 2 * SECOND, probes: 3 } } : {} },
    tcp: { tailLossProbe: false, rto: { min: SECOND }, r2: 100 * SECOND },
    until: 400 * SECOND,
  }),
  script: (world, { speaks, comesBack }) => {
    const { a, b } = world;
    b.listen(80);
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      if (speaks === 'late') world.at(60 * SECOND, () => client.send('are you there?'));
    });
    world.at(5 * SECOND, () => {
      b.crash(comesBack === 'soon' ? 2 * SECOND : Infinity);
    });
  },
  beats: [
    {
      id: 'crash',
      when: when.call('B', 'crash'),
      en: 'B loses its power. There is no FIN and no RST: B has no time for last words. To A nothing has changed: ESTABLISHED.',
      ko: 'B의 전원이 나간다. FIN도 RST도 없다. B에게는 마지막 말을 할 시간이 없었다. A에게는 달라진 것이 없다: ESTABLISHED.',
    },
    {
      id: 'boot',
      when: when.call('B', 'boot'),
      en: 'B is up again and has forgotten everything. The connection is half-open now: it exists at one end only. Silence tells nothing, so this may last for days.',
      ko: 'B가 다시 켜졌지만 모두 잊었다. 이제 한쪽에만 있는, 반만 열린 연결이다. 조용하기만 해서는 아무것도 알 수 없으니 며칠이라도 갈 수 있다.',
    },
    {
      id: 'crash-too',
      when: when.call('A', 'crash'),
      en: 'A loses its power, too. Whatever it still knew of the connection is gone: nobody gets an error, and no segment is needed for that.',
      ko: 'A의 전원도 나간다. 연결에 대해 알던 것이 있었더라도 이제 모두 사라진다. 오류를 받는 쪽도 없고, 그러는 데 세그먼트도 필요 없다.',
    },
    {
      id: 'speaks',
      when: (moment) => when.sent('A', 'data', { again: false })(moment) && moment.time > 5 * SECOND,
      en: 'Much later A has something to say.',
      ko: '한참 뒤 A에게 할 말이 생겼다.',
    },
    {
      id: 'probe',
      when: when.sent('A', 'keep-alive'),
      en: 'Ten seconds of silence, and A asks "still there?": a segment with an old number that anybody who has the connection must answer.',
      ko: '10초 동안 조용하자 A가 묻는다. "아직 거기 있어?" 연결을 가진 쪽이라면 반드시 답해야 하는, 옛 번호의 세그먼트다.',
    },
    {
      id: 'rst',
      when: when.sent('B', 'no-such-connection'),
      en: 'B knows of no such connection and says so: RST. Now A learns it, too.',
      ko: 'B는 그런 연결을 모른다고 말한다: RST. 이제 A도 알게 된다.',
    },
    {
      id: 'no-answer',
      when: (moment) => moment.kind === 'lost' && moment.host === 'A' && moment.why === 'nowhere',
      en: 'Nobody is there to take the segment. Nor is anybody there to say so.',
      ko: '세그먼트를 받을 사람이 없다. 없다고 말해 줄 사람도 없다.',
    },
    {
      id: 'gone',
      when: (moment) =>
        when.state('A', 'CLOSED')(moment) &&
        moment.kind === 'state' &&
        ['rcv RST', 'user timeout'].includes(moment.event),
      en: 'A gives the connection up, and its program is told.',
      ko: 'A는 연결을 포기하고, 프로그램에 알린다.',
    },
  ],
  claims: [
    claim(
      {
        en: 'For 55 seconds A is in ESTABLISHED and B knows nothing.',
        ko: '55초 동안 A는 ESTABLISHED이고 B는 아무것도 모른다.',
      },
      (run) => closedAt(run.moments) === 60 * SECOND + 40 * MILLISECOND,
    ),
    claim(
      { en: 'A’s words are answered by one RST.', ko: 'A의 말에 B는 RST 하나로 답한다.' },
      (run) => segmentsOf(run, 'B', 'no-such-connection').length === 1,
    ),
  ],
  suggestions: [
    {
      id: 'keep-alive',
      title: { en: 'Turn keep-alive on', ko: 'keep-alive 켜기' },
      look: {
        en: 'A asks after 10 seconds of silence. How much sooner does it know?',
        ko: 'A는 10초 동안 조용하면 묻는다. 얼마나 더 일찍 알게 될까?',
      },
      actions: [set('keepAlive', 'on')],
      claims: [
        claim(
          { en: 'A knows after less than 11 s.', ko: 'A는 11초 안에 안다.' },
          (run) => (closedAt(run.moments) ?? Infinity) < 11 * SECOND,
        ),
      ],
    },
    {
      id: 'silence',
      title: { en: 'Nobody says anything', ko: '아무도 말하지 않기' },
      look: {
        en: 'No keep-alive, no words. When does A find out?',
        ko: 'keep-alive도 없고 말도 없다. A는 언제 알게 될까?',
      },
      actions: [set('speaks', 'never')],
      claims: [
        claim(
          { en: 'A stays in ESTABLISHED for ever.', ko: 'A는 언제까지나 ESTABLISHED에 머문다.' },
          (run) => run.state('A') === 'ESTABLISHED' && run.done,
        ),
      ],
    },
    {
      id: 'stays-down',
      title: { en: 'B stays down', ko: 'B가 켜지지 않기' },
      look: {
        en: 'Nobody can say RST. So A repeats, backs off, and gives up by the clock (after 100 s here; many systems take a quarter of an hour).',
        ko: 'RST를 보낼 사람도 없다. A는 다시 보내고, 점점 오래 기다리다가, 정해진 시간이 지나면 그만둔다. (여기서는 100초, 많은 시스템에서는 15분쯤 걸린다.)',
      },
      actions: [set('comesBack', 'never')],
      claims: [
        claim(
          { en: 'A gives up after more than 100 s of trying.', ko: 'A는 100초 넘게 애쓰다가 그만둔다.' },
          (run) => (closedAt(run.moments) ?? 0) > 160 * SECOND,
        ),
      ],
    },
    {
      id: 'crash-later',
      title: { en: 'A crashes as well', ko: 'A도 꺼지기' },
      look: {
        en: 'After 30 s A loses its power, too. Now both have forgotten it, and nothing remains of the connection.',
        ko: '30초 뒤 A의 전원도 나간다. 이제 둘 다 잊었고, 연결은 흔적도 없다.',
      },
      actions: [act(30 * SECOND, 'A', 'crash')],
      claims: [
        claim(
          { en: 'No RST was needed.', ko: 'RST가 필요 없었다.' },
          (run) => segmentsOf(run, 'B', 'no-such-connection').length === 0,
        ),
      ],
    },
  ],
});

/** When A's connection ended, µs. */
function closedAt(moments: readonly Moment[]): number | undefined {
  return moments.find((moment) => when.state('A', 'CLOSED')(moment))?.time;
}
