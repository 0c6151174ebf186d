/** What a segment carries for the program, as far as it can be read by whoever sees it pass. */
export type Item =
  | {
      readonly kind: 'request' | 'response';
      /** The first line, of a response without `HTTP/1.1`. Printable ASCII. */
      readonly line: string;
      /** Of a response. */
      readonly status: number | undefined;
      /** The protocol in `Upgrade`, in a request that asks for it or a response that agrees. */
      readonly upgrade: string | undefined;
    }
  | {
      readonly kind: 'frame';
      readonly type: FrameType;
      /** False when the message goes on in the next frame. */
      readonly isLast: boolean;
      readonly compressed: boolean;
      /** Of the payload, bytes. */
      readonly length: number;
      /** The payload's beginning, unmasked; of a close frame the reason. */
      readonly head: Uint8Array;
      /** Of a close frame that has one. */
      readonly code: number | undefined;
      /** It answers the other's close frame. */
      readonly answers: boolean;
    }
  /** So many bytes more of a frame that was told already. */
  | { readonly kind: 'more'; readonly bytes: number }
  /** Records of TLS, each kind in a row once: `ServerHello`, `application data`, … */
  | { readonly kind: 'tls'; readonly names: readonly string[] };

export type FrameType = 'text' | 'binary' | 'continuation' | 'close' | 'ping' | 'pong';

/** All that is told of one segment. */
export interface Told {
  readonly items: readonly Item[];
  /** Items beyond those. */
  readonly others: number;
}

/** Items told of one segment; beyond that they are counted. */
const MOST_ITEMS = 4;

/** Collects what is told of one segment. */
export class Telling implements Told {
  readonly items: Item[] = [];
  others = 0;

  add(item: Item): void {
    if (this.items.length < MOST_ITEMS) this.items.push(item);
    else this.others += 1;
  }
}

/** Nothing is told: it is data that nobody here understands, or none. */
export const NOTHING_TOLD: Told = { items: [], others: 0 };
