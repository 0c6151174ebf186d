/** The longest head that is read, in bytes. */
const LONGEST_HEAD = 16 * 1024;

const METHODS = 'GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH';
const BEGINNING = { request: new RegExp(`^(?:${METHODS}) `), response: /^HTTP\/1\./ } as const;
const REQUEST = new RegExp(`^(${METHODS}) [!-~]+ HTTP/1\\.[01]$`);
const RESPONSE = /^HTTP\/1\.[01] ((\d{3})(?: [ -~]*)?)$/;

const decoder = new TextDecoder('latin1');

/** The first line of a request or a response. */
export interface FirstLine {
  readonly kind: 'request' | 'response';
  readonly text: string;
  readonly method: string | undefined;
  readonly status: number | undefined;
}

/** True when a message of HTTP/1.1 of a kind may begin here. */
export function mayBeHead(bytes: Uint8Array, kind: FirstLine['kind']): boolean {
  const first = bytes[0] ?? 0;
  // Capital letters: most of what else there is ends here.
  return first >= 0x41 && first <= 0x5a && BEGINNING[kind].test(decoder.decode(bytes.subarray(0, 16)));
}

/** The head of a request or a response (RFC 9112 §2.1), piece by piece. */
export class HttpHead {
  private text = '';
  /** Reads on until the head has ended. `failed`: it is none, or too long. */
  state: 'open' | 'complete' | 'failed' = 'open';
  first: FirstLine | undefined;

  /** Takes octets, and gives those behind the head. */
  add(bytes: Uint8Array): Uint8Array {
    const before = this.text.length;
    this.text += decoder.decode(bytes.subarray(0, LONGEST_HEAD - before));
    if (this.first === undefined) this.readFirstLine();
    if (this.state === 'failed') return bytes;
    const end = this.text.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.text.length >= LONGEST_HEAD) this.state = 'failed';
      return bytes.subarray(bytes.length);
    }
    this.state = 'complete';
    this.text = this.text.slice(0, end + 2);
    return bytes.subarray(end + 4 - before);
  }

  /** The protocol that `Upgrade` names, where `Connection` says that it is meant (RFC 9110 §7.8), as far as the head was seen. */
  get upgrade(): string | undefined {
    const meant = /\r\nconnection:[^\r\n]*\bupgrade\b/i.test(this.text);
    return meant ? /\r\nupgrade:[ \t]*([!-~]{1,40})/i.exec(this.text)?.[1]?.toLowerCase() : undefined;
  }

  private readFirstLine(): void {
    const end = this.text.indexOf('\r\n');
    if (end === -1) return;
    const line = this.text.slice(0, end);
    const [, method] = REQUEST.exec(line) ?? [];
    const [, said, status] = RESPONSE.exec(line) ?? [];
    if (method !== undefined) this.first = { kind: 'request', text: line, method, status: undefined };
    else if (said !== undefined)
      this.first = { kind: 'response', text: said.trim(), method: undefined, status: Number(status) };
    else this.state = 'failed';
  }
}
