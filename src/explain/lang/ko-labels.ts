import { towards } from '../../inspect/lang/particle';
import { number } from './ko-format';
import type { Labels } from './texts';

/** 찾은 것을 둘러싼 말. */
export const koLabels: Labels = {
  title: (name) => `${name}에서 있었던 일`,
  summary: (packets, size, duration, conversations) =>
    `패킷 ${number(packets)}개, ${size}, ${duration}, TCP 대화 ${number(conversations)}개.`,
  began: (when) => `캡처 시작: ${when}.`,
  others: (what) => `TCP 외: ${what.join(', ')}.`,
  kinds: {
    udp: 'UDP',
    icmp: 'ICMP',
    arp: 'ARP',
    otherIp: '다른 IP',
    notIp: 'IP 아님',
    malformed: '잘못된 패킷',
    unknownLink: '모르는 링크 타입',
  },
  truncated: (count) => `패킷 ${number(count)}개는 일부만 캡처되었습니다.`,
  nothingWrong: '문제가 없습니다.',
  noConversation: 'TCP 대화가 없습니다.',
  wrong: (failures, troubles, notes) =>
    [
      failures > 0 && `실패 ${number(failures)}개`,
      troubles > 0 && `문제 ${number(troubles)}개`,
      notes > 0 && `참고 ${number(notes)}개`,
    ]
      .filter(Boolean)
      .join(', '),
  conversation: (index) => `대화 ${index}`,
  conversationFacts: (segments, sent, received, duration, roundTrip) =>
    `세그먼트 ${number(segments)}개, 클라이언트가 ${sent}, 서버가 ${received} 보냄, ${duration}${roundTrip === undefined ? '' : `, 왕복 ${roundTrip}`}`,
  speaks: (what) => `${towards(what)} 이야기합니다`,
  packets: (list) => `패킷 ${list}`,
  morePackets: (count) => `외 ${number(count)}개`,
  because: '원인',
  todo: '할 일',
  nothingFound: '특별한 것이 없습니다.',
  moreConversations: (count) => `대화 ${number(count)}개를 더 보려면 --conversations를 쓰세요.`,
  legend:
    '사다리 그림의 화살표 하나가 세그먼트(TCP 패킷) 하나입니다. 왼쪽이 클라이언트, 오른쪽이 서버이고, 양옆은 알아낸 그때 양쪽의 상태입니다("?"는 마지막 것이 도착했다면 그렇다는 뜻). 앞에는 Wireshark와 같은 패킷 번호와, 캡처를 시작한 뒤 지난 시간(초)이 있습니다.',
  terms: '용어',
  wholeCapture: '캡처 전체',
  comment: '캡처에 적힌 메모',
  moreComments: (count) => `… 메모 ${count}개 더: Wireshark에서 볼 수 있습니다.`,
  filter: '거르기',
  all: '모두',
  onlyTrouble: '문제가 있는 것만',
  stateOf: (client, server) => `마지막 상태: 클라이언트 ${client}, 서버 ${server}`,
  ladderHint:
    '화살표 하나가 세그먼트(TCP 패킷) 하나입니다. 왼쪽이 클라이언트, 오른쪽이 서버이고, 양옆은 알아낸 그때 양쪽의 상태입니다("?"는 마지막 것이 도착했다면 그렇다는 뜻). 별일 없는 긴 구간은 세기만 합니다.',
  packetNumber: '패킷',
};
