import { claim, defineLesson, drop, ends, loses, MILLISECOND, passes, resends, SECOND, sends, when } from '../engine';

/** The very last segment is lost. */
export const lostLastAck = defineLesson({
  id: 'lost-last-ack',
  group: 'losses',
  title: { en: 'The lost last ACK', ko: '사라진 마지막 ACK' },
  summary: {
    en: 'Both have hung up, and A’s last "all right" is lost. A cannot know. Good that it has not left yet.',
    ko: '둘 다 끊었는데 A의 마지막 "알겠어"가 사라진다. A는 그것을 알 수 없다. 아직 자리를 뜨지 않아서 다행이다.',
  },
  goal: {
    en: 'You can say what TIME-WAIT is good for, seen from the other end.',
    ko: 'TIME-WAIT가 상대에게 왜 필요한지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.10.7.4', 'RFC 9293 §3.4.2'],
  glossary: [
    {
      word: 'TIME-WAIT',
      means: {
        en: 'Who hung up first stays for twice the longest life of a segment (2 MSL), to repeat its last ACK if need be.',
        ko: '먼저 끊은 쪽이 세그먼트 최대 수명의 두 배(2 MSL) 동안 남아 있는 상태. 필요하면 마지막 ACK를 다시 보내 준다.',
      },
    },
    {
      word: 'MSL',
      means: {
        en: 'Maximum segment lifetime: how long a segment can be on its way at most. 30 s here; RFC 9293 says 2 minutes.',
        ko: '세그먼트 최대 수명: 세그먼트가 길에 머물 수 있는 가장 긴 시간. 여기서는 30초, RFC 9293에서는 2분.',
      },
    },
  ],
  settings: {},
  actions: [drop('L5')],
  setup: () => ({ tcp: { tailLossProbe: false, rto: { min: SECOND } } }),
  script: (world) => {
    const { a, b } = world;
    b.listen(80, (server) =>
      server.onEnd(() => {
        world.after(100 * MILLISECOND, () => server.leave());
      }),
    );
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      world.at(200 * MILLISECOND, () => client.close());
    });
  },
  beats: [
    {
      id: 'last',
      when: when.sent('A', 'last-ack'),
      en: 'A says the last "all right" (ACK) and goes to TIME-WAIT. Nobody answers this one, so A will never know whether it arrived.',
      ko: 'A가 마지막 "알겠어"(ACK)를 말하고 TIME-WAIT로 간다. 여기에는 아무도 답하지 않으니, 도착했는지 A는 끝내 알 수 없다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'last-ack'),
      en: 'It is lost. B is in LAST-ACK, waits, and its clock runs.',
      ko: '그 말이 사라졌다. B는 LAST-ACK에서 기다리고, B의 타이머는 돌아가고 있다.',
    },
    {
      id: 'again',
      when: when.sent('B', 'second-fin', { again: true }),
      en: 'B’s clock goes off, and B says its FIN again: "I am hanging up too. did you hear?"',
      ko: 'B의 타이머가 울리고, B가 FIN을 다시 보낸다. "나도 끊을게. 들었어?"',
    },
    {
      id: 'answered',
      when: when.arrived('A', 'second-fin', { again: true }),
      en: 'A is still there, in TIME-WAIT, and repeats its ACK. It also starts its wait of 2 MSL anew. Had A left already, B would have got a RST, and its program an error.',
      ko: 'A는 아직 TIME-WAIT에 있으므로 ACK를 다시 보내 준다. 그리고 2 MSL을 처음부터 다시 기다린다. A가 이미 떠났다면 B는 RST를 받고, B의 프로그램은 오류를 받았을 것이다.',
    },
    {
      id: 'gives-up',
      when: when.state('B', 'CLOSED', 'LAST-ACK', 'user timeout'),
      en: 'B has asked for minutes and heard nothing. It gives up: CLOSED. All its data was acknowledged long ago, so nothing is lost but the last word.',
      ko: 'B는 몇 분 동안 물었지만 아무 말도 듣지 못해 그만둔다: CLOSED. 데이터는 이미 오래전에 모두 확인받았으니, 잃은 것은 마지막 한마디뿐이다.',
    },
    {
      id: 'closed',
      when: when.state('B', 'CLOSED', 'LAST-ACK', 'rcv ACK of FIN'),
      en: 'B is done: CLOSED.',
      ko: 'B는 할 일을 다 했다: CLOSED.',
    },
    {
      id: 'over',
      when: when.timer('A', 'time-wait'),
      en: '2 MSL without another word: either B has heard, or B has given up. A can do no more, and forgets the connection.',
      ko: '2 MSL 동안 아무 말이 없다. B가 들었거나, 아니면 포기한 것이다. A가 할 수 있는 일은 더 없으니 연결을 잊는다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    resends('B', 'second-fin', SECOND),
    sends('A', 'last-ack', 2),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    claim(
      {
        en: 'TIME-WAIT lasts 60 s, counted from B’s second FIN.',
        ko: 'TIME-WAIT는 B의 두 번째 FIN부터 60초 동안 이어진다.',
      },
      (run) => {
        const over = run.moments.find((moment) => when.timer('A', 'time-wait')(moment));
        const heard = run.moments.find((moment) => when.arrived('A', 'second-fin', { again: true })(moment));
        return over !== undefined && heard !== undefined && over.time - heard.time === 60 * SECOND;
      },
    ),
  ],
  suggestions: [
    {
      id: 'lose-two',
      title: { en: 'Lose it twice', ko: '두 번 없애기' },
      look: {
        en: 'B asks after one second and after two more; each time A starts its wait anew.',
        ko: 'B는 1초 뒤, 다시 2초 뒤에 묻는다. 그때마다 A는 기다리는 시간을 처음부터 다시 센다.',
      },
      actions: [drop('L5'), drop('L6')],
      claims: [ends('CLOSED', 'CLOSED'), resends('B', 'second-fin', SECOND, 2 * SECOND)],
    },
    {
      id: 'lose-all',
      title: { en: 'Nothing of A arrives any more', ko: 'A의 말이 더는 닿지 않을 때' },
      look: {
        en: 'B has said FIN again and again. What becomes of B, and how long does it take?',
        ko: 'B는 FIN을 거듭 다시 보낸다. B는 어떻게 되고, 얼마나 걸릴까?',
      },
      actions: Array.from({ length: 20 }, (_, at) => drop(`L${at + 5}`)),
      claims: [
        claim(
          { en: 'B gives up in the end, after minutes.', ko: 'B는 몇 분 뒤에 결국 그만둔다.' },
          (run) => run.host('B').stack.tcp.connections().length === 0 && run.now > 60 * SECOND,
        ),
      ],
    },
    {
      id: 'no-loss',
      title: { en: 'Lose nothing', ko: '아무것도 없애지 않기' },
      look: {
        en: 'A waits just as long, for it cannot know that nothing was lost.',
        ko: 'A는 똑같이 오래 기다린다. 사라진 것이 없다는 사실을 알 수 없기 때문이다.',
      },
      actions: [],
      claims: [ends('CLOSED', 'CLOSED'), sends('B', 'second-fin', 1), loses(0)],
    },
  ],
});
