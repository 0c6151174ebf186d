import {
  choice,
  claim,
  defineLesson,
  delivers,
  drop,
  loses,
  MILLISECOND,
  SECOND,
  segmentsOf,
  set,
  when,
  type Run,
} from '../engine';

const BYTES = 12_000;
const WHEN = { never: undefined, soon: 600 * MILLISECOND, late: 5 * SECOND } as const;

/** The receiver's program does not read: the window closes, and A asks now and then whether it has opened. */
export const zeroWindow = defineLesson({
  id: 'zero-window',
  group: 'flow',
  title: { en: 'The closed window', ko: '닫힌 윈도우' },
  summary: {
    en: 'B’s program does not read. B’s room fills up, the window closes, and A may send nothing more. How does A learn that it may again?',
    ko: 'B의 프로그램이 읽지 않는다. 자리가 다 차면 윈도우가 닫히고, A는 더 보낼 수 없다. 다시 보내도 된다는 것을 A는 어떻게 알까?',
  },
  goal: {
    en: 'You can say what a window probe is for, and what would happen without it when one ACK is lost.',
    ko: '윈도우 프로브가 왜 필요한지, 없다면 ACK 하나가 사라졌을 때 무슨 일이 생기는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.8.6.1', 'RFC 9293 §3.8.6'],
  glossary: [
    {
      word: 'zero window',
      means: {
        en: 'A window of 0: "I have no room. Do not send." The connection goes on; only nothing flows.',
        ko: '윈도우 0: "자리가 없어. 보내지 마." 연결은 그대로지만 아무것도 흐르지 않는다.',
      },
    },
    {
      word: 'window probe',
      means: {
        en: 'A tiny segment that must be answered, so that A hears of the window. It is sent at longer and longer intervals.',
        ko: '윈도우 프로브: 반드시 답해야 하는 아주 작은 세그먼트. A가 윈도우를 알아내려고 점점 긴 간격으로 보낸다.',
      },
    },
    {
      word: 'window update',
      means: {
        en: 'An ACK that acknowledges nothing new and only says: "there is room again".',
        ko: '윈도우 갱신: 새로 확인하는 것 없이 "이제 자리가 있어"라고만 말하는 ACK.',
      },
    },
  ],
  panels: ['windows', 'timers', 'plots'],
  settings: {
    reads: choice(
      'late',
      { en: 'B’s program begins to read', ko: 'B의 프로그램이 읽기 시작하는 때' },
      {
        soon: { en: 'after 0.6 s', ko: '0.6초 뒤' },
        late: { en: 'after 5 s', ko: '5초 뒤' },
        never: { en: 'never', ko: '읽지 않음' },
      },
    ),
  },
  setup: () => ({
    wire: { rate: 20_000_000 },
    // Three segments.
    each: { B: { receiveBuffer: 3 * 1448, delayedAck: 0 } },
    piggyback: true,
    until: 120 * SECOND,
  }),
  script: (world, { reads }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      server.pause();
      const time = WHEN[reads];
      if (time !== undefined) world.at(time, () => server.resume());
    });
    world.at(0, () => {
      a.connect(b, 80).send(BYTES);
    });
  },
  beats: [
    {
      id: 'fills',
      when: (moment) =>
        moment.kind === 'sent' && moment.host === 'B' && (moment.row.event.variables?.buffered.receive ?? 0) > 0,
      en: 'B acknowledges what came, but its program does not read it. Each ACK tells a smaller window.',
      ko: 'B는 온 것을 확인하지만 프로그램은 읽지 않는다. ACK마다 윈도우가 작아진다.',
    },
    {
      id: 'closed',
      when: when.sent('B', 'zero-window'),
      en: 'B’s room is full: "window 0". A still has data, and may not send it.',
      ko: 'B의 자리가 꽉 찼다: "윈도우 0". A에게 데이터가 남아 있지만 보낼 수 없다.',
    },
    {
      id: 'probe',
      when: when.sent('A', 'window-probe'),
      en: 'A must not simply wait: B’s "there is room again" might get lost, and then both would wait for ever. So after a while A’s persist timer goes off, and A asks with a probe.',
      ko: 'A는 마냥 기다릴 수 없다. B의 "이제 자리가 있어"가 사라지면 양쪽 모두 영원히 기다리게 된다. 그래서 잠시 뒤 A의 지속 타이머(persist timer)가 울리고, A는 프로브를 보내 묻는다.',
    },
    {
      id: 'answer',
      when: when.arrived('A', 'zero-window', { again: true }),
      en: 'B says once more: still 0. As long as such answers come, B is alive, and A does not give up, however long this lasts.',
      ko: 'B가 다시 말한다. 아직 0이다. 이런 답이 오는 한 B는 살아 있으므로, A는 아무리 오래 걸려도 포기하지 않는다.',
    },
    {
      id: 'back-off',
      when: when.sent('A', 'window-probe'),
      nth: 3,
      en: 'Each pause is twice as long as the one before, up to a minute. Asking more often would only fill the wire.',
      ko: '쉬는 시간은 매번 두 배가 되고, 1분까지 늘어난다. 더 자주 물으면 회선만 차지할 뿐이다.',
    },
    {
      id: 'update',
      when: when.sent('B', 'window-update'),
      en: 'B’s program reads at last, and B says so at once: a window update. Nobody has asked for it, and nobody acknowledges it.',
      ko: '드디어 B의 프로그램이 읽는다. B는 바로 알린다: 윈도우 갱신. 누가 물은 것도 아니고, 누가 확인해 주지도 않는다.',
    },
    {
      id: 'lost',
      when: when.lost('B', 'window-update'),
      en: 'And it is lost. B believes that A knows; A believes that the window is closed. Without probes this would be the end.',
      ko: '그런데 그것이 사라진다. B는 A가 안다고 믿고, A는 윈도우가 닫혀 있다고 믿는다. 프로브가 없다면 여기서 끝이다.',
    },
    {
      id: 'flows',
      when: (moment) => moment.kind === 'sent' && moment.host === 'A' && moment.row.reading.purpose === 'data',
      nth: 5,
      en: 'There is room, and A knows it. The rest flows.',
      ko: '자리가 났고, A도 그것을 안다. 나머지 데이터가 흘러간다.',
    },
  ],
  claims: [
    delivers('A', BYTES),
    claim(
      {
        en: 'A probes, and each pause is twice the one before.',
        ko: 'A가 프로브를 보내고, 쉬는 시간은 매번 두 배가 된다.',
      },
      (run) => {
        const pauses = pausesOf(run);
        return pauses.length >= 3 && pauses.every((pause, at) => at === 0 || isTwice(pause, pauses[at - 1] ?? 0));
      },
    ),
    claim(
      {
        en: 'B opens its window after 5 s, and A goes on a moment later.',
        ko: '5초 뒤 B가 윈도우를 열고, A는 곧 이어서 보낸다.',
      },
      (run) => opened(run) === 5 * SECOND && finished(run) < 5200 * MILLISECOND,
    ),
  ],
  suggestions: [
    {
      id: 'lose-update',
      title: { en: 'Lose the window update', ko: '윈도우 갱신 없애기' },
      look: {
        en: 'B says "there is room again", and A does not hear it. What saves the two?',
        ko: 'B가 "이제 자리가 있어"라고 말하지만 A는 듣지 못한다. 무엇이 둘을 구할까?',
      },
      actions: [drop('R9')],
      claims: [
        delivers('A', BYTES),
        loses(1),
        claim({ en: 'The lost segment is the window update.', ko: '사라진 세그먼트는 윈도우 갱신이다.' }, (run) =>
          segmentsOf(run, 'B', 'window-update').some(({ marks }) => marks.has('lost')),
        ),
        claim(
          {
            en: 'A’s next probe brings it to light, more than a second later.',
            ko: '1초 넘게 지나 A의 다음 프로브로 드러난다.',
          },
          (run) => finished(run) > 6 * SECOND,
        ),
      ],
    },
    {
      id: 'soon',
      title: { en: 'B reads soon', ko: 'B가 곧 읽기' },
      look: {
        en: 'A short pause: one or two probes, and on it goes.',
        ko: '잠깐 멈춘다. 프로브 한두 번이면 다시 이어진다.',
      },
      actions: [set('reads', 'soon')],
      claims: [
        delivers('A', BYTES),
        claim(
          { en: 'Everything is there within a second.', ko: '1초 안에 모두 도착한다.' },
          (run) => finished(run) < SECOND,
        ),
      ],
    },
    {
      id: 'never',
      title: { en: 'B never reads', ko: 'B가 끝까지 읽지 않기' },
      look: {
        en: 'Two minutes of "may I?" and "no". Neither end gives up: as long as B answers, all is well.',
        ko: '2분 동안 "돼?"와 "아니"가 오간다. B가 답하는 한 양쪽 모두 포기하지 않는다.',
      },
      actions: [set('reads', 'never')],
      claims: [
        claim({ en: 'Both ends stay in ESTABLISHED.', ko: '양쪽 모두 ESTABLISHED에 머문다.' }, (run) =>
          ['A', 'B'].every((host) => run.state(host) === 'ESTABLISHED'),
        ),
        claim(
          {
            en: 'In two minutes A probes less than twelve times.',
            ko: '2분 동안 A가 보내는 프로브는 열두 번이 안 된다.',
          },
          (run) => {
            const probes = segmentsOf(run, 'A', 'window-probe').length;
            return probes >= 6 && probes < 12;
          },
        ),
        claim(
          { en: 'B’s program has read nothing.', ko: 'B의 프로그램은 아무것도 읽지 않았다.' },
          (run) => run.talk('B')?.heardBytes === 0,
        ),
      ],
    },
  ],
});

/** Between A's probes, µs. */
function pausesOf(run: Run): number[] {
  const times = segmentsOf(run, 'A', 'window-probe').map(({ time }) => time);
  return times.slice(1).map((time, at) => time - (times[at] ?? 0));
}

function isTwice(one: number, other: number): boolean {
  return Math.abs(one - 2 * other) <= other / 4;
}

/** When B first said that it has room again, µs. */
function opened(run: Run): number {
  return segmentsOf(run, 'B', 'window-update')[0]?.time ?? Infinity;
}

/** When all was acknowledged, µs. */
function finished(run: Run): number {
  return segmentsOf(run, 'B').find(({ reading }) => reading.ack === BYTES + 1)?.arrives ?? Infinity;
}
