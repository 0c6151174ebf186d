import {
  claim,
  defineLesson,
  delivers,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  resends,
  SECOND,
  segmentsOf,
  when,
} from '../engine';

/** "I have sent everything" is lost. */
export const lostFin = defineLesson({
  id: 'lost-fin',
  group: 'losses',
  title: { en: 'A lost FIN', ko: '사라진 FIN' },
  summary: {
    en: '"I have sent everything. let’s hang up." The words are lost, and B goes on listening.',
    ko: '"나는 다 보냈어. 이제 끊자." 이 말이 사라지고, B는 계속 듣고 있다.',
  },
  goal: {
    en: 'You can say why a FIN is sent again like data, and what happens to data that is lost together with it.',
    ko: 'FIN도 왜 데이터처럼 다시 보내는지, 함께 사라진 데이터는 어떻게 되는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.8.1', 'RFC 6298 §5'],
  glossary: [
    {
      word: 'retransmission',
      means: {
        en: 'To send the same numbers again. Data, SYN and FIN have numbers and are sent again; a bare ACK has none.',
        ko: '재전송: 같은 번호를 다시 보내는 것. 데이터, SYN, FIN은 번호가 있어 다시 보낸다. ACK만 있는 세그먼트에는 번호가 없다.',
      },
    },
  ],
  settings: {},
  actions: [drop('L4')],
  setup: () => ({ tcp: { tailLossProbe: false, rto: { min: SECOND } } }),
  script: (world) => {
    const { a, b } = world;
    b.listen(80, (server) =>
      server.onEnd(() => {
        world.after(100 * MILLISECOND, () => server.close());
      }),
    );
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      world.at(200 * MILLISECOND, () => client.close());
    });
  },
  beats: [
    {
      id: 'fin',
      when: when.sent('A', 'first-fin', { again: false }),
      en: 'A has sent everything and says so: FIN. Since a FIN has a number like a byte, A starts the retransmission clock for it.',
      ko: 'A가 다 보냈다고 말한다: FIN. FIN도 바이트처럼 번호가 있으므로 A는 재전송 타이머를 켠다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'first-fin'),
      en: 'The FIN is lost. B has no idea: it is in ESTABLISHED and would listen for years.',
      ko: 'FIN이 사라졌다. B는 아무것도 모른다. ESTABLISHED에서 몇 년이라도 듣고 있을 것이다.',
    },
    {
      id: 'again',
      when: when.sent('A', 'first-fin', { again: true }),
      en: 'No ACK, and the clock goes off: A says it again, in FIN-WAIT-1 all the while. The clock waits for a second at least here, as RFC 6298 asks; many systems allow less.',
      ko: 'ACK가 오지 않아 타이머가 울린다. A는 FIN-WAIT-1에 머문 채 다시 말한다. 여기서는 RFC 6298대로 적어도 1초를 기다린다. 더 짧게 기다리는 시스템도 많다.',
    },
    {
      id: 'heard',
      when: when.state('B', 'CLOSE-WAIT'),
      en: 'Now B has heard it, and the close goes its usual way.',
      ko: '이제 B도 들었다. 종료 절차가 늘 하던 대로 이어진다.',
    },
    {
      id: 'lost-second',
      when: when.lost('B', 'second-fin'),
      en: 'This time it is B’s FIN that is lost. A is in FIN-WAIT-2, where it has asked nothing and so has no clock: it just waits.',
      ko: '이번에는 B의 FIN이 사라졌다. A는 FIN-WAIT-2에 있다. 답을 기다리는 질문이 없으니 타이머도 없이 그저 기다린다.',
    },
    {
      id: 'second-again',
      when: when.sent('B', 'second-fin', { again: true }),
      en: 'B is in LAST-ACK, and its FIN has a number like A’s. So B has a clock, and says its FIN again.',
      ko: 'B는 LAST-ACK에 있고, B의 FIN에도 A의 것처럼 번호가 있다. 그래서 B는 타이머를 켜 두었고, FIN을 다시 보낸다.',
    },
    {
      id: 'with-data',
      when: (moment) =>
        moment.kind === 'sent' && moment.host === 'A' && moment.row.reading.again && moment.row.reading.length > 0,
      en: '"hello" was lost, so it is sent again. Nothing after a gap reaches B’s program, not even a FIN, until the gap is filled.',
      ko: '"hello"가 사라졌으니 다시 보낸다. 빈틈 뒤의 것은 FIN이라도, 빈틈이 메워질 때까지 B의 프로그램에 전해지지 않는다.',
    },
    {
      id: 'done',
      when: when.state('A', 'TIME-WAIT'),
      en: 'Both directions are closed. All that was lost was time.',
      ko: '양쪽 방향이 모두 닫혔다. 잃은 것은 시간뿐이다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'),
    resends('A', 'first-fin', SECOND),
    delivers('A', 5),
    loses(1),
  ],
  suggestions: [
    {
      id: 'lose-b-fin',
      title: { en: 'Lose B’s FIN instead', ko: '대신 B의 FIN 없애기' },
      look: {
        en: 'Now A waits in FIN-WAIT-2. It has nothing to ask, so it is B’s clock that helps.',
        ko: '이번에는 A가 FIN-WAIT-2에서 기다린다. A는 물을 것이 없으니 이번에는 B의 타이머 덕을 본다.',
      },
      actions: [drop('R4')],
      claims: [ends('CLOSED', 'CLOSED'), resends('B', 'second-fin', SECOND), loses(1)],
    },
    {
      id: 'lose-twice',
      title: { en: 'Lose it three times', ko: '세 번 없애기' },
      look: {
        en: 'Back-off again: 1, 2 and 4 seconds. It is the same clock as for a SYN and for data.',
        ko: '여기서도 백오프가 일어난다. 1초, 2초, 4초. SYN이나 데이터에 쓰는 것과 같은 타이머다.',
      },
      actions: [drop('L4'), drop('L5'), drop('L6')],
      claims: [ends('CLOSED', 'CLOSED'), resends('A', 'first-fin', SECOND, 2 * SECOND, 4 * SECOND)],
    },
    {
      id: 'lose-data',
      title: { en: 'Lose "hello" until the FIN is out', ko: 'FIN이 나갈 때까지 "hello" 없애기' },
      look: {
        en: 'The FIN arrives, but "hello" does not. In which state is B, and what is its program told?',
        ko: 'FIN은 도착하지만 "hello"는 도착하지 않는다. B는 어떤 상태이고, 프로그램은 무엇을 전해 들을까?',
      },
      actions: [drop('L3')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        delivers('A', 5),
        claim(
          { en: 'The FIN came too early and waited for "hello".', ko: 'FIN이 너무 일찍 와서 "hello"를 기다렸다.' },
          (run) => segmentsOf(run, 'A', 'first-fin').some(({ marks }) => marks.has('out-of-order')),
        ),
      ],
    },
  ],
});
