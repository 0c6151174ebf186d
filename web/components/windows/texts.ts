import type { Lang } from '../../../src/inspect/lang';
import type { ReceiveKind, SendKind } from '../../../src/inspect/record/windows';
import type { Limit, Room } from './limit';
import type { Mark } from './view';

export type Kind = SendKind | ReceiveKind;

export interface WindowTexts {
  readonly title: { readonly send: string; readonly receive: string };
  readonly kinds: Readonly<
    Record<'send' | 'receive', Readonly<Record<string, { readonly name: string; readonly means: string }>>>
  >;
  /** Names of marks that the RFC does not name. */
  readonly marks: Partial<Record<Mark['name'], string>>;
  readonly explain: Readonly<Record<Mark['name'], string>>;
  readonly limits: Readonly<Record<Limit, string>>;
  readonly limit: string;
  readonly rooms: Readonly<Record<Exclude<Room, 'unknown'>, string>>;
  readonly room: string;
  /** Where a loss is being mended: what cwnd limits. */
  readonly pipe: (underWay: string, cwnd: string) => string;
  readonly range: (from: string, to: string, size: string) => string;
  readonly sequence: (from: string, to: string) => string;
  readonly onwards: (from: string) => string;
  readonly further: (name: string, bytes: string) => string;
  readonly near: string;
  readonly whole: string;
  readonly hint: string;
  readonly nothing: string;
}

const en: WindowTexts = {
  title: { send: 'What we send', receive: 'What we receive' },
  kinds: {
    send: {
      acked: { name: 'acknowledged', means: 'The other end has it and has said so.' },
      'in-flight': { name: 'in flight', means: 'Sent; the other end has not said yet that it has it.' },
      sacked: {
        name: 'SACKed',
        means: 'The other end has it, but something before it is missing there (SACK: selective acknowledgment).',
      },
      lost: { name: 'lost', means: 'It counts as lost and waits to be sent again.' },
      sendable: { name: 'sendable now', means: 'Not sent yet; both windows would let it go at once.' },
      'unsent-beyond': {
        name: 'has to wait',
        means: 'Our program has given it, but the windows do not let it go yet.',
      },
      beyond: { name: 'beyond', means: 'Beyond the window: nothing is there yet.' },
    },
    receive: {
      taken: { name: 'read', means: 'Received in order, and our program has taken it.' },
      unread: { name: 'waits to be read', means: 'Received in order; our program has not taken it yet.' },
      hole: { name: 'hole', means: 'Missing: something behind it has come already.' },
      'out-of-order': { name: 'early', means: 'It has come, but something before it is missing. It is kept.' },
      free: { name: 'room', means: 'The other end may still send so much: the window that we have told.' },
      beyond: { name: 'beyond', means: 'Beyond the window: it would be refused.' },
    },
  },
  marks: { read: 'read' },
  explain: {
    'SND.UNA': 'the oldest byte that is not acknowledged yet',
    'SND.NXT': 'the next byte to send',
    'SND.UNA+SND.WND': "the end of the peer's window: how far it has room",
    'SND.UNA+cwnd': 'the congestion window: how much we trust the network with',
    cwnd: 'how far the congestion window would let us go: what is SACKed or lost is not under way, and makes room',
    'RCV.NXT': 'the next byte that we wait for',
    'RCV.NXT+RCV.WND': 'the end of our window: how far we have room',
    read: 'how far our program has read',
  },
  limits: {
    nothing: 'nothing: all that the program has given is sent.',
    closed: 'the peer: its window is closed, it has no room. We ask from time to time.',
    window: "the peer's window: it has no more room at the moment.",
    congestion: 'the congestion window: we do not want to send more into the network at once.',
    free: 'neither window: what is left may go (if it does not, Nagle or pacing waits; that is not told).',
    unknown: 'not known: it is not our end.',
  },
  limit: 'What holds the sender back',
  rooms: {
    full: 'the program here: it does not read, or too slowly, and there is no more room.',
    room: 'nothing here: there is room.',
  },
  room: 'What holds the other end back',
  pipe: (underWay, cwnd) =>
    `A loss is being mended. The congestion window (cwnd) limits what is under way, ${underWay} of ${cwnd} now: what is SACKed or lost does not count, so more may be sent behind it.`,
  range: (from, to, size) => `bytes ${from} to ${to} (${size})`,
  sequence: (from, to) => `sequence numbers ${from} to ${to}`,
  onwards: (from) => `from byte ${from} on`,
  further: (name, bytes) => `${name}: ${bytes} further on`,
  near: 'near',
  whole: 'whole window',
  hint: 'Arrow keys go from part to part.',
  nothing: 'Nothing has been sent yet.',
};

const ko: WindowTexts = {
  title: { send: '보내는 것', receive: '받는 것' },
  kinds: {
    send: {
      acked: { name: '확인됨', means: '상대가 받았고, 받았다고 알려 왔습니다.' },
      'in-flight': { name: '전송 중', means: '보냈습니다. 상대가 받았다는 말은 아직 없습니다.' },
      sacked: { name: 'SACK됨', means: '상대가 받았지만, 그 앞에 빠진 것이 있습니다(SACK: 선택적 확인 응답).' },
      lost: { name: '손실', means: '사라진 것으로 보고, 다시 보내려고 기다립니다.' },
      sendable: {
        name: '지금 보낼 수 있음',
        means: '아직 보내지 않았습니다. 두 윈도우 모두 지금 보내도 된다고 합니다.',
      },
      'unsent-beyond': { name: '기다려야 함', means: '이쪽 프로그램이 맡겼지만, 윈도우가 아직 허락하지 않습니다.' },
      beyond: { name: '윈도우 밖', means: '윈도우 너머입니다. 아직 아무것도 없습니다.' },
    },
    receive: {
      taken: { name: '읽음', means: '순서대로 받았고, 이쪽 프로그램이 가져갔습니다.' },
      unread: { name: '읽기를 기다림', means: '순서대로 받았고, 이쪽 프로그램이 아직 가져가지 않았습니다.' },
      hole: { name: '빈틈', means: '빠졌습니다. 그 뒤의 것은 이미 왔습니다.' },
      'out-of-order': { name: '먼저 옴', means: '왔지만 그 앞에 빠진 것이 있어 보관하고 있습니다.' },
      free: { name: '빈자리', means: '상대가 아직 이만큼 보내도 됩니다. 이쪽이 알려 준 윈도우입니다.' },
      beyond: { name: '윈도우 밖', means: '윈도우 너머입니다. 와도 받지 않습니다.' },
    },
  },
  marks: { read: '읽음' },
  explain: {
    'SND.UNA': '아직 확인되지 않은 가장 오래된 바이트',
    'SND.NXT': '다음에 보낼 바이트',
    'SND.UNA+SND.WND': '상대 윈도우의 끝: 상대에게 자리가 있는 곳까지',
    'SND.UNA+cwnd': '혼잡 윈도우: 네트워크에 한 번에 맡기는 양',
    cwnd: '혼잡 윈도우가 허락하는 곳까지. SACK된 것과 손실된 것은 오가는 중이 아니므로 그만큼 더 보낼 수 있습니다',
    'RCV.NXT': '다음에 와야 할 바이트',
    'RCV.NXT+RCV.WND': '이쪽 윈도우의 끝: 자리가 있는 곳까지',
    read: '이쪽 프로그램이 읽은 곳까지',
  },
  limits: {
    nothing: '없습니다. 프로그램이 맡긴 것을 모두 보냈습니다.',
    closed: '상대. 윈도우가 닫혔습니다. 자리가 없습니다. 이쪽에서 가끔 물어봅니다.',
    window: '상대의 윈도우. 지금은 상대에게 자리가 더 없습니다.',
    congestion: '혼잡 윈도우. 네트워크에 한꺼번에 더 보내지 않으려 합니다.',
    free: '어느 윈도우도 아닙니다. 남은 것은 보내도 됩니다. (나가지 않는다면 Nagle 알고리즘이나 속도 조절 때문이며, 그것은 알 수 없습니다.)',
    unknown: '알 수 없습니다. 이쪽 끝이 아닙니다.',
  },
  limit: '보내기를 막는 것',
  rooms: {
    full: '이쪽 프로그램. 읽지 않거나 너무 느리게 읽어 더 받을 자리가 없습니다.',
    room: '이쪽에는 없습니다. 받을 자리가 있습니다.',
  },
  room: '상대가 보내는 것을 막는 것',
  pipe: (underWay, cwnd) =>
    `손실을 복구하는 중입니다. 혼잡 윈도우(cwnd)는 지금 오가는 양만 제한합니다(${cwnd} 중 ${underWay}). SACK된 것과 손실된 것은 세지 않으므로 그 뒤로 더 보낼 수 있습니다.`,
  range: (from, to, size) => `${from}~${to}번 바이트 (${size})`,
  sequence: (from, to) => `순서 번호 ${from}~${to}`,
  onwards: (from) => `${from}번 바이트부터`,
  further: (name, bytes) => `${name}: ${bytes} 더 뒤에`,
  near: '가까이',
  whole: '윈도우 전체',
  hint: '화살표 키로 부분 사이를 옮겨 다닙니다.',
  nothing: '아직 아무것도 보내지 않았습니다.',
};

export const WINDOW_TEXTS: Readonly<Record<Lang, WindowTexts>> = { en, ko };
