import { asSubject, towards } from '../../inspect/lang/particle';
import type { Lang } from '../../inspect';

/** What the demo says between the ladders, in one language. */
export interface DemoWords {
  /** With real programs over a TAP device, and between two synacks. */
  readonly introLab: string;
  readonly introMemory: string;
  /** The same for the demo of a WebSocket. */
  readonly introWebSocketLab: string;
  readonly introWebSocketMemory: string;
  readonly noLab: (reasons: string) => string;
  readonly notLinux: string;
  readonly notRoot: string;
  readonly noTun: string;
  readonly noProgram: (program: string) => string;
  readonly labFailed: string;
  readonly peerClosesFirst: (program: string) => string;
  readonly onceMore: (program: string) => string;
  readonly weCloseFirst: (program: string) => string;
  readonly webSocket: (program: string) => string;
  /** What was to be seen in the picture of a WebSocket. */
  readonly webSocketMeaning: string;
  readonly enough: string;
  readonly printed: (program: string) => string;
  readonly notThere: (program: string) => string;
  readonly otherSide: (command: string) => string;
  readonly otherSideMeaning: string;
  readonly ourSide: (left: number) => string;
  readonly capture: (file: string) => string;
  readonly next: string;
  /** What is said to the echo server, a line each. */
  readonly lines: readonly string[];
}

const en: DemoWords = {
  introLab:
    "A real handshake on a real wire. The kernel's programs call synack, a TCP/IP stack written in TypeScript, over a virtual Ethernet cable.",
  introMemory: 'Two synacks, TCP/IP stacks written in TypeScript, call each other over a cable in memory.',
  introWebSocketLab:
    "A WebSocket on port 80. A real client (the ws package on the kernel's TCP) calls a server (ws too) on synack, a TCP/IP stack written in TypeScript, over a virtual Ethernet cable.",
  introWebSocketMemory:
    'A WebSocket on port 80 between two synacks, TCP/IP stacks written in TypeScript, over a cable in memory.',
  noLab: (reasons) => `For the same with a real nc over a TAP device something is lacking: ${reasons}.`,
  notLinux: 'this is not Linux',
  notRoot: 'it needs root (sudo npm start)',
  noTun: '/dev/net/tun is not there (in Docker: --device /dev/net/tun --cap-add NET_ADMIN)',
  noProgram: (program) => `${program} is not installed`,
  labFailed: 'the lab could not be opened, see above',
  peerClosesFirst: (program) => `${program} calls the echo server, says something, and hangs up first`,
  onceMore: (program) => `The same with ${program}`,
  weCloseFirst: (program) =>
    `${program} asks for the time of day; now the server hangs up first, so the wait in TIME-WAIT is its own (1 s here, usually 60 s)`,
  webSocket: (program) => `${program} asks for a WebSocket, says something, pings, and says goodbye`,
  webSocketMeaning:
    'Two handshakes: three steps of TCP, then two of HTTP, a GET with Upgrade and its 101. Two goodbyes: two close frames of WebSocket, then four steps of TCP.',
  enough: 'enough',
  printed: (program) => `${program} printed:`,
  notThere: (program) => `(${program} is not installed: left out)`,
  otherSide: (command) => `The other side, as it sees itself (${command}):`,
  otherSideMeaning: 'Who hangs up first waits in TIME-WAIT.',
  ourSide: (left) =>
    left === 0 ? 'On our side all connections are CLOSED: none is left.' : `On our side ${left} connections are left.`,
  capture: (file) => `Every frame of this is in ${file}. Open it with one of:`,
  next: 'Now try it yourself:',
  lines: ['hello', 'how are you?'],
};

const ko: DemoWords = {
  introLab:
    '진짜 회선에서 하는 진짜 핸드셰이크. 커널의 TCP를 쓰는 프로그램들이 가상 이더넷 케이블을 통해, TypeScript로 쓴 TCP/IP 스택 synack에 연결한다.',
  introMemory: 'TypeScript로 쓴 TCP/IP 스택 synack 둘이 메모리 속의 케이블을 통해 서로 연결한다.',
  introWebSocketLab:
    '80번 포트의 WebSocket. 진짜 클라이언트(커널의 TCP 위의 ws 패키지)가 가상 이더넷 케이블을 통해, TypeScript로 쓴 TCP/IP 스택 synack 위의 서버(역시 ws)에 연결한다.',
  introWebSocketMemory:
    '80번 포트의 WebSocket. TypeScript로 쓴 TCP/IP 스택 synack 둘이 메모리 속의 케이블을 통해 연결한다.',
  noLab: (reasons) => `TAP 장치와 진짜 nc로 똑같이 해 보려면 필요한 것이 있다: ${reasons}.`,
  notLinux: '리눅스여야 한다',
  notRoot: 'root 권한이 필요하다(sudo npm start)',
  noTun: '/dev/net/tun이 있어야 한다(Docker에서는 --device /dev/net/tun --cap-add NET_ADMIN)',
  noProgram: (program) => `${asSubject(program)} 설치되어 있어야 한다`,
  labFailed: '실험실을 열지 못했다(위의 메시지 참고)',
  peerClosesFirst: (program) => `${asSubject(program)} 에코 서버에 연결해 말을 하고, 먼저 끊는다`,
  onceMore: (program) => `${towards(program)} 한 번 더`,
  weCloseFirst: (program) =>
    `${asSubject(program)} 시각을 묻는다. 이번에는 서버가 먼저 끊으므로 TIME-WAIT에서 기다리는 것도 서버다(여기서는 1초, 보통은 60초)`,
  webSocket: (program) => `${asSubject(program)} WebSocket을 요청해 말을 하고, 핑을 보내고, 작별 인사를 한다`,
  webSocketMeaning:
    '핸드셰이크 두 번: TCP의 세 단계, 그다음 HTTP의 두 단계(Upgrade를 요청하는 GET과 101). 작별 인사 두 번: WebSocket의 닫기 프레임 둘, 그다음 TCP의 네 단계.',
  enough: '이만',
  printed: (program) => `${program}의 출력:`,
  notThere: (program) => `(${asSubject(program)} 설치되어 있지 않아 건너뛴다)`,
  otherSide: (command) => `상대가 보는 자기 상태 (${command}):`,
  otherSideMeaning: '먼저 끊은 쪽이 TIME-WAIT에서 기다린다.',
  ourSide: (left) =>
    left === 0 ? '우리 쪽 연결은 모두 CLOSED 상태다. 남은 것이 없다.' : `우리 쪽에는 연결 ${left}개가 남아 있다.`,
  capture: (file) => `오간 프레임은 모두 ${file}에 있다. 이렇게 열어 볼 수 있다:`,
  next: '이제 직접 해 보자:',
  lines: ['안녕', '잘 지내?'],
};

export const DEMO_WORDS: Readonly<Record<Lang, DemoWords>> = { en, ko };
