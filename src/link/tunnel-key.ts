import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of HMAC-SHA-256 that go with a message (RFC 2104 §5 allows half of them). */
const TAG = 16;

/**
 * What two ends of a tunnel share, so that each takes messages of the other only. It hides nothing: whoever sees the messages reads
 * them, and can send one that he has seen once more.
 */
export class TunnelKey {
  readonly #key: string | Uint8Array;

  constructor(key: string | Uint8Array) {
    this.#key = key;
  }

  /** The message with its tag behind it. */
  seal(message: Uint8Array): Uint8Array {
    const sealed = new Uint8Array(message.length + TAG);
    sealed.set(message);
    sealed.set(this.#tag(message), message.length);
    return sealed;
  }

  /** The message without its tag; `undefined` if the tag is not what the key makes of it. */
  open(sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - TAG;
    if (length < 0) return undefined;
    const message = sealed.subarray(0, length);
    return timingSafeEqual(this.#tag(message), sealed.subarray(length)) ? message : undefined;
  }

  #tag(message: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#key).update(message).digest().subarray(0, TAG);
  }
}
