import type { Texts } from '../lang';
import type { FactGroup, FactId } from './facts';

export interface FactText {
  readonly label: string;
  readonly explain: string;
}

interface FactTexts {
  readonly facts: Readonly<Record<FactId, FactText>>;
  readonly groups: Readonly<Record<FactGroup, string>>;
}

export const FACT_TEXTS: Texts<FactTexts> = {
  en: {
    facts: {
      bytesIn: { label: 'received', explain: 'Data that has come in, in order and without repetitions.' },
      bytesOut: { label: 'sent', explain: 'Data that was sent, what was sent again included.' },
      segmentsIn: { label: 'segments in', explain: 'Packets of TCP that have come in, those without data included.' },
      segmentsOut: { label: 'segments out', explain: 'Packets of TCP that were sent, those without data included.' },
      again: {
        label: 'sent again',
        explain: 'Retransmissions: segments that were sent again, since no acknowledgment came for the first.',
      },
      srtt: {
        label: 'round trip',
        explain: 'srtt: how long it takes until the ACK for what we send is back, smoothed (RFC 6298).',
      },
      rttvar: { label: 'variation', explain: 'rttvar: by how much the round-trip time varies (RFC 6298).' },
      minrtt: {
        label: 'shortest',
        explain: 'The shortest round-trip time of the last minutes: the path without queues.',
      },
      rto: {
        label: 'time-out',
        explain: 'RTO: if no ACK comes for so long, what was sent is sent again. It doubles each time (RFC 6298).',
      },
      cwnd: {
        label: 'cwnd',
        explain: 'Congestion window: how much we dare to have under way, so as not to overload the network (RFC 5681).',
      },
      ssthresh: {
        label: 'ssthresh',
        explain: 'Slow-start threshold: below it cwnd grows fast, above it slowly. Empty: no loss has set one yet.',
      },
      phase: {
        label: 'congestion control',
        explain:
          'The congestion control’s name, and what it does now: open, recovery from a loss, reduced by ECN, or loss after a time-out.',
      },
      inFlight: { label: 'in flight', explain: 'Sent, and neither acknowledged nor taken for lost.' },
      sacked: {
        label: 'SACKed',
        explain: 'What the other end says it has, though something before it is missing (RFC 2018).',
      },
      lost: { label: 'lost', explain: 'Taken for lost, and to be sent again.' },
      sendWindow: {
        label: 'their window',
        explain: 'How much the other end has room for: we may have no more than that under way.',
      },
      receiveWindow: { label: 'our window', explain: 'How much we have told the other end that we have room for.' },
      sendQueue: {
        label: 'to send',
        explain: 'Given by the program here and not acknowledged yet. Of a listener: how many calls may wait at most.',
      },
      receiveQueue: {
        label: 'to read',
        explain: 'Received, and not taken by the program here yet. Of a listener: how many calls wait.',
      },
      outOfOrder: { label: 'beyond a gap', explain: 'Received too early: something before it is still missing.' },
      mss: { label: 'MSS', explain: 'The most data that we put into one segment.' },
      pmtu: { label: 'path MTU', explain: 'The largest packet that gets through to the other end, as far as we know.' },
      options: {
        label: 'agreed',
        explain: 'What both ends agreed on in the handshake: SACK, timestamps, window scale (theirs/ours), ECN.',
      },
      timers: { label: 'timers', explain: 'The timers that are set, and how long until each goes off.' },
      delivery: { label: 'delivery rate', explain: 'The rate at which data last arrived at the other end.' },
      zeroWindows: { label: 'their window closed', explain: 'How many times the other end had no room left at all.' },
      ttl: { label: 'TTL', explain: 'How many routers our packets may pass before they are thrown away.' },
    },
    groups: {
      amounts: 'How much',
      times: 'How long it takes',
      congestion: 'What the network can take',
      windows: 'What the ends have room for',
      agreed: 'Agreed, and the path',
    },
  },
  ko: {
    facts: {
      bytesIn: { label: '받음', explain: '순서대로, 중복 없이 받은 데이터입니다.' },
      bytesOut: { label: '보냄', explain: '보낸 데이터입니다. 다시 보낸 것도 포함합니다.' },
      segmentsIn: { label: '받은 세그먼트', explain: '들어온 TCP 패킷 수입니다. 데이터가 없는 것도 셉니다.' },
      segmentsOut: { label: '보낸 세그먼트', explain: '내보낸 TCP 패킷 수입니다. 데이터가 없는 것도 셉니다.' },
      again: { label: '재전송', explain: '확인 응답이 오지 않아 다시 보낸 세그먼트 수입니다.' },
      srtt: {
        label: '왕복 시간',
        explain: 'srtt: 보낸 것의 ACK가 돌아올 때까지 걸린 시간을 평활한 값입니다(RFC 6298).',
      },
      rttvar: { label: '변동', explain: 'rttvar: 왕복 시간이 얼마나 들쭉날쭉한지 나타냅니다(RFC 6298).' },
      minrtt: {
        label: '최소',
        explain: '최근 몇 분 동안 가장 짧았던 왕복 시간입니다. 큐에서 기다리지 않을 때 경로에 걸리는 시간입니다.',
      },
      rto: {
        label: '타임아웃',
        explain: 'RTO: 이 시간 동안 ACK가 없으면 다시 보냅니다. 그때마다 두 배가 됩니다(RFC 6298).',
      },
      cwnd: { label: 'cwnd', explain: '혼잡 윈도우: 네트워크가 넘치지 않도록 한 번에 보내 놓는 양입니다(RFC 5681).' },
      ssthresh: {
        label: 'ssthresh',
        explain:
          '느린 시작 임계값: 이보다 작으면 cwnd가 빨리, 크면 천천히 자랍니다. 비어 있으면 아직 손실이 없었습니다.',
      },
      phase: {
        label: '혼잡 제어',
        explain: '혼잡 제어의 이름과 지금 상태: open(정상), recovery(손실 복구), reduced(ECN), loss(타임아웃).',
      },
      inFlight: { label: '전송 중', explain: '보냈지만 아직 확인되지 않았고, 사라진 것으로도 보지 않는 양입니다.' },
      sacked: { label: 'SACK됨', explain: '앞에 빠진 것이 있지만 상대가 받았다고 알린 양입니다(RFC 2018).' },
      lost: { label: '손실', explain: '사라진 것으로 보고 다시 보낼 양입니다.' },
      sendWindow: { label: '상대 윈도우', explain: '상대에게 남은 자리입니다. 이보다 많이 보내 놓을 수 없습니다.' },
      receiveWindow: { label: '우리 윈도우', explain: '우리가 상대에게 알린 남은 자리입니다.' },
      sendQueue: {
        label: '보낼 것',
        explain: '이쪽 프로그램이 맡겼고 아직 확인되지 않은 양입니다. 리스너라면 기다릴 수 있는 연결의 최대 수입니다.',
      },
      receiveQueue: {
        label: '읽을 것',
        explain: '받았지만 이쪽 프로그램이 아직 읽지 않은 양입니다. 리스너라면 기다리는 연결의 수입니다.',
      },
      outOfOrder: { label: '빈틈 뒤', explain: '앞의 것보다 먼저 와서 기다리는 양입니다.' },
      mss: { label: 'MSS', explain: '세그먼트 하나에 담는 데이터의 최댓값입니다.' },
      pmtu: { label: '경로 MTU', explain: '상대까지 갈 수 있는 가장 큰 패킷입니다(아는 한).' },
      options: { label: '합의', explain: '핸드셰이크에서 합의한 것: SACK, 타임스탬프, 윈도우 스케일(상대/우리), ECN.' },
      timers: { label: '타이머', explain: '켜져 있는 타이머와 남은 시간입니다.' },
      delivery: { label: '전달 속도', explain: '데이터가 상대에게 최근에 전달된 속도입니다.' },
      zeroWindows: { label: '상대 윈도우 닫힘', explain: '상대에게 자리가 하나도 없었던 횟수입니다.' },
      ttl: { label: 'TTL', explain: '패킷이 버려지기 전에 지날 수 있는 라우터 수입니다.' },
    },
    groups: {
      amounts: '양',
      times: '시간',
      congestion: '네트워크가 감당하는 양',
      windows: '양쪽에 남은 자리',
      agreed: '합의와 경로',
    },
  },
};
