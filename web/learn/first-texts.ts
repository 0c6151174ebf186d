import type { Texts } from '../lang';

/** What the contents say to somebody new. */
export const FIRST_TEXTS: Texts<{
  readonly heading: string;
  readonly lead: string;
  readonly talk: readonly (readonly [from: 'A' | 'B', says: string, name: string])[];
  readonly why: string;
  readonly begin: string;
  readonly goOn: (title: string) => string;
  readonly how: string;
  readonly hows: readonly (readonly [what: string, text: string])[];
}> = {
  en: {
    heading: 'How two computers begin to talk',
    lead: 'Two computers, A and B, and a long wire. Neither sees the other. All that each can do is send a few bytes and wait. So before anything else, they find out whether they hear each other:',
    talk: [
      ['A', 'Can you hear me?', 'SYN'],
      ['B', 'I hear you. Do you hear me?', 'SYN-ACK'],
      ['A', 'I hear you.', 'ACK'],
    ],
    why: 'These three sentences stand at the beginning of nearly everything that you do on the Internet. They are called the three-way handshake, and each has a name of its own. You need not know the names yet: the first lesson explains them, one by one, while you watch.',
    begin: 'Begin with the first lesson',
    goOn: (title) => `Go on: ${title}`,
    how: 'How a lesson works',
    hows: [
      ['Watch', 'Go step by step, forward and back. Beside the picture stands what happens, in plain words.'],
      [
        'Break it',
        'Lose a message, hold it up, send it twice, hang up at the wrong moment. What follows is no drawing: it is what a real TCP does.',
      ],
      ['Pass it on', 'Everything that you change is in the link. Copy it, and somebody else sees the same.'],
    ],
  },
  ko: {
    heading: '두 컴퓨터는 어떻게 이야기를 시작할까요?',
    lead: '컴퓨터 A와 B가 긴 회선으로 이어져 있습니다. 서로 보이지 않습니다. 할 수 있는 일은 몇 바이트를 보내고 기다리는 것뿐입니다. 그래서 무엇보다 먼저 서로 들리는지 알아봅니다.',
    talk: [
      ['A', '들려?', 'SYN'],
      ['B', '잘 들려. 내 말은 들려?', 'SYN-ACK'],
      ['A', '잘 들려.', 'ACK'],
    ],
    why: '인터넷에서 하는 일은 거의 모두 이 세 마디로 시작합니다. 이것을 3-way 핸드셰이크라고 하고, 한 마디마다 이름이 있습니다. 이름은 아직 몰라도 됩니다. 첫 강의에서 눈으로 보면서 하나씩 알아봅니다.',
    begin: '첫 강의 시작하기',
    goOn: (title) => `이어서: ${title}`,
    how: '강의는 이렇게 봅니다',
    hows: [
      ['보기', '한 단계씩 앞뒤로 움직여 보세요. 무슨 일이 일어나는지 그림 옆에 쉬운 말로 나옵니다.'],
      [
        '망가뜨리기',
        '메시지를 없애고, 늦추고, 두 번 보내고, 엉뚱한 때에 끊어 보세요. 그 뒤에 보이는 것은 미리 그려 둔 그림이 아니라 진짜 TCP가 하는 일입니다.',
      ],
      ['공유하기', '바꾼 것은 모두 링크에 담깁니다. 복사해서 보내면 받은 사람도 똑같이 봅니다.'],
    ],
  },
};
