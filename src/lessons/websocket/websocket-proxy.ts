import type { SegmentRow } from '../../inspect';
import {
  choice,
  claim,
  defineLesson,
  drop,
  MILLISECOND,
  set,
  when,
  type Host,
  type Moment,
  type Run,
  type Talk,
  type World,
} from '../engine';
import { isClose, isFrame, isSwitch, isUpgrade, says } from './bytes';
import { WebSocketProgram } from './program';

const PROXY_PORT = 3128;
const CONNECT = 'CONNECT b:80 HTTP/1.1\r\nHost: b:80\r\n\r\n';
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
const BAD_GATEWAY = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n';
const END_OF_HEAD = '\r\n\r\n';

/** The client is not allowed out by itself: a proxy makes the connection for it. */
export const webSocketProxy = defineLesson({
  id: 'websocket-proxy',
  group: 'websocket',
  title: { en: 'WebSocket through a proxy', ko: '프록시를 거치는 WebSocket' },
  summary: {
    en: 'A may speak only with the proxy P. It asks P for a tunnel to B (CONNECT), and speaks WebSocket through it. There are two TCP connections now, and neither knows of the other.',
    ko: 'A는 프록시 P하고만 이야기할 수 있다. A는 P에게 B까지 터널을 요청하고(CONNECT), 그 터널을 통해 WebSocket으로 이야기한다. 이제 TCP 연결이 둘이고, 서로를 모른다.',
  },
  goal: {
    en: 'You can say what the proxy reads and what it only passes on, and who mends a loss on which side.',
    ko: '프록시가 무엇을 읽고 무엇을 그냥 넘기는지, 어느 쪽의 손실을 누가 복구하는지 말할 수 있다.',
  },
  rfc: ['RFC 9110 §9.3.6', 'RFC 6455 §4.1', 'RFC 9110 §7.6'],
  glossary: [
    {
      word: 'proxy',
      means: {
        en: 'A program in between that speaks with the server for the client. Companies put it where nothing else leads out.',
        ko: '프록시: 중간에서 클라이언트 대신 서버와 이야기하는 프로그램. 회사에서는 밖으로 나가는 유일한 길목에 둔다.',
      },
    },
    {
      word: 'CONNECT',
      means: {
        en: 'A request to a proxy: "make a TCP connection to this host and port, and then just pass bytes on".',
        ko: '프록시에 보내는 요청: "이 호스트의 이 포트로 TCP 연결을 만들고, 그 뒤에는 바이트만 넘겨 줘."',
      },
    },
    {
      word: 'tunnel',
      means: {
        en: 'Two connections that a proxy has put end to end. What is in it, the proxy need not understand; it may be TLS.',
        ko: '터널: 프록시가 이어 붙인 두 연결. 프록시는 안에 무엇이 있는지 알 필요가 없다. TLS일 수도 있다.',
      },
    },
  ],
  panels: ['segment', 'states'],
  settings: {
    server: choice(
      'up',
      { en: 'B’s program', ko: 'B의 프로그램' },
      {
        up: { en: 'waits at port 80', ko: '80번 포트에서 기다린다' },
        down: { en: 'is not started', ko: '실행되지 않았다' },
      },
    ),
  },
  setup: () => ({
    hosts: ['A', 'P', 'B'],
    wires: [
      ['A', 'P'],
      ['P', 'B'],
    ],
  }),
  script: (world, { server }) => {
    const [a, p, b] = [world.a, world.host('P'), world.b];
    p.listen(PROXY_PORT, (inside) => {
      serveAsProxy(p, b, inside);
    });
    if (server === 'up')
      b.listen(80, (talk) => {
        const program = new WebSocketProgram(talk, 'server').listen();
        program.onText((text) => program.send(text));
      });
    world.at(0, () => {
      callThroughProxy(world, a.connect(p, PROXY_PORT));
    });
  },
  beats: [
    {
      id: 'first',
      when: when.sent('A', 'syn'),
      en: 'A’s TCP connection goes to the proxy P, and ends there.',
      ko: 'A의 TCP 연결은 프록시 P로 가고, 거기서 끝난다.',
    },
    {
      id: 'connect',
      when: says('A', (item) => item.kind === 'request' && item.line.startsWith('CONNECT')),
      en: 'A asks: "CONNECT b:80". That is HTTP for P itself, and the only thing that P will read.',
      ko: 'A가 "CONNECT b:80"을 요청한다. P에게 하는 HTTP 요청이고, P가 읽는 것은 이것뿐이다.',
    },
    {
      id: 'second',
      when: when.sent('P', 'syn'),
      en: 'P calls B: a second TCP connection on the second wire, with a handshake, numbers and windows of its own. B sees P as its client; it does not know of A.',
      ko: 'P가 B에 연결한다. 두 번째 회선의 두 번째 TCP 연결이고, 핸드셰이크도 번호도 윈도우도 따로 있다. B에게는 P가 클라이언트다. B는 A를 모른다.',
    },
    {
      id: 'tunnel',
      when: says('P', (item) => item.kind === 'response' && item.status === 200),
      en: 'The tunnel stands: 200. From now on P passes every byte on, in both directions, and understands none of them.',
      ko: '터널이 열렸다: 200. 이제 P는 양쪽의 모든 바이트를, 무슨 뜻인지 모른 채 그대로 넘긴다.',
    },
    {
      id: 'refused',
      when: says('P', (item) => item.kind === 'response' && item.status === 502),
      en: 'B has refused P with a RST. P tells A so in HTTP: 502. A’s own connection, with P, is all right.',
      ko: 'B가 RST로 P를 거절했다. P는 그것을 HTTP로 A에게 알린다: 502. A와 P의 연결은 아무 문제가 없다.',
    },
    {
      id: 'upgrade',
      when: says('A', isUpgrade),
      en: 'Now A speaks with B, through the tunnel: the Upgrade, as if P were not there.',
      ko: '이제 A는 터널을 통해 B와 이야기한다. P가 없는 것처럼 Upgrade를 요청한다.',
    },
    {
      id: 'passed-on',
      when: says('P', isUpgrade),
      en: 'P has read the request from one connection and writes it into the other: the same bytes, in other segments with other numbers.',
      ko: 'P가 한 연결에서 요청을 읽어 다른 연결에 쓴다. 같은 바이트지만, 다른 번호를 가진 다른 세그먼트다.',
    },
    {
      id: 'switch',
      when: says('B', isSwitch),
      en: 'B agrees: 101. Why masks? So that an old proxy that reads along takes no message of a client for a request.',
      ko: 'B가 동의한다: 101. 마스킹은 왜 할까? 중간에서 들여다보는 옛 프록시가 클라이언트의 메시지를 요청으로 착각하지 않게 하려는 것이다.',
    },
    {
      id: 'hello',
      when: says('P', isFrame('text')),
      en: '"Hello" is on its second wire. A has P’s ACK already: that says only that P has it, not B.',
      ko: '"Hello"가 두 번째 회선을 지난다. A는 이미 P의 ACK를 받았다. P가 받았다는 뜻일 뿐, B가 받았다는 뜻은 아니다.',
    },
    {
      id: 'lost',
      when: (moment) => moment.kind === 'lost' && isOnSecondWire(moment),
      en: 'Lost between P and B. P will send it again; A never hears of that. Each connection mends its own losses.',
      ko: 'P와 B 사이에서 사라졌다. P가 다시 보내고, A는 그 일을 알지 못한다. 연결마다 자기 손실은 스스로 복구한다.',
    },
    {
      id: 'close',
      when: says('A', isClose(false)),
      en: 'A says close, and B will answer it: WebSocket’s close goes from end to end.',
      ko: 'A가 닫기 프레임을 보내고, B가 답할 것이다. WebSocket의 종료는 끝에서 끝까지 간다.',
    },
    {
      id: 'fin',
      when: when.sent('B', 'first-fin'),
      en: 'TCP’s close does not: B hangs up on P, and P then hangs up on A. Two four-way closes, one after the other.',
      ko: 'TCP의 종료는 그렇지 않다. B가 P와 끊고, 그다음 P가 A와 끊는다. 4-way 종료가 두 번, 차례로 일어난다.',
    },
  ],
  claims: [
    claim(
      {
        en: 'There are two handshakes, one on each wire, with different numbers.',
        ko: '회선마다 한 번씩, 번호가 서로 다른 핸드셰이크가 두 번 있다.',
      },
      (run) => {
        const [first, second] = [0, 1].map((wire) =>
          rowsOf(run, wire).filter(({ reading }) => reading.purpose === 'syn'),
        );
        return (
          first?.length === 1 && second?.length === 1 && first[0]?.event.segment.seq !== second[0]?.event.segment.seq
        );
      },
    ),
    claim(
      {
        en: 'After "CONNECT" and "200" the same is said on both wires.',
        ko: '"CONNECT"와 "200" 뒤로는 두 회선에서 같은 말이 오간다.',
      },
      (run) => {
        const [inside = [], outside = []] = [0, 1].map((wire) => said(run, wire));
        return (
          inside.slice(0, 2).join() === 'request,response' &&
          outside.length === 6 &&
          inside.slice(2).join() === outside.join()
        );
      },
    ),
    claim(
      { en: 'The connection of A and P ends in CLOSED at both ends.', ko: 'A와 P의 연결은 양쪽 모두 CLOSED로 끝난다.' },
      (run) => run.state('A') === 'CLOSED' && run.state('P', 0) === 'CLOSED',
    ),
    claim(
      { en: 'So does that of P and B.', ko: 'P와 B의 연결도 그렇다.' },
      (run) => run.state('P', 1) === 'CLOSED' && run.state('B') === 'CLOSED',
    ),
    claim({ en: 'A hears its "Hello" again.', ko: 'A는 자기가 보낸 "Hello"를 다시 듣는다.' }, (run) =>
      hears(run.talk('A'), 'Hello'),
    ),
  ],
  suggestions: [
    {
      id: 'lose-behind',
      title: { en: 'A loss between P and B', ko: 'P와 B 사이의 손실' },
      look: {
        en: '"Hello" is lost on the second wire. Look at the first one: is anything sent again there?',
        ko: '"Hello"가 두 번째 회선에서 사라진다. 첫 번째 회선을 보자. 거기서 다시 보내는 것이 있을까?',
      },
      actions: [drop('1L5')],
      claims: [
        claim(
          {
            en: 'On the second wire a segment is lost, and P sends it again.',
            ko: '두 번째 회선에서 세그먼트가 사라지고, P가 다시 보낸다.',
          },
          (run) => {
            const rows = rowsOf(run, 1);
            return (
              rows.some(({ marks, told }) => marks.has('lost') && told.items.some(isFrame('text'))) &&
              rows.some(({ reading, from }) => reading.again && from === 'left')
            );
          },
        ),
        claim(
          { en: 'On the first wire nothing is sent again.', ko: '첫 번째 선에서는 아무것도 다시 보내지 않는다.' },
          (run) => rowsOf(run, 0).every(({ reading }) => !reading.again),
        ),
        claim({ en: 'A hears its "Hello" again.', ko: 'A는 자기가 보낸 "Hello"를 다시 듣는다.' }, (run) =>
          hears(run.talk('A'), 'Hello'),
        ),
      ],
    },
    {
      id: 'bad-gateway',
      title: { en: 'B’s program is not started', ko: 'B의 프로그램이 실행되지 않았을 때' },
      look: {
        en: 'With B itself A would get a RST. What does it get from the proxy?',
        ko: 'B에 직접 연결했다면 RST를 받았을 것이다. 프록시에서는 무엇을 받을까?',
      },
      actions: [set('server', 'down')],
      claims: [
        claim({ en: 'B refuses P with RST.', ko: 'B는 RST로 P를 거절한다.' }, (run) =>
          rowsOf(run, 1).some(({ reading }) => reading.purpose === 'refusal'),
        ),
        claim(
          { en: 'A hears "502 Bad Gateway", and no RST.', ko: 'A는 RST가 아니라 "502 Bad Gateway"를 듣는다.' },
          (run) => hears(run.talk('A'), '502 Bad Gateway') && run.talk('A')?.isBroken === false,
        ),
      ],
    },
  ],
});

/** Reads CONNECT, makes the second connection, and then passes bytes on. */
function serveAsProxy(proxy: Host, server: Host, inside: Talk): void {
  let head = '';
  let outside: Talk | undefined;
  inside.onData((bytes) => {
    if (outside !== undefined) {
      outside.send(bytes);
      return;
    }
    head += new TextDecoder().decode(bytes);
    if (!head.includes(END_OF_HEAD)) return;
    outside = proxy.connect(server, 80);
    join(inside, outside);
  });
  inside.onEnd(() => {
    if (outside === undefined) inside.close();
    else outside.close();
  });
}

function join(inside: Talk, outside: Talk): void {
  let stands = false;
  outside
    .onConnect(() => {
      stands = true;
      inside.send(ESTABLISHED);
    })
    .onData((bytes) => inside.send(bytes))
    .onEnd(() => inside.close())
    .onClosed(() => {
      if (!stands) inside.send(BAD_GATEWAY).close();
      else if (outside.isBroken) inside.abort();
    });
  inside.onClosed(() => {
    if (inside.isBroken) outside.abort();
  });
}

/** Asks for the tunnel, and speaks WebSocket through it. */
function callThroughProxy(world: World, talk: Talk): void {
  const program = new WebSocketProgram(talk, 'client');
  let head = '';
  let stands = false;
  program.onOpen(() => {
    program.send('Hello');
    world.after(300 * MILLISECOND, () => program.close(1000, 'bye'));
  });
  talk
    .onConnect(() => talk.send(CONNECT))
    .onData((bytes) => {
      if (stands) {
        program.receive(bytes);
        return;
      }
      head += new TextDecoder().decode(bytes);
      if (!head.includes(END_OF_HEAD)) return;
      stands = head.startsWith('HTTP/1.1 200 ');
      if (stands) program.ask('b');
      else talk.close();
    })
    .onEnd(() => talk.close());
}

/** The segments on a wire. */
function rowsOf(run: Run, wire: number): SegmentRow[] {
  return run.timelines[wire]?.rows.slice().filter((row) => row.kind === 'segment') ?? [];
}

/** What is said above TCP on a wire, in order. */
function said(run: Run, wire: number): string[] {
  return rowsOf(run, wire).flatMap(({ told }) =>
    told.items.map((item) => (item.kind === 'frame' ? `${item.type} ${item.length}` : item.kind)),
  );
}

function hears(talk: Talk | undefined, text: string): boolean {
  const heard = (talk?.heard ?? []).map((bytes) => new TextDecoder().decode(bytes)).join('');
  return heard.includes(text);
}

function isOnSecondWire({ frame }: Moment & { kind: 'lost' }): boolean {
  return frame.id?.wire === 1;
}
