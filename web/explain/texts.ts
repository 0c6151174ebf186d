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
  readonly another: string;
  readonly theme: { readonly light: string; readonly dark: string };
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
    another: 'Another capture…',
    theme: { light: 'Light', dark: 'Dark' },
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
    private: '아무것도 밖으로 나가지 않습니다. 파일은 이 페이지 안에서만 읽고, 페이지는 어디에도 연결하지 않습니다.',
    example: '예제로 해 보기',
    exampleHint: '대화 일곱 개 가운데 다섯 개에 문제가 있습니다.',
    getOne: '캡처를 만들려면:',
    reading: (name, percent, packets) => `${name} 읽는 중: ${percent}%, 패킷 ${number(packets)}개`,
    cannotRead: (name, why) => `${name}: 읽을 수 없습니다. ${why}.`,
    another: '다른 캡처…',
    theme: { light: '밝게', dark: '어둡게' },
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
    more: (count) => `외 ${number(count)}개: 걸러 보세요`,
    none: '그런 것이 없습니다.',
    words: '용어 풀이',
    signs: { failure: '실패', trouble: '문제', good: '문제 없음' },
  },
};
