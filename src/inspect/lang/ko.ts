import { thousands as number } from './thousands';
import { asTopic, towards } from './particle';
import type { DataFrame, Words } from './words';

const bytes = (count: number): string => `${number(count)}바이트`;

/** 이름 뒤에, 있으면. */
const said = (what: number | string | undefined): string => (what === undefined ? '' : ` ${what}`);

const FRAMES: Readonly<Record<DataFrame, string>> = {
  text: '텍스트',
  binary: '바이너리',
  continuation: '이어지는 조각',
};

const RECORDS: Readonly<Record<string, string>> = {
  alert: '경고',
  'application data': '데이터',
  'encrypted handshake': '암호화된 핸드셰이크',
};

function answer(status: number): string {
  if (status < 200) return '계속해.';
  if (status < 300) return '여기 있어.';
  if (status === 304) return '이미 가지고 있잖아.';
  if (status < 400) return '다른 데서 찾아봐.';
  return status < 500 ? '그건 안 돼.' : '이쪽에 문제가 생겼어.';
}

/** 한국어. */
export const ko: Words = {
  canYouHearMe: '들려?',
  iHearYouDoYouHearMe: '잘 들려. 내 말은 들려?',
  iHearYou: '잘 들려.',
  iAskAgain: '(다시 묻는다)',

  hereAre: (count, text) =>
    text === undefined ? `${bytes(count)} 보낼게. (텍스트 아님)` : `${bytes(count)} 보낼게: ${text}`,
  gotIt: '받았어.',
  gotItUpTo: (ack) => `받았어. 다음은 ${ack}번.`,
  stillWaitFor: (ack) => `아직 ${ack}번을 기다려.`,
  butIHave: (ranges) => `${asTopic(ranges)} 있어.`,
  iSayItAgain: '다시 말할게. 들었어?',
  youMissedThis: '이걸 못 받았구나. 다시 보낼게.',
  didYouHearTheLast: '마지막 말은 들었어?',
  inSmallerPieces: '너무 커서 못 갔네. 더 작게 나눠서 다시 보낼게.',
  nowThereIsRoom: '이제 자리가 났으니 다시 보낼게.',

  requests: (line, upgrade) => {
    if (upgrade === undefined) return `${line}: 부탁해.`;
    return `${line}, Upgrade: ${upgrade}: 이제부터 ${towards(upgrade === 'websocket' ? 'WebSocket' : upgrade)} 말하자.`;
  },
  responds: (line, status, upgrade) => `${line}: ${upgrade === undefined ? answer(status) : '좋아.'}`,
  frame: (type, count, text) => `WebSocket ${FRAMES[type]} ${bytes(count)}${text === undefined ? '.' : `: ${text}`}`,
  compressed: '(압축했다)',
  goesOn: '(아직 더 있다)',
  pings: 'WebSocket 핑: 거기 있어?',
  pongs: 'WebSocket 퐁: 응, 있어.',
  closes: (code, reason) => `WebSocket 닫기${said(code)}${said(reason)}: 나는 할 말을 다 했어.`,
  closesToo: (code, reason) => `WebSocket 닫기${said(code)}${said(reason)}: 나도.`,
  moreOfFrame: (count) => `이어서 ${bytes(count)} 더.`,
  tls: (names) => {
    const all = `TLS ${names.map((name) => RECORDS[name] ?? name).join(', ')}:`;
    if (names.includes('ClientHello')) return `${all} 우리만 알아듣게 말하자.`;
    if (names.includes('ServerHello')) return `${all} 좋아.`;
    if (names.includes('alert')) return `${all} 할 말이 있어.`;
    return names.includes('application data') ? `${all} 우리 둘만 읽을 수 있어.` : `${all} 준비하자.`;
  },
  othersInIt: (count) => `(그 밖에 ${number(count)}개 더)`,

  stopIAmFull: '잠깐, 자리가 꽉 찼어.',
  stillFull: '아직이야, 자리가 꽉 찼어.',
  goOn: (room) => `계속해. ${bytes(room)} 받을 수 있어.`,
  mayIGoOn: '이제 계속해도 돼?',
  stillThere: '아직 거기 있어?',
  yesIAmHere: '응, 여기 있어.',
  isThatYou: '정말 너 맞아?',

  iHaveSentEverything: '나는 다 보냈어. 이제 끊자.',
  thatWasEverything: '이게 다야. 이제 끊자.',
  oneMoment: '알겠어. 잠시만.',
  iHangUpToo: '나도 끊을게.',
  allRightIHangUpToo: '알겠어. 나도 끊을게.',
  allRight: '알겠어.',

  nobodyListens: (port) => `${port}번 포트에는 아무도 없어.`,
  noSuchConnection: '그런 연결은 몰라.',
  iDropEverything: '지금 다 끊어 버릴게.',

  urgent: '(급한 말이다)',
  bothAtOnce: '(양쪽이 동시에 말했다)',
  heardAlready: '(이미 들은 말이다)',
  tooEarly: (missing) => `(너무 이르다: 앞의 ${bytes(missing)}가 아직 오지 않았다)`,
  wasMissing: '(빠졌던 부분이다)',

  whoHas: (address) => `${address} 누구야?`,
  iHave: (mac) => `나야: ${mac}`,
  iAm: (address) => `나는 ${address}.`,
  ping: (sequence) => `핑 ${sequence}: 거기 있어?`,
  pong: (sequence) => `퐁 ${sequence}: 응, 있어.`,
  dhcp: (said, address, time) =>
    ({
      discover: '누가 나한테 주소 하나 줄래?',
      offer: `${address} 어때?`,
      request: `${address} 쓰고 싶어.`,
      renew: `${address} 더 써도 돼?`,
      ack: time === undefined ? `${address} 써.` : `${address} ${time}초 동안 써.`,
      nak: '안 돼, 그 주소는 못 써.',
      decline: `${address}, 누가 이미 쓰고 있어.`,
      release: `${address} 이제 필요 없어.`,
      other: '주소에 대해 할 말이 있어.',
    })[said],
  groups: (said, group, sources) =>
    ({
      'ask-all': '누가 어느 멀티캐스트 그룹의 패킷을 받고 싶어?',
      ask: `${group} 그룹의 패킷을 받고 싶은 사람 있어?`,
      want: `${group} 그룹의 패킷을 받고 싶어.`,
      'want-from': `${group} 그룹의 패킷을 받고 싶어. ${sources}에서 보낸 것만.`,
      'want-except': `${group} 그룹의 패킷을 받고 싶어. ${sources}에서 보낸 것은 빼고.`,
      'want-also': `${group} 그룹의 패킷, ${sources}에서 보낸 것도 받고 싶어.`,
      leave: `${group} 그룹의 패킷은 이제 필요 없어.`,
      'leave-from': `${group} 그룹의 패킷, ${sources}에서 보낸 것은 이제 필요 없어.`,
    })[said],
  moreGroups: (count) => `(그룹 ${count}개 더)`,
  cannotReach: (what) =>
    ({
      network: '그 네트워크로 가는 길이 없어.',
      host: '그 호스트에 닿을 수 없어.',
      protocol: '여기서는 그 프로토콜을 몰라.',
      port: '그 포트에는 아무도 없어.',
      fragmentation: '이 길로 가기에는 너무 큰데, 쪼개지 말라고 했네.',
      other: '거기에는 닿을 수 없어.',
    })[what],
  tookTooLong: '네 패킷은 너무 오래 헤맸어.',
  badHeader: '네 패킷의 헤더를 이해하지 못하겠어.',
  datagram: (count) => `데이터그램 ${bytes(count)}.`,
  nobodyAnswers: (address) => `${address}: 아무도 대답하지 않는다.`,
  addressConflict: (address, mac) => `${mac}도 자기 주소가 ${address}라고 한다.`,

  legendStates: (local) =>
    `화살표 하나가 세그먼트, 곧 TCP 패킷 하나다. 양옆은 그때 양쪽의 상태다. 오른쪽은 ${local} 자신의 상태, 왼쪽은 오가는 것을 보고 ` +
    `알아낸 상대의 상태다. ("?"는 방금 보낸 것이 잘 도착했다면 그렇다는 뜻)`,
  legendNumbers:
    '모든 바이트에는 번호(seq)가 있다. 양쪽 다 무작위 번호에서 시작하는데, 핸드셰이크에서는 그 번호를 그대로 보여 주고 그 뒤로는 Wireshark처럼 거기서부터 센다.',
  port: (port) => `${port}번 포트`,
  listens: (local, endpoint) => `${local}: ${endpoint}에서 연결을 기다린다.`,
  listensNoMore: (local, endpoint) => `${local}: ${endpoint}에서 더는 기다리지 않는다.`,
  waitsTwoMsl: (local, time, why) =>
    `(이제 ${asTopic(local)} 2 MSL = ${time} 동안 기다린다${why ? '. "알겠어."가 사라졌으면 다시 말해 주고, 늦게 온 것이 새 연결에 섞이지 않게 하려는 것이다' : ''})`,
  waitIsOver: (time) => `(${time}가 지났다)`,
  otherWaits: '(상대는 "알겠어."가 사라졌을까 봐 이제 잠시 기다린다)',
  givesUp: '(충분히 해 보았으니 그만둔다)',
  endsSilently: '(말없이 끝난다)',
  later: (time) => `${time} 뒤`,
  dropped: '버림',
  dropReasons: {
    'bad-checksum': '오는 길에 손상됨: 체크섬이 맞지 않음',
    'unacceptable-ack': '보내지도 않은 것을 받았다고 함',
    'blind-reset': '번호가 정확히 맞지 않는 RST라서 위조일 수 있음',
    'no-ack': '확인 응답이 없음',
    'no-syn': '연결 요청도, 그에 대한 답도 아님',
    paws: '앞서 온 것보다 타임스탬프가 오래됨',
    'time-wait-reset': '이렇게 늦게 온 RST는 옛것일 수 있음',
    'out-of-order-limit': '차례보다 먼저 온 것이 너무 많음',
    'backlog-full': '기다리는 연결이 이미 너무 많음',
    malformed: '올바른 패킷이 아님',
    'link-full': '링크에 자리가 없었음',
  },
  more: (count, size) => `세그먼트 ${number(count)}개 더${size > 0 ? `, ${bytes(size)}` : ''}`,
  ofThemAgain: (count) => `그중 ${number(count)}개는 다시 보냄`,

  seconds: (value) => `${value}초`,
  milliseconds: (value) => `${value}밀리초`,
};
