import type { Texts } from '../lang';
import { count } from '../lang/quantities';
import type { Page, View } from './address';
import type { Standing } from './live';

interface AppTexts {
  readonly title: string;
  readonly navigation: string;
  readonly pages: Readonly<Record<Page, string>>;
  readonly views: Readonly<Record<View, string>>;
  readonly standing: Readonly<Record<Standing, string>>;
  readonly about: (program: string, pid: number) => string;
  readonly self: string;
  readonly pause: string;
  readonly resume: string;
  readonly paused: (waiting: number) => string;
  /** Connected, and nothing comes. */
  readonly silent: string;
  readonly silentMeans: string;
  readonly clear: string;
  readonly clearMeans: string;
  readonly network: string;
  readonly networkOn: (settings: string) => string;
  readonly close: string;
  readonly sampling: (told: number, seen: number) => string;
  readonly forgotten: (count: number) => string;
  readonly rowsForgotten: (count: number) => string;
  readonly nonsense: (count: number) => string;
  readonly skipped: (count: number) => string;
  readonly clock: string;
  readonly running: (time: string) => string;
  readonly list: {
    readonly search: string;
    readonly all: string;
    readonly stages: Readonly<Record<'listens' | 'opens' | 'open' | 'closes' | 'over', string>>;
    readonly filter: string;
    readonly more: string;
    readonly state: string;
    readonly stateMeans: string;
    readonly local: string;
    readonly localMeans: string;
    readonly remote: string;
    readonly remoteMeans: string;
    readonly age: string;
    readonly ageMeans: string;
    readonly before: string;
    readonly nothing: string;
    readonly omitted: (count: number) => string;
    readonly waiting: (pending: number) => string;
    readonly waitingMeans: (pending: number, backlog: number) => string;
    readonly hint: string;
    readonly refused: string;
    readonly refusedMeans: string;
  };
  readonly empty: {
    readonly title: string;
    /** What this page is. */
    readonly about: string;
    readonly connecting: string;
    readonly then: string;
    readonly nobodyListens: string;
    /** Of a router: no connection ends there. */
    readonly passesOn: string;
    readonly passed: (packets: number) => string;
    readonly after: string;
    readonly copy: string;
    readonly copied: string;
    readonly unknown: string;
  };
  readonly connection: {
    readonly back: string;
    readonly gone: string;
    readonly unheard: string;
    readonly left: string;
    readonly right: string;
    readonly ladderHint: string;
    readonly segmentHint: string;
    readonly statesHint: string;
    readonly windowsHint: string;
    readonly plotsHint: string;
    readonly timersHint: string;
    readonly noSegment: string;
    readonly tooMany: string;
    readonly views: string;
    readonly open: (time: string) => string;
  };
  readonly keys: Readonly<
    Record<'rows' | 'notes' | 'pause' | 'search' | 'views' | 'back' | 'list' | 'network', string>
  >;
}

export const APP_TEXTS: Texts<AppTexts> = {
  en: {
    title: 'inspector',
    navigation: 'Pages',
    pages: { connections: 'Connections', host: 'This host', events: 'Other events' },
    views: {
      ladder: 'Ladder',
      segment: 'Segment',
      states: 'States',
      windows: 'Windows',
      plots: 'Plots',
      timers: 'Timers and values',
    },
    standing: {
      connecting: 'connecting …',
      open: 'live',
      lost: 'synack has ended or cannot be reached; what was recorded stays. Trying again …',
      'wrong-version': 'synack has another version now: load this page anew.',
      refused: 'synack does not know this page’s key any more: open the address that it has printed last.',
    },
    about: (program, pid) => `${program} · process ${pid}`,
    self: 'this page came over the very stack that it shows',
    pause: 'Pause',
    resume: 'Go on',
    paused: (waiting) => `paused: ${count(waiting)} ${waiting === 1 ? 'event waits' : 'events wait'}`,
    silent: 'no word',
    silentMeans:
      'synack is connected, but has said nothing for some seconds: the program is busy with something else, or was stopped (Ctrl-Z, a debugger). What you see is from before.',
    clear: 'Clear',
    clearMeans: 'Forget the connections that are over',
    network: 'Bad network',
    networkOn: (settings) => `bad network: ${settings}`,
    close: 'Close',
    sampling: (told, seen) => `too much to show each: ${count(told)} of ${count(seen)} segments a second`,
    forgotten: (connections) => `${count(connections)} older connections were forgotten`,
    rowsForgotten: (rows) => `the first ${count(rows)} rows were forgotten`,
    nonsense: (messages) => `${count(messages)} messages made no sense`,
    skipped: (segments) => `${count(segments)} segments were counted, not shown`,
    clock: 'the computer’s time',
    running: (time) => `stack has run for ${time}`,
    list: {
      search: 'Search: address, :port, state, word',
      all: 'All',
      stages: { listens: 'Listening', opens: 'Opening', open: 'Open', closes: 'Closing', over: 'Over' },
      filter: 'Filter by state',
      more: 'All values',
      state: 'state',
      stateMeans: 'Where this end stands, by TCP’s own names (RFC 9293), and what that means.',
      local: 'this end',
      localMeans: 'Address and port of synack’s own end. *: at every address.',
      remote: 'other end',
      remoteMeans: 'Address and port of the other end.',
      age: 'age',
      ageMeans: 'For how long it has been there; of those that are over, how long they lasted.',
      before: 'older than this page',
      nothing: 'Nothing matches the search.',
      omitted: (sockets) => `${count(sockets)} more sockets are not listed.`,
      waiting: (pending) =>
        pending === 0 ? 'anybody may call' : `${count(pending)} ${pending === 1 ? 'call waits' : 'calls wait'}`,
      waitingMeans: (pending, backlog) =>
        `Calls that are complete, and that the program has not taken yet: ${count(pending)}. At most ${count(backlog)} may wait (the backlog).`,
      hint: 'Each line is a connection, or a port at which a program listens. Choose a connection to watch it segment by segment. Point at a word to learn what it means.',
      refused: 'refused',
      refusedMeans:
        'Somebody knocked where nobody listens, or spoke of a connection that is not there. The answer was RST: no.',
    },
    empty: {
      title: 'Nothing has happened yet.',
      about: 'This page shows what synack says on the network, packet by packet, while it says it.',
      connecting: 'Looking for synack …',
      then: 'Give it somebody to talk to. In another terminal:',
      nobodyListens:
        'No program listens at this stack. What it does itself will stand here as soon as it connects to something.',
      passesOn: 'No connection ends here.',
      passed: (packets) =>
        `This synack is a router: it has passed on ${count(packets)} ${packets === 1 ? 'packet' : 'packets'} between its networks. Which ones stands under “Other events”, and what each wire carries under “This host”.`,
      after: 'In nc, type a line, press Enter, and end with Ctrl-D. The connection appears here at once.',
      copy: 'Copy',
      copied: 'Copied',
      unknown: 'THE-ADDRESS',
    },
    connection: {
      back: 'All connections',
      gone: 'Of this connection nothing is known (any more). What is over is remembered by the page alone, until it is cleared or loaded anew.',
      unheard:
        'This connection is older than the page, and nothing has been heard of it since. As soon as it sends or receives something, it stands here.',
      left: 'other end',
      right: 'this end',
      ladderHint:
        'The ladder: left is the other end, right is synack. Time runs downwards, and each arrow is a segment (a packet of TCP), with what it says in plain words. At the sides stands the state that each end is in then. Choose an arrow to open it.',
      segmentHint: 'The segment, byte by byte. Point at a field and its bytes light up, and the other way round.',
      statesHint:
        'Each end of a connection is always in one of eleven states. The lit one is where it is now, the strong arrows are the way it took. On an arrow stands what happens, and below it what is done then (rcv: received, snd: sent, TCB: what is kept of a connection).',
      windowsHint:
        'All bytes of a stream in a row: what has arrived, what is under way, and what may be sent next. The window slides to the right as they are acknowledged. SND.UNA, SND.NXT, … are TCP’s own names for its borders; point at one, or at a part, to learn what it is.',
      plotsHint: 'How it went over time. In the first picture steep means fast, flat means that it waits.',
      timersHint:
        'TCP waits for answers with timers. Below, all that this end knows of the connection; point at a value to learn what it means.',
      tooMany: 'too many at once to tell each',
      noSegment: 'No segment is chosen: choose an arrow in the ladder, or press j.',
      views: 'Views of the connection',
      open: (time) => `for ${time}`,
    },
    keys: {
      rows: 'next and previous row',
      notes: 'next and previous event of note',
      pause: 'pause, go on',
      search: 'search the list',
      views: 'ladder, segment, states, windows, plots, timers',
      back: 'back to all connections',
      list: 'open the connection',
      network: 'bad network',
    },
  },
  ko: {
    title: '인스펙터',
    navigation: '페이지',
    pages: { connections: '연결', host: '이 호스트', events: '그 밖의 일' },
    views: {
      ladder: '사다리',
      segment: '세그먼트',
      states: '상태',
      windows: '윈도우',
      plots: '그래프',
      timers: '타이머와 값',
    },
    standing: {
      connecting: '연결하는 중 …',
      open: '실시간',
      lost: 'synack이 종료되었거나 연결할 수 없습니다. 기록한 것은 남아 있습니다. 다시 시도하는 중 …',
      'wrong-version': 'synack의 버전이 바뀌었습니다. 이 페이지를 새로 고치세요.',
      refused: 'synack이 이 페이지의 키를 더는 모릅니다. 마지막에 출력된 주소를 여세요.',
    },
    about: (program, pid) => `${program} · 프로세스 ${pid}`,
    self: '이 페이지도 지금 보여 주는 바로 그 스택을 거쳐 왔습니다',
    pause: '일시 정지',
    resume: '계속',
    paused: (waiting) => `일시 정지: ${count(waiting)}건 대기 중`,
    silent: '소식 없음',
    silentMeans:
      'synack과 연결되어 있지만 몇 초째 소식이 없습니다. 프로그램이 다른 일로 바쁘거나 멈춰 있습니다(Ctrl-Z, 디버거). 지금 보이는 것은 그 전의 모습입니다.',
    clear: '지우기',
    clearMeans: '끝난 연결을 목록에서 지웁니다',
    network: '나쁜 네트워크',
    networkOn: (settings) => `나쁜 네트워크: ${settings}`,
    close: '닫기',
    sampling: (told, seen) => `너무 많아 다 보여 줄 수 없습니다: 초당 세그먼트 ${count(seen)}개 중 ${count(told)}개`,
    forgotten: (connections) => `오래된 연결 ${count(connections)}개는 잊었습니다`,
    rowsForgotten: (rows) => `처음 ${count(rows)}줄은 잊었습니다`,
    nonsense: (messages) => `이해할 수 없는 메시지 ${count(messages)}개`,
    skipped: (segments) => `세그먼트 ${count(segments)}개는 세기만 했습니다`,
    clock: '컴퓨터 시각',
    running: (time) => `스택 가동 ${time}`,
    list: {
      search: '검색: 주소, :포트, 상태, 단어',
      all: '전체',
      stages: { listens: '대기', opens: '여는 중', open: '열림', closes: '닫는 중', over: '끝남' },
      filter: '상태별 필터',
      more: '모든 값',
      state: '상태',
      stateMeans: '이쪽 끝의 상태입니다. TCP의 이름(RFC 9293)과 그 뜻을 보여 줍니다.',
      local: '이쪽',
      localMeans: 'synack 쪽의 주소와 포트입니다. *는 모든 주소입니다.',
      remote: '상대',
      remoteMeans: '상대의 주소와 포트입니다.',
      age: '경과',
      ageMeans: '생긴 뒤로 지난 시간입니다. 끝난 연결이라면 이어진 시간입니다.',
      before: '페이지를 열기 전부터',
      nothing: '검색에 맞는 것이 없습니다.',
      omitted: (sockets) => `소켓 ${count(sockets)}개가 더 있습니다.`,
      waiting: (pending) => (pending === 0 ? '누구나 연결할 수 있음' : `${count(pending)}개가 기다림`),
      waitingMeans: (pending, backlog) =>
        `연결되었지만 프로그램이 아직 받지 않은 연결: ${count(pending)}개. 최대 ${count(backlog)}개까지 기다릴 수 있습니다(백로그).`,
      hint: '한 줄이 연결 하나, 또는 프로그램이 기다리는 포트 하나입니다. 연결을 고르면 세그먼트 하나하나를 볼 수 있습니다. 단어를 가리키면 뜻이 나옵니다.',
      refused: '거절됨',
      refusedMeans: '기다리는 프로그램이 없는 포트로 왔거나, 없는 연결의 세그먼트입니다. RST로 거절했습니다.',
    },
    empty: {
      title: '아직 아무 일도 없습니다.',
      about: 'synack이 네트워크에서 주고받는 말을 패킷 하나하나, 오가는 바로 그때 보여 주는 페이지입니다.',
      connecting: 'synack을 찾는 중 …',
      then: '말을 걸어 보세요. 다른 터미널에서 다음을 실행하세요.',
      nobodyListens: '이 스택에서 기다리는 프로그램이 없습니다. 스택이 어딘가에 연결하면 바로 여기에 나타납니다.',
      passesOn: '여기서 끝나는 연결은 없습니다.',
      passed: (packets) =>
        `이 synack은 라우터입니다. 네트워크 사이에서 패킷 ${count(packets)}개를 넘겨주었습니다. 어떤 패킷인지는 “그 밖의 일”에, 회선마다 얼마나 오갔는지는 “이 호스트”에 있습니다.`,
      after: 'nc에서는 한 줄을 쓰고 Enter를 누른 뒤 Ctrl-D로 끝내세요. 연결이 바로 여기에 나타납니다.',
      copy: '복사',
      copied: '복사했습니다',
      unknown: '주소',
    },
    connection: {
      back: '모든 연결',
      gone: '이 연결에 대해서는 (이제) 아는 것이 없습니다. 끝난 연결은 이 페이지만 기억하며, 지우거나 새로 고치면 사라집니다.',
      unheard:
        '이 연결은 페이지보다 먼저 생겼고, 그 뒤로 아무것도 오가지 않았습니다. 무엇이든 오가면 바로 여기에 나타납니다.',
      left: '상대',
      right: '이쪽',
      ladderHint:
        '사다리: 왼쪽이 상대, 오른쪽이 synack입니다. 시간은 아래로 흐르고, 화살표 하나가 세그먼트(TCP의 패킷) 하나입니다. 무슨 뜻인지 말로 풀어 놓았고, 양옆은 그때 각 끝의 상태입니다. 화살표를 고르면 열립니다.',
      segmentHint: '세그먼트를 바이트 단위로 봅니다. 필드를 가리키면 해당 바이트가 밝아지고, 그 반대도 됩니다.',
      statesHint:
        '연결의 각 끝은 언제나 열한 상태 중 하나에 있습니다. 밝은 것이 지금 상태이고, 굵은 화살표가 지나온 길입니다. 화살표에는 무슨 일이 일어나는지, 그 아래에는 그때 무엇을 하는지 적혀 있습니다(rcv: 받음, snd: 보냄, TCB: 연결마다 기억해 두는 것).',
      windowsHint:
        '흐름의 모든 바이트를 한 줄로 놓았습니다. 도착한 것, 오가는 중인 것, 다음에 보내도 되는 것이 보입니다. 확인될수록 윈도우가 오른쪽으로 미끄러집니다. SND.UNA, SND.NXT 같은 것은 그 경계에 TCP가 붙인 이름입니다. 이름이나 칸을 가리키면 뜻이 나옵니다.',
      plotsHint: '시간에 따라 어떻게 되었는지 보여 줍니다. 첫 그림에서 가파르면 빠른 것, 평평하면 기다리는 것입니다.',
      timersHint:
        'TCP는 타이머를 두고 답을 기다립니다. 아래는 이쪽이 연결에 대해 아는 모든 값입니다. 값을 가리키면 뜻이 나옵니다.',
      tooMany: '한꺼번에 너무 많습니다',
      noSegment: '고른 세그먼트가 없습니다. 사다리에서 화살표를 고르거나 j를 누르세요.',
      views: '연결을 보는 방법',
      open: (time) => `${time} 동안`,
    },
    keys: {
      rows: '다음 줄, 이전 줄',
      notes: '다음, 이전 주요 이벤트',
      pause: '일시 정지, 계속',
      search: '목록에서 찾기',
      views: '사다리, 세그먼트, 상태, 윈도우, 그래프, 타이머',
      back: '모든 연결로',
      list: '연결 열기',
      network: '나쁜 네트워크',
    },
  },
};
