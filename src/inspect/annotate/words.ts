import type { CongestionEvent, RetransmissionCause, SendReason } from '../../tcp/trace';
import type { Purpose } from '../conversation';
import type { Lang } from '../lang';

/**
 * What stands in the comments of a capture. States, timers, events and the names of variables are the RFCs' in every language; the rest is
 * short, in a fixed order, and ASCII in English, so that it can be typed into a filter.
 */
export interface RemarkWords {
  readonly sent: (what: string) => string;
  readonly received: (what: string) => string;
  readonly reasons: Readonly<Record<SendReason, string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly again: string;
  /** As an answer: by another name, so that a filter finds the retransmission and not what asked for it. */
  readonly dataAgain: string;
  /** The same of a connection whose packets were too big for the path. */
  readonly sendsSmaller: (connection: number) => string;
  readonly causes: Readonly<Record<RetransmissionCause, string>>;
  /** The time-out has struck so many times in a row. */
  readonly timeout: (count: number) => string;
  readonly bytes: (count: number) => string;
  readonly part: (number: number, of: number) => string;
  readonly acknowledges: (bytes: number) => string;
  readonly sacks: (bytes: number) => string;
  readonly duplicate: string;
  readonly outOfOrder: (missing: number) => string;
  readonly fills: string;
  /** Of its data and FIN: not buffered, to be sent again. */
  readonly notTaken: (bytes: number) => string;
  /** It is no connection yet: all that is known is in the number (RFC 4987 §3.6). */
  readonly cookie: string;
  readonly dropped: (reason: string, detail: string) => string;
  readonly congestion: (cause: CongestionEvent['cause']) => string;
  /** A router has set the mark "congestion experienced" in IP's header (RFC 3168 §5). */
  readonly marked: string;
  /** A router's next link takes packets of `mtu` bytes, and of the one that it tells of `size`. */
  readonly tooBig: (mtu: number, size: number) => string;
  readonly answered: (by: string) => string;
  readonly timers: (timers: string) => string;
  readonly cleared: (timer: string) => string;
  readonly fired: (timer: string) => string;
  readonly lost: (fate: string) => string;
  readonly variables: Readonly<
    Record<'none' | 'underWay' | 'sacked' | 'lost' | 'theirWindow' | 'ourWindow' | 'outOfOrder', string>
  >;
  /** What a variable was when the connection's segment before was there. No arrow: that is a state's. */
  readonly was: (before: string) => string;
  readonly more: (count: number) => string;
  readonly neighbour: (address: string, mac: string | undefined, state: string) => string;
  readonly forwarded: (to: string, ttl: number) => string;
  readonly datagram: (bytes: number) => string;
  readonly fragment: string;
  /** Nothing was told of it. */
  readonly ignored: string;
  readonly unread: string;
}

/** Not in the words of a retransmission: a filter for these finds it alone. */
const CONGESTION: Readonly<Record<Lang, Readonly<Record<CongestionEvent['cause'], string>>>> = {
  en: {
    timeout: 'no answer came',
    'fast-retransmit': 'a loss was found',
    ecn: 'a router is congested (ECN)',
    probe: 'a probe has mended a loss',
    recovered: 'recovered',
    undone: 'undone, nothing was lost',
    idle: 'smaller after a pause',
  },
  ko: {
    timeout: '응답이 오지 않음',
    'fast-retransmit': '손실을 발견함',
    ecn: '라우터가 혼잡함 (ECN)',
    probe: '프로브로 손실을 복구함',
    recovered: '회복됨',
    undone: '되돌림, 손실이 없었음',
    idle: '쉬고 난 뒤 줄임',
  },
};

const en: RemarkWords = {
  sent: (what) => `sent ${what}`,
  received: (what) => `received ${what}`,
  reasons: {
    handshake: 'handshake',
    data: 'data',
    ack: 'ACK',
    fin: 'FIN',
    retransmission: 'retransmission',
    'window-probe': 'window probe',
    'keep-alive': 'keep-alive',
    'window-update': 'window update',
    challenge: 'challenge ACK',
    reset: 'reset',
  },
  purposes: {
    syn: 'SYN',
    'syn-ack': 'SYN-ACK',
    'handshake-ack': 'ACK of the handshake',
    data: 'data',
    ack: 'ACK',
    'duplicate-ack': 'duplicate ACK',
    'zero-window': 'zero window',
    'window-update': 'window update',
    'window-probe': 'window probe',
    'keep-alive': 'keep-alive',
    'keep-alive-answer': 'answer to a keep-alive',
    challenge: 'challenge ACK',
    'first-fin': 'first FIN',
    'second-fin': 'second FIN',
    'ack-of-first-fin': 'ACK of the FIN',
    'last-ack': 'last ACK',
    refusal: 'reset (refused)',
    'no-such-connection': 'reset (no such connection)',
    abort: 'reset (abort)',
  },
  again: 'retransmission',
  dataAgain: 'data again',
  sendsSmaller: (connection) => `data again in #${connection}, in smaller segments`,
  causes: {
    timeout: 'time-out',
    'fast-retransmit': 'fast retransmit',
    probe: 'tail loss probe',
    'window-opened': 'the window has opened',
    'path-mtu': 'smaller, for the path',
  },
  timeout: (count) => `time-out ${count}`,
  bytes: (count) => `${count} ${count === 1 ? 'byte' : 'bytes'}`,
  part: (number, of) => `part ${number} of ${of}`,
  acknowledges: (bytes) => `ACK of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
  sacks: (bytes) => `SACK of ${bytes} more ${bytes === 1 ? 'byte' : 'bytes'}`,
  duplicate: 'duplicate: all of it was here',
  outOfOrder: (missing) => `out of order: ${missing} ${missing === 1 ? 'byte' : 'bytes'} before it missing`,
  fills: 'fills a gap',
  notTaken: (bytes) => `not taken: ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
  cookie: 'SYN cookie',
  dropped: (reason, detail) => `dropped ${reason}: ${detail}`,
  congestion: (cause) => `congestion control: ${CONGESTION.en[cause]}`,
  marked: 'CE mark: a router on the way is congested',
  tooBig: (mtu, size) => `the path takes ${mtu} bytes, and this packet had ${size}`,
  answered: (by) => `answered ${by}`,
  timers: (timers) => `timer ${timers}`,
  cleared: (timer) => `${timer} off`,
  fired: (timer) => `${timer} went off`,
  lost: (fate) => `${fate} by the bad network (--impair)`,
  variables: {
    none: 'none',
    underWay: 'in flight',
    sacked: 'sacked',
    lost: 'lost',
    theirWindow: 'their window',
    ourWindow: 'our window',
    outOfOrder: 'out of order',
  },
  was: (before) => `was ${before}`,
  more: (count) => `${count} more`,
  neighbour: (address, mac, state) => `neighbour ${address}${mac === undefined ? '' : ` is at ${mac}`}: ${state}`,
  forwarded: (to, ttl) => `forwarded to ${to}, TTL ${ttl}`,
  datagram: (bytes) => `datagram of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
  fragment: 'fragment',
  ignored: 'received, and nothing came of it',
  unread: 'sent',
};

const ko: RemarkWords = {
  sent: (what) => `보냄: ${what}`,
  received: (what) => `받음: ${what}`,
  reasons: {
    handshake: '핸드셰이크',
    data: '데이터',
    ack: 'ACK',
    fin: 'FIN',
    retransmission: '재전송',
    'window-probe': '윈도우 프로브',
    'keep-alive': 'keep-alive',
    'window-update': '윈도우 갱신',
    challenge: '챌린지 ACK',
    reset: '리셋',
  },
  purposes: {
    syn: 'SYN',
    'syn-ack': 'SYN-ACK',
    'handshake-ack': '핸드셰이크의 마지막 ACK',
    data: '데이터',
    ack: 'ACK',
    'duplicate-ack': '중복 ACK',
    'zero-window': '윈도우 0',
    'window-update': '윈도우 갱신',
    'window-probe': '윈도우 프로브',
    'keep-alive': 'keep-alive',
    'keep-alive-answer': 'keep-alive에 대한 응답',
    challenge: '챌린지 ACK',
    'first-fin': '첫 번째 FIN',
    'second-fin': '두 번째 FIN',
    'ack-of-first-fin': 'FIN에 대한 ACK',
    'last-ack': '마지막 ACK',
    refusal: '리셋 (연결 거부)',
    'no-such-connection': '리셋 (모르는 연결)',
    abort: '리셋 (연결 중단)',
  },
  again: '재전송',
  dataAgain: '다시 보낸 데이터',
  sendsSmaller: (connection) => `#${connection}의 데이터를 더 작은 세그먼트로 다시 보냄`,
  causes: {
    timeout: '타임아웃',
    'fast-retransmit': '빠른 재전송',
    probe: '꼬리 손실 프로브',
    'window-opened': '윈도우가 다시 열림',
    'path-mtu': '경로에 맞게 더 작게',
  },
  timeout: (count) => `타임아웃 ${count}회째`,
  bytes: (count) => `${count}바이트`,
  part: (number, of) => `${of}조각 중 ${number}번째`,
  acknowledges: (bytes) => `${bytes}바이트 확인 (ACK)`,
  sacks: (bytes) => `SACK로 ${bytes}바이트 더 확인`,
  duplicate: '중복: 모두 이미 받은 것',
  outOfOrder: (missing) => `순서 바뀜: 앞의 ${missing}바이트가 아직 없음`,
  fills: '빈틈을 채움',
  notTaken: (bytes) => `받아들이지 않음: ${bytes}바이트`,
  cookie: 'SYN 쿠키',
  dropped: (reason, detail) => `버림 ${reason}: ${detail}`,
  congestion: (cause) => `혼잡 제어: ${CONGESTION.ko[cause]}`,
  marked: 'CE 표시: 중간 라우터가 혼잡함',
  tooBig: (mtu, size) => `이 경로는 ${mtu}바이트까지만 지나가는데 보낸 패킷은 ${size}바이트`,
  answered: (by) => `응답: ${by}`,
  timers: (timers) => `타이머: ${timers}`,
  cleared: (timer) => `${timer} 끔`,
  fired: (timer) => `${timer} 만료`,
  lost: (fate) => `나쁜 네트워크(--impair)가 한 일: ${fate}`,
  variables: {
    none: '없음',
    underWay: '전송 중',
    sacked: 'SACK됨',
    lost: '손실',
    theirWindow: '상대 윈도우',
    ourWindow: '우리 윈도우',
    outOfOrder: '순서를 기다리는 바이트',
  },
  was: (before) => `이전 ${before}`,
  more: (count) => `그 밖에 ${count}개`,
  neighbour: (address, mac, state) => `이웃 ${address}${mac === undefined ? '' : `의 MAC은 ${mac}`}: ${state}`,
  forwarded: (to, ttl) => `${to} 쪽으로 전달, TTL ${ttl}`,
  datagram: (bytes) => `${bytes}바이트 데이터그램`,
  fragment: '조각 (IP 단편)',
  ignored: '받았지만 아무 일도 하지 않음',
  unread: '보냄',
};

export const REMARK_WORDS: Readonly<Record<Lang, RemarkWords>> = { en, ko };
