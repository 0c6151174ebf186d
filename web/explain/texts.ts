import { thousands as number } from '../../src/inspect/lang/thousands';
import type { Texts } from '../lang';

interface PageTexts {
  readonly title: string;
  readonly about: string;
  readonly dropHere: string;
  readonly choose: string;
  readonly formats: string;
  readonly private: string;
  readonly example: string;
  readonly exampleHint: string;
  readonly getOne: string;
  readonly reading: (name: string, percent: number, packets: number) => string;
  readonly cannotRead: (name: string, why: string) => string;
  /** The browser does not give its content. */
  readonly unreadable: (name: string) => string;
  /** A fault of the page's own, or no memory. */
  readonly gaveUp: (name: string) => string;
  readonly oneOnly: (name: string, others: number) => string;
  readonly cancel: string;
  readonly another: string;
  readonly anotherTip: string;
  readonly dropNow: string;
  /** Of what is in a report that was passed on. */
  readonly holds: string;
  /** Stands before how many of them failed, had trouble, went well. */
  readonly ofConversations: (count: number, total: number) => string;
  readonly failed: (count: number) => string;
  readonly troubled: (count: number) => string;
  readonly fine: (count: number) => string;
  readonly found: string;
  readonly omitted: (count: number) => string;
  readonly filterHint: string;
  readonly packetsOf: (number: number) => string;
  readonly notes: (count: number) => string;
  readonly printed: { readonly packet: string; readonly seconds: string; readonly words: string };
  readonly notPrinted: (count: number) => string;
  readonly keys: readonly (readonly [keys: readonly string[], does: string])[];
  readonly conversations: string;
  readonly opened: string;
  readonly packet: (number: number) => string;
  readonly close: string;
  readonly nothingOfNote: string;
  readonly clickRow: string;
  readonly rebuilt: string;
  readonly cut: (shown: number, length: number) => string;
  readonly packetsLeftOut: (count: number) => string;
  readonly conversationsLeftOut: (count: number) => string;
  readonly more: (count: number) => string;
  readonly none: string;
  readonly words: string;
  readonly signs: { readonly failure: string; readonly trouble: string; readonly good: string };
}

export const TEXTS: Texts<PageTexts> = {
  en: {
    title: 'What happened in this capture?',
    about:
      'A capture is a recording of network traffic, as tcpdump, Wireshark or synack write it. This page shows each TCP conversation in it, and says in plain words what went wrong, where, and why.',
    dropHere: 'Drop a capture here',
    choose: 'Choose a file…',
    formats: 'pcap or pcapng, also packed with gzip',
    private: 'Nothing leaves your machine: the file is read in this page, and the page has no connection to anywhere.',
    example: 'Try an example',
    exampleHint: 'Seven conversations, five of them with something wrong.',
    getOne: 'How to make one:',
    reading: (name, percent, packets) => `Reading ${name}: ${percent} %, ${number(packets)} packets`,
    cannotRead: (name, why) => `${name} cannot be read: ${why}.`,
    unreadable: (name) =>
      `The browser could not read ${name}. Is it a folder? Has it been moved, or does a program still write to it?`,
    gaveUp: (name) => `${name} could not be explained: the page ran out of memory, or has a fault.`,
    oneOnly: (name, others) => `One file at a time: ${name} is read, ${number(others)} more are not.`,
    cancel: 'Cancel',
    another: 'Open…',
    anotherTip: 'Another capture',
    dropNow: 'Let go: it is read here, in this page',
    holds: 'This page holds what was captured, also contents: think of passwords before you pass it on.',
    ofConversations: (count, total) =>
      count < total
        ? `Of the ${number(count)} worst of ${number(total)} conversations:`
        : `Of ${number(count)} ${count === 1 ? 'conversation' : 'conversations'}:`,
    failed: (count) => `${number(count)} failed`,
    troubled: (count) => `${number(count)} had trouble`,
    fine: (count) => `${number(count)} went well`,
    found: 'What was found',
    omitted: (count) =>
      `${number(count)} more conversations are counted, but not shown one by one: those with the least wrong.`,
    filterHint: 'address, port, “refused” …',
    packetsOf: (index) => `packet ${index}, in the ladder`,
    notes: (count) =>
      count === 1
        ? 'A note: worth knowing, but nothing wrong'
        : `${number(count)} notes: worth knowing, but nothing wrong`,
    printed: { packet: 'packet', seconds: 'seconds', words: 'in words' },
    notPrinted: (count) =>
      `${number(count)} more conversations are not printed here, to spare paper: narrow the list on the page down (filter), then print.`,
    keys: [
      [['j', 'k'], 'next, previous conversation'],
      [['/'], 'to the filter'],
      [['↑', '↓'], 'in the list and in the ladder: the next one'],
      [['n', 'p'], 'in the ladder: next, previous of note'],
      [['Enter'], 'open the packet'],
      [['Esc'], 'close it'],
    ],
    conversations: 'Conversations',
    opened: 'The packet, opened',
    packet: (index) => `Packet ${index}`,
    close: 'Close',
    nothingOfNote: 'nothing of note',
    clickRow: 'Click an arrow (or press Enter on it) to open the packet: every byte and what it means.',
    rebuilt: 'The packet itself was not kept, for want of room. These bytes are made anew from what is known of it.',
    cut: (shown, length) => `The first ${number(shown)} of its ${number(length)} bytes are shown.`,
    packetsLeftOut: (count) => `${number(count)} packets are in this page without their bytes, to keep it small.`,
    conversationsLeftOut: (count) =>
      `${number(count)} more conversations are not in this page, to keep it small: those with the least wrong.`,
    more: (count) => `and ${number(count)} more: filter them`,
    none: 'None is like that.',
    words: 'What the words mean',
    signs: { failure: 'failed', trouble: 'trouble', good: 'nothing wrong' },
  },
  ko: {
    title: '이 캡처에서 무슨 일이 있었을까요?',
    about:
      '캡처는 네트워크에 오간 것을 기록한 파일로, tcpdump나 Wireshark, synack이 만듭니다. 이 페이지는 그 안의 TCP 대화를 하나하나 보여 주고, 무엇이 어디서 왜 잘못되었는지 쉬운 말로 설명합니다.',
    dropHere: '여기에 캡처를 놓으세요',
    choose: '파일 고르기…',
    formats: 'pcap이나 pcapng, gzip으로 압축된 것도 됩니다',
    private: '파일은 밖으로 나가지 않습니다. 이 페이지 안에서만 읽고, 페이지는 어디에도 연결하지 않습니다.',
    example: '예제로 해 보기',
    exampleHint: '대화 일곱 개 가운데 다섯 개에 문제가 있습니다.',
    getOne: '캡처를 만들려면:',
    reading: (name, percent, packets) => `${name} 읽는 중: ${percent}%, 패킷 ${number(packets)}개`,
    cannotRead: (name, why) => `${name}: 읽을 수 없습니다. ${why}.`,
    unreadable: (name) =>
      `브라우저가 ${name} 파일을 읽지 못했습니다. 폴더이거나, 옮겨졌거나, 다른 프로그램이 아직 쓰고 있지 않은지 보세요.`,
    gaveUp: (name) => `${name} 파일을 설명하지 못했습니다. 메모리가 모자라거나 이 페이지에 결함이 있습니다.`,
    oneOnly: (name, others) =>
      `한 번에 파일 하나만 읽습니다. ${name} 파일을 읽고, 나머지 ${number(others)}개는 읽지 않습니다.`,
    cancel: '취소',
    another: '열기…',
    anotherTip: '다른 캡처',
    dropNow: '여기에 놓으면 이 페이지 안에서 읽습니다',
    holds: '이 페이지에는 캡처된 내용이 그대로 들어 있습니다. 전달하기 전에 비밀번호 같은 것이 없는지 확인하세요.',
    ofConversations: (count, total) =>
      count < total
        ? `대화 ${number(total)}개 중 문제가 큰 ${number(count)}개 가운데`
        : `대화 ${number(count)}개 가운데`,
    failed: (count) => `실패 ${number(count)}개`,
    troubled: (count) => `문제 있음 ${number(count)}개`,
    fine: (count) => `문제 없음 ${number(count)}개`,
    found: '발견한 것',
    omitted: (count) => `문제가 적은 대화 ${number(count)}개는 세기만 하고 하나하나 보여 주지는 않습니다.`,
    filterHint: '주소, 포트, “거절” …',
    packetsOf: (index) => `사다리에서 패킷 ${index} 보기`,
    notes: (count) => `참고 ${number(count)}개: 알아 둘 만하지만 문제는 아닙니다`,
    printed: { packet: '패킷', seconds: '초', words: '말로 하면' },
    notPrinted: (count) =>
      `종이를 아끼기 위해 대화 ${number(count)}개는 인쇄하지 않았습니다. 페이지에서 목록을 거른 뒤 인쇄하면 됩니다.`,
    keys: [
      [['j', 'k'], '다음, 이전 대화'],
      [['/'], '거르기로 가기'],
      [['↑', '↓'], '목록과 사다리에서 다음, 이전으로'],
      [['n', 'p'], '사다리에서 다음, 이전의 눈여겨볼 것'],
      [['Enter'], '패킷 열기'],
      [['Esc'], '닫기'],
    ],
    conversations: '대화',
    opened: '패킷 열어 보기',
    packet: (index) => `패킷 ${index}`,
    close: '닫기',
    nothingOfNote: '특별한 일 없음',
    clickRow: '화살표를 누르면(또는 Enter) 패킷이 열려, 바이트 하나하나와 그 뜻을 볼 수 있습니다.',
    rebuilt: '자리가 모자라 패킷 자체는 남기지 못했습니다. 알고 있는 것으로 바이트를 다시 만들었습니다.',
    cut: (shown, length) => `${number(length)}바이트 가운데 처음 ${number(shown)}바이트입니다.`,
    packetsLeftOut: (count) => `페이지가 커지지 않도록 패킷 ${number(count)}개는 바이트 없이 담았습니다.`,
    conversationsLeftOut: (count) => `페이지가 커지지 않도록, 문제가 적은 대화 ${number(count)}개는 담지 않았습니다.`,
    more: (count) => `외 ${number(count)}개: 필터로 좁혀 보세요`,
    none: '해당하는 것이 없습니다.',
    words: '용어 풀이',
    signs: { failure: '실패', trouble: '문제', good: '문제 없음' },
  },
};
