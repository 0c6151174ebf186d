import type { Lang } from '../../../src/inspect/lang';
import type { State } from '../../../src/tcp/states';

interface StateText {
  /** What the state means. */
  readonly means: string;
  /** What an end in it waits for. */
  readonly waits: string;
}

export interface StateTexts {
  readonly states: Readonly<Record<State, StateText>>;
  /** What takes an arrow, by the words of Figure 5. */
  readonly events: Readonly<Record<string, string>>;
  /** What is done on the way. */
  readonly actions: Readonly<Record<string, string>>;
  /** The ends, where the page has no names for them. */
  readonly ends: { readonly left: string; readonly right: string };
  readonly diagram: string;
  readonly hint: string;
  readonly abrupt: string;
  readonly waitsFor: string;
  readonly presumed: string;
  readonly unknown: string;
  readonly outside: string;
  readonly isIn: (name: string, state: string) => string;
  readonly took: (name: string, order: number, time: string) => string;
  readonly path: (name: string) => string;
  readonly nothingYet: string;
  readonly sent: string;
  /** An abrupt end, of which nobody knows the cause. */
  readonly someEnd: string;
}

const en: StateTexts = {
  states: {
    CLOSED: { means: 'There is no connection: not yet, or no longer.', waits: 'nothing.' },
    LISTEN: {
      means: 'A server waits to be called.',
      waits: 'a SYN, the first segment of a call ("can you hear me?").',
    },
    'SYN-SENT': {
      means: 'This end has called: its SYN is on the way.',
      waits: 'a SYN,ACK, the answer that also asks back.',
    },
    'SYN-RECEIVED': {
      means: 'This end was called and has answered; it does not know yet that its answer arrived.',
      waits: 'an ACK of its own SYN.',
    },
    ESTABLISHED: {
      means: 'Both ends know that they hear each other: data flows, both ways at once.',
      waits: 'data, until one of the two hangs up.',
    },
    'FIN-WAIT-1': {
      means: 'This end has hung up first: it said FIN ("that was everything") and still listens.',
      waits: "an ACK of its FIN, or the other end's FIN.",
    },
    'FIN-WAIT-2': {
      means: 'The other end has confirmed our FIN, but still has something to say.',
      waits: "the other end's FIN.",
    },
    'CLOSE-WAIT': {
      means: 'The other end has hung up; this one may still send.',
      waits: 'its own program to say CLOSE. (A connection that stays here for long is a bug in that program.)',
    },
    CLOSING: {
      means: 'Both hung up at the same time: the two FINs crossed on the way.',
      waits: 'an ACK of its own FIN.',
    },
    'LAST-ACK': {
      means: 'The other end hung up first, and now this end has hung up too.',
      waits: 'the ACK of its FIN, the last segment of all.',
    },
    'TIME-WAIT': {
      means:
        'All is said. This end stays for a while, in case its last ACK was lost, and until no old segment can be about.',
      waits: '2 MSL to pass: twice the longest time that a segment may live.',
    },
  },
  events: {
    'passive OPEN': 'a program begins to listen',
    'active OPEN': 'a program calls the other end',
    CLOSE: 'the program said CLOSE',
    SEND: 'the program of a listening end wants to send',
    ABORT: 'the program gave up on the connection (ABORT)',
    'user timeout': 'nothing was heard for too long',
    '2MSL timeout': 'the waiting time of 2 MSL is over',
    'rcv SYN': 'a SYN came',
    'rcv SYN,ACK': 'the SYN,ACK came',
    'rcv ACK of SYN': 'an ACK of our SYN came',
    'rcv RST': 'a RST (reset) came',
    'rcv FIN': "the other end's FIN came",
    'rcv ACK of FIN': 'an ACK of our FIN came',
    'rcv FIN,ACK of FIN': "the other end's FIN came, and with it the ACK of ours",
  },
  actions: {
    'create TCB': 'a place to remember the connection is made',
    'create TCB, snd SYN': 'a place to remember the connection is made, and a SYN goes out',
    'snd SYN': 'a SYN goes out',
    'snd SYN,ACK': 'a SYN,ACK goes out',
    'snd ACK': 'an ACK goes out',
    'snd FIN': 'a FIN goes out',
    'delete TCB': 'the connection is forgotten',
    x: 'nothing has to be sent',
  },
  ends: { left: 'other end', right: 'this end' },
  diagram: 'The eleven states of TCP, and the ways between them (RFC 9293, Figure 5)',
  hint: 'Point at a state or an arrow to read what it means. With the keyboard: Tab into the picture, then the arrow keys.',
  abrupt:
    'From every state a RST, an ABORT or a time-out leads straight to CLOSED; such an arrow is drawn when it is taken.',
  waitsFor: 'Waits for',
  presumed: '"?": inferred; it rests on a segment having arrived of which there is no proof yet.',
  unknown: 'nothing known yet',
  outside: 'The RFC has no such arrow: something between was not seen.',
  isIn: (name, state) => `${name}: ${state}`,
  took: (name, order, time) => `${name} took this as step ${order}, at ${time}.`,
  path: (name) => `The way of: ${name}`,
  nothingYet: 'no step yet',
  sent: 'Figure 5 writes',
  someEnd: 'an abrupt end: RST, ABORT or time-out',
};

const ko: StateTexts = {
  states: {
    CLOSED: { means: '연결이 없습니다. 아직 없거나, 이미 끝났습니다.', waits: '없음.' },
    LISTEN: { means: '서버가 걸려 올 연결을 기다립니다.', waits: '연결을 요청하는 첫 세그먼트인 SYN("들려?").' },
    'SYN-SENT': {
      means: '이쪽이 먼저 연결을 요청했습니다. SYN이 가는 중입니다.',
      waits: '답이자 되묻는 말인 SYN,ACK.',
    },
    'SYN-RECEIVED': {
      means: '연결 요청을 받고 답했지만, 그 답이 도착했는지는 아직 모릅니다.',
      waits: '자기 SYN에 대한 ACK.',
    },
    ESTABLISHED: {
      means: '서로 잘 들린다는 것을 양쪽이 압니다. 데이터가 양방향으로 흐릅니다.',
      waits: '데이터. 둘 중 하나가 끊을 때까지.',
    },
    'FIN-WAIT-1': {
      means: '이쪽이 먼저 끊었습니다. FIN("다 보냈어")을 보냈고, 듣기는 계속합니다.',
      waits: '자기 FIN에 대한 ACK 또는 상대의 FIN.',
    },
    'FIN-WAIT-2': {
      means: '상대가 이쪽의 FIN을 확인했지만, 상대는 아직 할 말이 남았습니다.',
      waits: '상대의 FIN.',
    },
    'CLOSE-WAIT': {
      means: '상대가 끊었습니다. 이쪽은 아직 보낼 수 있습니다.',
      waits: '이쪽 프로그램의 CLOSE. (여기에 오래 머무는 연결은 그 프로그램의 버그입니다.)',
    },
    CLOSING: {
      means: '양쪽이 동시에 끊었습니다. 두 FIN이 도중에 엇갈렸습니다.',
      waits: '자기 FIN에 대한 ACK.',
    },
    'LAST-ACK': {
      means: '상대가 먼저 끊었고, 이제 이쪽도 끊었습니다.',
      waits: '자기 FIN에 대한 ACK. 맨 마지막 세그먼트입니다.',
    },
    'TIME-WAIT': {
      means:
        '할 말은 다 했습니다. 마지막 ACK가 사라졌을 경우에 대비해, 그리고 옛 세그먼트가 모두 사라지도록 잠시 남아 있습니다.',
      waits: '2 MSL이 지나기를. MSL은 세그먼트가 살아 있을 수 있는 가장 긴 시간입니다.',
    },
  },
  events: {
    'passive OPEN': '프로그램이 연결을 기다리기 시작했습니다',
    'active OPEN': '프로그램이 상대에게 연결을 요청했습니다',
    CLOSE: '프로그램이 CLOSE를 호출했습니다',
    SEND: '기다리던 쪽의 프로그램이 먼저 보내려 합니다',
    ABORT: '프로그램이 연결을 포기했습니다(ABORT)',
    'user timeout': '너무 오래 아무 응답이 없었습니다',
    '2MSL timeout': '2 MSL의 대기 시간이 끝났습니다',
    'rcv SYN': 'SYN이 왔습니다',
    'rcv SYN,ACK': 'SYN,ACK가 왔습니다',
    'rcv ACK of SYN': '이쪽 SYN에 대한 ACK가 왔습니다',
    'rcv RST': 'RST(리셋)가 왔습니다',
    'rcv FIN': '상대의 FIN이 왔습니다',
    'rcv ACK of FIN': '이쪽 FIN에 대한 ACK가 왔습니다',
    'rcv FIN,ACK of FIN': '상대의 FIN이 이쪽 FIN에 대한 ACK와 함께 왔습니다',
  },
  actions: {
    'create TCB': '연결을 기억할 자리를 만듭니다',
    'create TCB, snd SYN': '연결을 기억할 자리를 만들고 SYN을 보냅니다',
    'snd SYN': 'SYN을 보냅니다',
    'snd SYN,ACK': 'SYN,ACK를 보냅니다',
    'snd ACK': 'ACK를 보냅니다',
    'snd FIN': 'FIN을 보냅니다',
    'delete TCB': '연결을 잊습니다',
    x: '아무것도 보내지 않습니다',
  },
  ends: { left: '상대', right: '이쪽' },
  diagram: 'TCP의 열한 가지 상태와 그 사이의 전이(RFC 9293, 그림 5)',
  hint: '상태나 화살표를 가리키면 뜻이 나옵니다. 키보드로는 Tab으로 그림에 들어와 화살표 키로 옮겨 다닙니다.',
  abrupt:
    '어느 상태에서든 RST, ABORT, 타임아웃이 있으면 곧바로 CLOSED로 갑니다. 그런 화살표는 실제로 지나갔을 때만 그립니다.',
  waitsFor: '기다리는 것',
  presumed: '"?": 추정한 상태입니다. 근거가 된 세그먼트가 도착했는지 아직 알 수 없습니다.',
  unknown: '아직 모름',
  outside: 'RFC에는 없는 화살표입니다. 중간에 보지 못한 일이 있습니다.',
  isIn: (name, state) => `${name}: ${state}`,
  took: (name, order, time) => `${name}: ${order}번째 전이, ${time}.`,
  path: (name) => `지나온 길: ${name}`,
  nothingYet: '아직 없음',
  sent: '그림 5의 표기',
  someEnd: '갑작스러운 끝: RST, ABORT 또는 타임아웃',
};

export const STATE_TEXTS: Readonly<Record<Lang, StateTexts>> = { en, ko };
