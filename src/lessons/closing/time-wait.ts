import {
  choice,
  claim,
  defineLesson,
  drop,
  ends,
  loses,
  MILLISECOND,
  passes,
  SECOND,
  sends,
  set,
  when,
  type Talk,
} from '../engine';

const PORT = 40_000;
const MSL = { short: SECOND / 10, linux: 30 * SECOND, rfc: 120 * SECOND };

/** Why who hangs up first has to wait. */
export const timeWait = defineLesson({
  id: 'time-wait',
  group: 'closing',
  title: { en: 'TIME-WAIT, and why it waits', ko: 'TIME-WAIT는 왜 기다릴까?' },
  summary: {
    en: 'Everything is said and acknowledged, and still A keeps the connection in mind for a minute. What would go wrong without?',
    ko: '다 말하고 다 확인했는데도 A는 1분 동안 연결을 잊지 않는다. 그러지 않으면 무엇이 잘못될까?',
  },
  goal: {
    en: 'You can name the two reasons for TIME-WAIT, who pays for it, and what a busy server can do.',
    ko: 'TIME-WAIT의 두 가지 이유와, 누가 그 값을 치르는지, 바쁜 서버는 어떻게 할 수 있는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.6.1', 'RFC 9293 §3.4.2', 'RFC 1337', 'RFC 6191'],
  glossary: [
    {
      word: '2 MSL',
      means: {
        en: 'Twice the longest life of a segment: time for an ACK to get lost, and for the repeated FIN to arrive. A minute here, as in Linux; RFC 9293 reckons with four.',
        ko: '세그먼트 최대 수명의 두 배. ACK가 가다가 사라지고, 다시 보낸 FIN이 오기에 넉넉한 시간이다. 여기서는 리눅스처럼 1분이고, RFC 9293은 4분으로 본다.',
      },
    },
  ],
  settings: {
    first: choice(
      'A',
      { en: 'Who closes first', ko: '먼저 끊는 쪽' },
      { A: { en: 'A, the client', ko: 'A(클라이언트)' }, B: { en: 'B, the server', ko: 'B(서버)' } },
    ),
    msl: choice(
      'linux',
      { en: 'Longest life of a segment (MSL)', ko: '세그먼트 최대 수명(MSL)' },
      {
        short: { en: '0.1 s (much too short)', ko: '0.1초(너무 짧음)' },
        linux: { en: '30 s (as Linux, in effect)', ko: '30초(사실상 리눅스와 같음)' },
        rfc: { en: '2 min (RFC 9293)', ko: '2분(RFC 9293)' },
      },
    ),
    again: choice(
      'no',
      { en: 'A calls again after a second', ko: '1초 뒤 A가 다시 연결' },
      {
        no: { en: 'no', ko: '아니요' },
        same: { en: 'from the same port', ko: '같은 포트에서' },
        other: { en: 'from another port', ko: '다른 포트에서' },
      },
    ),
  },
  actions: [drop('L5')],
  setup: ({ msl }) => ({ tcp: { msl: MSL[msl], tailLossProbe: false, rto: { min: SECOND } } }),
  script: (world, { first, again }) => {
    const { a, b } = world;
    const hangUpSecond = (talk: Talk): void => {
      talk.onEnd(() => {
        world.after(100 * MILLISECOND, () => talk.close());
      });
    };
    let calls = 0;
    b.listen(80, (server) => {
      calls += 1;
      if (first === 'B' && calls === 1) world.at(200 * MILLISECOND, () => server.close());
      else hangUpSecond(server);
    });
    world.at(0, () => {
      const client = a.connect(b, 80, { local: { port: PORT } }).send('hello');
      if (first === 'A') world.at(200 * MILLISECOND, () => client.close());
      else hangUpSecond(client);
    });
    if (again === 'no') return;
    world.at(1500 * MILLISECOND, () => {
      // The port may be taken by the connection in TIME-WAIT.
      a.tryConnect(b, 80, { local: { port: again === 'same' ? PORT : PORT + 1 } });
    });
  },
  beats: [
    {
      id: 'begins',
      when: when.state('A', 'TIME-WAIT'),
      en: 'A hung up first, so A said the last word, an ACK that nobody acknowledges. It may be lost. So A stays, in TIME-WAIT.',
      ko: 'A가 먼저 끊었으니 마지막 말도 A가 했다. 아무도 답하지 않는 ACK다. 사라질 수도 있으니 A는 TIME-WAIT에 남는다.',
    },
    {
      id: 'lost',
      when: when.lost('A', 'last-ack'),
      en: 'Here it is lost indeed. B will ask again.',
      ko: '여기서는 정말 사라졌다. B가 다시 물을 것이다.',
    },
    {
      id: 'first-reason',
      when: when.sent('A', 'last-ack'),
      nth: 2,
      en: 'The first reason: A is still there to repeat its "all right", so B can close in peace.',
      ko: '첫째 이유: A가 아직 남아 있어서 "알겠어"를 다시 말해 주고, B는 편안히 닫을 수 있다.',
    },
    {
      id: 'forgot',
      when: (moment) =>
        when.sent('A', 'no-such-connection')(moment) && moment.kind === 'sent' && moment.row.right.state === 'LAST-ACK',
      en: 'A has forgotten all about it: it waited too short, or not at all. To B’s question it can only say "I know of no such connection".',
      ko: 'A는 너무 짧게 기다렸거나 아예 기다리지 않아 모두 잊어버렸다. B가 물어도 "그런 연결은 몰라"라고밖에 할 수 없다.',
    },
    {
      id: 'b-error',
      when: (moment) =>
        when.state('B', 'CLOSED', 'LAST-ACK')(moment) && moment.kind === 'state' && moment.event === 'rcv RST',
      en: 'So B closes by a RST. Its program cannot be sure that all it said was read.',
      ko: '그래서 B는 RST로 닫힌다. B의 프로그램은 상대가 자기 말을 모두 읽었는지 확신할 수 없다.',
    },
    {
      id: 'port-taken',
      when: when.call('A', 'refused'),
      en: 'A’s program may not use this port for the same server yet: "address already in use". Old segments might still be about, and could get into the new connection. That is the second reason.',
      ko: 'A의 프로그램은 같은 서버에 아직 이 포트를 쓸 수 없다. "주소가 이미 사용 중입니다(address already in use)." 옛 세그먼트가 아직 어딘가에 있다가 새 연결에 끼어들 수 있기 때문이다. 이것이 둘째 이유다.',
    },
    {
      id: 'other-port',
      when: (moment) =>
        when.sent('A', 'syn')(moment) && moment.kind === 'sent' && moment.row.event.segment.srcPort === PORT + 1,
      en: 'From another port A can call at once: that is another connection, and nothing of the old one fits into it. Each end has thousands of ports.',
      ko: '다른 포트에서는 바로 연결할 수 있다. 다른 연결이므로 옛 세그먼트가 끼어들 수 없다. 포트는 양쪽에 수천 개씩 있다.',
    },
    {
      id: 'server-begins',
      when: when.state('B', 'TIME-WAIT'),
      en: 'This time B hung up first, so it is B who waits. A server that closes thousands of connections a minute keeps as many in TIME-WAIT.',
      ko: '이번에는 B가 먼저 끊었으니 B가 기다린다. 1분에 연결 수천 개를 닫는 서버라면 TIME-WAIT도 수천 개가 쌓인다.',
    },
    {
      id: 'reopened',
      when: (moment) =>
        moment.kind === 'state' && moment.host === 'B' && moment.from === 'TIME-WAIT' && moment.event === 'rcv SYN',
      en: 'A calls again from the same port, and B is still in TIME-WAIT. But this SYN has a higher number (and a later timestamp) than anything of the old connection, so it cannot be old. B ends its wait and takes the call.',
      ko: 'A가 같은 포트에서 다시 연결하는데 B는 아직 TIME-WAIT다. 하지만 이 SYN의 번호는 옛 연결의 어느 것보다 크고 타임스탬프도 나중이니, 옛것일 리 없다. B는 기다리기를 그만두고 연결을 받아들인다.',
    },
    {
      id: 'over',
      when: when.timer('A', 'time-wait'),
      en: '2 MSL are over: nothing of this connection can be on the way any more. A forgets it, and the port is free.',
      ko: '2 MSL이 지났다. 이 연결의 세그먼트는 이제 어디에도 없다. A는 연결을 잊고, 포트도 다시 쓸 수 있다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'),
    sends('A', 'last-ack', 2),
    sends('A', 'no-such-connection', 0),
    loses(1),
  ],
  suggestions: [
    {
      id: 'too-short',
      title: { en: 'Wait only 0.2 s', ko: '0.2초만 기다리기' },
      look: {
        en: 'B asks again after a second. By then A has left. What does B hear, and how does its connection end?',
        ko: 'B는 1초 뒤에 다시 묻는다. 그때 A는 이미 떠났다. B는 무엇을 듣고, 연결은 어떻게 끝날까?',
      },
      actions: [set('msl', 'short'), drop('L5')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        sends('A', 'last-ack', 1),
        claim({ en: 'A answers B’s second FIN with RST.', ko: 'A는 B의 두 번째 FIN에 RST로 답한다.' }, (run) =>
          run.moments.some((moment) => when.sent('A', 'no-such-connection')(moment)),
        ),
      ],
    },
    {
      id: 'same-port',
      title: { en: 'Call again from the same port', ko: '같은 포트에서 다시 연결하기' },
      look: {
        en: 'A second after the end A’s program wants the very same connection once more.',
        ko: '끝나고 1초 뒤, A의 프로그램이 똑같은 연결을 다시 만들려고 한다.',
      },
      actions: [set('again', 'same')],
      claims: [ends('CLOSED', 'CLOSED')],
    },
    {
      id: 'other-port',
      title: { en: 'Call again from another port', ko: '다른 포트에서 다시 연결하기' },
      look: {
        en: 'The same, from port 40001. That is what systems do by themselves.',
        ko: '이번에는 40001번 포트에서 연결한다. 보통은 시스템이 알아서 이렇게 한다.',
      },
      actions: [set('again', 'other')],
      claims: [
        claim(
          { en: 'The new connection stands.', ko: '새 연결이 이루어진다.' },
          (run) => run.state('A', 1) === 'ESTABLISHED',
        ),
      ],
    },
    {
      id: 'server-waits',
      title: { en: 'The server hangs up first', ko: '서버가 먼저 끊기' },
      look: {
        en: 'Now B waits, and A calls again from the same port. Must it wait for a minute?',
        ko: '이제 B가 기다리고, A가 같은 포트에서 다시 연결한다. 1분을 기다려야 할까?',
      },
      actions: [set('first', 'B'), set('again', 'same')],
      claims: [
        claim(
          {
            en: 'B leaves TIME-WAIT for the new call, and that stands.',
            ko: 'B는 새 연결을 받으려고 TIME-WAIT를 떠나고, 새 연결이 이루어진다.',
          },
          (run) =>
            run.path('B').slice(-2).join() === 'TIME-WAIT,CLOSED' &&
            run.state('A', 1) === 'ESTABLISHED' &&
            run.state('B', 1) === 'ESTABLISHED',
        ),
      ],
    },
  ],
});
