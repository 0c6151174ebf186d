import { choice, claim, defineLesson, ends, MILLISECOND, passes, sends, set, when } from '../engine';

/** Four ways to get a RST. */
export const reset = defineLesson({
  id: 'reset',
  group: 'closing',
  title: { en: 'RST and its causes', ko: 'RST와 그 원인' },
  summary: {
    en: '"Connection reset by peer": every programmer has seen it. Here are its usual causes, one after the other.',
    ko: '"Connection reset by peer". 프로그래머라면 누구나 본 적이 있다. 흔한 원인을 하나씩 보자.',
  },
  goal: {
    en: 'You can tell from the ladder why a RST was sent, and what is lost with it.',
    ko: '사다리 그림을 보고 RST를 왜 보냈는지, 그 때문에 무엇을 잃는지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5.2', 'RFC 9293 §3.5.3', 'RFC 9293 §3.10.5', 'RFC 5961 §3'],
  glossary: [
    {
      word: 'abort',
      means: {
        en: 'To end a connection at once. What is not sent yet is thrown away, and the other end gets RST.',
        ko: '중단: 연결을 즉시 끝내는 것. 아직 보내지 않은 것은 버리고, 상대에게 RST를 보낸다.',
      },
    },
    {
      word: 'ECONNRESET',
      means: {
        en: 'What a program is told when its connection was ended by a RST: "connection reset by peer".',
        ko: '연결이 RST로 끝났을 때 프로그램이 받는 오류: "connection reset by peer".',
      },
    },
  ],
  settings: {
    cause: choice(
      'abort',
      { en: 'What happens', ko: '무슨 일이 일어날까' },
      {
        abort: { en: 'B’s program aborts', ko: 'B의 프로그램이 중단한다' },
        unread: { en: 'B closes without reading', ko: 'B가 읽지 않고 닫는다' },
        late: { en: 'B closes, and A goes on sending', ko: 'B가 닫은 뒤 A가 계속 보낸다' },
        nobody: { en: 'nobody listens', ko: '기다리는 프로그램이 없다' },
        crash: { en: 'B crashes and comes up again', ko: 'B가 꺼졌다 켜진다' },
      },
    ),
  },
  script: (world, { cause }) => {
    const { a, b } = world;
    if (cause !== 'nobody') {
      b.listen(80, (server) => {
        if (cause === 'abort') world.at(200 * MILLISECOND, () => server.abort());
        if (cause === 'unread') {
          server.pause();
          world.at(200 * MILLISECOND, () => server.leave());
        }
        if (cause === 'late') world.at(200 * MILLISECOND, () => server.leave());
        if (cause === 'crash')
          world.at(200 * MILLISECOND, () => {
            b.crash();
          });
      });
    }
    world.at(0, () => {
      const client = a.connect(b, 80).send('hello');
      if (cause === 'late' || cause === 'crash') world.at(400 * MILLISECOND, () => client.send('are you there?'));
    });
  },
  beats: [
    {
      id: 'abort',
      when: when.call('B', 'abort'),
      en: 'B’s program does not want to go on and aborts. No FIN, no waiting: B says RST, "I drop everything now".',
      ko: 'B의 프로그램이 더 하고 싶지 않아 중단한다. FIN도 없고 기다리지도 않는다. B는 RST를 보낸다. "지금 다 끊어 버릴게."',
    },
    {
      id: 'unread',
      when: (moment) =>
        moment.kind === 'call' && moment.host === 'B' && moment.call === 'close' && moment.time === 200 * MILLISECOND,
      en: 'B’s program goes away.',
      ko: 'B의 프로그램이 떠난다.',
    },
    {
      id: 'unread-rst',
      when: (moment) =>
        when.sent('B', 'abort')(moment) && moment.kind === 'sent' && moment.row.event.before === 'ESTABLISHED',
      en: 'RST goes out, and the connection is gone: not even TIME-WAIT. If there was something that B had not read, A’s words are lost, although TCP had acknowledged them. A shall know that.',
      ko: 'RST가 나가고 연결은 사라진다. TIME-WAIT도 없다. B가 읽지 않은 것이 있었다면, TCP가 확인 응답까지 한 A의 말이 버려진 것이다. A도 그 사실을 알아야 한다.',
    },
    {
      id: 'late-data',
      when: (moment) =>
        when.sent('B', 'abort')(moment) && moment.kind === 'sent' && moment.row.event.before !== 'ESTABLISHED',
      en: 'B has said FIN, and A may go on speaking; but B’s program has closed and reads nothing more. So these words get RST.',
      ko: 'B는 FIN을 보냈고 A는 더 말해도 된다. 하지만 B의 프로그램은 이미 닫아서 더 읽지 않는다. 그래서 이 말에는 RST가 돌아온다.',
    },
    {
      id: 'nobody',
      when: when.sent('B', 'refusal'),
      en: 'Nobody waits at port 80. B’s TCP answers by itself: RST. A’s program is told "connection refused".',
      ko: '80번 포트에서 기다리는 프로그램이 없다. B의 TCP가 스스로 RST로 답한다. A의 프로그램은 "connection refused" 오류를 받는다.',
    },
    {
      id: 'crash',
      when: when.call('B', 'crash'),
      en: 'B loses its power and comes up again. It has forgotten everything. A knows nothing of that.',
      ko: 'B의 전원이 나갔다가 다시 켜진다. B는 모두 잊었다. A는 그 사실을 모른다.',
    },
    {
      id: 'crash-rst',
      when: when.sent('B', 'no-such-connection'),
      en: 'A speaks on, and B hears words of a connection that it does not know: RST.',
      ko: 'A가 말을 계속하자, B에게는 모르는 연결의 말이 들린다: RST.',
    },
    {
      id: 'told',
      when: (moment) =>
        moment.kind === 'state' && moment.host === 'A' && moment.to === 'CLOSED' && moment.event === 'rcv RST',
      en: 'A gets the RST. It checks that the number is exactly right, for a RST might be forged: to one that is only nearly right it would say "is that really you?". This one fits, so the connection is gone at this end as well, and nothing is answered.',
      ko: 'A가 RST를 받는다. RST는 위조일 수 있으니 번호가 정확히 맞는지 살핀다. 조금만 어긋나도 "정말 너야?" 하고 되묻는다. 이 RST는 맞으므로 A의 연결도 사라지고, 아무 답도 하지 않는다.',
    },
  ],
  claims: [
    ends('CLOSED', 'CLOSED'),
    sends('B', 'abort', 1),
    passes('A', 'SYN-SENT', 'ESTABLISHED', 'CLOSED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSED'),
  ],
  suggestions: [
    {
      id: 'unread',
      title: { en: 'B closes without reading', ko: 'B가 읽지 않고 닫기' },
      look: {
        en: '"hello" has arrived and is acknowledged, but B’s program never read it. See what close does then.',
        ko: '"hello"는 도착했고 확인 응답도 갔지만 B의 프로그램은 읽지 않았다. 이때 닫으면 어떻게 될까?',
      },
      actions: [set('cause', 'unread')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        sends('B', 'abort', 1),
        sends('B', 'first-fin', 0),
        claim(
          { en: 'B’s program has read nothing.', ko: 'B의 프로그램은 아무것도 읽지 않았다.' },
          (run) => run.talk('B')?.heardBytes === 0,
        ),
      ],
    },
    {
      id: 'late',
      title: { en: 'A speaks after B has closed', ko: 'B가 닫은 뒤 A가 말하기' },
      look: {
        en: 'First a FIN, as in a polite close. Then A sends, and the RST follows.',
        ko: '처음에는 정상 종료처럼 FIN이 온다. 그다음 A가 보내면 RST가 돌아온다.',
      },
      actions: [set('cause', 'late')],
      claims: [
        ends('CLOSED', 'CLOSED'),
        sends('B', 'first-fin', 1),
        passes('A', 'SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', 'CLOSED'),
      ],
    },
    {
      id: 'nobody',
      title: { en: 'Nobody listens', ko: '기다리는 프로그램이 없을 때' },
      look: { en: 'The quickest of all: one question, one RST.', ko: '가장 빠르다. 질문 하나에 RST 하나.' },
      actions: [set('cause', 'nobody')],
      claims: [ends('CLOSED', 'CLOSED'), sends('B', 'refusal', 1), passes('A', 'SYN-SENT', 'CLOSED')],
    },
    {
      id: 'crash',
      title: { en: 'B crashes', ko: 'B가 꺼졌다 켜지기' },
      look: {
        en: 'Between 200 and 400 ms the two ends disagree, and nobody notices. What brings it to light?',
        ko: '200ms에서 400ms 사이에는 양쪽의 생각이 다르지만 아무도 모른다. 무엇이 그것을 드러낼까?',
      },
      actions: [set('cause', 'crash')],
      claims: [
        claim({ en: 'A ends in CLOSED.', ko: 'A는 CLOSED로 끝난다.' }, (run) => run.state('A') === 'CLOSED'),
        sends('B', 'no-such-connection', 1),
      ],
    },
  ],
});
