/** Alerts by their number: the name that standards, logs and Wireshark use (RFC 8446 §6), and what it means. */
const ALERTS: Readonly<Record<number, readonly [name: string, en: string, ko: string]>> = {
  10: ['unexpected_message', 'it did not expect that message', '예상하지 못한 메시지입니다'],
  20: [
    'bad_record_mac',
    'what came was damaged or made with another key',
    '도착한 것이 손상되었거나 다른 키로 만들어졌습니다',
  ],
  40: ['handshake_failure', 'the two have no cipher or setting in common', '서로 맞는 암호나 설정이 없습니다'],
  42: [
    'bad_certificate',
    'the certificate is damaged or wrongly signed',
    '인증서가 손상되었거나 서명이 잘못되었습니다',
  ],
  43: ['unsupported_certificate', 'it cannot use a certificate of that kind', '그런 종류의 인증서는 쓸 수 없습니다'],
  44: ['certificate_revoked', 'the certificate was revoked', '인증서가 폐기되었습니다'],
  45: [
    'certificate_expired',
    'the certificate has expired, or a clock is wrong',
    '인증서의 기한이 지났거나 시계가 틀립니다',
  ],
  46: ['certificate_unknown', 'it does not accept the certificate', '인증서를 받아들이지 않습니다'],
  47: [
    'illegal_parameter',
    'a field of the handshake has a value that makes no sense',
    '핸드셰이크의 값이 맞지 않습니다',
  ],
  48: ['unknown_ca', 'it does not trust whoever signed the certificate', '인증서에 서명한 기관을 믿지 않습니다'],
  49: ['access_denied', 'it lets nobody in with that certificate', '그 인증서로는 들어올 수 없습니다'],
  50: ['decode_error', 'it could not read the message', '메시지를 읽지 못했습니다'],
  51: ['decrypt_error', 'a signature or key did not fit', '서명이나 키가 맞지 않습니다'],
  70: ['protocol_version', 'the two have no version of TLS in common', '서로 맞는 TLS 버전이 없습니다'],
  71: ['insufficient_security', 'the ciphers that were offered are too weak for it', '제안된 암호가 너무 약합니다'],
  80: ['internal_error', 'something failed inside that program', '그 프로그램 안에서 오류가 났습니다'],
  86: [
    'inappropriate_fallback',
    'an older version was tried than both can speak',
    '둘 다 더 새 버전을 쓸 수 있는데 낮은 버전을 시도했습니다',
  ],
  90: ['user_canceled', 'somebody cancelled it', '누군가 취소했습니다'],
  109: ['missing_extension', 'something that it needs was not in the greeting', '필요한 것이 인사에 없습니다'],
  112: ['unrecognized_name', 'the server does not know the name that it was called by', '서버가 그 이름을 모릅니다'],
  116: [
    'certificate_required',
    'the client has to show a certificate, and has none',
    '클라이언트가 인증서를 보여야 하는데 없습니다',
  ],
  120: ['no_application_protocol', 'the two have no protocol (ALPN) in common', '서로 맞는 프로토콜(ALPN)이 없습니다'],
};

/** ` (unknown_ca: it does not trust …)`; nothing when the alert could not be read. */
export function tlsAlert(lang: 'en' | 'ko', code: number): string {
  const known = ALERTS[code];
  if (known !== undefined) return ` (${known[0]}: ${known[lang === 'en' ? 1 : 2]})`;
  if (code === 0) return '';
  return lang === 'en' ? ` (number ${code})` : `(${code}번)`;
}
