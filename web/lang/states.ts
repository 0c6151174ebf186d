import type { State } from '../../src/tcp/states';
import type { Texts } from '.';

/** What a state is, in a word or two, and in a sentence for somebody who does not know the word. */
export interface StateText {
  readonly word: string;
  readonly means: string;
}

export const STATE_TEXTS: Texts<Readonly<Record<State, StateText>>> = {
  en: {
    CLOSED: { word: 'over', means: 'There is no connection (any more).' },
    LISTEN: { word: 'waits to be called', means: 'A program waits at this port for others to connect.' },
    'SYN-SENT': { word: 'calls', means: 'We asked for a connection (SYN) and wait for the answer.' },
    'SYN-RECEIVED': {
      word: 'answers a call',
      means: 'We were asked (SYN) and have answered (SYN,ACK); the last word of the handshake is missing.',
    },
    ESTABLISHED: { word: 'open', means: 'The connection is open: both ends may send.' },
    'FIN-WAIT-1': {
      word: 'hangs up',
      means: 'We said that we are done (FIN), and wait for the other end to confirm it.',
    },
    'FIN-WAIT-2': {
      word: 'has hung up',
      means: 'The other end knows that we are done; it may still send, until it is done too.',
    },
    'CLOSE-WAIT': {
      word: 'the other hung up',
      means: 'The other end is done (FIN). The program here has not closed yet and may still send.',
    },
    CLOSING: {
      word: 'both hang up',
      means: 'Both ends said FIN at the same time; the confirmation of ours is missing.',
    },
    'LAST-ACK': { word: 'last word', means: 'Both are done; we wait for the confirmation of our FIN.' },
    'TIME-WAIT': {
      word: 'waits a while',
      means: 'All is said. We wait in case our last confirmation was lost, and until late segments have died.',
    },
  },
  ko: {
    CLOSED: { word: '끝남', means: '연결이 없거나 이미 끝났습니다.' },
    LISTEN: { word: '대기', means: '프로그램이 이 포트에서 연결을 기다립니다.' },
    'SYN-SENT': { word: '연결 요청', means: '연결을 요청(SYN)하고 답을 기다립니다.' },
    'SYN-RECEIVED': {
      word: '요청에 응답',
      means: '요청(SYN)을 받고 답했습니다(SYN,ACK). 핸드셰이크의 마지막 ACK를 기다립니다.',
    },
    ESTABLISHED: { word: '열림', means: '연결이 열려 있습니다. 양쪽 모두 보낼 수 있습니다.' },
    'FIN-WAIT-1': { word: '끊는 중', means: '다 보냈다고 알리고(FIN) 상대의 확인을 기다립니다.' },
    'FIN-WAIT-2': { word: '끊음', means: '상대가 우리 FIN을 확인했습니다. 상대는 아직 더 보낼 수 있습니다.' },
    'CLOSE-WAIT': {
      word: '상대가 끊음',
      means: '상대가 다 보냈습니다(FIN). 이쪽 프로그램은 아직 닫지 않아 더 보낼 수 있습니다.',
    },
    CLOSING: { word: '동시에 끊음', means: '양쪽이 동시에 FIN을 보냈습니다. 우리 FIN의 확인을 기다립니다.' },
    'LAST-ACK': { word: '마지막 확인', means: '양쪽 다 끝났습니다. 우리 FIN의 확인을 기다립니다.' },
    'TIME-WAIT': {
      word: '잠시 대기',
      means: '모두 끝났습니다. 마지막 ACK가 사라졌을 경우와 늦은 세그먼트에 대비해 기다립니다.',
    },
  },
};

/** How far a connection is, for colours and for sorting: it comes into being, is open, ends, is over. */
export type Stage = 'listens' | 'opens' | 'open' | 'closes' | 'over';

export function stageOf(state: State | undefined): Stage {
  switch (state) {
    case 'LISTEN':
      return 'listens';
    case undefined:
    case 'SYN-SENT':
    case 'SYN-RECEIVED':
      return 'opens';
    case 'ESTABLISHED':
      return 'open';
    case 'CLOSED':
      return 'over';
    default:
      return 'closes';
  }
}
