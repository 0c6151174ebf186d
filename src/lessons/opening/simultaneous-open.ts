import {
  amount,
  claim,
  defineLesson,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  SECOND,
  resends,
  sends,
  set,
  when,
} from '../engine';

/** Both call at the same time. */
export const simultaneousOpen = defineLesson({
  id: 'simultaneous-open',
  group: 'opening',
  title: { en: 'Both call at once', ko: '양쪽이 동시에 연결하기' },
  summary: {
    en: 'Nobody waits to be called: both ends call each other, and their SYNs cross on the way. TCP makes one connection of it.',
    ko: '기다리는 쪽이 없다. 양쪽이 서로 연결을 걸고, SYN 두 개가 도중에 엇갈린다. TCP는 이것을 하나의 연결로 만든다.',
  },
  goal: {
    en: 'You can say why SYN-SENT can lead to SYN-RECEIVED, and why four segments make one connection, not two.',
    ko: 'SYN-SENT에서 왜 SYN-RECEIVED로 갈 수 있는지, 왜 세그먼트 네 개로 연결이 둘이 아니라 하나 생기는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 9293 §3.3.2'],
  glossary: [
    {
      word: 'active OPEN',
      means: {
        en: 'To call somebody. A passive OPEN is to wait for calls. Here both ends are active.',
        ko: '능동 열기: 상대에게 연결을 거는 것. 걸려 오기를 기다리는 것은 수동 열기(passive OPEN). 여기서는 양쪽 다 능동이다.',
      },
    },
  ],
  settings: {
    late: amount(0, { en: 'B calls later by', ko: 'B가 늦게 연결하는 시간' }, { min: 0, max: 60, step: 5, unit: 'ms' }),
  },
  script: (world, { late }) => {
    const { a, b } = world;
    world.at(0, () => {
      a.connect(b, 7000, { local: { port: 6000 } });
    });
    world.at(late * MILLISECOND, () => {
      b.connect(a, 6000, { local: { port: 7000 } });
    });
  },
  beats: [
    {
      id: 'both',
      when: (moment) => when.sent('B', 'syn')(moment) && moment.time < 20 * MILLISECOND,
      en: 'A asks "can you hear me?", and B asks the same, before it has heard A. Each uses the very port that the other calls.',
      ko: 'A가 "들려?" 하고 묻는다. B도 A의 말을 듣기 전에 똑같이 묻는다. 서로 상대가 연결하려는 바로 그 포트를 쓴다.',
    },
    {
      id: 'crossed',
      when: when.state('B', 'SYN-RECEIVED'),
      en: 'Each expected an answer and hears a question. So each answers it: "I hear you. do you hear me?" From SYN-SENT both go to SYN-RECEIVED.',
      ko: '답을 기다렸는데 질문이 들린다. 그래서 서로 답한다. "잘 들려. 내 말은 들려?" 양쪽 다 SYN-SENT에서 SYN-RECEIVED로 간다.',
    },
    {
      id: 'done',
      when: when.state('B', 'ESTABLISHED', 'SYN-RECEIVED'),
      en: 'Each has heard that it is heard: ESTABLISHED, both at the same time. It took four segments, and it is one connection, for addresses and ports are the same pair.',
      ko: '서로 자기 말이 들렸다는 것을 안다. 양쪽이 동시에 ESTABLISHED가 된다. 세그먼트는 네 개가 들었지만 연결은 하나다. 주소와 포트의 쌍이 같기 때문이다.',
    },
    {
      id: 'one-way',
      when: when.state('B', 'ESTABLISHED', 'SYN-SENT'),
      en: 'B has its answer as in any handshake. That A had asked too, B never learns; it makes no difference.',
      ko: 'B는 보통 핸드셰이크처럼 답을 받았다. A도 물었다는 것을 B는 끝내 모르지만, 달라지는 것은 없다.',
    },
    {
      id: 'refused',
      // The first thing that B says: it has not called yet.
      when: (moment) => when.sent('B', 'refusal')(moment) && moment.kind === 'sent' && moment.frame.id?.n === 1,
      en: 'A’s question arrives before B has called: nobody is there, so B says RST. To cross, both must call within the time that a segment takes.',
      ko: 'B가 연결을 걸기 전에 A의 질문이 도착했다. 아무도 없으니 B는 RST를 보낸다. 엇갈리려면 세그먼트 하나가 가는 시간 안에 둘 다 걸어야 한다.',
    },
  ],
  claims: [
    ends('ESTABLISHED', 'ESTABLISHED'),
    passes('A', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED'),
    passes('B', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED'),
    claim({ en: 'There is one connection at each end.', ko: '양쪽에 연결이 하나씩 있다.' }, (run) =>
      ['A', 'B'].every((name) => run.host(name).stack.tcp.connections().length === 1),
    ),
    loses(0),
  ],
  suggestions: [
    {
      id: 'lose-one',
      title: { en: 'Lose A’s SYN', ko: 'A의 SYN 없애기' },
      look: {
        en: 'Now only B’s question arrives. A turns to SYN-RECEIVED, B does not: its question is answered as in the usual handshake.',
        ko: '이제 B의 질문만 도착한다. A는 SYN-RECEIVED가 되지만 B는 아니다. B의 질문은 보통 핸드셰이크처럼 답을 받는다.',
      },
      actions: [drop('L1')],
      claims: [
        ends('ESTABLISHED', 'ESTABLISHED'),
        passes('B', 'SYN-SENT', 'ESTABLISHED'),
        passes('A', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED'),
      ],
    },
    {
      id: 'lose-both',
      title: { en: 'Lose both SYNs', ko: 'SYN 둘 다 없애기' },
      look: {
        en: 'Both wait a second and ask again, and cross once more.',
        ko: '둘 다 1초를 기다렸다가 다시 묻고, 또 엇갈린다.',
      },
      actions: [drop('L1'), drop('R1')],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), resends('A', 'syn', SECOND), resends('B', 'syn', SECOND)],
    },
    {
      id: 'too-late',
      title: { en: 'B calls 30 ms later', ko: 'B가 30ms 늦게 연결하기' },
      look: {
        en: 'A’s SYN takes 20 ms. At 20 ms nobody is at B’s port yet. And B’s own call, what becomes of that?',
        ko: 'A의 SYN은 20ms 걸린다. 그때 B의 포트에는 아직 아무도 없다. 그러면 B가 거는 연결은 어떻게 될까?',
      },
      actions: [set('late', 30)],
      claims: [ends('CLOSED', 'CLOSED'), sends('B', 'refusal', 1)],
    },
  ],
});
