import {
  act,
  choice,
  claim,
  defineLesson,
  deliveryOf,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  segmentsOf,
  sends,
  set,
  toggle,
  when,
  type Claim,
  type Run,
} from '../engine';
import { ACCEPT, isClose, isFrame, isProtocolError, isSwitch, isUpgrade, says } from './bytes';
import { WebSocketProgram } from './program';

/** Of RFC 6455 §5.7: a masked text message of "Hello", and an unmasked one. */
const MASKED_HELLO = '81 85 37 fa 21 3d 7f 9f 4d 51 58';
const PLAIN_HELLO = '81 05 48 65 6c 6c 6f';

/** A whole life of a WebSocket: two handshakes, frames both ways, and two ways of hanging up. */
export const webSocket = defineLesson({
  id: 'websocket',
  group: 'websocket',
  title: { en: 'WebSocket, from SYN to the last ACK', ko: 'WebSocket, SYN에서 마지막 ACK까지' },
  summary: {
    en: 'First TCP shakes hands, then HTTP asks for WebSocket. Frames go both ways. Then WebSocket hangs up, and after it TCP.',
    ko: '먼저 TCP 핸드셰이크를 하고, HTTP로 WebSocket을 요청한다. 프레임이 양쪽으로 오간다. 그다음 WebSocket이 끊고, 이어서 TCP가 끊는다.',
  },
  goal: {
    en: 'You can point at the two handshakes and at the two closes, and say which layer each belongs to.',
    ko: '두 번의 핸드셰이크와 두 번의 종료를 짚고, 각각 어느 계층의 일인지 말할 수 있다.',
  },
  rfc: ['RFC 6455 §1.3', 'RFC 6455 §5', 'RFC 6455 §7', 'RFC 9110 §7.8', 'RFC 9293 §3.5', 'RFC 9293 §3.6'],
  glossary: [
    {
      word: 'WebSocket',
      means: {
        en: 'A protocol above TCP (layer 7): begins as HTTP, and then lets both ends send messages whenever they like.',
        ko: 'TCP 위(7계층)의 프로토콜. HTTP로 시작해서, 그 뒤로는 양쪽 모두 원할 때 메시지를 보낼 수 있다.',
      },
    },
    {
      word: 'Upgrade',
      means: {
        en: 'A request to go on in another protocol on the same connection. "101 Switching Protocols" agrees.',
        ko: '같은 연결에서 다른 프로토콜로 바꾸자는 요청. "101 Switching Protocols"가 동의하는 답이다.',
      },
    },
    {
      word: 'frame',
      means: {
        en: 'A piece of a message with a short header: what it is (text, ping, close, …), how long, and whether it is masked.',
        ko: '프레임: 짧은 헤더가 붙은 메시지 조각. 종류(텍스트, 핑, 닫기 …), 길이, 마스킹 여부가 들어 있다.',
      },
    },
    {
      word: 'mask',
      means: {
        en: 'A client changes each byte with a random key that stands in the frame. It hides nothing; it keeps old proxies from taking a message for a request.',
        ko: '마스킹: 클라이언트는 프레임에 든 무작위 키로 바이트마다 값을 바꾼다. 숨기려는 것이 아니라, 옛 프록시가 메시지를 요청으로 착각하지 않게 하려는 것이다.',
      },
    },
    {
      word: '1006',
      means: {
        en: 'What a program is told when the connection ended without a close frame. It never stands on the wire.',
        ko: '닫기 프레임 없이 연결이 끝났을 때 프로그램이 받는 코드. 실제로 전송되는 일은 없다.',
      },
    },
  ],
  panels: ['segment', 'states'],
  settings: {
    first: choice(
      'A',
      { en: 'Who says close first', ko: '먼저 닫는 쪽' },
      { A: { en: 'A, the client', ko: 'A(클라이언트)' }, B: { en: 'B, the server', ko: 'B(서버)' } },
    ),
    ping: toggle(false, { en: 'B pings', ko: 'B가 핑을 보낸다' }),
  },
  script: (world, { first, ping }) => {
    const { a, b } = world;
    b.listen(80, (talk) => {
      const server = new WebSocketProgram(talk, 'server').listen();
      server
        .onText((text) => server.send(text))
        .onOpen(() => {
          if (ping) world.after(150 * MILLISECOND, () => server.ping('still there?'));
          world.after(300 * MILLISECOND, () => server.send('News!'));
          if (first === 'B') world.after(450 * MILLISECOND, () => server.close(1001, 'going away'));
        });
    });
    world.at(0, () => {
      const talk = a.connect(b, 80);
      const client = new WebSocketProgram(talk, 'client').listen();
      client.onOpen(() => {
        client.send('Hello');
        if (first === 'A') world.after(450 * MILLISECOND, () => client.close(1000, 'bye'));
      });
      talk.onConnect(() => client.ask('b'));
    });
  },
  beats: [
    {
      id: 'tcp',
      when: when.sent('A', 'syn'),
      en: 'The first handshake is TCP’s, and it knows nothing of WebSocket: "can you hear me?"',
      ko: '첫 번째 핸드셰이크는 TCP의 것이고, WebSocket은 전혀 모른다. "들려?"',
    },
    {
      id: 'request',
      when: says('A', isUpgrade),
      en: 'The second handshake is WebSocket’s, and it is HTTP: "GET /chat, and please switch to websocket". That is why WebSocket gets through where HTTP does, at ports 80 and 443.',
      ko: '두 번째 핸드셰이크는 WebSocket의 것이고, HTTP로 한다. "GET /chat, websocket으로 바꿔 줘." 그래서 WebSocket은 HTTP가 지나는 곳이면 80번과 443번 포트로 지날 수 있다.',
    },
    {
      id: 'switch',
      when: says('B', isSwitch),
      en: 'B agrees: 101. It proves with Sec-WebSocket-Accept that it has read the key and knows WebSocket. From here on no HTTP is spoken on this connection.',
      ko: 'B가 동의한다: 101. 키를 읽었고 WebSocket을 안다는 것을 Sec-WebSocket-Accept로 증명한다. 이제부터 이 연결에서는 HTTP를 쓰지 않는다.',
    },
    {
      id: 'lost',
      when: (moment) =>
        when.lost('B', 'data')(moment) && moment.kind === 'lost' && moment.row.told.items.some(isSwitch),
      en: 'The 101 is lost. Neither HTTP nor WebSocket does anything about that: TCP will send it again, and the program will not even notice, but for the time.',
      ko: '101이 사라진다. HTTP도 WebSocket도 여기에 아무것도 하지 않는다. TCP가 다시 보낼 것이고, 프로그램은 조금 늦었다는 것 말고는 눈치채지 못한다.',
    },
    {
      id: 'lost-frame',
      when: (moment) => moment.kind === 'lost' && moment.row.told.items.some(({ kind }) => kind === 'frame'),
      en: 'A frame is lost with its segment. WebSocket has no numbers and no timers for that: TCP brings it again, and whatever is behind it waits.',
      ko: '프레임이 세그먼트와 함께 사라진다. WebSocket에는 그럴 때 쓸 번호도 타이머도 없다. TCP가 다시 가져다주고, 뒤의 것은 모두 기다린다.',
    },
    {
      id: 'masked',
      when: says('A', isFrame('text')),
      en: 'A’s first frame: "Hello" is 11 bytes: 81 (the last frame of a text), 85 (masked, 5 bytes), 37 fa 21 3d (the key), and five masked letters. The same bytes stand in RFC 6455.',
      ko: 'A의 첫 프레임. "Hello"는 11바이트다. 81(텍스트의 마지막 프레임), 85(마스킹, 5바이트), 37 fa 21 3d(키), 그리고 마스킹한 다섯 글자. RFC 6455에 나오는 바로 그 바이트다.',
    },
    {
      id: 'plain',
      when: says('B', isFrame('text')),
      en: 'B answers with the same word in 7 bytes: a server does not mask.',
      ko: 'B는 같은 말을 7바이트로 답한다. 서버는 마스킹하지 않는다.',
    },
    {
      id: 'ping',
      when: says('B', isFrame('ping')),
      en: 'B wants to know whether A is still there: ping. The answer comes from A’s WebSocket by itself.',
      ko: 'B는 A가 아직 있는지 알고 싶다: 핑. 답은 A의 WebSocket이 알아서 한다.',
    },
    {
      id: 'pong',
      when: says('A', isFrame('pong')),
      en: 'Pong, with the same words in it. TCP’s ACK said only that the machine is there; this says that the program is.',
      ko: '같은 말을 담은 퐁이다. TCP의 ACK는 컴퓨터가 있다는 것만 말해 준다. 퐁은 프로그램도 살아 있다는 것을 말해 준다.',
    },
    {
      id: 'push',
      when: says(
        'B',
        (item) => item.kind === 'frame' && item.type === 'text' && item.head.length === 5 && item.head[0] === 0x4e,
      ),
      en: 'And B speaks without being asked. With plain HTTP it could not: there a server only answers.',
      ko: '이번에는 아무도 묻지 않았는데 B가 말한다. 보통의 HTTP에서는 할 수 없는 일이다. 거기서 서버는 답하기만 한다.',
    },
    ...closes('A', 'B'),
    ...closes('B', 'A'),
    {
      id: 'no-frame',
      when: (moment) => says('A', isProtocolError)(moment) || says('B', isProtocolError)(moment),
      en: 'Bytes have come that are no frame as it must be. Nobody can tell any more where the next one begins: so it is close with 1002, "protocol error", and the end. TCP has done nothing wrong: it does not know what it carries.',
      ko: '규칙에 맞는 프레임이 아닌 바이트가 왔다. 다음 프레임이 어디서 시작하는지 더는 알 수 없다. 그래서 1002 "프로토콜 오류"로 close를 보내고 끝낸다. TCP의 잘못은 아니다. TCP는 무엇을 나르는지 모른다.',
    },
    {
      id: 'fin',
      // Not when the FINs cross.
      when: (moment) =>
        when.sent('B', 'first-fin')(moment) && moment.kind === 'sent' && moment.row.left.state === 'ESTABLISHED',
      en: 'WebSocket has hung up, so TCP may: FIN. It is B that begins, whoever said close first. Who begins must wait in TIME-WAIT, and that shall not be the client.',
      ko: 'WebSocket이 끊었으니 이제 TCP가 끊는다: FIN. 누가 먼저 닫기 프레임을 보냈든 B가 시작한다. 시작한 쪽이 TIME-WAIT에서 기다려야 하는데, 그것이 클라이언트여서는 안 되기 때문이다.',
    },
    {
      id: 'second-fin',
      when: when.sent('A', 'second-fin'),
      en: 'A hangs up, too. Two FINs and two ACKs: the four-way close, as with any connection.',
      ko: 'A도 끊는다. FIN 두 개와 ACK 두 개, 여느 연결과 같은 4-way 종료다.',
    },
    {
      id: 'over',
      when: when.state('A', 'CLOSED', 'LAST-ACK'),
      en: 'Look at the whole picture. A polite talk is like brackets: TCP’s handshake outside, WebSocket’s inside; WebSocket’s close inside, TCP’s outside.',
      ko: '전체 그림을 보자. 공손한 대화는 괄호와 같다. 바깥에 TCP의 핸드셰이크, 안쪽에 WebSocket의 핸드셰이크. 안쪽에 WebSocket의 종료, 바깥에 TCP의 종료.',
    },
    {
      id: 'abort',
      when: when.sent('A', 'abort'),
      en: 'A’s program is killed. No close frame, no FIN: RST. B’s program is told "1006, abnormal closure", a code that nobody has sent.',
      ko: 'A의 프로그램이 강제로 종료된다. 닫기 프레임도 FIN도 없이 RST다. B의 프로그램은 "1006, 비정상 종료"라는 말을 듣는다. 아무도 보내지 않은 코드다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    inOrder(['A asks', 'B agrees', 'A: text', 'B: text', 'B: text', 'A: close', 'B: close'], {
      en: 'A asks, B agrees, texts go both ways, and both say close.',
      ko: 'A가 요청하고 B가 동의한다. 텍스트가 양쪽으로 오가고, 양쪽 모두 닫기 프레임을 보낸다.',
    }),
    claim(
      {
        en: '"Hello" goes and comes in the bytes of RFC 6455’s examples.',
        ko: '"Hello"가 RFC 6455의 예와 똑같은 바이트로 오간다.',
      },
      (run) => carries(run, 'A', MASKED_HELLO) && carries(run, 'B', PLAIN_HELLO),
    ),
    claim(
      {
        en: 'B’s answer to the sample key is the one in RFC 6455.',
        ko: '예제 키에 대한 B의 답이 RFC 6455의 것과 같다.',
      },
      (run) => carries(run, 'B', hex(new TextEncoder().encode(ACCEPT))),
    ),
    sends('B', 'first-fin', 1),
    sends('A', 'second-fin', 1),
  ],
  suggestions: [
    {
      id: 'lose-101',
      title: { en: 'Lose the 101', ko: '101 없애기' },
      look: {
        en: 'The most important answer is lost. Who mends that, and after how long?',
        ko: '가장 중요한 답이 사라진다. 누가, 얼마 뒤에 복구할까?',
      },
      actions: [drop('R3')],
      claims: [
        loses(1),
        ends('CLOSED', 'CLOSED'),
        claim(
          {
            en: 'TCP sends the 101 again, and A goes on only then.',
            ko: 'TCP가 101을 다시 보내고, A는 그제야 이어 간다.',
          },
          (run) => {
            const [lost, again] = segmentsOf(run, 'B').filter(({ told }) => told.items.some(isSwitch));
            const repeated = segmentsOf(run, 'B', 'data').find(({ reading }) => reading.again);
            const hello = segmentsOf(run, 'A').find(({ told }) => told.items.some(isFrame('text')));
            return (
              lost?.marks.has('lost') === true &&
              again === undefined &&
              repeated?.arrives !== undefined &&
              hello?.time === repeated.arrives
            );
          },
        ),
      ],
    },
    {
      id: 'server-first',
      title: { en: 'The server closes first', ko: '서버가 먼저 닫기' },
      look: {
        en: '1001, "going away": so a server says when it is restarted. The order of the close frames changes; that of the FINs does not.',
        ko: '1001, "going away". 서버가 다시 시작할 때 하는 말이다. 닫기 프레임의 순서는 바뀌지만 FIN의 순서는 그대로다.',
      },
      actions: [set('first', 'B')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        inOrder(['A asks', 'B agrees', 'A: text', 'B: text', 'B: text', 'B: close', 'A: close'], {
          en: 'B says close, and A answers it.',
          ko: 'B가 닫기 프레임을 보내고 A가 답한다.',
        }),
        sends('B', 'first-fin', 1),
        sends('A', 'second-fin', 1),
      ],
    },
    {
      id: 'lose-frame',
      title: { en: 'Lose the answer', ko: '답 없애기' },
      look: {
        en: 'B’s "Hello" is lost, and its "News!" goes out behind it. Does A’s program read them in the right order?',
        ko: 'B의 "Hello"가 사라지고, 뒤이어 "News!"가 나간다. A의 프로그램은 바른 순서로 읽을까?',
      },
      actions: [drop('R5')],
      claims: [
        loses(1),
        ends('CLOSED', 'CLOSED'),
        claim(
          { en: 'A reads all that B said, in order.', ko: 'A는 B가 한 말을 모두, 순서대로 읽는다.' },
          (run) => deliveryOf(run, 'B')?.inOrder === true && deliveryOf(run, 'B')?.heard === deliveryOf(run, 'B')?.said,
        ),
      ],
    },
    {
      id: 'ping',
      title: { en: 'Ping and pong', ko: '핑과 퐁' },
      look: {
        en: 'A question and an answer of WebSocket’s own. Compare them with TCP’s ACK and keep-alive.',
        ko: 'WebSocket에도 묻고 답하는 방법이 따로 있다. TCP의 ACK나 keep-alive와 비교해 보자.',
      },
      actions: [set('ping', true)],
      claims: [
        ends('CLOSED', 'CLOSED'),
        inOrder(['A asks', 'B agrees', 'A: text', 'B: text', 'B: ping', 'A: pong', 'B: text', 'A: close', 'B: close'], {
          en: 'A answers B’s ping with a pong.',
          ko: 'A가 B의 핑에 퐁으로 답한다.',
        }),
      ],
    },
    {
      id: 'no-frame',
      title: { en: 'Bytes that are no frame', ko: '프레임이 아닌 바이트' },
      look: {
        en: 'A’s program writes past WebSocket, straight into the connection. TCP brings that over without fault. What does B make of it?',
        ko: 'A의 프로그램이 WebSocket을 거치지 않고 연결에 바로 쓴다. TCP는 탈 없이 나른다. B는 그것을 어떻게 받아들일까?',
      },
      actions: [act(200 * MILLISECOND, 'A', 'send', 100)],
      claims: [
        ends('CLOSED', 'CLOSED'),
        claim({ en: 'B says close with the code 1002.', ko: 'B가 1002로 close를 말한다.' }, (run) =>
          segmentsOf(run, 'B').some(({ told }) => told.items.some(isProtocolError)),
        ),
      ],
    },
    {
      id: 'abort',
      title: { en: 'A is killed (1006)', ko: 'A가 강제로 종료될 때(1006)' },
      look: {
        en: 'A tab crashes. What is missing in the picture, compared with a polite close?',
        ko: '브라우저 탭이 죽는다. 정상 종료와 비교하면 그림에서 무엇이 빠졌을까?',
      },
      actions: [act(250 * MILLISECOND, 'A', 'abort')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        sends('A', 'abort', 1),
        claim(
          { en: 'There is no close frame and no FIN.', ko: '닫기 프레임도 FIN도 없다.' },
          (run) =>
            story(run).every((what) => !what.endsWith('close')) &&
            ['first-fin', 'second-fin'].every((fin) =>
              ['A', 'B'].every((host) => segmentsOf(run, host).every(({ reading }) => reading.purpose !== fin)),
            ),
        ),
      ],
    },
  ],
});

/** The beats of WebSocket's close when `first` says it first. */
function closes(first: string, second: string) {
  return [
    {
      id: `close-${first}`,
      when: says(first, (item) => isClose(false)(item) && !isProtocolError(item)),
      en: `${first} hangs up, politely: a close frame with a code and a reason. It is WebSocket that says this; TCP carries it like any other bytes, and stays in ESTABLISHED.`,
      ko: `${first}가 정중하게 끊는다. 코드와 이유를 담은 닫기 프레임이다. 이것은 WebSocket이 하는 말이다. TCP에는 여느 바이트와 같아서, 상태는 ESTABLISHED 그대로다.`,
    },
    {
      id: `close-too-${second}`,
      when: says(second, (item) => isClose(true)(item) && !isProtocolError(item)),
      en: `${second} says close, too. Now both know that nothing was cut off: everything that was said has been heard.`,
      ko: `${second}도 닫기 프레임을 보낸다. 이제 양쪽 모두 잘린 것이 없다는 것을 안다. 한 말은 모두 전해졌다.`,
    },
  ];
}

/** What is said above TCP, in order; what is sent again is not told again. */
function story(run: Run): string[] {
  return run.timeline.rows.slice().flatMap((row) => {
    if (row.kind !== 'segment') return [];
    const who = row.from === 'left' ? 'A' : 'B';
    return row.told.items.map((item) => {
      if (isUpgrade(item)) return `${who} asks`;
      if (isSwitch(item)) return `${who} agrees`;
      return `${who}: ${item.kind === 'frame' ? item.type : item.kind}`;
    });
  });
}

function inOrder(expected: readonly string[], texts: { en: string; ko: string }): Claim {
  return claim(texts, (run) => story(run).join() === expected.join());
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** These bytes stand in a segment of a host. */
function carries(run: Run, host: string, bytes: string): boolean {
  return segmentsOf(run, host).some(({ event }) => hex(event.segment.payload).includes(bytes));
}
