import { defineLesson, delay, ends, loses, MILLISECOND, passes, sends, set, toggle, when } from '../engine';

/** How a connection begins. */
export const threeWayHandshake = defineLesson({
  id: 'three-way-handshake',
  group: 'opening',
  title: { en: 'The three-way handshake', ko: '3-way 핸드셰이크' },
  summary: {
    en: 'Two programs want to talk. Before the first byte of data, their machines make sure that each hears the other.',
    ko: '두 프로그램이 이야기하려고 한다. 데이터를 한 바이트라도 보내기 전에, 두 컴퓨터는 서로 들리는지부터 확인한다.',
  },
  goal: {
    en: 'You can say what SYN, SYN-ACK and ACK are for, and in which states both ends are in between.',
    ko: 'SYN, SYN-ACK, ACK가 각각 무엇을 하는지, 그 사이에 양쪽이 어떤 상태인지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 9293 §3.3.2'],
  glossary: [
    {
      word: 'SYN',
      means: {
        en: '"Synchronize": a mark in the first segment that each end sends. It says at which number its bytes begin to count.',
        ko: '"동기화": 양쪽이 맨 처음 보내는 세그먼트에 켜는 표시. 내 바이트를 몇 번부터 세는지 알린다.',
      },
    },
    {
      word: 'ACK',
      means: {
        en: '"Acknowledgment": it says which byte is awaited next; so all bytes before it have arrived. A SYN counts like one byte, so the ACK of a SYN is its number plus one.',
        ko: '"확인 응답": 다음에 기다리는 바이트의 번호를 말한다. 그 앞의 바이트는 모두 받았다는 뜻이다. SYN도 바이트 하나로 세므로, SYN에 대한 ACK는 SYN의 번호에 1을 더한 값이다.',
      },
    },
    {
      word: 'segment',
      means: {
        en: 'A packet of TCP: a header with numbers and marks, and perhaps some data.',
        ko: '세그먼트. TCP의 패킷이다. 번호와 표시가 든 헤더에 데이터가 붙을 수도 있다.',
      },
    },
    {
      word: 'SYN-ACK',
      means: {
        en: 'SYN and ACK in one segment: the answer to a SYN. "I hear you. Do you hear me?"',
        ko: 'SYN과 ACK를 한 세그먼트에 담은 것. SYN에 대한 답이다. "잘 들려. 내 말은 들려?"',
      },
    },
    {
      word: 'RST',
      means: {
        en: '"Reset": "there is no such connection". It ends everything at once, and is not answered.',
        ko: '"리셋": "그런 연결은 몰라"라는 뜻. 모든 것을 바로 끝내며, 여기에는 답하지 않는다.',
      },
    },
    {
      word: 'state',
      means: {
        en: 'What an end remembers of the connection: what it has said and heard so far, and so what it waits for. Each state has a name in capitals; it stands beside the picture.',
        ko: '상태. 한쪽이 연결에 대해 기억하는 것으로, 지금까지 무엇을 말하고 들었는지, 그래서 무엇을 기다리는지를 나타낸다. 상태마다 대문자로 쓰는 이름이 있고, 그림 옆에 나온다.',
      },
    },
    {
      word: 'LISTEN',
      means: {
        en: 'The state of a program that waits to be called.',
        ko: '프로그램이 연결이 걸려 오기를 기다리는 상태.',
      },
    },
    {
      word: 'ESTABLISHED',
      means: {
        en: 'The connection stands: this end knows that both hear each other.',
        ko: '연결된 상태. 서로 잘 들린다는 것을 이쪽에서 안다.',
      },
    },
  ],
  settings: {
    listens: toggle(true, { en: 'A program waits at B’s port 80', ko: 'B의 80번 포트에서 프로그램이 기다린다' }),
  },
  script: (world, { listens }) => {
    const { a, b } = world;
    if (listens) b.listen(80);
    world.at(0, () => {
      a.connect(b, 80);
    });
  },
  beats: [
    {
      id: 'syn',
      when: when.sent('A', 'syn'),
      en: 'A asks: "can you hear me?" That is a SYN. It also says at which number A begins to count its bytes. A is now in the state SYN-SENT: it has asked, and waits.',
      ko: 'A가 묻는다. "들려?" 이것이 SYN이다. A가 자기 바이트를 몇 번부터 세는지도 알려 준다. 이제 A는 SYN-SENT: 물어보고 기다리는 상태다.',
    },
    {
      id: 'syn-ack',
      when: when.sent('B', 'syn-ack'),
      en: 'B has heard it and answers two things in one segment: "I hear you" (ACK) and "do you hear me?" (SYN). Look at the numbers: its ACK is A’s number plus one, for a SYN counts as one. B is in SYN-RECEIVED: it does not know yet whether its own voice arrives.',
      ko: 'B가 듣고 한 세그먼트에 두 가지를 담아 답한다. "잘 들려"(ACK), 그리고 "내 말은 들려?"(SYN). 번호를 보자. ACK는 A의 번호에 1을 더한 값이다. SYN도 하나로 세기 때문이다. B는 SYN-RECEIVED: 자기 말이 닿는지는 아직 모른다.',
    },
    {
      id: 'ack',
      when: when.state('A', 'ESTABLISHED'),
      en: 'A has its answer, so it knows that both directions work: ESTABLISHED. It says "I hear you" (ACK), for B waits for that.',
      ko: 'A는 답을 들었으니 양쪽 방향이 다 통한다는 것을 안다: ESTABLISHED. B가 기다리고 있으므로 "잘 들려"(ACK)라고 말해 준다.',
    },
    {
      id: 'done',
      when: when.state('B', 'ESTABLISHED'),
      en: 'Now B knows it too. Three segments, there, back, and there again, and both ends agree. From here on data may flow.',
      ko: '이제 B도 안다. 세그먼트 세 개가 갔다가, 왔다가, 다시 가고 나니 양쪽이 아는 것이 같아졌다. 이제부터 데이터를 보낼 수 있다.',
    },
    {
      id: 'refused',
      when: when.sent('B', 'refusal'),
      en: 'Nobody waits at this port, and B says so at once: RST, "reset". That is no silence: A knows that B is there, and that nobody wants to talk.',
      ko: '이 포트에서 기다리는 프로그램이 없다. B는 바로 그렇다고 말한다. RST, "리셋"이다. 아무 답이 없는 것과는 다르다. A는 B가 거기 있지만 상대해 줄 프로그램이 없다는 것을 안다.',
    },
    {
      id: 'closed',
      when: when.state('A', 'CLOSED', 'SYN-SENT', 'rcv RST'),
      en: 'A’s program is told: "connection refused".',
      ko: 'A의 프로그램은 "연결이 거부되었습니다(connection refused)"라는 오류를 받는다.',
    },
  ],
  claims: [
    ends('ESTABLISHED', 'ESTABLISHED'),
    passes('A', 'SYN-SENT', 'ESTABLISHED'),
    passes('B', 'SYN-RECEIVED', 'ESTABLISHED'),
    sends('A', 'syn', 1),
    loses(0),
  ],
  suggestions: [
    {
      id: 'nobody-listens',
      title: { en: 'Nobody listens', ko: '기다리는 프로그램이 없을 때' },
      look: {
        en: 'The same question, another answer. How long does it take until A knows?',
        ko: '같은 질문에 다른 답이 온다. A가 알게 되기까지 얼마나 걸릴까?',
      },
      actions: [set('listens', false)],
      claims: [ends('CLOSED', 'CLOSED'), passes('A', 'SYN-SENT', 'CLOSED'), sends('B', 'refusal', 1)],
    },
    {
      id: 'slow-answer',
      title: { en: 'The answer takes long', ko: '답이 늦게 올 때' },
      look: {
        en: 'The SYN-ACK needs half a second more. Look at who is in which state in the meantime: A still waits, B has answered.',
        ko: 'SYN-ACK가 0.5초 늦게 온다. 그동안 누가 어떤 상태인지 보자. A는 아직 기다리고, B는 이미 답했다.',
      },
      actions: [delay('R1', 500 * MILLISECOND)],
      claims: [ends('ESTABLISHED', 'ESTABLISHED'), sends('A', 'syn', 1), loses(0)],
    },
  ],
});
