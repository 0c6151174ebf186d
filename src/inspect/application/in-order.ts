import { add, diff } from '../../tcp/sequence';

/** What waits for something before it, in bytes and in pieces; beyond that the thread is lost. */
const MOST_BYTES = 64 * 1024;
const MOST_PIECES = 64;

/** One direction's octets in their order, each once, whatever order they come in. */
export class InOrder {
  private next: number | undefined;
  private pieces: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  private held = 0;
  /** Too much is missing: nothing comes any more. */
  lost = false;

  /** The first octet's sequence number. */
  begin(next: number): void {
    this.next ??= next;
  }

  /** Takes octets, and gives those whose turn it is. */
  add(seq: number, bytes: Uint8Array): readonly Uint8Array[] {
    if (this.lost) return [];
    this.next ??= seq;
    if (diff(seq, this.next) > 0) {
      this.hold(seq, bytes);
      return [];
    }
    const ready: Uint8Array[] = [];
    this.take(seq, bytes, ready);
    for (let piece = this.reached(); piece !== undefined; piece = this.reached())
      this.take(piece.seq, piece.bytes, ready);
    return ready;
  }

  private take(seq: number, bytes: Uint8Array, ready: Uint8Array[]): void {
    const known = diff(this.next ?? seq, seq);
    if (known >= bytes.length) return;
    ready.push(bytes.subarray(known));
    this.next = add(seq, bytes.length);
  }

  private hold(seq: number, bytes: Uint8Array): void {
    this.held += bytes.length;
    if (this.held > MOST_BYTES || this.pieces.length === MOST_PIECES) {
      this.lost = true;
      this.pieces = [];
      return;
    }
    // The payload is the link's: it is overwritten when the event is over.
    this.pieces.push({ seq, bytes: bytes.slice() });
  }

  /** A piece that nothing is missing before any more. It is taken out. */
  private reached(): { readonly seq: number; readonly bytes: Uint8Array } | undefined {
    const { next } = this;
    if (next === undefined || this.pieces.length === 0) return undefined;
    const index = this.pieces.findIndex(({ seq }) => diff(seq, next) <= 0);
    if (index === -1) return undefined;
    const [piece] = this.pieces.splice(index, 1);
    this.held -= piece?.bytes.length ?? 0;
    return piece;
  }
}
