import {
  amount,
  defineLesson,
  drop,
  ends,
  loses,
  MILLISECOND,
  never,
  passes,
  resends,
  SECOND,
  sends,
  set,
  when,
} from '../engine';

/** Both hang up at once. */
export const simultaneousClose = defineLesson({
  id: 'simultaneous-close',
  group: 'closing',
  title: { en: 'Both hang up at once', ko: '동시에 끊기' },
  summary: {
    en: 'Both programs close at the same moment, and the two FINs cross on the way. Who was first?',
    ko: '두 프로그램이 같은 순간에 닫고, FIN 두 개가 도중에 엇갈린다. 누가 먼저일까?',
  },
  goal: {
    en: 'You can say what CLOSING means, and why both ends wait in TIME-WAIT here.',
    ko: 'CLOSING이 무슨 뜻인지, 왜 여기서는 양쪽 모두 TIME-WAIT에서 기다리는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.3.2'],
  glossary: [
    {
      word: 'CLOSING',
      means: {
        en: 'Both have said FIN, and this end still waits for the ACK of its own.',
        ko: '양쪽 모두 FIN을 보냈고, 내 FIN의 ACK를 아직 기다리는 상태.',
      },
    },
  ],
  settings: {
    late: amount(0, { en: 'B hangs up later by', ko: 'B가 늦게 끊는 시간' }, { min: 0, max: 100, step: 5, unit: 'ms' }),
  },
  setup: () => ({ tcp: { tailLossProbe: false, rto: { min: SECOND } } }),
  script: (world, { late }) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      world.at((200 + late) * MILLISECOND, () => server.close());
    });
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      world.at(200 * MILLISECOND, () => client.close());
    });
  },
  beats: [
    {
      id: 'cross',
      when: (moment) => when.sent('B', 'first-fin')(moment) && moment.time < 220 * MILLISECOND,
      en: 'A says FIN, and before it arrives B says FIN, too. Both go to FIN-WAIT-1: each believes that it hangs up first.',
      ko: 'A가 FIN을 보내고, 그것이 도착하기 전에 B도 FIN을 보낸다. 둘 다 FIN-WAIT-1이 된다. 서로 자기가 먼저 끊는 줄 안다.',
    },
    {
      id: 'closing',
      when: when.state('A', 'CLOSING'),
      en: 'Each expected the ACK of its FIN and hears a FIN. That is acknowledged, and the state is CLOSING: "you hang up, too; only my ACK is missing".',
      ko: '내 FIN의 ACK를 기다렸는데 FIN이 들린다. 그 FIN에 ACK를 보내고 CLOSING이 된다. "너도 끊는구나. 내 FIN의 ACK만 오면 돼."',
    },
    {
      id: 'both-wait',
      when: (moment) => when.state('A', 'TIME-WAIT', 'CLOSING')(moment),
      en: 'The ACKs are there. Each has sent a last ACK that may be lost, so each waits in TIME-WAIT. Nobody had to decide who was first.',
      ko: 'ACK가 왔다. 둘 다 사라질지도 모르는 마지막 ACK를 보냈으니, 둘 다 TIME-WAIT에서 기다린다. 누가 먼저인지 정할 필요는 없었다.',
    },
    {
      id: 'not-crossed',
      when: when.state('B', 'CLOSE-WAIT'),
      en: 'A’s FIN arrived before B hung up: B is second, and all goes the usual way.',
      ko: 'B가 끊기 전에 A의 FIN이 도착했다. B가 두 번째이고, 보통 종료와 같아진다.',
    },
    {
      id: 'over',
      when: when.timer('A', 'time-wait'),
      en: '2 MSL (twice the longest life of a segment) are over: A forgets the connection.',
      ko: '2 MSL(세그먼트 최대 수명의 두 배)이 지났다. A는 연결을 잊는다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'CLOSING', 'TIME-WAIT', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'CLOSING', 'TIME-WAIT', 'CLOSED'),
    loses(0),
  ],
  suggestions: [
    {
      id: 'later',
      title: { en: 'B hangs up 30 ms later', ko: 'B가 30ms 늦게 끊기' },
      look: {
        en: 'A FIN takes 20 ms. Ten more, and nothing crosses any more.',
        ko: 'FIN은 20ms 걸린다. 10ms만 더 늦어도 엇갈리지 않는다.',
      },
      actions: [set('late', 30)],
      claims: [
        ends('CLOSED', 'CLOSED'),
        never('A', 'CLOSING'),
        passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'),
      ],
    },
    {
      id: 'lose-fin',
      title: { en: 'Lose A’s FIN', ko: 'A의 FIN 없애기' },
      look: {
        en: 'Only B’s FIN arrives. Look which state A comes into, and what B must wait for.',
        ko: 'B의 FIN만 도착한다. A는 어떤 상태가 되고, B는 무엇을 기다려야 할까?',
      },
      actions: [drop('L4')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'CLOSING', 'TIME-WAIT', 'CLOSED'),
        never('B', 'CLOSING'),
        resends('A', 'first-fin', SECOND),
      ],
    },
    {
      id: 'lose-both',
      title: { en: 'Lose both FINs', ko: 'FIN 둘 다 없애기' },
      look: {
        en: 'A second later both say it again, and cross again.',
        ko: '1초 뒤 둘 다 다시 말하고, 또 엇갈린다.',
      },
      actions: [drop('L4'), drop('R3')],
      claims: [ends('CLOSED', 'CLOSED'), sends('A', 'first-fin', 2), sends('B', 'first-fin', 2)],
    },
  ],
});
