import { towards } from '../../inspect/lang/particle';
import type { DamageId } from '../capture/damage';
import { number } from './ko-format';
import type { DamageText } from './texts';

/** 파일을 더 읽을 수 없는 까닭. */
export const koDamage: Readonly<Record<DamageId, DamageText>> = {
  empty: () => '파일이 비어 있습니다',
  'too-short': () => '캡처라고 하기에는 파일이 너무 짧습니다',
  'other-format': (f) => `다른 형식(${f.text('name')})의 캡처입니다. editcap -F pcapng 명령으로 변환할 수 있습니다`,
  packed: (f) =>
    `${towards(f.text('name'))} 압축되어 있습니다. 먼저 압축을 푸세요: ${f.text('name')} -dc FILE > FILE.pcap`,
  zip: () => 'zip 파일입니다. 먼저 압축을 푸세요',
  'unknown-format': (f) => `pcap도 pcapng도 아닙니다. 첫 바이트는 ${f.text('magic')}입니다`,
  'cut-off': (f) => `레코드 중간에서 파일이 끝납니다. 적어도 ${number(f.number('bytes'))}바이트가 없습니다`,
  gzip: () => 'gzip으로 압축된 내용이 여기서 손상되었거나 잘렸습니다',
  'packet-length': (f) => `패킷 헤더에 데이터가 ${number(f.number('bytes'))}바이트라고 적혀 있는데, 그럴 수 없습니다`,
  'byte-order': () => '섹션 헤더에 바이트 순서 표시가 없습니다',
  'block-length': (f) =>
    `종류 ${f.text('type')}인 블록에 길이가 ${number(f.number('bytes'))}바이트라고 적혀 있는데, 그럴 수 없습니다`,
  'block-lengths-differ': (f) =>
    `종류 ${f.text('type')}인 블록의 길이가 앞에는 ${number(f.number('bytes'))}, 뒤에는 ${number(f.number('again'))}바이트로 적혀 있습니다`,
  'interface-too-short': () => '인터페이스 블록이 너무 짧습니다',
  'too-many-interfaces': (f) => `인터페이스가 ${number(f.number('most'))}개보다 많습니다`,
  'packet-too-short': () => '패킷 블록이 너무 짧습니다',
  'unknown-interface': (f) => `패킷의 인터페이스 ${f.text('number')}번에 대한 설명이 없습니다`,
  'packet-room': (f) =>
    `${number(f.number('bytes'))}바이트짜리 패킷이 ${number(f.number('room'))}바이트밖에 안 되는 블록에 들어 있습니다`,
};
