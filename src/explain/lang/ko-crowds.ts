import { asSubject } from '../../inspect/lang/particle';
import type { FindingId } from '../findings/finding';
import { number } from './ko-format';
import type { FindingTexts } from './texts';

/** 여러 대화를 한꺼번에 두고 하는 말. */
export const koCrowds = {
  'syn-flood': {
    title: (f) => `${f.text('first')}의 ${f.text('second')}번 포트로 SYN 플러딩`,
    what: (f) =>
      `주소 ${number(f.number('sources'))}개에서 연결 요청(SYN) ${number(f.count)}개가 왔지만 연결이 되지 않았습니다. 진짜 연결은 ${number(f.number('connected'))}개입니다.`,
    todo: 'SYN 쿠키(net.ipv4.tcp_syncookies)를 켜면 다른 사용자는 계속 접속할 수 있습니다. 속도 제한이나 통신사의 필터가 부담을 덜어 줍니다.',
    terms: ['SYN', 'handshake'],
  },
  'port-scan': {
    title: (f) => `${asSubject(f.text('first'))} ${f.text('second')}의 포트를 훑습니다`,
    what: (f) => `포트 ${number(f.number('ports'))}개를 두드려 보고는 아무 데이터도 보내지 않았습니다.`,
    todo: '직접 돌린 스캐너(nmap)가 아니라면 누군가 열린 문을 찾고 있습니다.',
    terms: ['port', 'SYN'],
  },
  'host-scan': {
    title: (f) => `${asSubject(f.text('first'))} 여러 컴퓨터의 ${f.text('second')}번 포트를 두드립니다`,
    what: (f) =>
      `컴퓨터 ${number(f.number('targets'))}대의 그 포트로 연결을 요청하고는 아무 데이터도 보내지 않았습니다.`,
    todo: '직접 돌린 스캐너(nmap)가 아니라면 누군가, 또는 웜이 그 포트에서 응답하는 컴퓨터를 찾고 있습니다.',
    terms: ['port', 'SYN'],
  },
} as const satisfies Partial<Record<FindingId, FindingTexts>>;
