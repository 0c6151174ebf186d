import type { Texts } from '../lang';
import type { StateText } from '../lang/states';
import { bytes } from '../lang/quantities';
import type { Ending, Trouble } from './remarks';

interface RemarkTexts {
  readonly endings: Readonly<Record<Ending, StateText>>;
  readonly trouble: (trouble: Trouble) => string;
  readonly means: Readonly<Record<Trouble['kind'], string>>;
  /** The filter for what is in trouble. */
  readonly stuck: string;
  readonly stuckMeans: string;
}

export const REMARK_TEXTS: Texts<RemarkTexts> = {
  en: {
    endings: {
      refused: {
        word: 'refused',
        means: 'The other end answered our call with RST: no. Most often no program listens at that port.',
      },
      reset: {
        word: 'cut off by the other end',
        means: 'The other end sent RST: it gave the connection up at once, and what was under way is lost.',
      },
      aborted: {
        word: 'cut off by this end',
        means: 'This end sent RST: it gave the connection up at once, and what was under way is lost.',
      },
      unanswered: {
        word: 'no answer',
        means: 'This end gave up: no answer came in time, or the network said (ICMP) that none will come.',
      },
      withdrawn: { word: 'called off', means: 'The program here closed before the connection was open.' },
    },
    trouble: (trouble) => {
      switch (trouble.kind) {
        case 'calling':
          return `no answer yet, asked ${trouble.times + 1} times`;
        case 'silent':
          return `no answer, sent again ${trouble.times} times`;
        case 'theirs':
          return 'the other end has no room';
        case 'ours':
          return `not read here: ${bytes(trouble.bytes)} wait`;
        case 'unclosed':
          return 'not closed here';
        case 'backlog':
          return 'calls are not taken';
      }
    },
    means: {
      calling: 'We ask again, and wait longer each time. Is the other end there, and does a firewall let us through?',
      silent: 'Nothing confirms what we sent. We send it again, and wait longer each time.',
      theirs: 'The window of the other end is closed: the program there does not read what it was sent.',
      ours: 'Our window is closed or nearly so: the program here does not read, or more slowly than the other end sends.',
      unclosed: 'The other end has closed long ago. The program here has not, perhaps it has forgotten the connection.',
      backlog: 'As many complete calls wait as may (the backlog). Further ones are left without an answer.',
    },
    stuck: 'Stuck',
    stuckMeans: 'What waits longer than it should: for an answer, for room, or for a program to read or to close.',
  },
  ko: {
    endings: {
      refused: {
        word: '거절됨',
        means: '상대가 우리 연결 요청에 RST로 답했습니다. 대개 그 포트에서 기다리는 프로그램이 없습니다.',
      },
      reset: {
        word: '상대가 강제로 끊음',
        means: '상대가 RST를 보내 연결을 바로 끊었습니다. 오가던 것은 사라집니다.',
      },
      aborted: {
        word: '이쪽이 강제로 끊음',
        means: '이쪽이 RST를 보내 연결을 바로 끊었습니다. 오가던 것은 사라집니다.',
      },
      unanswered: {
        word: '응답 없음',
        means: '이쪽이 포기했습니다. 제때 답이 오지 않았거나, 닿을 수 없다는 알림(ICMP)을 받았습니다.',
      },
      withdrawn: { word: '요청 취소', means: '연결이 열리기 전에 이쪽 프로그램이 닫았습니다.' },
    },
    trouble: (trouble) => {
      switch (trouble.kind) {
        case 'calling':
          return `아직 답이 없어 ${trouble.times + 1}번 요청함`;
        case 'silent':
          return `답이 없어 ${trouble.times}번 다시 보냄`;
        case 'theirs':
          return '상대에 자리가 없음';
        case 'ours':
          return `이쪽이 읽지 않음: ${bytes(trouble.bytes)} 대기`;
        case 'unclosed':
          return '이쪽이 닫지 않음';
        case 'backlog':
          return '연결을 받지 않음';
      }
    },
    means: {
      calling: '다시 요청하며, 그때마다 더 오래 기다립니다. 상대가 있는지, 방화벽이 막지 않는지 살펴보세요.',
      silent: '보낸 것에 대한 ACK가 오지 않습니다. 다시 보내며, 그때마다 더 오래 기다립니다.',
      theirs: '상대의 윈도우가 닫혔습니다. 상대 프로그램이 받은 데이터를 읽지 않습니다.',
      ours: '이쪽 윈도우가 닫혔거나 거의 닫혔습니다. 이쪽 프로그램이 읽지 않거나, 상대가 보내는 것보다 느리게 읽습니다.',
      unclosed: '상대는 오래전에 닫았습니다. 이쪽 프로그램은 닫지 않았습니다. 연결을 잊었을지도 모릅니다.',
      backlog: '기다리는 연결이 한도(백로그)까지 찼습니다. 더 오는 요청에는 답하지 않습니다.',
    },
    stuck: '막힘',
    stuckMeans: '너무 오래 기다리는 것들입니다. 답을 기다리거나, 자리가 나기를, 프로그램이 읽거나 닫기를 기다립니다.',
  },
};
