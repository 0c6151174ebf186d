import { FLAG } from '../../wire/tcp';
import {
  claim,
  defineLesson,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  segmentsOf,
  set,
  toggle,
  when,
  type Claim,
  type Run,
  type Talk,
  type World,
} from '../engine';
import { RECORDING } from './tls-recording';

const FLIGHTS = RECORDING.map(({ from, base64 }) => ({
  from,
  bytes: Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
}));
/** A record's header, the type that is hidden inside, and the tag that proves that nobody has changed it (RFC 8446 §5.2). */
const ADDED = 5 + 1 + 16;
/** The flights with "Hello" and with "bye" of the client, and how long those frames are. */
const MESSAGES = new Set([4, 6]);
const HELLO = 11;
const NAME = 'chat.example';

/** The same WebSocket as an onlooker sees it when it is inside TLS. */
export const webSocketTls = defineLesson({
  id: 'websocket-tls',
  group: 'websocket',
  title: { en: 'WebSocket inside TLS', ko: 'TLS 안의 WebSocket' },
  summary: {
    en: 'The same conversation at port 443, wss://. The bytes were recorded from a real TLS 1.3 session; nobody has its keys any more. What can somebody see who looks on?',
    ko: '같은 대화를 443번 포트에서 wss://로 한다. 실제 TLS 1.3 세션에서 녹화한 바이트이고, 그 키는 이제 아무에게도 없다. 엿보는 사람은 무엇을 볼 수 있을까?',
  },
  goal: {
    en: 'You can say what TLS hides, what it does not hide, and what it cannot protect.',
    ko: 'TLS가 무엇을 숨기고, 무엇을 숨기지 않으며, 무엇을 보호하지 못하는지 말할 수 있다.',
  },
  rfc: ['RFC 8446 §2', 'RFC 8446 §5.2', 'RFC 8446 §6.1', 'RFC 6066 §3', 'RFC 6455 §3'],
  glossary: [
    {
      word: 'TLS',
      means: {
        en: 'A layer between TCP and the program: it proves who the server is, and encrypts everything that is said.',
        ko: 'TCP와 프로그램 사이의 계층. 서버가 누구인지 증명하고, 오가는 말을 모두 암호화한다.',
      },
    },
    {
      word: 'ClientHello',
      means: {
        en: 'The first message of TLS, readable for all: what the client can do, its half of the key agreement, and the name of the server that it wants (SNI).',
        ko: 'TLS의 첫 메시지. 누구나 읽을 수 있다. 클라이언트가 할 수 있는 것, 키 합의의 절반, 찾는 서버의 이름(SNI)이 들어 있다.',
      },
    },
    {
      word: 'application data',
      means: {
        en: 'How each encrypted record is labelled in TLS 1.3, whatever is inside: a certificate, a request, a goodbye.',
        ko: 'TLS 1.3에서 암호화한 레코드에 붙는 이름. 인증서든, 요청이든, 작별 인사든 겉은 모두 같다.',
      },
    },
    {
      word: 'close_notify',
      means: {
        en: 'TLS’s own goodbye. Without it one cannot tell whether the end was cut off.',
        ko: 'TLS의 작별 인사. 이것이 없으면 누가 끝을 잘라 냈는지 알 수 없다.',
      },
    },
  ],
  panels: ['segment', 'states'],
  settings: {
    attack: toggle(false, { en: 'an onlooker forges a RST', ko: '엿보던 사람이 RST를 위조한다' }),
  },
  script: (world, { attack }) => {
    const { a, b } = world;
    b.listen(443, (talk) => {
      replay(world, talk, 'server');
    });
    world.at(0, () => {
      const talk = a.connect(b, 443);
      talk.onConnect(() => {
        replay(world, talk, 'client');
      });
      if (attack)
        world.at(320 * MILLISECOND, () => {
          forge(world, talk);
        });
    });
  },
  beats: [
    {
      id: 'tcp',
      when: when.sent('A', 'syn'),
      en: 'TCP shakes hands as always. Addresses, ports, flags and numbers are there for all to see: TLS begins above them.',
      ko: '언제나처럼 TCP 핸드셰이크로 시작한다. 주소, 포트, 플래그, 번호는 누구나 볼 수 있다. TLS는 그 위에서 시작한다.',
    },
    {
      id: 'client-hello',
      when: when.sent('A', 'data'),
      en: 'TLS’s handshake: ClientHello. Look into the bytes: "chat.example" stands there in plain letters. Whoever looks on knows with whom A wants to speak.',
      ko: 'TLS의 핸드셰이크: ClientHello. 바이트를 들여다보자. "chat.example"이 그대로 보인다. 엿보는 사람은 A가 누구와 이야기하려는지 안다.',
    },
    {
      id: 'server-hello',
      when: when.sent('B', 'data', { again: false }),
      en: 'ServerHello is the last thing that can be read. With it both can compute the keys; the rest, the certificate too, is encrypted already.',
      ko: '읽을 수 있는 것은 ServerHello가 마지막이다. 이것으로 양쪽은 키를 계산한다. 나머지는 인증서까지도 이미 암호화되어 있다.',
    },
    {
      id: 'request',
      when: when.sent('A', 'data', { again: false }),
      nth: 2,
      en: 'A ends the handshake, and in the same breath asks "GET /chat … Upgrade: websocket". We know, for we have recorded it. On the wire it says: application data.',
      ko: 'A가 핸드셰이크를 마치면서 곧바로 "GET /chat … Upgrade: websocket"을 요청한다. 우리는 녹화했으니 안다. 회선에는 이렇게만 보인다: application data.',
    },
    {
      id: 'response',
      when: when.sent('B', 'data', { again: false }),
      nth: 2,
      en: 'In here are two tickets for the next visit, and the 101. From outside nobody can tell that WebSocket is spoken now.',
      ko: '이 안에는 다음 방문을 위한 티켓 두 장과 101이 있다. 밖에서는 이제 WebSocket을 쓴다는 것을 알 수 없다.',
    },
    {
      id: 'frame',
      when: when.sent('A', 'data', { again: false }),
      nth: 3,
      en: 'The frame "Hello": its 11 bytes have become 33. TLS adds 5 bytes of header, 16 that prove that nobody has changed anything, and one for what it really is.',
      ko: '"Hello" 프레임. 11바이트가 33바이트가 되었다. TLS가 헤더 5바이트, 아무도 바꾸지 않았음을 증명하는 16바이트, 실제 종류를 적는 1바이트를 붙인다.',
    },
    {
      id: 'echo',
      when: when.sent('B', 'data', { again: false }),
      nth: 3,
      en: 'B’s answer. What an onlooker does see: who, when, how often, and how long. That is often enough to guess.',
      ko: 'B의 답이다. 엿보는 사람도 누가, 언제, 얼마나 자주, 얼마나 길게 말하는지는 볼 수 있다. 그것만으로 짐작할 수 있을 때가 많다.',
    },
    {
      id: 'close',
      when: when.sent('A', 'data', { again: false }),
      nth: 4,
      en: 'Again 33 bytes. This is the close frame "1000, bye"; from outside it looks exactly like "Hello".',
      ko: '또 33바이트. 이번에는 닫기 프레임 "1000, bye"다. 밖에서 보면 "Hello"와 똑같다.',
    },
    {
      id: 'close-notify',
      when: when.sent('B', 'data', { again: false }),
      nth: 4,
      en: 'B’s close frame, and behind it close_notify: WebSocket’s goodbye, then TLS’s. TCP’s FIN follows. Each layer hangs up for itself, from the inside to the outside.',
      ko: 'B의 닫기 프레임, 그리고 그 뒤에 close_notify다. WebSocket의 작별 인사 다음에 TLS의 작별 인사다. 이어서 TCP의 FIN이 온다. 안쪽부터 바깥쪽으로, 계층마다 따로 끊는다.',
    },
    {
      id: 'lost',
      when: when.lost('B', 'data'),
      en: 'TLS cannot do without a single byte, and need not: TCP brings it again.',
      ko: 'TLS는 한 바이트도 빠지면 안 된다. 하지만 걱정할 필요는 없다. TCP가 다시 가져다준다.',
    },
    {
      id: 'forged',
      when: (moment) => moment.kind === 'sent' && moment.frame.isGhost,
      en: 'Somebody who looks on forges a RST with the right numbers. TLS protects what is said, but TCP’s header stands outside of it, unprotected.',
      ko: '엿보던 사람이 올바른 번호로 RST를 위조한다. TLS는 말한 내용을 보호하지만, TCP 헤더는 그 바깥에 있어 보호받지 못한다.',
    },
    {
      id: 'cut',
      when: when.state('A', 'CLOSED', 'ESTABLISHED', 'rcv RST'),
      en: 'A’s connection is gone. At least A knows that it was cut: no close_notify has come. (QUIC encrypts its goodbyes, and so cannot be cut like that.)',
      ko: 'A의 연결이 사라졌다. 적어도 A는 중간에 잘렸다는 것을 안다. close_notify가 오지 않았기 때문이다. (QUIC은 작별 인사도 암호화하므로 이렇게 자를 수 없다.)',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    replayed(),
    claim({ en: 'The server’s name can be read by everybody.', ko: '서버의 이름은 누구나 읽을 수 있다.' }, (run) =>
      onTheWire(run).includes(NAME),
    ),
    claim(
      {
        en: 'No request, no frame and no "Hello" can be read.',
        ko: '요청도, 프레임도, "Hello"도 읽을 수 없다.',
      },
      (run) => {
        const wire = onTheWire(run);
        return (
          ['GET ', 'Upgrade', 'Switching', 'Hello', 'bye'].every((word) => !wire.includes(word)) &&
          rows(run).every(({ told }) => told.items.every(({ kind }) => kind === 'tls'))
        );
      },
    ),
    claim(
      {
        en: '"Hello" and "bye" are 33 bytes each.',
        ko: '"Hello"와 "bye"는 똑같이 33바이트다.',
      },
      (run) =>
        segmentsOf(run, 'A', 'data')
          .slice(2, 4)
          .every(({ reading }) => reading.length === HELLO + ADDED),
    ),
  ],
  suggestions: [
    {
      id: 'lose-server-hello',
      title: { en: 'Lose the ServerHello', ko: 'ServerHello 없애기' },
      look: {
        en: 'The handshake stands still until TCP has mended it. TLS itself has no timer.',
        ko: 'TCP가 복구할 때까지 핸드셰이크가 멈춘다. TLS 자체에는 타이머가 없다.',
      },
      actions: [drop('R3')],
      claims: [loses(1), replayed(), ends('CLOSED', 'CLOSED')],
    },
    {
      id: 'forged-rst',
      title: { en: 'A forged RST', ko: '위조한 RST' },
      look: {
        en: 'Somebody on the way cannot read a word, and yet can end the conversation.',
        ko: '길목에 있는 누군가는 한마디도 읽지 못하지만 대화를 끝낼 수 있다.',
      },
      actions: [set('attack', true)],
      claims: [
        passes('A', 'SYN-SENT', 'ESTABLISHED', 'CLOSED'),
        claim({ en: 'A was cut off before the end.', ko: 'A는 끝나기 전에 잘렸다.' }, (run) => {
          const talk = run.talk('A');
          return talk?.isBroken === true && talk.heardBytes < total('server');
        }),
      ],
    },
  ],
});

/** Says what its side has said in the recording, each time when it has heard all that was said before. */
function replay(world: World, talk: Talk, side: 'client' | 'server'): void {
  let next = FLIGHTS.findIndex(({ from }) => from === side);
  let due = 0;
  const awaited = (): number =>
    FLIGHTS.slice(0, next).reduce((sum, { from, bytes }) => (from === side ? sum : sum + bytes.length), 0);
  const go = (): void => {
    const flight = FLIGHTS[next];
    if (flight === undefined) return;
    talk.send(flight.bytes);
    next += 2;
    // The server's goodbye is its last word.
    if (side === 'server' && next >= FLIGHTS.length) talk.close();
  };
  const look = (): void => {
    if (next === due || next >= FLIGHTS.length || talk.heardBytes < awaited()) return;
    due = next;
    // A person thinks for a moment before each message.
    if (MESSAGES.has(next)) world.after(100 * MILLISECOND, go);
    else go();
  };
  if (side === 'client') go();
  talk.onData(look).onEnd(() => {
    talk.close();
  });
}

/** A RST that A must believe: its number is the one that A waits for (RFC 5961 §3.2). */
function forge(world: World, talk: Talk): void {
  const { variables } = talk.record ?? {};
  if (variables === undefined) return;
  const { address, port } = talk.connection.remote;
  world.inject('right', {
    src: { address, port },
    dst: { address: talk.connection.local.address, port: talk.connection.local.port },
    flags: FLAG.RST,
    seq: variables.rcv.nxt,
  });
}

function replayed(): Claim {
  return claim(
    { en: 'Both ends hear the whole recording.', ko: '양쪽 모두 녹화된 대화를 전부 듣는다.' },
    (run) => run.talk('A')?.heardBytes === total('server') && run.talk('B')?.heardBytes === total('client'),
  );
}

function total(side: 'client' | 'server'): number {
  return FLIGHTS.reduce((sum, { from, bytes }) => (from === side ? sum + bytes.length : sum), 0);
}

function rows(run: Run) {
  return ['A', 'B'].flatMap((host) => segmentsOf(run, host));
}

/** All that an onlooker sees of what is said, as text. */
function onTheWire(run: Run): string {
  return rows(run)
    .map(({ event }) => Array.from(event.segment.payload, (byte) => String.fromCharCode(byte)).join(''))
    .join('\n');
}
