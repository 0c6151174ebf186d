const CODES: Readonly<Record<'en' | 'ko', Readonly<Record<number, string>>>> = {
  en: {
    1000: 'normal: all is said.',
    1001: 'going away: the server shuts down, or the page was left.',
    1002: 'protocol error: the other end broke the rules of WebSocket.',
    1003: 'it cannot use that kind of data.',
    1005: 'no code was given.',
    1007: 'a text message was not valid UTF-8.',
    1008: 'it goes against a rule of the program.',
    1009: 'the message was too big.',
    1010: 'the server lacks an extension that the client needs.',
    1011: 'the program at that end failed unexpectedly.',
    1012: 'the service restarts.',
    1013: 'too busy: try again later.',
    1014: 'a gateway got a bad answer.',
    1015: 'TLS failed.',
  },
  ko: {
    1000: '정상: 할 말을 다 했습니다.',
    1001: '떠남: 서버가 꺼지거나 페이지를 벗어났습니다.',
    1002: '프로토콜 오류: 상대가 WebSocket 규칙을 어겼습니다.',
    1003: '받을 수 없는 종류의 데이터입니다.',
    1005: '코드가 없습니다.',
    1007: '텍스트 메시지가 올바른 UTF-8이 아닙니다.',
    1008: '프로그램의 규칙에 어긋납니다.',
    1009: '메시지가 너무 큽니다.',
    1010: '클라이언트에 필요한 확장이 서버에 없습니다.',
    1011: '그쪽 프로그램에서 예상하지 못한 오류가 났습니다.',
    1012: '서비스를 다시 시작합니다.',
    1013: '너무 바쁘니 나중에 다시 시도하라는 뜻입니다.',
    1014: '게이트웨이가 잘못된 응답을 받았습니다.',
    1015: 'TLS에 실패했습니다.',
  },
};

/** What a close code means (RFC 6455 §7.4.1, and IANA's registry). */
export function websocketCode(lang: 'en' | 'ko', code: number): string {
  const known = CODES[lang][code];
  if (known !== undefined) return known;
  return lang === 'en' ? 'a meaning of the program’s own.' : '프로그램이 정한 뜻입니다.';
}
