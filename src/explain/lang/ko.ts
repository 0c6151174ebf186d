import { asObject, asSubject, asTopic } from '../../inspect/lang/particle';
import { koCauses } from './ko-causes';
import { koCrowds } from './ko-crowds';
import { koDamage } from './ko-damage';
import { bits, bytes, number, time, times } from './ko-format';
import { koLabels } from './ko-labels';
import { koPrograms } from './ko-programs';
import { koTerms } from './ko-terms';
import type { ExplainTexts } from './texts';

/** 이보다 오랜 침묵은 말해 줍니다, µs. */
const LONG_IDLE = 10_000_000;

const lossPlace = (before: number, behind: number): string => {
  if (before > 0 && behind === 0) return ' 처음 보낸 것은 캡처에 없습니다. 캡처한 곳에 닿기 전에 사라졌습니다.';
  if (behind > 0 && before === 0)
    return ' 처음 보낸 것이 캡처에 있습니다. 캡처한 곳을 지난 뒤에 그것이나 그 응답이 사라졌습니다.';
  return ' 일부는 캡처한 곳의 앞에서, 일부는 뒤에서 사라졌습니다.';
};

/** 한국어. */
export const ko: ExplainTexts = {
  client: '클라이언트',
  server: '서버',
  number,
  bytes,
  time,
  damage: koDamage,
  causes: koCauses,
  terms: koTerms,
  severity: { failure: '실패', trouble: '문제', note: '참고' },
  likelihood: { certain: '확실', likely: '가능성 높음', possible: '가능성 있음' },
  findings: {
    'no-answer': {
      title: () => '연결 요청에 아무 응답이 없었습니다',
      what: (f) =>
        `클라이언트가 ${f.number('port')}번 포트로 연결을 ${times(f.count)} 요청했지만(SYN) ${f.time('waited')} 동안 아무것도 돌아오지 않았습니다. 수락(SYN-ACK)도, 거절(RST)도, 라우터의 메시지도 없습니다.${f.number('answersOthers') === 1 ? ' 같은 캡처에서 이 포트로 온 다른 요청에는 응답했습니다.' : ''}`,
      todo: '방화벽이 이 포트로 가는 패킷을 버리는지, 주소가 맞는지, 그 서버가 켜져 있는지 확인하세요. 서버에서도 캡처해서 SYN이 거기까지 오는지 보세요. 다른 요청에는 응답한다면 대기열이 가득 찬 것일 수 있습니다(ss -tln에서 Recv-Q가 Send-Q에 이름).',
      terms: ['SYN', 'RST', 'port'],
    },
    refused: {
      title: () => '연결이 거절되었습니다',
      what: (f) =>
        `서버가 ${f.number('port')}번 포트로 온 요청에 ${f.time('after')} 만에 RST로 응답했습니다. 연결되지 않았습니다.`,
      todo: '그 주소와 포트에서 기다리는 프로그램이 있는지 확인하세요(ss -tln). 있다면 방화벽이 거절한 것입니다.',
      terms: ['SYN', 'RST', 'port'],
    },
    unreachable: {
      title: (f) =>
        f.text('what') === 'prohibited'
          ? '방화벽이 금지했습니다'
          : f.text('what') === 'port'
            ? 'ICMP로 거절되었습니다'
            : '닿을 수 없습니다',
      what: (f) =>
        `${f.text('router')}의 ICMP 메시지: ${f.text('what') === 'prohibited' ? '관리자가 통신을 금지했습니다' : f.text('what') === 'port' ? '그 포트에는 닿을 수 없습니다' : f.text('what') === 'host' ? '그 호스트에 닿을 수 없습니다. 꺼져 있어 응답하지 않거나, 가는 길이 없습니다' : '그 호스트나 네트워크로 가는 길이 없습니다'}(코드 ${f.number('code')}).`,
      todo: 'ICMP 메시지를 보낸 장비의 관리자에게 물어보세요. 그곳의 방화벽 규칙이나 누락된 경로가 원인입니다.',
      terms: ['ICMP', 'port'],
    },
    'syn-repeated': {
      title: (f) => `${asObject(f.text('which'))} 다시 보내야 했습니다`,
      what: (f) =>
        `${f.side}가 ${asObject(f.text('which'))} ${times(f.count)} 다시 보냈${f.number('early') === 1 ? '습니다. 사라진 것은 없고, 처음 것이 오는 데 오래 걸렸을 뿐입니다' : `고, 연결이 ${f.time('delay')} 늦게 시작되었습니다`}.`,
      todo: 'SYN 하나가 사라지면 1초 이상 늦어집니다. 오가는 길의 손실과, 대기열이 가득 찬 서버(ss -tln에서 Recv-Q가 Send-Q에 이름)를 확인하세요.',
      terms: ['SYN', 'handshake'],
    },
    'syn-ack-unanswered': {
      title: () => '핸드셰이크가 끝나지 않았습니다',
      what: (f) =>
        `서버가 ${f.time('waited')} 동안 SYN-ACK를 ${times(f.count)} 보냈지만 클라이언트가 ACK로 확인하지 않았습니다.`,
      todo: '클라이언트에서 캡처해서 SYN-ACK가 도착하는지 보세요. 도착하지 않는다면 돌아가는 길이 끊겼거나 필터에 걸립니다. 이런 대화가 한꺼번에 많으면 SYN 플러딩입니다.',
      terms: ['SYN', 'ACK', 'handshake'],
    },
    'handshake-abandoned': {
      title: () => '클라이언트가 연결을 요청하고 바로 끊었습니다',
      what: () =>
        '서버의 SYN-ACK에 클라이언트가 ACK 대신 RST로 응답했습니다. 대화할 뜻이 없었거나, 요청한 적이 없습니다.',
      todo: '포트 스캐너가 흔히 이렇게 합니다. 스캐너가 아니라면 누군가 그 주소를 사칭해 보내는 것은 아닌지 확인하세요.',
      terms: ['SYN', 'RST'],
    },
    'half-open': {
      title: () => '서버에는 옛 연결이 남아 있었습니다',
      what: () =>
        '클라이언트가 같은 포트에서 새로 연결을 요청했는데 서버는 SYN-ACK가 아니라 ACK로 응답했습니다. 서버에는 이전 연결이 아직 열려 있었습니다. 클라이언트가 RST로 응답한 뒤에야 새로 시작할 수 있었습니다.',
      todo: '클라이언트가 연결을 잊었습니다(재시작, 비정상 종료, 빠진 케이블). 서버에서 keep-alive를 쓰면 이런 죽은 연결을 찾아냅니다.',
      terms: ['half-open', 'SYN', 'ACK', 'RST'],
    },
    'simultaneous-open': {
      title: () => '양쪽이 동시에 연결을 요청했습니다',
      what: () => '서로 상대의 SYN을 받기 전에 SYN을 보냈습니다. TCP는 이것을 하나의 연결로 만듭니다(RFC 9293 §3.5).',
      terms: ['SYN'],
    },
    'fast-open': {
      title: () => 'TCP Fast Open',
      what: (f) =>
        f.number('bytes') > 0
          ? `클라이언트가 SYN에 ${f.bytes('bytes')}를 실어 보내 왕복 한 번을 아꼈습니다.`
          : '클라이언트가 쿠키를 요청했습니다. 다음에는 SYN에 데이터를 실을 수 있습니다.',
      terms: ['Fast Open', 'SYN'],
    },
    'port-reuse': {
      title: () => '같은 포트를 다시 썼습니다',
      what: (f) =>
        `같은 두 포트 사이의 이전 연결이 ${f.time('after')} 전에 ${f.number('wasOpen') === 1 ? '열린 채 남아 있었습니다' : '끝났습니다'}. Wireshark는 "port numbers reused"라고 표시합니다. 이것은 새 대화입니다.`,
      terms: ['port'],
    },
    timeout: {
      title: () => '패킷 손실: 타임아웃으로 알아챘습니다',
      what: (f) =>
        `${f.side}는 보낸 것에 대한 응답을 타이머가 끝날 때까지 받지 못해 다시 보냈습니다: 세그먼트 ${number(f.count)}개, ${f.bytes('bytes')}(전체 세그먼트 ${number(f.number('segments'))}개의 ${f.number('percent')}%).${f.number('damaged') === 1 ? ' 손상되어 도착한 것들입니다.' : lossPlace(f.number('before'), f.number('behind'))}${f.number('outage') > 0 ? ` ${f.time('outage')} 동안 아무것도 통하지 않다가(${number(f.number('tries'))}번 시도) 다시 이어졌습니다.` : ''}`,
      todo: '타임아웃 한 번에 전송이 200밀리초 이상 멈추고 그 뒤로도 느려집니다. 어디서 사라지는지 찾으세요: 네트워크 카드, 스위치, 라우터의 오류·드롭 카운터, 무선 구간, 가득 찬 큐.',
      terms: ['retransmission', 'RTO', 'ACK'],
    },
    'fast-retransmit': {
      title: () => '패킷 손실: 빠르게 복구했습니다',
      what: (f) =>
        `${f.other}가 빠진 것을 거듭 알렸고 ${f.side}가 바로 다시 보냈습니다: 세그먼트 ${number(f.count)}개, ${f.bytes('bytes')}(${f.number('percent')}% 손실).${f.number('damaged') === 1 ? ' 손상되어 도착한 것들입니다.' : lossPlace(f.number('before'), f.number('behind'))}`,
      todo: '인터넷에서 약간의 손실은 정상입니다. 1%를 넘으면 느려지니 가득 찬 큐나 나쁜 링크를 찾으세요.',
      terms: ['retransmission', 'duplicate ACK', 'SACK'],
    },
    'tail-loss-probe': {
      title: () => '마지막 세그먼트를 확인하려고 한 번 더 보냈습니다',
      what: (f) =>
        `${f.side}는 마지막으로 보낸 것에 응답이 없자 타이머가 끝나기 전에 다시 보냈습니다(꼬리 손실 프로브, RFC 8985): ${times(f.count)}.`,
      terms: ['retransmission', 'RTO'],
    },
    'spurious-retransmission': {
      title: () => '필요 없이 다시 보냈습니다',
      what: (f) =>
        f.number('repeated') > 0
          ? `${f.side}가 이미 도착한 세그먼트 ${number(f.count)}개를 다시 보냈습니다. ${f.number('dsack') > 0 ? '상대가 그렇게 알렸습니다(DSACK).' : '그에 대한 응답이 이미 지나갔습니다.'}`
          : `${f.other}는 세그먼트 ${number(f.count)}개가 두 번 왔다고 하는데(DSACK), 캡처에서 ${f.side}는 한 번씩만 보냈습니다. 캡처한 곳 뒤 어디에선가 둘로 늘었습니다.`,
      todo: '갑자기 늘어나는 지연(큐, 무선, 멈췄던 가상 머신)이나 사라지는 ACK를 찾으세요.',
      terms: ['retransmission', 'DSACK'],
    },
    'fin-repeated': {
      title: () => 'FIN을 다시 보내야 했습니다',
      what: (f) => `${f.side}가 FIN을 ${times(f.count)} 다시 보냈습니다.`,
      terms: ['FIN'],
    },
    reordering: {
      title: () => '패킷의 순서가 바뀌었습니다',
      what: (f) =>
        `${f.side}의 세그먼트 ${number(f.count)}개가 나중에 보낸 것보다 최대 ${f.time('latest')} 늦게 왔습니다. 사라진 것은 아닙니다.`,
      todo: '한 연결의 패킷이 여러 길이나 큐로 나뉘는 곳이 있습니다(링크 묶음, 패킷별 ECMP, 무선). 이런 일이 잦으면 보내는 쪽이 손실로 여겨 느려집니다.',
      terms: ['segment', 'duplicate ACK'],
    },
    'duplicate-acks': {
      title: () => '새로운 내용이 없는 ACK가 있습니다',
      what: (f) => `${f.side}가 같은 ACK를 ${times(f.count)} 되풀이했지만, 재전송은 없었습니다.`,
      terms: ['duplicate ACK'],
    },
    'mtu-black-hole': {
      title: () => '큰 패킷이 사라집니다(MTU 블랙홀)',
      what: (f) =>
        `${f.side}가 가장 큰 세그먼트(데이터 ${f.bytes('size')})를 ${times(f.count)} 더 보냈지만 도착하지 않았고, ${f.number('passed') > 0 ? `${f.bytes('passed')}보다 큰 것은` : '데이터가 든 것은'} 지나가지 못했습니다. ${f.number('mtu') > 0 ? `라우터가 ${f.bytes('mtu')}까지만 된다고 알렸지만 소용이 없었습니다.` : '"너무 크다"는 라우터의 메시지(ICMP)도 없었습니다.'}${f.number('recovered') === 1 ? ' 결국 더 작게 나누어 보냈습니다.' : ''}`,
      todo: '길 어딘가에 MTU가 더 작은 링크(VPN, 터널, PPPoE)가 있습니다. 방화벽이 ICMP "fragmentation needed"(IPv6: "packet too big")를 통과시키게 하거나, 그곳에서 MSS를 줄이거나(nft: tcp option maxseg size set rt mtu), net.ipv4.tcp_mtu_probing=1을 켜세요.',
      terms: ['MTU', 'MSS', 'ICMP'],
    },
    'too-big': {
      title: () => '더 작은 패킷만 받는 링크를 지납니다',
      what: (f) =>
        `${asSubject(f.text('router'))} ${f.side}의 패킷이 너무 크다고 알렸습니다. ${f.bytes('mtu')}까지 됩니다. 보내는 쪽은 제대로 더 작게 나누었습니다.`,
      terms: ['MTU', 'ICMP', 'MSS'],
    },
    'time-exceeded': {
      title: () => '패킷이 제자리를 맴돌았습니다',
      what: (f) => `${asSubject(f.text('router'))} 너무 많은 라우터를 거친 패킷을 버렸습니다(ICMP time exceeded).`,
      todo: '두 라우터가 패킷을 서로에게 떠넘기고 있습니다. 두 라우터의 경로를 비교하세요(traceroute로 루프를 볼 수 있습니다). TCP traceroute도 이렇게 보입니다.',
      terms: ['TTL', 'ICMP'],
    },
    'bad-checksums': {
      title: () => '손상된 패킷이 있습니다',
      what: (f) =>
        `${f.side}의 세그먼트 ${number(f.count)}개가 손상되어 왔습니다. 체크섬이 맞지 않습니다. 받는 쪽은 이것을 버리므로 다시 보내야 합니다.`,
      todo: '케이블, 네트워크 카드, 메모리의 불량입니다. 오류 카운터(ethtool -S)를 보세요. 보내는 컴퓨터에서 캡처했다면 카드가 나중에 체크섬을 채우는 것일 수 있습니다.',
      terms: ['checksum'],
    },
    'checksum-offload': {
      title: () => '네트워크 카드가 채우는 체크섬',
      what: (f) =>
        `${f.side}의 세그먼트 ${number(f.count)}개에는 아직 체크섬이 없습니다. 보내는 컴퓨터에서, 카드가 채우기 전에 캡처했기 때문입니다. 문제가 아닙니다.`,
      terms: ['checksum'],
    },
    'zero-window': {
      title: (f) => `${f.side}가 따라가지 못했습니다`,
      what: (f) =>
        `${f.side}가 "잠깐, 자리가 꽉 찼어"(윈도우 0)라고 ${times(f.count)} 알렸고 ${f.other}는 모두 ${f.time('stalled')}${f.number('count') > 1 ? `, 길게는 ${f.time('longest')}` : ''} 기다려야 했습니다.${f.number('probes') > 0 ? ` 자리가 났는지 ${times(f.number('probes'))} 물었습니다.` : ''}${f.number('neverOpened') === 1 ? ' 윈도우는 다시 열리지 않았습니다.' : ''}`,
      todo: '네트워크에는 문제가 없습니다. 그쪽 프로그램이 너무 느리게 읽습니다. 무엇을 하느라 그런지 확인하세요(CPU, 디스크, 락, 가득 찬 자체 버퍼).',
      terms: ['window'],
    },
    'window-limits': {
      title: (f) => `${f.side}의 윈도우가 속도를 제한합니다`,
      what: (f) =>
        `${f.side}가 한 번에 ${f.bytes('window')}까지만 받으므로 ${f.other}가 자주 기다렸습니다. 왕복에 ${f.time('roundTrip')} 걸리니 아무리 빨라도 ${bits(f.number('most'))}입니다.${f.number('scales') === 0 ? ' 윈도우 스케일링이 없어 64 KiB를 넘을 수 없습니다.' : ''}`,
      todo: '받는 쪽의 버퍼를 늘리고(net.ipv4.tcp_rmem, SO_RCVBUF) 양쪽에서 윈도우 스케일링을 켜세요.',
      terms: ['window', 'window scaling', 'RTT'],
    },
    'no-window-scaling': {
      title: () => '윈도우 스케일링이 없습니다',
      what: (f) =>
        `${f.number('offered') === 1 ? '클라이언트가 제안한 윈도우 스케일링을 서버가 받아들이지 않았습니다' : '클라이언트가 윈도우 스케일링을 제안하지 않았습니다'}. 한 번에 64 KiB까지만 보낼 수 있습니다.`,
      terms: ['window scaling'],
    },
    'no-sack': {
      title: () => '선택적 확인 응답(SACK)이 없습니다',
      what: (f) =>
        `${f.number('offered') === 1 ? '클라이언트가 제안한 SACK를 서버가 받아들이지 않았습니다' : '클라이언트가 SACK를 제안하지 않았습니다'}. 손실이 나면 사라진 것보다 더 많이 다시 보내야 합니다.`,
      terms: ['SACK'],
    },
    'no-timestamps': {
      title: () => '타임스탬프가 없습니다',
      what: () => '클라이언트가 제안한 타임스탬프를 서버가 받아들이지 않았습니다.',
      terms: ['timestamps'],
    },
    'delayed-ack-stall': {
      title: () => '작은 쓰기가 지연 ACK를 기다립니다',
      what: (f) =>
        `${f.side}가 앞 조각의 확인 응답을 받을 때까지 작은 조각을 ${times(f.count)} 붙들고 있었고, ${f.other}는 더 올 것을 기다리느라 평균 ${f.time('each')} 뒤에야 응답했습니다. 모두 ${f.time('total')}를 잃었습니다.`,
      todo: 'Nagle 알고리즘과 지연 ACK가 서로를 기다립니다. 메시지를 한 번에 쓰거나 TCP_NODELAY를 켜세요(Node: socket.setNoDelay()).',
      terms: ['Nagle', 'delayed ACK', 'ACK'],
    },
    'slow-answer': {
      title: () => '서버의 응답이 늦었습니다',
      what: (f) =>
        `요청이 도착하고 ${f.time('longest')} 뒤에야 응답의 첫 바이트가 왔습니다. 왕복 시간은 ${f.time('roundTrip')}이니 네트워크 탓이 아닙니다.`,
      todo: '서버 프로그램을 확인하세요. 데이터베이스, 다른 서비스, 대기열 등이 원인일 수 있습니다.',
      terms: ['RTT'],
    },
    'no-response': {
      title: () => '요청에 응답이 없습니다',
      what: (f) =>
        f.number('hungUp') === 1
          ? `서버가 HTTP 요청을 받고 아무 말 없이 ${f.time('waited')} 뒤에 연결을 닫았습니다.`
          : `서버가 HTTP 요청을 받았다고 확인만 하고 ${f.time('waited')} 동안 아무 말도 하지 않았습니다.`,
      todo: 'TCP는 잘 됩니다. 서버 프로그램이 응답하지 않으니 그쪽을 확인하세요.',
    },
    'slow-network': {
      title: () => '왕복 시간이 깁니다',
      what: (f) =>
        `왕복에 ${f.time('roundTrip')} 걸립니다(캡처한 곳에서 클라이언트까지 ${f.time('toClient')}, 서버까지 ${f.time('toServer')}).`,
      terms: ['RTT'],
    },
    'queue-delay': {
      title: () => '경로의 큐 때문에 모든 것이 느려집니다',
      what: (f) =>
        `${f.side}가 보내는 동안 왕복 시간이 ${f.time('least')}에서 ${f.time('most')}까지 늘었습니다(평균 ${f.time('mean')}). 느린 링크 앞의 큐에서 패킷이 기다리고, 그곳을 지나는 다른 패킷도 모두 기다립니다.`,
      todo: '버퍼블로트라고 합니다. 가장 느린 링크(대개 모뎀이나 무선)를 찾아 큐를 fq_codel이나 CAKE(공유기의 "스마트 큐")로 바꾸거나, 링크보다 조금 낮은 속도로 제한하세요.',
      terms: ['RTT'],
    },
    ecn: { title: () => 'ECN을 씁니다', what: () => '양쪽이 ECN에 합의했고, 표시된 패킷은 없습니다.', terms: ['ECN'] },
    'congestion-marked': {
      title: () => '라우터가 혼잡을 알렸습니다',
      what: (f) =>
        `경로에서 표시된 패킷이나 그것을 되돌려 알린 패킷이 ${number(f.count)}개 있었습니다. 큐가 차고 있었고, 손실이 나기 전에 보내는 쪽이 속도를 늦추었습니다.`,
      terms: ['ECN'],
    },
    reset: {
      title: (f) =>
        f.number('spokeOn') === 1
          ? `${f.side}의 주소로 온 RST가 연결을 끊었습니다`
          : `${f.side}가 연결을 끊었습니다(RST)`,
      what: (f) =>
        `${f.number('spokeOn') === 1 ? `${f.side}의 주소로` : `${f.side}에서`} 온 RST가 대화를 바로 끝냈습니다${f.number('silence') > 1_000_000 ? `(${f.time('silence')} 동안 조용하다가)` : ''}.${f.number('lost') > 0 ? ` ${f.other}가 보내던 ${f.bytes('lost')}가 사라졌습니다.` : ''}${f.number('usualTtl') > 0 && Math.abs(f.number('ttl') - f.number('usualTtl')) >= 2 ? ` 그 TTL은 ${f.number('ttl')}인데, ${f.side}의 다른 패킷은 ${f.number('usualTtl')}입니다.` : ''}${f.number('spokeOn') === 1 ? ` 그 뒤에도 ${f.side}는 아무 일 없었다는 듯 계속했습니다. 이 RST를 보낸 것은 ${f.side}가 아닙니다.` : ''}`,
      todo: '그쪽 프로그램의 로그, 비정상 종료 여부, 연결을 닫는 방식을 확인하세요. 그쪽이 보내지 않은 RST라면(그쪽에서 캡처해 보세요) 방화벽이나 경로에 있는 누군가가 보낸 것입니다.',
      terms: ['RST', 'TTL'],
    },
    'reset-after-close': {
      title: (f) => `${f.side}가 끝에서 갑자기 끊었습니다`,
      what: (f) =>
        `할 말은 다 오갔고, ${f.side}가 종료 절차를 기다리지 않고 RST로 끝냈습니다. 중요한 것은 잃지 않았습니다.`,
      terms: ['RST', 'FIN'],
    },
    'reset-ignored': {
      title: () => '빗나갔거나 위조된 RST가 있습니다',
      what: (f) =>
        `${f.side}의 주소로 RST가 왔지만 양쪽은 대화를 계속했습니다. 번호가 ${number(Math.abs(f.number('offset')))}만큼 어긋났거나 보낸 쪽이 다릅니다(TTL ${f.number('ttl')}, 평소 ${f.number('usualTtl')}).`,
      todo: '경로에 있는 누군가가 연결을 끊으려 하거나, 중간 장비가 연결을 잘못 알고 있습니다.',
      terms: ['RST', 'TTL'],
    },
    vanished: {
      title: (f) => `${f.side}가 사라졌습니다`,
      what: (f) =>
        `${f.side}에게서 온 마지막 패킷은 ${f.number('lastHeard')}번입니다. ${f.other}가 ${f.time('silence')} 동안 ${times(f.count)} 시도했지만 응답이 없었습니다.${f.number('idle') >= LONG_IDLE ? ` 그 전에는 ${f.time('idle')} 동안 아무도 말하지 않았습니다.` : ''} 연결이 한쪽에만 남았습니다(반만 열린 연결).`,
      todo: '그 컴퓨터가 아직 켜져 있는지, 길이 살아 있는지(케이블, 무선, VPN, 연결을 잊은 NAT나 방화벽) 확인하세요. 반대쪽에서 캡처하면 패킷이 도착하는지 알 수 있습니다.',
      terms: ['retransmission', 'half-open', 'NAT'],
    },
    'keep-alive-unanswered': {
      title: (f) => `${f.side}가 사라졌습니다: keep-alive에 응답이 없습니다`,
      what: (f) =>
        `${f.other}가 "아직 거기 있어?"라고 ${times(f.count)} 물었지만, ${f.side}는 ${f.time('silence')} 동안 말이 없습니다.`,
      todo: '한쪽이 사라진 것과 같습니다. 컴퓨터가 꺼졌거나, 길이 끊겼거나, NAT나 방화벽이 연결을 잊었습니다. 잊은 것이라면 keep-alive 간격을 줄이면 됩니다.',
      terms: ['keep-alive', 'half-open', 'NAT'],
    },
    'half-closed': {
      title: (f) => `${f.side}가 닫지 않았습니다`,
      what: (f) =>
        `${f.other}는 FIN을 보냈는데 ${f.side}는 캡처가 끝날 때까지 ${f.time('since')} 동안 FIN을 보내지 않았습니다.`,
      todo: '일부러 그랬을 수도 있습니다. 오래간다면 프로그램이 소켓 닫기를 잊은 것입니다. 그쪽에 CLOSE-WAIT 연결이 쌓입니다(ss -tan state close-wait).',
      terms: ['FIN'],
    },
    'still-open': {
      title: () => '캡처가 끝날 때 아직 열려 있습니다',
      what: () => '캡처가 끝날 때까지 어느 쪽도 FIN을 보내지 않았습니다.',
      terms: ['FIN'],
    },
    'simultaneous-close': {
      title: () => '양쪽이 동시에 끊었습니다',
      what: () => '두 FIN이 도중에 엇갈렸습니다. 그러면 양쪽 모두 TIME-WAIT에서 기다립니다.',
      terms: ['FIN'],
    },
    ...koPrograms,
    'began-before': {
      title: () => '캡처가 중간에 시작되었습니다',
      what: () =>
        '핸드셰이크가 캡처에 없습니다. 거기서 합의한 것(윈도우 스케일링, MSS, SACK)을 알 수 없고, 어느 쪽이 클라이언트인지는 추측입니다.',
      terms: ['handshake'],
    },
    'one-direction': {
      title: () => '한 방향만 캡처되었습니다',
      what: (f) => `${f.side}가 보낸 것이 캡처에 없지만 상대는 받았습니다. 그래서 알 수 있는 것이 적습니다.`,
      todo: '가는 길과 오는 길이 다르거나 필터가 한쪽을 걸러 냈습니다. 둘 다 지나는 곳에서 캡처하세요.',
    },
    'capture-lost-packets': {
      title: () => '캡처에 빠진 패킷이 있습니다',
      what: (f) =>
        f.finding.conversation === 0
          ? `캡처 프로그램이 패킷 ${number(f.count)}개를 놓쳤다고 합니다.`
          : `${f.other}가 캡처에 없는 ${f.side}의 ${f.bytes('bytes')}를 받았다고 확인했습니다. 지나갔는데 캡처가 놓친 것입니다. 네트워크의 손실이 아닙니다.`,
      todo: '필터를 쓰거나, 버퍼를 늘리거나(tcpdump -B 16384), 짧게 캡처하세요(-s 128).',
      terms: ['ACK'],
    },
    'duplicate-packets': {
      title: () => '같은 패킷이 두 번 있습니다',
      what: (f) => `${f.side}의 패킷 ${number(f.count)}개가 캡처에 두 번 들어 있습니다. 한 번으로 셌습니다.`,
      terms: ['segment'],
    },
    ...koCrowds,
    fragments: {
      title: () => '조각난 패킷이 있습니다',
      what: (f) =>
        `조각 ${number(f.count)}개: 패킷이 도중에 나뉘었습니다.${f.number('incomplete') > 0 ? ` ${number(f.number('incomplete'))}개는 끝내 다 모이지 않았습니다.` : ''}`,
      terms: ['fragment', 'MTU'],
    },
    'file-damaged': {
      title: (f) => (f.text('kind') === 'cut-off' ? '파일이 잘렸습니다' : '파일이 손상되었습니다'),
      what: (f) =>
        `${number(f.number('offset'))}번째 바이트, 패킷 ${number(f.number('packets'))} 뒤: ${f.damage}. 그 앞까지 설명합니다.`,
    },
    'unknown-link': {
      title: (f) => `링크 타입 ${asTopic(String(f.number('type')))} 읽을 수 없습니다`,
      what: (f) =>
        `링크 타입 ${f.number('type')}${f.text('name') === '' ? '' : `(${f.text('name')})`}의 패킷 ${number(f.count)}개는 들여다볼 수 없습니다.`,
      todo: '이더넷이나 IP 헤더가 있는 인터페이스에서 캡처하세요.',
    },
    'not-followed': {
      title: () => '대화가 너무 많습니다',
      what: (f) =>
        `대화 ${number(f.number('evicted'))}개는 끝나기 전에 자리를 내주었고, ${number(f.number('omitted'))}개는 세기만 했습니다.`,
      todo: '--max-conversations로 더 많이 따라갈 수 있습니다. 대신 메모리를 더 씁니다.',
    },
  },
  labels: koLabels,
};
