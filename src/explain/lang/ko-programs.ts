import type { FindingId } from '../findings/finding';
import type { FindingTexts } from './texts';
import { tlsAlert } from './tls-alerts';
import { websocketCode } from './websocket-codes';

/** 양쪽 프로그램에 대한 말. */
export const koPrograms = {
  'http-error': {
    title: (f) => `서버의 오류 응답: ${f.text('line')}`,
    what: (f) =>
      `HTTP는 통했지만 오류 응답이 왔습니다: ${f.text('line')}. ${f.number('status') >= 500 ? '500번대는 서버의 오류입니다.' : '400에서 499는 요청에 문제가 있다는 뜻입니다.'}`,
  },
  'answer-cut-short': {
    title: () => '응답이 중간에 멈췄습니다',
    what: (f) =>
      `서버가 ${f.bytes('length')}의 응답을 예고했지만(HTTP Content-Length) ${f.number('came') === 0 ? '하나도 오지 않았고' : `${f.bytes('came')}만 왔고`}, ${f.number('silence') > 0 ? `그 뒤 ${f.time('silence')} 동안 조용했습니다` : '서버가 연결을 닫았습니다'}.`,
    todo: '서버 프로그램이 죽었거나 멈추지 않았는지 확인하세요. 큰 패킷만 오지 않는다면 서버에서 캡처해 보세요. MTU가 더 작은 링크에서 사라지는 것일 수 있습니다.',
    terms: ['MTU'],
  },
  'wrong-protocol': {
    title: (f) =>
      f.number('tls') === 1
        ? '클라이언트는 TLS(https)로 말하는데 서버는 아닙니다'
        : '서버는 TLS(https)로 말하는데 클라이언트는 아닙니다',
    what: (f) =>
      f.number('tls') === 1
        ? `클라이언트가 ${f.number('port')}번 포트에 TLS로 인사했는데 서버는 암호화하지 않은 텍스트로 응답했습니다.`
        : `클라이언트가 ${f.number('port')}번 포트에 암호화하지 않은 HTTP로 요청했는데 서버는 TLS 경고로 응답했습니다.`,
    todo: '포트가 틀렸거나 http://와 https://를 바꿔 썼습니다.',
    terms: ['TLS', 'port'],
  },
  'websocket-close': {
    title: (f) =>
      f.number('code') === 1006
        ? 'WebSocket이 닫기 프레임 없이 끝났습니다(1006)'
        : `WebSocket이 코드 ${f.number('code')}로 닫혔습니다`,
    what: (f) =>
      f.number('code') === 1006
        ? `${f.side}가 WebSocket 닫기 프레임 없이 TCP 연결을 끝냈습니다. 프로그램은 코드 1006을 받습니다.`
        : `${f.side}가 WebSocket을 닫았습니다. 코드 ${f.number('code')}, ${websocketCode('ko', f.number('code'))}${f.number('answered') === 1 ? ' 상대도 확인했습니다.' : ''}`,
  },
  'tls-alert': {
    title: () => 'TLS에 합의하지 못했습니다',
    what: (f) =>
      `${f.number('greeted') === 1 ? '서버가 인사에 답하고 인증서를 보여 준 뒤에' : '서버가 인사에 답하기 전에'} ${f.side}가 TLS 핸드셰이크를 경고로 그만두었습니다${tlsAlert('ko', f.number('alert'))}.`,
    todo: '대개 인증서 때문입니다. 믿을 수 없거나, 기한이 지났거나, 이름이 다릅니다. 또는 맞는 버전이나 암호가 없습니다.',
    terms: ['TLS'],
  },
} as const satisfies Partial<Record<FindingId, FindingTexts>>;
