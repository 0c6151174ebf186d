import { choice, claim, defineLesson, delivers, ends, loses, MILLISECOND, passes, sends, set, when } from '../engine';

/** One direction is closed, the other goes on. */
export const halfClose = defineLesson({
  id: 'half-close',
  group: 'closing',
  title: { en: 'Half-close', ko: '반만 닫기(half-close)' },
  summary: {
    en: 'A has said everything, but wants to hear the whole answer. It closes its own direction, and B goes on speaking.',
    ko: 'A는 할 말을 다 했지만 답은 끝까지 듣고 싶다. A가 자기 방향만 닫고, B는 계속 말한다.',
  },
  goal: {
    en: 'You can say what A can still do in FIN-WAIT-2 and B in CLOSE-WAIT, and what is different when A goes away altogether.',
    ko: 'A가 FIN-WAIT-2에서, B가 CLOSE-WAIT에서 아직 무엇을 할 수 있는지, A가 아예 떠나면 무엇이 다른지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9293 §3.6.1', 'RFC 9293 §3.10.4'],
  glossary: [
    {
      word: 'half-close',
      means: {
        en: 'To end one direction only. Programs do it with `shutdown`; `close` gives both up.',
        ko: '반만 닫기: 한 방향만 끝내는 것. 프로그램은 `shutdown`으로 한다. `close`는 두 방향을 모두 끝낸다.',
      },
    },
  ],
  settings: {
    how: choice(
      'half',
      { en: 'A ends with', ko: 'A가 끝내는 방법' },
      {
        half: { en: 'shutdown: it still listens', ko: 'shutdown: 계속 듣는다' },
        whole: { en: 'close: it goes away', ko: 'close: 떠난다' },
      },
    ),
  },
  script: (world, { how }) => {
    const { a, b } = world;
    b.listen(80, (server) =>
      server.onEnd(() => {
        for (const part of [1, 2, 3]) world.after(part * 100 * MILLISECOND, () => server.send(`line ${part}\n`));
        world.after(400 * MILLISECOND, () => server.close());
      }),
    );
    world.at(0, () => {
      const client = a.connect(b, 80).send('sort this');
      world.at(150 * MILLISECOND, () => (how === 'half' ? client.close() : client.leave()));
    });
  },
  beats: [
    {
      id: 'request',
      when: when.sent('A', 'data'),
      en: 'A sends what it wants sorted. But where does it end? B must have all of it before it can answer.',
      ko: 'A가 정렬할 것을 보낸다. 그런데 어디가 끝일까? B는 다 받아야 답할 수 있다.',
    },
    {
      id: 'fin',
      when: when.sent('A', 'first-fin'),
      en: 'A’s FIN says "that was everything". It closes the direction from A to B, and that one only.',
      ko: 'A의 FIN은 "이게 다야"라는 말이다. A에서 B로 가는 방향만 닫는다.',
    },
    {
      id: 'answers',
      when: when.sent('B', 'data'),
      en: 'B is in CLOSE-WAIT, and may send as long as it likes. In its program, reading has ended and writing works.',
      ko: 'B는 CLOSE-WAIT에서 얼마든지 더 보낼 수 있다. B의 프로그램에서 읽기는 끝났지만 쓰기는 된다.',
    },
    {
      id: 'acks',
      when: when.sent('A', 'ack'),
      en: 'A is in FIN-WAIT-2. It sends no more data, but it hears and acknowledges.',
      ko: 'A는 FIN-WAIT-2다. 데이터는 더 보내지 않지만, 듣고 확인 응답은 한다.',
    },
    {
      id: 'reset',
      when: when.sent('A', 'abort'),
      en: 'A’s program has gone away: nobody will ever read what B says. So A’s TCP says RST, and B’s program gets an error instead of silence.',
      ko: 'A의 프로그램은 떠났다. B의 말을 읽을 사람이 없다. 그래서 A의 TCP가 RST를 보내고, B의 프로그램은 침묵 대신 오류를 받는다.',
    },
    {
      id: 'second-fin',
      when: when.sent('B', 'second-fin'),
      en: 'B has said everything, too. Now the second direction closes, and with it the connection.',
      ko: 'B도 다 말했다. 이제 두 번째 방향이 닫히고, 연결도 끝난다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    delivers('A', 9),
    delivers('B', 21),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    loses(0),
  ],
  suggestions: [
    {
      id: 'go-away',
      title: { en: 'A goes away altogether', ko: 'A가 아예 떠나기' },
      look: {
        en: 'A’s first FIN looks just the same: B cannot tell the difference. When does it learn?',
        ko: 'A의 첫 FIN은 똑같아 보인다. B는 구별할 수 없다. 언제 알게 될까?',
      },
      actions: [set('how', 'whole')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        sends('A', 'abort', 1),
        claim(
          {
            en: 'B’s program ends with an error, and A’s reads nothing.',
            ko: 'B의 프로그램은 오류로 끝나고, A의 프로그램은 아무것도 읽지 못한다.',
          },
          (run) => run.talk('B')?.isBroken === true && run.talk('A')?.heardBytes === 0,
        ),
      ],
    },
  ],
});
