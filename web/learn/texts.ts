import type { Group, BadLink } from '../../src/lessons';
import type { Call } from '../../src/lessons/engine/action';
import type { Texts } from '../lang';

export interface LearnTexts {
  readonly title: string;
  readonly document: string;
  readonly contents: string;
  readonly status: string;
  readonly problems: Readonly<Record<BadLink['problem'], string>>;
  readonly badLesson: string;
  readonly badContents: string;
  readonly lessons: string;
  readonly groups: Readonly<Record<Group, { readonly title: string; readonly about: string }>>;
  readonly minutes: (count: number) => string;
  readonly read: string;
  readonly progress: (done: number, all: number) => string;
  readonly forget: string;
  readonly place: (at: number, all: number) => string;
  readonly goal: string;
  readonly sources: string;
  readonly previous: string;
  readonly next: string;
  readonly copyLink: string;
  readonly copied: string;
  readonly notCopied: string;
  readonly stage: string;
  readonly roles: { readonly left: string; readonly right: string };
  readonly rolesMean: { readonly left: string; readonly right: string };
  /** A host that has had no connection yet. */
  readonly fresh: string;
  readonly down: string;
  readonly connection: (number: number) => string;
  readonly wire: (time: string) => string;
  readonly nothingUnderWay: string;
  /** In the middle of the wire; before the wire. */
  readonly router: (mtu: number) => string;
  readonly marksFrom: (count: number) => string;
  readonly clock: string;
  readonly passesOver: (time: string) => string;
  readonly controls: string;
  readonly play: string;
  readonly pause: string;
  readonly step: string;
  readonly back: string;
  readonly toEnd: string;
  readonly restart: string;
  readonly speed: string;
  readonly speedOf: (speed: number) => string;
  readonly waits: string;
  readonly waitsMeans: string;
  readonly address: string;
  readonly seedMeans: string;
  readonly event: (at: number, all: number) => string;
  readonly scrubber: string;
  readonly narration: string;
  readonly notYet: string;
  /** Steps are gone, and there was nothing to say. */
  readonly notSaid: string;
  readonly atEnd: string;
  readonly word: string;
  readonly frame: {
    readonly drop: string;
    readonly delay: string;
    readonly copy: string;
    readonly by: string;
    readonly from: (name: string, what: string) => string;
    readonly hint: string;
    readonly noNumber: string;
    readonly lostBy: Readonly<Record<'action' | 'chance' | 'queue' | 'size' | 'filter' | 'nowhere', string>>;
    readonly copyMark: string;
    readonly marked: string;
    /** What a router says by ICMP. */
    readonly tooBig: (mtu: number) => string;
    readonly ghost: string;
  };
  readonly ladder: string;
  readonly ladderHint: string;
  readonly change: string;
  readonly changeLead: string;
  readonly tryThis: string;
  readonly experiment: string;
  readonly look: string;
  readonly settings: string;
  readonly now: (time: string) => string;
  readonly calls: Readonly<Record<Call, string>>;
  readonly yours: string;
  readonly ownChange: string;
  readonly noChanges: string;
  readonly remove: (what: string) => string;
  readonly undoAll: string;
  readonly asLesson: string;
  readonly seed: (seed: number) => string;
  readonly reseed: string;
  readonly outcome: string;
  readonly outcomePending: string;
  readonly outcomeUsual: string;
  readonly outcomeOf: (title: string) => string;
  readonly outcomeOwn: string;
  readonly holds: string;
  readonly fails: string;
  readonly closer: string;
  readonly panels: Readonly<Record<'segment' | 'states' | 'windows' | 'plots' | 'timers', string>>;
  readonly noSegment: string;
  readonly noConnection: (host: string) => string;
  readonly timersOf: (host: string) => string;
  readonly words: string;
  readonly keys: readonly (readonly [keys: readonly string[], does: string])[];
}

export const LEARN_TEXTS: Texts<LearnTexts> = {
  en: {
    title: 'learn',
    document: 'synack: lessons on TCP',
    contents: 'All lessons',
    status: 'A real TCP, in your browser. Nothing is sent anywhere.',
    problems: {
      version: 'It is of a kind that this page does not know.',
      lesson: 'There is no such lesson.',
      seed: 'A number in it makes no sense.',
      action: 'It asks for a change that this lesson does not know.',
      'too-long': 'It is too long.',
    },
    badLesson: 'This link could not be followed to its end, so here is the lesson from its start.',
    badContents: 'This link could not be followed, so here are all lessons.',
    lessons: 'The lessons',
    groups: {
      opening: { title: 'Saying hello', about: 'How a connection begins, and why it takes three messages.' },
      losses: {
        title: 'When something gets lost',
        about: 'A wire may lose what it carries. Nobody is told. How do both find out?',
      },
      closing: {
        title: 'Saying goodbye',
        about: 'To stop talking without cutting each other off is harder than to begin.',
      },
      flow: { title: 'Not too fast for the other', about: 'The receiver says how much room it has.' },
      congestion: {
        title: 'Not too fast for the network',
        about: 'Nobody says how much the network can carry. One has to find out.',
      },
      trouble: {
        title: 'Strangers and accidents',
        about: 'What comes from outside, or from the past, and what TCP does about it.',
      },
      websocket: { title: 'What is built on it', about: 'TLS and WebSocket: programs that talk over a connection.' },
    },
    minutes: (count) => `about ${count} min`,
    read: 'read',
    progress: (done, all) => `${done} of ${all} read`,
    forget: 'Forget what I have read',
    place: (at, all) => `lesson ${at} of ${all}`,
    goal: 'After this lesson',
    sources: 'Where it is written',
    previous: 'Previous lesson',
    next: 'Next lesson',
    copyLink: 'Copy link',
    copied: 'Copied: whoever opens it sees what you see.',
    notCopied: 'The browser does not let the page copy; the link is in the address bar.',
    stage: 'Two hosts and the wire between them',
    roles: { left: 'client', right: 'server' },
    rolesMean: { left: 'it calls', right: 'it is called' },
    fresh: 'There is no connection yet.',
    down: 'switched off',
    connection: (number) => `connection ${number}`,
    wire: (time) => `${time} each way`,
    nothingUnderWay: 'nothing on the wire',
    router: (mtu) => `router: ${mtu} bytes at most`,
    marksFrom: (count) => `the router marks or drops when ${count} wait`,
    clock: 'Clock',
    passesOver: (time) => `nothing happens for ${time}: passed over`,
    controls: 'Play the lesson',
    play: 'Play',
    pause: 'Pause',
    step: 'Next step',
    back: 'Step back',
    toEnd: 'To the end',
    restart: 'From the start',
    speed: 'Speed',
    speedOf: (speed) =>
      speed < 1 ? `${Math.round(1 / speed)}× slower` : speed === 1 ? 'real speed' : `${speed}× faster`,
    waits: 'Time to read',
    waitsMeans: 'When it plays, it waits after each remark until you have read it.',
    address: 'its address: where messages for it go',
    seedMeans: 'Numbers that look random come from a series; the same series gives the same run.',
    event: (at, all) => `step ${at} of ${all}`,
    scrubber: 'Where in the run',
    narration: 'What happens',
    notYet: 'Press “Next step” (or the → key) to go on bit by bit, or “Play” (the space bar) to let it run.',
    notSaid: 'So far all goes as you know it from the lessons before. Go on.',
    atEnd: 'That was the whole run. What would change it? Try an experiment, or go on.',
    word: 'New word',
    frame: {
      drop: 'Lose it',
      delay: 'Hold it up',
      copy: 'Send it twice',
      by: 'by',
      from: (name, what) => `${what} from ${name}`,
      hint: 'Choose a segment, on the wire or in the ladder, to lose it, hold it up or double it.',
      noNumber: 'Nobody here has sent this one, so it cannot be changed.',
      lostBy: {
        action: 'lost',
        chance: 'lost by chance',
        queue: 'no room: lost',
        size: 'too big: lost',
        filter: 'thrown away by a firewall',
        nowhere: 'nobody there',
      },
      copyMark: 'twice',
      marked: 'marked (CE)',
      tooBig: (mtu) => `too big: ${mtu} bytes at most`,
      ghost: 'from nobody here',
    },
    ladder: 'The conversation so far',
    ladderHint:
      'Time runs downwards. Each arrow is one message (a segment); it falls because the way takes time. The small print on it is for later: “Look closer” below explains each number.',
    change: 'Now change it',
    changeLead: 'What would happen if…? Try it: nothing can break.',
    tryThis: 'Experiments',
    experiment: 'Experiment',
    look: 'Look at this:',
    settings: 'Settings',
    now: (time) => `Do something now, at ${time}`,
    calls: { send: 'says 100 bytes', read: 'reads', close: 'hangs up', abort: 'cuts it off', crash: 'loses power' },
    yours: 'Changed in this run',
    ownChange: 'of this lesson',
    noChanges: 'Nothing: this is the plain run.',
    remove: (what) => `Take back: ${what}`,
    undoAll: 'Take all back',
    asLesson: 'As the lesson has it',
    seed: (seed) => `Random numbers: series ${seed}`,
    reseed: 'Another series',
    outcome: 'What comes of it',
    outcomePending:
      'Guess first: in which state will each of them be when all is over? At the end of the run stands here what the lesson says, and whether it is so.',
    outcomeUsual: 'As the lesson has it:',
    outcomeOf: (title) => `“${title}”:`,
    outcomeOwn: 'What the lesson says of its own run, and whether it still holds with your change:',
    holds: 'so it is',
    fails: 'not so',
    closer: 'Look closer',
    panels: { segment: 'Segment', states: 'States', windows: 'Windows', plots: 'Plots', timers: 'Timers' },
    noSegment: 'Nothing has been sent yet.',
    noConnection: (host) => `${host} has no connection yet.`,
    timersOf: (host) => `Clocks that ${host} has set`,
    words: 'Words of this lesson',
    keys: [
      [['→'], 'next step'],
      [['←'], 'step back'],
      [['Space'], 'play, pause'],
      [['Home'], 'from the start'],
      [['End'], 'to the end'],
      [['[', ']'], 'slower, faster'],
      [['n', 'p'], 'next, previous lesson'],
    ],
  },
  ko: {
    title: '배우기',
    document: 'synack: TCP 강의',
    contents: '전체 강의',
    status: '브라우저 안에서 도는 진짜 TCP. 밖으로 나가는 것은 없습니다.',
    problems: {
      version: '이 페이지가 모르는 형식입니다.',
      lesson: '그런 강의가 없습니다.',
      seed: '숫자 하나를 이해할 수 없습니다.',
      action: '이 강의가 모르는 변경이 들어 있습니다.',
      'too-long': '너무 깁니다.',
    },
    badLesson: '링크를 끝까지 따라갈 수 없어, 강의를 처음부터 보여 드립니다.',
    badContents: '링크를 따라갈 수 없어, 전체 강의를 보여 드립니다.',
    lessons: '강의',
    groups: {
      opening: { title: '인사하기', about: '연결은 어떻게 시작되고, 왜 세 번 오갈까요?' },
      losses: {
        title: '무언가 사라질 때',
        about: '회선에서는 보낸 것이 사라지기도 합니다. 아무도 알려 주지 않습니다. 둘은 어떻게 알까요?',
      },
      closing: { title: '작별 인사하기', about: '서로의 말을 자르지 않고 끝내기는 시작하기보다 어렵습니다.' },
      flow: { title: '상대가 받을 수 있을 만큼', about: '받는 쪽이 자리가 얼마나 남았는지 알려 줍니다.' },
      congestion: {
        title: '네트워크가 견딜 수 있을 만큼',
        about: '네트워크가 얼마나 나를 수 있는지는 아무도 말해 주지 않습니다. 알아내야 합니다.',
      },
      trouble: { title: '불청객과 사고', about: '밖에서, 또는 과거에서 온 것에 TCP는 어떻게 대처할까요?' },
      websocket: { title: 'TCP 위에 쌓은 것', about: 'TLS와 WebSocket, 연결 위에서 이야기하는 프로그램들입니다.' },
    },
    minutes: (count) => `약 ${count}분`,
    read: '읽음',
    progress: (done, all) => `${all}개 중 ${done}개 읽음`,
    forget: '읽은 기록 지우기',
    place: (at, all) => `${all}개 강의 중 ${at}번째`,
    goal: '이 강의를 마치면',
    sources: '출처',
    previous: '이전 강의',
    next: '다음 강의',
    copyLink: '링크 복사',
    copied: '복사했습니다. 이 링크를 열면 똑같이 보입니다.',
    notCopied: '브라우저가 복사를 허용하지 않습니다. 링크는 주소창에 있습니다.',
    stage: '두 호스트와 그 사이의 회선',
    roles: { left: '클라이언트', right: '서버' },
    rolesMean: { left: '연결 요청', right: '연결 수락' },
    fresh: '아직 연결이 없습니다.',
    down: '꺼짐',
    connection: (number) => `연결 ${number}`,
    wire: (time) => `편도 ${time}`,
    nothingUnderWay: '회선에 아무것도 없음',
    router: (mtu) => `라우터: 최대 ${mtu}바이트`,
    marksFrom: (count) => `${count}개가 기다리면 라우터가 표시하거나 버림`,
    clock: '시계',
    passesOver: (time) => `${time} 동안 아무 일도 없어 건너뜁니다`,
    controls: '강의 진행',
    play: '재생',
    pause: '일시 정지',
    step: '다음 단계',
    back: '이전 단계',
    toEnd: '끝으로',
    restart: '처음부터',
    speed: '속도',
    speedOf: (speed) =>
      speed < 1 ? `${Math.round(1 / speed)}배 느리게` : speed === 1 ? '실제 속도' : `${speed}배 빠르게`,
    waits: '읽을 시간 주기',
    waitsMeans: '재생할 때 설명이 나오면 읽을 동안 기다립니다.',
    address: '주소: 메시지를 보낼 곳',
    seedMeans: '무작위로 보이는 수는 난수열에서 나옵니다. 같은 난수열이면 똑같이 진행됩니다.',
    event: (at, all) => `${all}단계 중 ${at}`,
    scrubber: '진행 위치',
    narration: '지금 일어나는 일',
    notYet: '‘다음 단계’(→ 키)로 한 단계씩 나아가거나, ‘재생’(스페이스 바)을 누르세요.',
    notSaid: '여기까지는 앞의 강의에서 본 그대로입니다. 계속 나아가세요.',
    atEnd: '여기까지가 전부입니다. 무엇을 바꾸면 달라질까요? 실험을 해 보거나, 다음으로 넘어가세요.',
    word: '새 용어',
    frame: {
      drop: '없애기',
      delay: '늦추기',
      copy: '두 번 보내기',
      by: '시간',
      from: (name, what) => `${name}가 보낸 ${what}`,
      hint: '회선이나 사다리 그림에서 세그먼트를 고르면 없애거나, 늦추거나, 두 번 보낼 수 있습니다.',
      noNumber: '여기 있는 누구도 보내지 않은 것이라 바꿀 수 없습니다.',
      lostBy: {
        action: '사라짐',
        chance: '우연히 사라짐',
        queue: '자리가 없어 사라짐',
        size: '너무 커서 사라짐',
        filter: '방화벽이 버림',
        nowhere: '받을 쪽이 없음',
      },
      copyMark: '두 번째',
      marked: '표시됨 (CE)',
      tooBig: (mtu) => `너무 큼: 최대 ${mtu}바이트`,
      ghost: '여기서 보낸 것이 아님',
    },
    ladder: '지금까지의 대화',
    ladderHint:
      '시간은 아래로 흐릅니다. 화살표 하나가 메시지(세그먼트) 하나이고, 가는 데 시간이 걸려 비스듬합니다. 작은 글씨는 나중에 봐도 됩니다. 아래 “자세히 보기”에서 숫자 하나하나를 설명합니다.',
    change: '이제 바꿔 보세요',
    changeLead: '만약 …라면 어떻게 될까요? 해 보세요. 망가지는 것은 없습니다.',
    tryThis: '실험',
    experiment: '실험',
    look: '살펴볼 것:',
    settings: '설정',
    now: (time) => `지금(${time}) 하기`,
    calls: { send: '100바이트 말하기', read: '읽기', close: '끊기', abort: '강제로 끊기', crash: '전원 끄기' },
    yours: '이번에 바꾼 것',
    ownChange: '이 강의의 것',
    noChanges: '없음. 아무것도 바꾸지 않았습니다.',
    remove: (what) => `되돌리기: ${what}`,
    undoAll: '모두 되돌리기',
    asLesson: '강의 그대로',
    seed: (seed) => `난수열: ${seed}번`,
    reseed: '다른 난수열',
    outcome: '결과',
    outcomePending:
      '먼저 맞혀 보세요. 다 끝나면 둘은 각각 어떤 상태일까요? 끝까지 가면 강의에서 말하는 결과와, 정말 그런지가 여기에 나옵니다.',
    outcomeUsual: '강의 그대로라면:',
    outcomeOf: (title) => `“${title}”:`,
    outcomeOwn: '강의에서 말하는 결과와, 바꾼 뒤에도 그런지:',
    holds: '맞음',
    fails: '아님',
    closer: '자세히 보기',
    panels: { segment: '세그먼트', states: '상태', windows: '윈도우', plots: '그래프', timers: '타이머' },
    noSegment: '아직 보낸 것이 없습니다.',
    noConnection: (host) => `${host}에는 아직 연결이 없습니다.`,
    timersOf: (host) => `${host}가 켜 둔 타이머`,
    words: '이 강의의 용어',
    keys: [
      [['→'], '다음 단계'],
      [['←'], '이전 단계'],
      [['Space'], '재생, 일시 정지'],
      [['Home'], '처음부터'],
      [['End'], '끝으로'],
      [['[', ']'], '느리게, 빠르게'],
      [['n', 'p'], '다음, 이전 강의'],
    ],
  },
};
