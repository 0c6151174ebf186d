import type { Telling } from './told';

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const RECORDS: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'alert',
  22: 'encrypted handshake',
  23: 'application data',
};
/** Messages of the handshake by their names (RFC 8446 §4, RFC 5246 §7.4). */
const MESSAGES: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
};
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** RFC 8446 §5.2, RFC 5246 §6.2.3. */
const LONGEST_RECORD = 2 ** 14 + 2048;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** Names told of one segment. */
const MOST_NAMES = 6;

/** True when TLS may begin here: a handshake record, version 3.x; or an alert, of a server that likes no part of the greeting. */
export function mayBeTls(bytes: Uint8Array): boolean {
  const isAlert = bytes[0] === ALERT && bytes[3] === 0 && bytes[4] === 2;
  return (bytes[0] === HANDSHAKE || isAlert) && bytes[1] === 3 && (bytes[2] ?? 0) <= 4;
}

/** TLS records in one direction, piece by piece (RFC 8446 §5.1). */
export class TlsRecords {
  private header: number[] = [];
  private type = 0;
  private length = 0;
  private left = 0;
  private message: number[] = [];
  private messageLeft = 0;
  private encrypted = false;
  /** It is no TLS. */
  failed = false;

  read(bytes: Uint8Array, telling: Telling): void {
    const names: string[] = [];
    const name = (what: string): void => {
      if (names.at(-1) !== what && names.length < MOST_NAMES) names.push(what);
    };
    for (let at = 0; at < bytes.length && !this.failed;) {
      if (this.left === 0) {
        this.header.push(bytes[at] ?? 0);
        at += 1;
        if (this.header.length === RECORD_HEADER) this.begin();
        continue;
      }
      const taken = Math.min(this.left, bytes.length - at);
      this.readPart(bytes.subarray(at, at + taken), name);
      at += taken;
      this.left -= taken;
      if (this.left === 0 && this.type === CHANGE_CIPHER_SPEC) this.encrypted = true;
    }
    if (names.length > 0) telling.add({ kind: 'tls', names });
  }

  private begin(): void {
    const [type = 0, major = 0, , high = 0, low = 0] = this.header;
    this.header = [];
    this.type = type;
    this.length = this.left = high * 256 + low;
    if (major !== 3 || RECORDS[type] === undefined || this.length > LONGEST_RECORD) this.failed = true;
  }

  private readPart(bytes: Uint8Array, name: (what: string) => void): void {
    const isMessage = this.type === HANDSHAKE && (!this.encrypted || this.isHello(bytes));
    if (!isMessage) {
      name(RECORDS[this.type] ?? '');
      return;
    }
    for (let at = 0; at < bytes.length;) {
      if (this.messageLeft > 0) {
        const taken = Math.min(this.messageLeft, bytes.length - at);
        this.messageLeft -= taken;
        at += taken;
        continue;
      }
      this.message.push(bytes[at] ?? 0);
      at += 1;
      if (this.message.length < MESSAGE_HEADER) continue;
      const [type = 0, high = 0, middle = 0, low = 0] = this.message;
      this.message = [];
      this.messageLeft = (high * 256 + middle) * 256 + low;
      name(MESSAGES[type] ?? `handshake ${type}`);
    }
  }

  /** In TLS 1.3 a hello may come in the clear after a ChangeCipherSpec, which says nothing there (RFC 8446 §D.4). */
  private isHello([type, , high = 0, low = 0]: Uint8Array): boolean {
    if (this.messageLeft > 0) return true;
    return (
      this.left === this.length &&
      (type === CLIENT_HELLO || type === SERVER_HELLO) &&
      high * 256 + low + MESSAGE_HEADER === this.length
    );
  }
}
