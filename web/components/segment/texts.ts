import { thousands as number } from '../../../src/inspect/lang/thousands';
import { towards } from '../../../src/inspect/lang/particle';
import type { Mark } from '../../../src/inspect/record';
import type { RecoveryPhase } from '../../../src/tcp/congestion/congestion-control';
import type { SegmentEvent } from '../../../src/tcp/trace';
import type { Texts } from '../../lang';

type Reason = NonNullable<SegmentEvent['reason']>;

/** A variable of a connection: what it is called, and what it is. */
export type Explained = readonly [name: string, meaning: string];

export interface SegmentTexts {
  readonly title: string;
  readonly sent: (from: string, to: string) => string;
  readonly header: string;
  readonly headerHint: string;
  readonly bytes: string;
  readonly bytesHint: string;
  readonly fields: string;
  readonly bitsOf: (name: string) => string;
  readonly byte: (offset: number, hex: string) => string;
  readonly more: (count: number) => string;
  readonly thoughts: string;
  readonly thoughtsHint: string;
  readonly stateStays: (state: string) => string;
  readonly stateMoves: (before: string, after: string) => string;
  readonly why: string;
  readonly reasons: Readonly<Record<Reason, string>>;
  readonly marks: Readonly<Record<Mark, string>>;
  readonly phases: Readonly<Record<RecoveryPhase, string>>;
  readonly variables: Readonly<Record<VariableName, Explained>>;
  readonly noVariables: string;
  readonly notYet: string;
}

export type VariableName =
  | 'una'
  | 'nxt'
  | 'sndWnd'
  | 'rcvNxt'
  | 'rcvWnd'
  | 'cwnd'
  | 'ssthresh'
  | 'underWay'
  | 'sacked'
  | 'lost'
  | 'mss'
  | 'phase'
  | 'srtt'
  | 'rttvar'
  | 'rto'
  | 'backoff'
  | 'send'
  | 'receive'
  | 'outOfOrder';

export const TEXTS: Texts<SegmentTexts> = {
  en: {
    title: 'The segment, opened',
    sent: (from, to) => `${from} to ${to}`,
    header: 'The header',
    headerHint: 'As RFC 9293 draws it: 32 bits a line.',
    bytes: 'The bytes',
    bytesHint: 'As they are on the wire, in hexadecimal: two digits are a byte.',
    fields: 'The fields',
    bitsOf: (name) => `Bits of ${name}`,
    byte: (offset, hex) => `byte ${offset}: ${hex}`,
    more: (count) => `Show ${number(count)} more bytes`,
    thoughts: 'What the stack thought',
    thoughtsHint: 'What this end knew of the connection right after this segment.',
    stateStays: (state) => `The state stays ${state}.`,
    stateMoves: (before, after) => `The state goes from ${before} to ${after}.`,
    why: 'Why it was sent',
    reasons: {
      handshake: 'It belongs to the handshake: both ends agree on where their numbers start.',
      data: 'There was data to send, and the windows let it go.',
      ack: 'Something came in, and this says that it arrived.',
      fin: 'The program has closed its end: nothing more will come from here.',
      retransmission: 'It was sent before, and seems to be lost.',
      'window-probe': 'The other end has no room. This asks whether that has changed.',
      'keep-alive': 'It has been quiet for long. This asks whether the other end is still there.',
      'window-update': 'The program has read what had come, so there is room again.',
      challenge: 'Something odd came in that may be forged. This makes the real other end speak up.',
      reset: 'This connection is over at once, or never was one.',
    },
    marks: {
      lost: 'It was lost: it was sent again later, and nothing shows that it had arrived.',
      retransmission: 'It was sent before. This is a retransmission.',
      spurious: 'It was sent again for nothing: the other end says that it had it (DSACK).',
      duplicate: 'All of it had come before.',
      'out-of-order': 'It came before what stands in front of it. It waits until the gap is filled.',
      fills: 'It brings what was missing, so what waited behind it can be used.',
      sacked: 'The other end told by SACK that it has it, although something before it is missing.',
      dropped: 'It came, but was not acted on.',
      marked: 'A router whose queue grows has marked it (CE, “congestion experienced”): see ECN in the IP header.',
    },
    phases: {
      open: 'nothing is known to be lost',
      recovery: 'losses are being sent again',
      reduced: 'slowed down, nothing to send again',
      loss: 'a time-out: beginning anew',
    },
    variables: {
      una: ['SND.UNA', 'the oldest byte that is not acknowledged'],
      nxt: ['SND.NXT', 'the next byte that will be sent'],
      sndWnd: ['SND.WND', 'how much the other end has room for'],
      rcvNxt: ['RCV.NXT', 'the next byte that is expected'],
      rcvWnd: ['RCV.WND', 'how much the other end was told it may send'],
      cwnd: ['cwnd', 'congestion window: how much the network seems to bear'],
      ssthresh: ['ssthresh', 'below it cwnd grows fast, above it slowly'],
      underWay: ['in flight', 'sent, and neither acknowledged nor lost'],
      sacked: ['SACKed', 'arrived beyond a gap'],
      lost: ['lost', 'taken for lost, to be sent again'],
      mss: ['MSS', 'the most data in one segment'],
      phase: ['phase', 'how it stands with losses'],
      srtt: ['SRTT', 'round-trip time, smoothed'],
      rttvar: ['RTTVAR', 'how much that time varies'],
      rto: ['RTO', 'after so long without an ACK it is sent again'],
      backoff: ['back-off', 'retransmissions in a row; each doubles the RTO'],
      send: ['to send', 'given by the program, not acknowledged yet'],
      receive: ['to read', 'arrived, and not yet read by the program'],
      outOfOrder: ['beyond a gap', 'arrived early, kept until the gap is filled'],
    },
    noVariables: 'Only what passed on the wire is known of this segment.',
    notYet: 'none yet',
  },
  ko: {
    title: '세그먼트 열어 보기',
    sent: (from, to) => `${from}에서 ${towards(to)}`,
    header: '헤더',
    headerHint: 'RFC 9293의 그림처럼 한 줄에 32비트씩입니다.',
    bytes: '바이트',
    bytesHint: '회선에 흐르는 그대로를 16진수로 적었습니다. 두 자리가 한 바이트입니다.',
    fields: '필드',
    bitsOf: (name) => `${name}의 비트`,
    byte: (offset, hex) => `${offset}번째 바이트: ${hex}`,
    more: (count) => `${number(count)}바이트 더 보기`,
    thoughts: '스택이 아는 것',
    thoughtsHint: '이 세그먼트 바로 뒤에 이쪽이 연결에 대해 알고 있던 것입니다.',
    stateStays: (state) => `상태는 ${state} 그대로입니다.`,
    stateMoves: (before, after) => `상태가 ${before}에서 ${towards(after)} 바뀝니다.`,
    why: '보낸 이유',
    reasons: {
      handshake: '핸드셰이크의 한 부분입니다. 양쪽이 번호를 어디서부터 셀지 정합니다.',
      data: '보낼 데이터가 있고, 윈도우가 허락했습니다.',
      ack: '무언가가 도착해서, 받았다고 알립니다.',
      fin: '프로그램이 이쪽을 닫았습니다. 이제 여기서는 더 오지 않습니다.',
      retransmission: '전에 보냈는데 사라진 것 같습니다.',
      'window-probe': '상대에게 자리가 없습니다. 이제 생겼는지 물어봅니다.',
      'keep-alive': '오래 조용했습니다. 상대가 아직 있는지 물어봅니다.',
      'window-update': '프로그램이 온 것을 읽어 다시 자리가 났습니다.',
      challenge: '위조일지도 모르는 이상한 것이 왔습니다. 진짜 상대라면 답하게 합니다.',
      reset: '이 연결은 바로 끝났거나, 처음부터 없었습니다.',
    },
    marks: {
      lost: '사라졌습니다. 나중에 다시 보냈고, 도착했다는 표시가 없습니다.',
      retransmission: '전에 보낸 것을 다시 보낸 재전송입니다.',
      spurious: '불필요하게 다시 보냈습니다. 상대가 이미 가지고 있었다고 합니다(DSACK).',
      duplicate: '전부 이미 온 것입니다.',
      'out-of-order': '앞에 올 것보다 먼저 왔습니다. 빈틈이 메워질 때까지 기다립니다.',
      fills: '빠졌던 것을 채워, 뒤에서 기다리던 것을 쓸 수 있게 합니다.',
      sacked: '앞의 것이 빠졌지만 이것은 가지고 있다고 상대가 SACK로 알렸습니다.',
      dropped: '도착했지만 처리하지 않았습니다.',
      marked: '큐가 길어진 라우터가 표시했습니다(CE, “혼잡 경험”). IP 헤더의 ECN을 보세요.',
    },
    phases: {
      open: '사라진 것으로 아는 것이 없음',
      recovery: '사라진 것을 다시 보내는 중',
      reduced: '속도를 줄임, 다시 보낼 것은 없음',
      loss: '타임아웃: 처음부터 다시',
    },
    variables: {
      una: ['SND.UNA', '아직 확인 응답을 받지 못한 첫 바이트'],
      nxt: ['SND.NXT', '다음에 보낼 바이트'],
      sndWnd: ['SND.WND', '상대가 받을 수 있다고 한 만큼'],
      rcvNxt: ['RCV.NXT', '다음에 올 바이트'],
      rcvWnd: ['RCV.WND', '상대에게 보내도 된다고 한 만큼'],
      cwnd: ['cwnd', '혼잡 윈도우: 네트워크가 견딜 만한 양'],
      ssthresh: ['ssthresh', 'cwnd가 이보다 작으면 빠르게, 크면 천천히 늘어남'],
      underWay: ['전송 중', '보냈고, 확인 응답도 손실 판정도 없는 것'],
      sacked: ['SACK됨', '빈틈 뒤에 도착한 것'],
      lost: ['손실', '사라진 것으로 보아 다시 보낼 것'],
      mss: ['MSS', '세그먼트 하나에 담는 데이터의 최댓값'],
      phase: ['단계', '손실을 어떻게 다루고 있는지'],
      srtt: ['SRTT', '평활 왕복 시간'],
      rttvar: ['RTTVAR', '왕복 시간이 흔들리는 정도'],
      rto: ['RTO', '이 시간 동안 ACK가 없으면 다시 보냄'],
      backoff: ['백오프', '연이은 재전송 횟수. 그때마다 RTO가 두 배'],
      send: ['보낼 것', '프로그램이 맡겼고 아직 확인 응답을 받지 못한 것'],
      receive: ['읽을 것', '도착했지만 프로그램이 아직 읽지 않은 것'],
      outOfOrder: ['빈틈 뒤', '먼저 도착해 빈틈이 메워지기를 기다리는 것'],
    },
    noVariables: '이 세그먼트에 대해서는 회선에 흐른 것만 알 수 있습니다.',
    notYet: '아직 없음',
  },
};
