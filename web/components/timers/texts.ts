import type { Lang } from '../../../src/inspect/lang';
import type { TimerName } from '../../../src/tcp/timers';

interface TimerText {
  readonly name: string;
  /** What happens when it goes off. */
  readonly means: string;
  readonly source: string;
}

export interface TimersTexts {
  readonly title: string;
  readonly timers: Readonly<Record<TimerName, TimerText>>;
  readonly none: string;
  readonly left: (time: string) => string;
  readonly due: string;
  readonly fired: string;
  readonly cleared: string;
}

const en: TimersTexts = {
  title: 'Timers',
  timers: {
    retransmission: {
      name: 'Retransmission',
      means: 'If no ACK comes until then, what was sent first is sent again.',
      source: 'RFC 6298',
    },
    reorder: {
      name: 'Reordering',
      means: 'Later data has overtaken some that is missing. If that does not come until then, it counts as lost.',
      source: 'RFC 8985 §6.3',
    },
    probe: {
      name: 'Tail loss probe',
      means: 'The last segment may be lost, and nothing follows that would show it: then it is sent once more, to ask.',
      source: 'RFC 8985 §7',
    },
    pacing: {
      name: 'Pacing',
      means: 'The next segment goes then: data is spread over time rather than sent in bursts.',
      source: 'BBR',
    },
    persist: {
      name: 'Persist',
      means: 'The other end has no room. Then it is asked whether it has some now.',
      source: 'RFC 9293 §3.8.6.1',
    },
    'delayed-ack': {
      name: 'Delayed ACK',
      means: 'The ACK waits a little, in case data goes the same way and can carry it. Then it goes alone.',
      source: 'RFC 9293 §3.8.6.3',
    },
    'keep-alive': {
      name: 'Keep-alive',
      means: 'Nothing was said for long. Then the other end is asked whether it is still there.',
      source: 'RFC 9293 §3.8.4',
    },
    'time-wait': {
      name: 'TIME-WAIT',
      means: 'All is said. Then the connection is forgotten: no old segment can be about any more.',
      source: 'RFC 9293 §3.4.2',
    },
    user: {
      name: 'User timeout',
      means: 'If nothing is acknowledged until then, the connection is given up.',
      source: 'RFC 9293 §3.10.8',
    },
    'fin-wait-2': {
      name: 'FIN-WAIT-2',
      means: "Our program is gone. If the other end's FIN does not come until then, the connection is forgotten.",
      source: 'RFC 9293 §3.10.4',
    },
    linger: {
      name: 'Linger',
      means: 'What is not delivered until then is given up, and the connection is reset.',
      source: 'SO_LINGER',
    },
  },
  none: 'No timer is set.',
  left: (time) => `in ${time}`,
  due: 'now',
  fired: 'went off',
  cleared: 'taken back',
};

const ko: TimersTexts = {
  title: '타이머',
  timers: {
    retransmission: {
      name: '재전송',
      means: '그때까지 ACK가 없으면 가장 먼저 보낸 것을 다시 보냅니다.',
      source: 'RFC 6298',
    },
    reorder: {
      name: '순서 바뀜',
      means: '뒤의 데이터가 앞의 데이터를 앞질렀습니다. 그때까지 오지 않으면 사라진 것으로 봅니다.',
      source: 'RFC 8985 §6.3',
    },
    probe: {
      name: '꼬리 손실 프로브',
      means: '마지막 세그먼트는 사라져도 뒤따르는 것이 없어 알 수 없습니다. 그래서 그때 한 번 더 보내 확인합니다.',
      source: 'RFC 8985 §7',
    },
    pacing: {
      name: '속도 조절',
      means: '다음 세그먼트는 그때 나갑니다. 한꺼번에 보내지 않고 시간 간격을 고르게 둡니다.',
      source: 'BBR',
    },
    persist: {
      name: '윈도우 프로브',
      means: '상대에게 자리가 없습니다. 그때 자리가 났는지 묻습니다.',
      source: 'RFC 9293 §3.8.6.1',
    },
    'delayed-ack': {
      name: '지연 ACK',
      means: '같은 쪽으로 가는 데이터에 실으려고 ACK를 잠깐 미룹니다. 그때는 ACK만 보냅니다.',
      source: 'RFC 9293 §3.8.6.3',
    },
    'keep-alive': {
      name: 'keep-alive',
      means: '오래 아무 말이 없었습니다. 그때 상대가 아직 있는지 묻습니다.',
      source: 'RFC 9293 §3.8.4',
    },
    'time-wait': {
      name: 'TIME-WAIT',
      means: '할 말은 다 했습니다. 옛 세그먼트가 모두 사라지는 그때 연결을 잊습니다.',
      source: 'RFC 9293 §3.4.2',
    },
    user: {
      name: '사용자 타임아웃',
      means: '그때까지 확인 응답이 하나도 없으면 연결을 포기합니다.',
      source: 'RFC 9293 §3.10.8',
    },
    'fin-wait-2': {
      name: 'FIN-WAIT-2',
      means: '이쪽 프로그램은 떠났습니다. 그때까지 상대의 FIN이 오지 않으면 연결을 잊습니다.',
      source: 'RFC 9293 §3.10.4',
    },
    linger: {
      name: 'linger',
      means: '그때까지 전달하지 못한 것은 포기하고 연결을 끊어 버립니다(RST).',
      source: 'SO_LINGER',
    },
  },
  none: '켜진 타이머가 없습니다.',
  left: (time) => `${time} 뒤`,
  due: '지금',
  fired: '울림',
  cleared: '취소됨',
};

export const TIMERS_TEXTS: Readonly<Record<Lang, TimersTexts>> = { en, ko };
