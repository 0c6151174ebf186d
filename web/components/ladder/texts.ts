import { towards } from '../../../src/inspect/lang/particle';
import { thousands } from '../../../src/inspect/lang/thousands';
import type { Mark } from '../../../src/inspect/record';
import type { State } from '../../../src/tcp/states';
import type { CongestionEvent, SegmentEvent } from '../../../src/tcp/trace';
import type { TimerName } from '../../../src/tcp/timers';
import type { TimeColumn } from './times';
import type { Lang, Texts } from '../../lang/texts';

/** What the ladder says by itself, beside the sentences that segments speak. */
export interface LadderTexts {
  readonly lang: Lang;
  readonly ladder: string;
  readonly columns: { readonly segment: string; readonly words: string };
  /** What the times of a row are. */
  readonly timeHeads: Readonly<Record<TimeColumn, string>>;
  readonly empty: string;
  readonly timeAs: string;
  readonly elapsed: string;
  readonly sincePrevious: string;
  readonly clock: string;
  readonly rowsAs: string;
  readonly even: string;
  readonly scale: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly previousOfNote: string;
  readonly nextOfNote: string;
  readonly keys: string;
  readonly toEnd: (fresh: number) => string;
  readonly paused: string;
  /** In a row's label: who to whom. */
  readonly fromTo: (from: string, to: string) => string;
  readonly stateOf: (name: string, state: string, presumed: boolean) => string;
  readonly noStateYet: string;
  readonly unknown: string;
  readonly underWay: string;
  readonly marks: Readonly<Record<Mark, string>>;
  readonly timers: Readonly<Partial<Record<TimerName, string>>>;
  readonly congestion: (event: CongestionEvent, cause: string) => string;
  readonly causes: Readonly<Record<CongestionEvent['cause'], string>>;
  readonly droppedBecause: (reason: string) => string;
  readonly outsideWindow: string;
  /** On paper: only these rows of so many. */
  readonly printedPart: (first: number, last: number, of: number) => string;
  /** What a router says by ICMP; `isHeard`: it gets to whom it is for. */
  readonly tooBig: (mtu: number, isHeard: boolean) => string;
  readonly skipped: (segments: number, bytes: number) => string;
  readonly closedBy: (event: string) => string;
  readonly timeWaitOver: string;
  readonly moreOfNote: (count: number) => string;
}

/** A sign for each mark, so that colour need not tell them apart. */
export const SIGNS: Readonly<Record<Mark, string>> = {
  lost: '✗',
  retransmission: '↻',
  spurious: '≈',
  duplicate: '=',
  'out-of-order': '⇅',
  fills: '+',
  sacked: '✓',
  dropped: '⊘',
  marked: '⚑',
};

/** The states as they are written where there is little room. */
export const SHORT_STATES: Readonly<Record<State, string>> = {
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  'SYN-SENT': 'SYN-SENT',
  'SYN-RECEIVED': 'SYN-RCVD',
  ESTABLISHED: 'ESTAB',
  'FIN-WAIT-1': 'FIN-W-1',
  'FIN-WAIT-2': 'FIN-W-2',
  'CLOSE-WAIT': 'CLOSE-W',
  CLOSING: 'CLOSING',
  'LAST-ACK': 'LAST-ACK',
  'TIME-WAIT': 'TIME-W',
};

export type Reason = NonNullable<SegmentEvent['reason']>;

const number = (value: number): string => thousands(Math.round(value));
const limit = (value: number): string => (value < Number.MAX_SAFE_INTEGER ? number(value) : '–');

export const TEXTS: Texts<LadderTexts> = {
  en: {
    lang: 'en',
    ladder: 'What was said, segment by segment',
    columns: { segment: 'Segment', words: 'In words' },
    timeHeads: { elapsed: 'seconds', since: 'after', clock: 'time of day' },
    empty: 'Nothing has been said yet.',
    timeAs: 'Time',
    elapsed: 'from the start',
    sincePrevious: 'since the last',
    clock: 'clock',
    rowsAs: 'Rows',
    even: 'even',
    scale: 'to scale',
    zoomIn: 'Zoom in: more room for a second',
    zoomOut: 'Zoom out: less room for a second',
    previousOfNote: 'Previous event of note',
    nextOfNote: 'Next event of note',
    keys: 'Arrow keys move, Enter opens, n and p go to the next and the previous event of note.',
    toEnd: (fresh) => (fresh > 0 ? `To the end: ${number(fresh)} new` : 'To the end'),
    paused: 'paused',
    fromTo: (from, to) => `${from} to ${to}`,
    stateOf: (name, state, presumed) => `${name} ${presumed ? 'presumably ' : ''}in ${state}`,
    noStateYet: 'in an unknown state',
    unknown: 'not known yet',
    underWay: 'on its way',
    marks: {
      lost: 'lost',
      retransmission: 'sent again',
      spurious: 'without need: the first one had arrived',
      duplicate: 'had it already',
      'out-of-order': 'out of order',
      fills: 'fills the gap',
      sacked: 'arrived early (SACK)',
      dropped: 'dropped',
      marked: 'marked by the router (CE)',
    },
    timers: {
      retransmission: 'Retransmission timer: no acknowledgment came in time.',
      probe: 'Probe timer: the last segment has no answer yet, so it is asked for.',
      reorder: 'Reordering timer: what was overtaken now counts as lost.',
      persist: 'Persist timer: is the other end’s window still closed?',
      'delayed-ack': 'Delayed-ACK timer: nothing came to send along with the acknowledgment, so it goes alone.',
      'keep-alive': 'Keep-alive timer: it has been quiet for long. Is the other end still there?',
      'fin-wait-2': 'The other end’s FIN has not come for too long.',
      linger: 'Linger timer: time to close is over.',
    },
    congestion: ({ cwnd, ssthresh }, cause) =>
      `${cause} Congestion window (cwnd): ${limit(cwnd)} bytes, ssthresh: ${limit(ssthresh)}.`,
    causes: {
      timeout: 'A time-out: the path may be full, so begin anew with little.',
      'fast-retransmit': 'A loss: slow down.',
      ecn: 'A router says that its queue grows (ECN): slow down.',
      probe: 'A probe has mended a loss: slow down.',
      recovered: 'All that was lost has arrived: recovery is over.',
      undone: 'Nothing had been lost after all: the last reduction is undone.',
      idle: 'It was quiet for a while: begin with less.',
    },
    droppedBecause: (reason) => `Dropped: ${reason}.`,
    printedPart: (first, last, of) =>
      `Rows ${number(first)} to ${number(last)} of ${number(of)}. To print others, scroll to them first.`,
    outsideWindow: 'not what is awaited, nor in the window behind it',
    tooBig: (mtu, isHeard) =>
      `The router, by ICMP: “too big. I can pass on ${number(mtu)} bytes at most.”${isHeard ? '' : ' A firewall throws that away.'}`,
    skipped: (segments, bytes) =>
      `${number(segments)} ${segments === 1 ? 'segment' : 'segments'} not shown one by one (${number(bytes)} bytes)`,
    closedBy: (event) => `CLOSED without another segment (${event}).`,
    timeWaitOver: 'The wait of 2 MSL is over: CLOSED.',
    moreOfNote: (count) => `and ${number(count)} more before it`,
  },
  ko: {
    lang: 'ko',
    ladder: '오간 말을 세그먼트마다',
    columns: { segment: '세그먼트', words: '말로 하면' },
    timeHeads: { elapsed: '초', since: '간격', clock: '시각' },
    empty: '아직 아무 말도 오가지 않았습니다.',
    timeAs: '시간',
    elapsed: '처음부터',
    sincePrevious: '앞 세그먼트부터',
    clock: '시각',
    rowsAs: '간격',
    even: '고르게',
    scale: '시간에 비례',
    zoomIn: '확대: 1초를 더 길게',
    zoomOut: '축소: 1초를 더 짧게',
    previousOfNote: '이전 주요 이벤트',
    nextOfNote: '다음 주요 이벤트',
    keys: '화살표 키로 옮기고, Enter로 열고, n과 p로 다음 또는 이전 주요 이벤트로 갑니다.',
    toEnd: (fresh) => (fresh > 0 ? `끝으로: 새로 ${number(fresh)}개` : '끝으로'),
    paused: '일시 정지',
    fromTo: (from, to) => `${from}에서 ${towards(to)}`,
    stateOf: (name, state, presumed) => `${name}: ${state}${presumed ? ' (추정)' : ''}`,
    noStateYet: '상태 모름',
    unknown: '아직 모름',
    underWay: '가는 중',
    marks: {
      lost: '사라짐',
      retransmission: '다시 보냄',
      spurious: '불필요했음: 처음 것이 도착해 있었음',
      duplicate: '이미 받은 것',
      'out-of-order': '순서 바뀜',
      fills: '빈틈을 채움',
      sacked: '먼저 도착함 (SACK)',
      dropped: '버림',
      marked: '라우터가 표시함 (CE)',
    },
    timers: {
      retransmission: '재전송 타이머: 제때 확인 응답이 오지 않았습니다.',
      probe: '프로브 타이머: 마지막 세그먼트에 아직 답이 없어 물어봅니다.',
      reorder: '순서 바뀜 타이머: 추월당한 것은 이제 사라진 것으로 봅니다.',
      persist: '지속 타이머: 상대의 윈도우가 아직 닫혀 있을까요?',
      'delayed-ack': '지연 ACK 타이머: 함께 보낼 것이 없어 확인 응답만 보냅니다.',
      'keep-alive': 'Keep-alive 타이머: 오래 조용했습니다. 상대가 아직 있을까요?',
      'fin-wait-2': '상대의 FIN이 너무 오래 오지 않습니다.',
      linger: 'Linger 타이머: 닫을 시간이 다 되었습니다.',
    },
    congestion: ({ cwnd, ssthresh }, cause) =>
      `${cause} 혼잡 윈도우(cwnd) ${limit(cwnd)}바이트, ssthresh ${limit(ssthresh)}.`,
    causes: {
      timeout: '타임아웃: 경로가 꽉 찼을 수 있으니 적은 양부터 다시 시작합니다.',
      'fast-retransmit': '손실: 속도를 줄입니다.',
      ecn: '라우터가 큐가 길어진다고 알립니다(ECN): 속도를 줄입니다.',
      probe: '프로브로 손실을 메웠습니다: 속도를 줄입니다.',
      recovered: '사라졌던 것이 모두 도착했습니다: 복구가 끝났습니다.',
      undone: '실은 사라진 것이 없었습니다: 줄였던 것을 되돌립니다.',
      idle: '한동안 조용했습니다: 더 적은 양부터 시작합니다.',
    },
    droppedBecause: (reason) => `버림: ${reason}.`,
    printedPart: (first, last, of) =>
      `전체 ${number(of)}행 가운데 ${number(first)}~${number(last)}행입니다. 다른 행을 인쇄하려면 먼저 그곳으로 스크롤하세요.`,
    outsideWindow: '수신 윈도우 밖이라 받을 수 없음',
    tooBig: (mtu, isHeard) =>
      `라우터의 ICMP: “너무 커. 최대 ${number(mtu)}바이트까지 넘겨줄 수 있어.”${isHeard ? '' : ' 방화벽이 이 말을 버립니다.'}`,
    skipped: (segments, bytes) =>
      `세그먼트 ${number(segments)}개(${number(bytes)}바이트)는 하나하나 보여 주지 않습니다`,
    closedBy: (event) => `세그먼트 없이 CLOSED (${event}).`,
    timeWaitOver: '2 MSL의 기다림이 끝났습니다: CLOSED.',
    moreOfNote: (count) => `그 앞에 ${number(count)}개 더`,
  },
};
