import type { Words } from './words';

const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const bytes = (count: number): string => `${number(count)}바이트`;

/** 한국어. */
export const ko: Words = {
  canYouHearMe: '들려?',
  iHearYouDoYouHearMe: '잘 들려. 내 말은 들려?',
  iHearYou: '잘 들려.',
  iAskAgain: '(다시 묻는다)',

  hereAre: (count, text) =>
    text === undefined ? `${bytes(count)} 보낼게. (글자 아님)` : `${bytes(count)} 보낼게: ${text}`,
  gotIt: '받았어.',
  gotItUpTo: (ack) => `받았어. 다음은 ${ack}번.`,
  stillWaitFor: (ack) => `아직 ${ack}번을 기다려.`,
  butIHave: (ranges) => `${ranges}은 있어.`,
  iSayItAgain: '다시 말할게. 들었어?',
  youMissedThis: '이걸 놓쳤구나. 다시 보낼게.',
  didYouHearTheLast: '마지막 말은 들었어?',
  inSmallerPieces: '길이 좁아서 못 갔네. 더 작게 나눠서 다시 보낼게.',
  nowThereIsRoom: '이제 자리가 났으니 다시 보낼게.',

  stopIAmFull: '잠깐, 손이 꽉 찼어.',
  stillFull: '아직이야, 손이 꽉 찼어.',
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
  bothAtOnce: '(둘이 동시에 말했다)',
  heardAlready: '(이미 들은 말이다)',
  tooEarly: (missing) => `(너무 이르다: 앞의 ${bytes(missing)}가 아직 안 왔다)`,
  wasMissing: '(빠졌던 부분이다)',

  whoHas: (address) => `${address} 누구야?`,
  iHave: (mac) => `나야: ${mac}`,
  iAm: (address) => `나는 ${address}.`,
  ping: (sequence) => `핑 ${sequence}: 거기 있어?`,
  pong: (sequence) => `퐁 ${sequence}: 응, 있어.`,
  cannotReach: (what) =>
    ({
      network: '그 네트워크로 가는 길이 없어.',
      host: '그 호스트에 닿을 수 없어.',
      protocol: '여기서는 그 프로토콜을 몰라.',
      port: '그 포트에는 아무도 없어.',
      fragmentation: '길에 비해 너무 큰데, 자르지 말라고 했네.',
      other: '거기에는 닿을 수 없어.',
    })[what],
  tookTooLong: '네 패킷은 너무 오래 헤맸어.',
  badHeader: '네 패킷의 헤더를 모르겠어.',
  datagram: (count) => `데이터그램 ${bytes(count)}.`,
  nobodyAnswers: (address) => `${address}: 아무도 대답하지 않는다.`,
  addressConflict: (address, mac) => `${mac}도 자기가 ${address}라고 한다.`,

  legendStates: (local) =>
    `화살표 하나가 세그먼트, 곧 TCP 패킷 하나다. 양옆은 그때 두 쪽의 상태다. 오른쪽은 ${local} 자신의 상태, 왼쪽은 오가는 것을 보고 ` +
    `알아낸 상대의 상태다. ("?"는 방금 보낸 것이 잘 도착했다면 그렇다는 뜻)`,
  legendNumbers:
    '모든 바이트에는 번호(seq)가 있다. 두 쪽 다 무작위 번호에서 시작하는데, 처음 인사할 때는 그 번호를 그대로 보이고 그 뒤로는 Wireshark처럼 거기서부터 센다.',
  port: (port) => `${port}번 포트`,
  listens: (local, endpoint) => `${local}: ${endpoint}에서 연결을 기다린다.`,
  listensNoMore: (local, endpoint) => `${local}: ${endpoint}에서 더는 기다리지 않는다.`,
  waitsTwoMsl: (local, time, why) =>
    `(이제 ${local}은 2 MSL = ${time} 동안 기다린다${why ? '. "알겠어."가 사라졌으면 다시 말해 주고, 늦게 온 것이 새 연결에 섞이지 않게 하려는 것이다' : ''})`,
  waitIsOver: (time) => `(${time}가 지났다)`,
  otherWaits: '(상대는 "알겠어."가 사라졌을까 봐 이제 잠시 기다린다)',
  givesUp: '(충분히 해 보았으니 그만둔다)',
  endsSilently: '(말없이 끝낸다)',
  later: (time) => `${time} 뒤`,
  dropped: '버림',
  dropReasons: {
    'bad-checksum': '오다가 망가졌다: 체크섬이 틀리다',
    'unacceptable-ack': '보내지도 않은 것을 받았다고 한다',
    'blind-reset': '꼭 맞지 않는 RST는 가짜일 수 있다',
    'no-ack': '아무것도 받았다고 하지 않는다',
    'no-syn': '부르는 것도 대답하는 것도 아니다',
    paws: '먼저 온 것보다 타임스탬프가 오래되었다',
    'time-wait-reset': '이렇게 늦게 온 RST는 옛것일 수 있다',
    'out-of-order-limit': '차례보다 먼저 온 것이 너무 많다',
    'backlog-full': '기다리는 연결이 이미 너무 많다',
    malformed: '올바른 패킷이 아니다',
    'link-full': '링크에 자리가 없었다',
  },
  more: (count, size) => `세그먼트 ${number(count)}개 더${size > 0 ? `, ${bytes(size)}` : ''}`,
  ofThemAgain: (count) => `그중 ${number(count)}개는 다시 보냄`,

  seconds: (value) => `${value}초`,
  milliseconds: (value) => `${value}밀리초`,
};
