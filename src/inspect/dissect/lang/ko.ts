import { thousands } from '../../lang/thousands';
import { asObject } from '../../lang/particle';
import type { en, enWrong } from './en';
import type { Facts } from './text';

const count = (facts: Facts, name: string): string => thousands(String(facts[name] ?? '?'));
const has = (facts: Facts, name: string): boolean => facts[name] !== undefined;
const bit = (facts: Facts, on: string, off: string): string => (facts['set'] === true ? on : off);

/** 필드마다 무엇을 뜻하는지: 처음 보는 사람을 위해. */
export const ko: Readonly<Record<keyof typeof en, (facts: Facts) => string>> = {
  rest: () => '여기서는 쓰지 않거나 해석할 수 없는 비트입니다.',
  'cut-off': () => '앞부분만 남아 있는 필드입니다.',
  trailing: () => '패킷 뒤에 붙은 부분입니다. 짧은 프레임을 채운 것이거나 체크섬입니다.',
  data: () => '프로그램에 전해 줄 내용입니다.',

  ethernet: () => '바로 다음 구간에서만 쓰는 봉투입니다. 같은 링크의 네트워크 카드에서 네트워크 카드로 갑니다.',
  'ethernet.destination': () => '이 프레임을 받을 네트워크 카드입니다. ff:ff:ff:ff:ff:ff는 링크의 모두를 뜻합니다.',
  'ethernet.source': () => '이 프레임을 보낸 네트워크 카드입니다.',
  'ethernet.type': () => '안에 든 것의 종류입니다. 0x0800은 IPv4, 0x86dd는 IPv6, 0x0806은 ARP입니다.',
  'ethernet.length': () =>
    '옛 방식의 프레임입니다. 뒤따르는 바이트 수이며, 안에 든 것의 종류는 다른 곳에 적혀 있습니다.',
  vlan: () => '케이블 하나로 서로 분리된 여러 네트워크의 패킷을 나르게 하는 표시입니다.',
  'vlan.tpid': () => 'VLAN 태그가 이어진다는 뜻입니다.',
  'vlan.priority': () => '프레임이 얼마나 급한지를 0에서 7까지로 나타냅니다.',
  'vlan.drop-eligible': () => '통신량이 너무 많을 때 먼저 버려도 된다는 표시입니다.',
  'vlan.id': () => '가상 네트워크의 번호입니다.',
  loopback: () => '컴퓨터 밖으로 나가지 않은 패킷입니다. 주소의 종류만 적혀 있습니다.',
  cooked: () => 'Linux가 모든 인터페이스에서 캡처할 때 링크 헤더 대신 적는 내용입니다.',

  'arp.hardware-type': () => '링크의 종류입니다. 1은 이더넷입니다.',
  'arp.protocol-type': () => '찾는 주소의 종류입니다. IPv4입니다.',
  'arp.hardware-length': () => '링크 주소의 바이트 수입니다. 6입니다.',
  'arp.protocol-length': () => '프로토콜 주소의 바이트 수입니다. 4입니다.',
  'arp.operation': () =>
    '1은 “이 주소를 누가 쓰나요?”라는 질문이고, 2는 “제가 씁니다. 제 카드는 이것입니다”라는 응답입니다.',
  'arp.sender-hardware': () => '말하는 쪽의 네트워크 카드입니다.',
  'arp.sender-protocol': () => '말하는 쪽의 IP 주소입니다.',
  'arp.target-hardware': () => '찾는 네트워크 카드입니다. 질문에서는 0으로 채웁니다.',
  'arp.target-protocol': () => '찾는 IP 주소입니다.',

  ipv4: () =>
    '전체 경로에서 쓰는 주소 꼬리표입니다. 사이에 어떤 네트워크가 있든 어느 컴퓨터에서 어느 컴퓨터로 가는지 적혀 있습니다.',
  ipv6: () => '전체 경로에서 쓰는 주소 꼬리표의 새 버전입니다. 주소가 더 깁니다.',
  'ip.version': () => '인터넷 프로토콜의 버전입니다.',
  'ipv4.ihl': (f) => `헤더의 길이를 4바이트 단위로 적은 것입니다. 여기서는 ${count(f, 'bytes')}바이트입니다.`,
  'ip.dscp': () => '라우터가 패킷을 어떻게 다룰지를 나타냅니다. 0이면 다른 패킷과 같게 다룹니다.',
  'ip.ecn': (f) =>
    f['marked'] === true
      ? '경로의 라우터가 혼잡합니다. 패킷을 버리는 대신 이 표시를 남겼습니다.'
      : f['capable'] === true
        ? '혼잡한 라우터가 이 패킷을 버리는 대신 표시를 남길 수 있습니다.'
        : '혼잡한 라우터는 이 패킷을 버릴 수밖에 없습니다.',
  'ipv4.total-length': (f) => `헤더와 내용을 합쳐 ${count(f, 'bytes')}바이트입니다.`,
  'ipv4.identification': () => '패킷의 번호입니다. 패킷을 여러 조각으로 나누면 조각마다 같은 번호를 가집니다.',
  'ipv4.reserved': () => '0이어야 합니다.',
  'ipv4.df': (f) =>
    bit(
      f,
      '이 패킷을 나누지 말라는 뜻입니다. 링크에 비해 너무 크면 버리고 보낸 쪽에 알립니다.',
      '라우터가 조각으로 나누어도 됩니다.',
    ),
  'ipv4.mf': (f) => bit(f, '같은 패킷의 조각이 더 이어집니다.', '마지막 조각이거나 이것이 전부입니다.'),
  'ipv4.fragment-offset': (f) =>
    `이 조각이 전체 패킷에서 놓일 자리를 8바이트 단위로 적은 것입니다. ${count(f, 'bytes')}번째 바이트입니다.`,
  'ip.ttl': () =>
    '앞으로 지날 수 있는 라우터의 수입니다. 라우터마다 하나씩 줄이고, 0이 되면 버립니다. 그래서 패킷이 영원히 돌지 않습니다.',
  'ip.protocol': () => '안에 든 것의 종류입니다. 6은 TCP, 17은 UDP, 1과 58은 ICMP입니다.',
  'ipv4.checksum': (f) =>
    f['good'] === true ? '헤더가 손상되었는지 검사하는 값입니다. 맞습니다.' : '헤더가 손상되었는지 검사하는 값입니다.',
  'ip.source': () => '보낸 컴퓨터의 주소입니다.',
  'ip.destination': () => '받을 컴퓨터의 주소입니다.',
  'ipv4.options': () => '거쳐 갈 라우터 목록처럼 드물게 쓰는 추가 정보입니다.',
  'ipv4.option': () => '자리를 채우거나 옵션 목록을 끝냅니다.',
  'ip.option': () => '라우터나 받는 쪽을 위한 추가 정보입니다.',
  'ip.option-type': () => '추가 정보의 종류입니다.',
  'ip.option-length': () => '길이를 바이트로 적은 것입니다.',
  'ipv6.flow-label': () => '한 대화의 패킷마다 같은 번호를 적어, 라우터가 같은 길로 보내게 합니다.',
  'ipv6.payload-length': (f) => `이 헤더 뒤에 ${count(f, 'bytes')}바이트가 이어집니다.`,
  'ipv6.extension': () => 'IPv6 헤더와 내용 사이에 들어가는 추가 헤더입니다.',
  'ipv6.extension-length': () => '길이를 8바이트 단위로 적은 것입니다. 처음 8바이트는 세지 않습니다.',
  'ipv6.fragment': () => '너무 커서 나눈 패킷의 조각입니다. 몇 번째 조각인지 적혀 있습니다.',
  'ipv6.routing': () => '패킷이 도중에 들를 곳입니다.',

  'icmp.type': () => '네트워크가 알리는 내용의 종류입니다. 도중에 생긴 오류이거나 핑입니다.',
  'icmp.code': () => '종류를 더 자세히 나눈 것입니다.',
  'icmp.checksum': (f) =>
    f['good'] === true
      ? '메시지가 손상되었는지 검사하는 값입니다. 맞습니다.'
      : '메시지가 손상되었는지 검사하는 값입니다.',
  'icmp.identifier': () => '핑 프로그램이 여럿일 때 누구의 질문인지 구별합니다.',
  'icmp.sequence': () => '질문에 매긴 번호입니다. 응답에도 같은 번호가 있습니다.',
  'icmp.mtu': () => '이 패킷이 지나지 못한 링크에서 지날 수 있는 가장 큰 패킷의 바이트 수입니다.',
  'icmp.quoted': () => '오류를 일으킨 패킷의 앞부분입니다. 보낸 쪽이 어느 패킷인지 알 수 있습니다.',

  'udp.port': () => '컴퓨터의 어느 프로그램인지 나타내는 포트입니다.',
  'udp.length': (f) => `헤더와 데이터를 합쳐 ${count(f, 'bytes')}바이트입니다.`,
  'udp.checksum': (f) =>
    f['good'] === true
      ? '헤더와 데이터가 손상되었는지 검사하는 값입니다. 맞습니다.'
      : '헤더와 데이터가 손상되었는지 검사하는 값입니다.',
  'udp.no-checksum': () => '0은 보낸 쪽이 체크섬을 만들지 않았다는 뜻입니다.',

  tcp: () => '세그먼트입니다. 대화의 한 조각이며, 양쪽이 바이트의 순서를 지키는 데 필요한 것이 모두 들어 있습니다.',
  'tcp.source-port': () => '보낸 프로그램을 나타내는 포트입니다.',
  'tcp.destination-port': () => '받을 프로그램을 나타내는 포트입니다. 서버는 웹의 80처럼 널리 알려진 포트를 씁니다.',
  'tcp.seq': (f) =>
    f['syn'] === true
      ? '보내는 쪽이 바이트를 세기 시작하는 번호입니다. 아무도 짐작할 수 없게 고릅니다.'
      : `바이트마다 번호가 있습니다. 이 세그먼트의 첫 바이트 번호입니다.${has(f, 'relative') ? ` 대화의 처음부터 세면 ${count(f, 'relative')}번입니다.` : ''}`,
  'tcp.ack': (f) =>
    `다음에 받을 바이트의 번호입니다. 그 앞은 모두 도착했다는 뜻입니다.${has(f, 'relative') ? ` 대화의 처음부터 세면 ${count(f, 'relative')}번입니다.` : ''}`,
  'tcp.ack-unused': () => 'ACK 비트가 꺼져 있어 여기서는 아무 뜻이 없습니다.',
  'tcp.data-offset': (f) =>
    `데이터가 시작하는 곳을 4바이트 단위로 적은 것입니다. 헤더는 ${count(f, 'bytes')}바이트이고, 그중 ${count(f, 'options')}바이트가 옵션입니다.`,
  'tcp.reserved': () => '앞으로 쓰려고 남겨 둔 비트입니다. 지금은 0이어야 합니다.',
  'tcp.flags': (f) => `세그먼트의 쓰임을 나타내는 스위치 아홉 개입니다. 켜진 것: ${String(f['names'] ?? '')}.`,
  'tcp.ae': (f) => bit(f, 'AE: (CWR, ECE와 함께) 혼잡 표시의 수를 정확히 셉니다.', 'AE가 꺼져 있습니다.'),
  'tcp.cwr': (f) => bit(f, 'CWR: “네트워크가 혼잡하다는 말을 들었습니다. 이제 덜 보냅니다.”', 'CWR이 꺼져 있습니다.'),
  'tcp.ece': (f) =>
    bit(
      f,
      'ECE: “라우터가 그쪽 패킷에 혼잡 표시를 했습니다.” SYN에서는 “그런 표시를 이해합니다”라는 뜻입니다.',
      'ECE가 꺼져 있습니다.',
    ),
  'tcp.urg': (f) => bit(f, 'URG: 긴급 데이터가 있습니다. 긴급 포인터가 그 끝을 가리킵니다.', 'URG가 꺼져 있습니다.'),
  'tcp.ack-bit': (f) =>
    bit(f, 'ACK: 확인 응답 번호가 유효합니다. 맨 처음 세그먼트 말고는 늘 켜져 있습니다.', 'ACK가 꺼져 있습니다.'),
  'tcp.psh': (f) => bit(f, 'PSH: 더 기다리지 말고 지금 프로그램에 넘기라는 뜻입니다.', 'PSH가 꺼져 있습니다.'),
  'tcp.rst': (f) => bit(f, 'RST: 대화를 바로 끝내거나, 그런 대화는 없다는 뜻입니다.', 'RST가 꺼져 있습니다.'),
  'tcp.syn': (f) =>
    bit(f, 'SYN: “시작합시다. 이 번호부터 셉니다.” SYN도 번호 하나를 차지합니다.', 'SYN이 꺼져 있습니다.'),
  'tcp.fin': (f) =>
    bit(f, 'FIN: “다 보냈습니다.” FIN도 번호 하나를 차지합니다. 상대는 계속 보내도 됩니다.', 'FIN이 꺼져 있습니다.'),
  'tcp.window': (f) =>
    `이 세그먼트를 보낸 쪽이 더 받을 수 있는 바이트 수입니다: ${count(f, 'bytes')}.${f['factor'] === 1 ? '' : ` 필드에 적힌 값은 ${count(f, 'field')}이고, 핸드셰이크 때 ${asObject(count(f, 'factor'))} 곱하기로 약속했습니다.`}`,
  'tcp.window-zero': () => '지금은 더 받을 수 없습니다. 자리가 났다고 알릴 때까지 멈춰야 합니다.',
  'tcp.window-unknown': () =>
    '이 세그먼트를 보낸 쪽이 더 받을 수 있는 바이트 수입니다. 핸드셰이크를 보지 못해, 여기에 곱할 값이 있는지 알 수 없습니다.',
  'tcp.window-unused': () => 'RST에서는 아무 뜻이 없습니다.',
  'tcp.checksum': (f) =>
    f['good'] === true
      ? '주소와 헤더와 데이터를 더해 만든, 도중의 손상을 찾는 값입니다. 맞습니다.'
      : '주소와 헤더와 데이터를 더해 만든, 도중의 손상을 찾는 값입니다.',
  'tcp.checksum-unchecked': () => '도중의 손상을 찾는 값입니다. 바이트가 다 있지 않아 여기서는 검사할 수 없습니다.',
  'tcp.checksum-offloaded': () =>
    '아직 완성되지 않았습니다. 보내는 컴퓨터에서 캡처했고, 나머지는 네트워크 카드가 채웁니다.',
  'tcp.urgent': () => '긴급 데이터의 끝이 순서 번호에서 얼마나 뒤에 있는지 나타냅니다.',
  'tcp.urgent-unused': () => 'URG 비트가 꺼져 있어 여기서는 아무 뜻이 없습니다.',
  'tcp.options': () => '추가 정보입니다. 대부분 두 SYN 세그먼트에서 한 번만 정합니다.',
  'tcp.data': (f) => `프로그램이 하는 말입니다. ${count(f, 'bytes')}바이트입니다.`,
  'tcp.option.end': () => '옵션 목록이 여기서 끝납니다.',
  'tcp.option.padding': () => '4바이트의 배수가 되도록 채운 0입니다.',
  'tcp.option.nop': () => '아무것도 하지 않습니다. 다음 옵션의 자리를 맞춥니다.',
  'tcp.option.kind': () => '옵션의 종류입니다.',
  'tcp.option.length': () => '종류와 길이까지 포함한 바이트 수입니다.',
  'tcp.option.mss': (f) => `보낸 쪽이 세그먼트 하나에서 받을 수 있는 가장 큰 데이터입니다: ${count(f, 'mss')}바이트.`,
  'tcp.option.window-scale': (f) =>
    `윈도우 필드는 16비트뿐이라 65,535바이트가 한계입니다. 이쪽의 윈도우에는 늘 ${asObject(count(f, 'factor'))} 곱합니다.`,
  'tcp.option.sack-permitted': () => '빈틈 뒤에 도착한 것을 알리는 SACK를 이해한다는 뜻입니다.',
  'tcp.option.sack': () => '빈틈 뒤에 도착한 것입니다. 빠진 것만 다시 보내면 됩니다.',
  'tcp.option.sack-block': () => '도착한 바이트의 한 구간입니다.',
  'tcp.option.sack-left': () => '구간의 첫 바이트입니다.',
  'tcp.option.sack-right': () => '구간의 마지막 바이트 다음입니다.',
  'tcp.option.timestamps': () => '시계 값 두 개입니다. 왕복 시간을 재고, 아주 오래된 세그먼트를 가려냅니다.',
  'tcp.option.tsval': () => '보낼 때 보낸 쪽의 시계 값입니다.',
  'tcp.option.tsecr': () => '상대의 시계 값을 돌려보낸 것입니다. 지금과의 차이가 왕복 시간입니다.',
  'tcp.option.user-timeout': () => '확인 응답을 얼마나 기다린 뒤에 포기하는지 나타냅니다.',
  'tcp.option.granularity': () => '시간이 초인지 분인지 나타냅니다.',
  'tcp.option.fast-open': () =>
    '이전에 연결했을 때 받은 쿠키입니다. 이것이 있으면 맨 처음 세그먼트에 데이터를 실을 수 있습니다.',
  'tcp.option.unknown': () => '여기서는 모르는 옵션입니다. 모르는 옵션은 건너뜁니다.',
};

/** 필드에서 잘못될 수 있는 것. */
export const koWrong: Readonly<Record<keyof typeof enWrong, string>> = {
  truncated: '필드 중간에서 바이트가 끝났습니다.',
  checksum: '값이 맞지 않습니다. 도중에 손상되었거나 위조된 것입니다.',
  'data-offset': '헤더 길이가 이럴 수는 없습니다.',
  reserved: '이 비트는 0이어야 합니다.',
  flags: '정상적으로는 이 비트들을 이렇게 켜지 않습니다.',
  length: '길이가 이럴 수는 없습니다.',
  version: '있어야 할 버전과 다릅니다.',
  cut: '실제로 보낸 것은 여기에 남아 있는 것보다 더 많습니다.',
  padding: '0만 있어야 합니다.',
  shift: '14보다 클 수 없습니다. 14로 계산합니다.',
  'not-in-syn': 'SYN에만 있어야 하며, 여기서는 무시합니다.',
};
