import type { Texts } from '../../lang';
import type { Knob } from './scales';

interface ControlTexts {
  readonly network: {
    readonly title: string;
    readonly intro: string;
    readonly reset: string;
    readonly off: string;
    readonly cannot: string;
    readonly knobs: Readonly<Record<Knob, { readonly label: string; readonly explain: string }>>;
  };
  readonly connection: {
    readonly send: string;
    readonly text: string;
    readonly close: string;
    readonly closeMeans: string;
    readonly abort: string;
    readonly abortMeans: string;
    readonly really: string;
    readonly no: string;
    readonly failed: (what: string) => string;
    readonly lost: string;
  };
}

export const CONTROL_TEXTS: Texts<ControlTexts> = {
  en: {
    network: {
      title: 'Bad network',
      intro: 'Spoil the wire and watch what TCP does about it. Both ways, from the next packet on.',
      reset: 'A good network again',
      off: 'off',
      cannot: 'The wire of this stack cannot be spoilt.',
      knobs: {
        loss: { label: 'loss', explain: 'This share of all packets vanishes.' },
        delay: { label: 'delay', explain: 'Every packet takes this much longer, each way.' },
        jitter: { label: 'jitter', explain: 'Up to this much longer again, differently each time.' },
        reorder: { label: 'reordering', explain: 'This share of packets is overtaken by later ones.' },
        duplicate: { label: 'duplication', explain: 'This share of packets arrives twice.' },
        corrupt: {
          label: 'corruption',
          explain: 'In this share of packets a bit is flipped; the checksum finds it, and the packet is dropped.',
        },
        rate: { label: 'rate', explain: 'No more than this passes in a second; the rest waits in a queue.' },
      },
    },
    connection: {
      send: 'Send',
      text: 'Text to send from this end',
      close: 'Close',
      closeMeans: 'Hang up politely: what is still to be sent is sent, then FIN.',
      abort: 'Abort',
      abortMeans: 'End at once with RST: what is under way is thrown away.',
      really: 'Really abort',
      no: 'No',
      failed: (what) => `That did not work: ${what}`,
      lost: 'synack cannot be reached now.',
    },
  },
  ko: {
    network: {
      title: '나쁜 네트워크',
      intro: '회선 상태를 나쁘게 만들고 TCP가 어떻게 하는지 보세요. 다음 패킷부터 양방향에 적용됩니다.',
      reset: '좋은 네트워크로 되돌리기',
      off: '끔',
      cannot: '이 스택의 회선은 나쁘게 만들 수 없습니다.',
      knobs: {
        loss: { label: '손실', explain: '전체 패킷 중 이만큼이 사라집니다.' },
        delay: { label: '지연', explain: '모든 패킷이 한 방향마다 이만큼 더 걸립니다.' },
        jitter: { label: '지터', explain: '매번 다르게, 최대 이만큼 더 걸립니다.' },
        reorder: { label: '순서 바뀜', explain: '이만큼의 패킷을 나중 패킷이 앞지릅니다.' },
        duplicate: { label: '중복', explain: '이만큼의 패킷이 두 번 도착합니다.' },
        corrupt: {
          label: '손상',
          explain: '이만큼의 패킷에서 비트 하나가 뒤집힙니다. 체크섬으로 알아내어 패킷을 버립니다.',
        },
        rate: { label: '속도', explain: '1초에 이만큼만 지나가고 나머지는 큐에서 기다립니다.' },
      },
    },
    connection: {
      send: '보내기',
      text: '이쪽에서 보낼 텍스트',
      close: '닫기',
      closeMeans: '정상적으로 끊습니다. 남은 것을 다 보낸 뒤 FIN을 보냅니다.',
      abort: '중단',
      abortMeans: 'RST로 즉시 끝냅니다. 오가던 것은 버려집니다.',
      really: '정말 중단하기',
      no: '아니요',
      failed: (what) => `되지 않았습니다: ${what}`,
      lost: '지금은 synack에 연결할 수 없습니다.',
    },
  },
};
