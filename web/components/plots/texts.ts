import type { Lang } from '../../../src/inspect/lang';

export interface PlotTexts {
  readonly title: string;
  readonly ends: { readonly left: string; readonly right: string };
  readonly sentBy: (name: string) => string;
  readonly direction: string;
  readonly charts: Readonly<
    Record<
      'sequence' | 'congestion' | 'rtt' | 'rate',
      { readonly title: string; readonly about: string; readonly empty: string }
    >
  >;
  readonly lines: Readonly<Record<string, string>>;
  readonly tip: (kind: string, from: string, to: string, time: string) => string;
  readonly kinds: readonly [fresh: string, again: string, lost: string, spurious: string];
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly earlier: string;
  readonly later: string;
  readonly all: string;
  readonly hint: string;
  readonly gap: string;
  readonly what: string;
  readonly last: string;
  readonly none: string;
  readonly retransmissions: string;
}

const en: PlotTexts = {
  title: 'Plots',
  ends: { left: 'other end', right: 'this end' },
  sentBy: (name) => `sent by ${name}`,
  direction: 'Direction',
  charts: {
    sequence: {
      title: 'Sequence numbers over time',
      about:
        'Each upright bar is a segment: how far the data has come. The line below is what is acknowledged, the one above how far the receiver has room.',
      empty: 'No segment with data yet.',
    },
    congestion: {
      title: 'Congestion window and data under way',
      about: 'How much the sender lets be under way at once.',
      empty: 'Nothing under way yet.',
    },
    rtt: {
      title: 'Round-trip time and retransmission timeout',
      about: 'How long an answer takes, and after how long without one the sender sends again.',
      empty: 'No round trip measured yet.',
    },
    rate: {
      title: 'Rate',
      about: 'How much data goes by, with and without what is sent again.',
      empty: 'No data yet.',
    },
  },
  lines: {
    fresh: 'data',
    again: 'sent again',
    lost: 'lost',
    spurious: 'sent again for nothing',
    ack: 'acknowledged',
    edge: "end of the receiver's window",
    sack: 'SACK: has this already',
    cwnd: 'cwnd: congestion window',
    ssthresh: 'ssthresh: end of slow start',
    underWay: 'under way',
    flight: 'sent, not acknowledged',
    srtt: 'srtt: smoothed round trip',
    low: '',
    high: '± rttvar: how much it varies',
    rto: 'RTO: retransmission timeout',
    samples: 'measured',
    throughput: 'all data',
    goodput: 'new data',
  },
  tip: (kind, from, to, time) => `${kind}: bytes ${from} to ${to}, ${time}`,
  kinds: ['data', 'sent again', 'lost', 'sent again for nothing'],
  zoomIn: 'zoom in',
  zoomOut: 'zoom out',
  earlier: 'earlier',
  later: 'later',
  all: 'all',
  hint: 'Drag to zoom, double-click to go back, click a segment to find it in the ladder.',
  gap: 'not told',
  what: 'What',
  last: 'Last value',
  none: 'none',
  retransmissions: 'segments sent again',
};

const ko: PlotTexts = {
  title: '그래프',
  ends: { left: '상대', right: '이쪽' },
  sentBy: (name) => `${name}에서 보낸 것`,
  direction: '방향',
  charts: {
    sequence: {
      title: '시간에 따른 순서 번호',
      about:
        '세로 막대 하나가 세그먼트 하나입니다. 데이터가 어디까지 갔는지 보여 줍니다. 아래 선은 확인된 곳, 위 선은 받는 쪽에 자리가 있는 곳입니다.',
      empty: '아직 데이터가 없습니다.',
    },
    congestion: {
      title: '혼잡 윈도우와 전송 중인 데이터',
      about: '보내는 쪽이 한꺼번에 내보내 두는 양입니다.',
      empty: '아직 전송 중인 것이 없습니다.',
    },
    rtt: {
      title: '왕복 시간과 재전송 타임아웃',
      about: '응답이 오기까지 걸리는 시간과, 응답이 없을 때 다시 보내기까지 기다리는 시간입니다.',
      empty: '아직 잰 왕복 시간이 없습니다.',
    },
    rate: {
      title: '속도',
      about: '지나가는 데이터의 양입니다. 다시 보낸 것을 넣은 값과 뺀 값을 보여 줍니다.',
      empty: '아직 데이터가 없습니다.',
    },
  },
  lines: {
    fresh: '데이터',
    again: '재전송',
    lost: '손실',
    spurious: '불필요한 재전송',
    ack: '확인됨',
    edge: '받는 쪽 윈도우의 끝',
    sack: 'SACK: 이미 받음',
    cwnd: 'cwnd: 혼잡 윈도우',
    ssthresh: 'ssthresh: 느린 시작의 끝',
    underWay: '전송 중',
    flight: '보냈으나 확인 안 됨',
    srtt: 'srtt: 평활 왕복 시간',
    low: '',
    high: '± rttvar: 흔들리는 정도',
    rto: 'RTO: 재전송 타임아웃',
    samples: '측정값',
    throughput: '모든 데이터',
    goodput: '새 데이터',
  },
  tip: (kind, from, to, time) => `${kind}: ${from}~${to}번 바이트, ${time}`,
  kinds: ['데이터', '재전송', '손실', '불필요한 재전송'],
  zoomIn: '확대',
  zoomOut: '축소',
  earlier: '이전',
  later: '이후',
  all: '전체',
  hint: '끌어서 확대하고, 두 번 눌러 되돌립니다. 세그먼트를 누르면 사다리 그림에서 찾아 줍니다.',
  gap: '기록 없음',
  what: '항목',
  last: '마지막 값',
  none: '없음',
  retransmissions: '다시 보낸 세그먼트',
};

export const PLOT_TEXTS: Readonly<Record<Lang, PlotTexts>> = { en, ko };
