import type { Drop } from './drops';
import type { Fragment, WholePacket } from './reassembly';

/** What a fragment costs apart from its bytes, about: array, view and place in the lists. */
export const PIECE_COST = 128;

const CE = 3;

/** A stretch of the payload that is not there yet (RFC 815 §3): `[start, end)`. */
interface Hole {
  readonly start: number;
  /** `Infinity` until the last fragment is there. */
  readonly end: number;
}

/** The fragments of one packet that are there, and the holes between them (RFC 815). */
export class FragmentPieces {
  /** The first fragment with its headers, as it came. */
  first: Uint8Array | undefined;

  /** By where they begin. */
  readonly #payloads = new Map<number, Uint8Array>();
  /** In no order. */
  readonly #holes: Hole[] = [{ start: 0, end: Infinity }];
  /** The length of the whole payload, known from the last fragment on. */
  #end = Infinity;
  /** Of the first fragment: where the headers of the whole end. */
  #headers = 0;
  /** One bit for each codepoint that has come. */
  #ecn = 0;

  get count(): number {
    return this.#payloads.size;
  }

  get isWhole(): boolean {
    return this.#holes.length === 0;
  }

  /** Why the fragment cannot be added: it is there, or it contradicts what is there. */
  fault(fragment: Fragment): Drop | undefined {
    const { fragmentOffset: start, moreFragments, bytes, payload } = fragment;
    const end = start + fragment.end - payload;
    // Beyond the end, at the end and not the last, or a second last one of another length.
    if (moreFragments ? end >= this.#end : end !== this.#end && this.#end !== Infinity) {
      return 'ip.fragment-contradiction';
    }
    const hole = this.#holes[this.#holeOf(start, end)];
    if (hole === undefined) {
      const same = this.#payloads.get(start);
      return isCopy(same, bytes, payload, fragment.end) ? 'ip.fragment-duplicate' : 'ip.fragment-overlap';
    }
    // The last one, and there is something behind it.
    return !moreFragments && hole.end !== this.#end ? 'ip.fragment-contradiction' : undefined;
  }

  /** What the fragment would cost. */
  costOf({ fragmentOffset, offset, payload, end }: Fragment): number {
    return PIECE_COST + end - (fragmentOffset === 0 ? offset : payload);
  }

  /** Adds a fragment with which nothing is wrong. Its bytes are copied. */
  add(fragment: Fragment): void {
    const { fragmentOffset: start, moreFragments, bytes, offset, payload, headersEnd } = fragment;
    const end = start + fragment.end - payload;
    const at = this.#holeOf(start, end);
    const hole = this.#holes[at];
    if (hole === undefined) return;
    this.#holes.splice(at, 1);
    if (hole.start < start) this.#holes.push({ start: hole.start, end: start });
    if (!moreFragments) this.#end = end;
    else if (end < hole.end) this.#holes.push({ start: end, end: hole.end });
    if (start === 0) {
      // Not `slice`: a Buffer's is a view of the same memory.
      this.first = new Uint8Array(bytes.subarray(offset, fragment.end));
      this.#headers = headersEnd - offset;
      this.#payloads.set(start, this.first.subarray(payload - offset));
    } else this.#payloads.set(start, new Uint8Array(bytes.subarray(payload, fragment.end)));
    this.#ecn |= 1 << fragment.ecn;
  }

  /** The packet, when nothing is missing. `undefined`: its fragments say of ECN what no one packet can. */
  whole(): WholePacket | undefined {
    const { first } = this;
    const ecn = joinEcn(this.#ecn);
    if (first === undefined || ecn === undefined) return undefined;
    const payload = this.#headers;
    const bytes = new Uint8Array(payload + this.#end);
    bytes.set(first.subarray(0, payload));
    for (const [start, piece] of this.#payloads) bytes.set(piece, payload + start);
    return { bytes, payload, first, ecn };
  }

  #holeOf(start: number, end: number): number {
    return this.#holes.findIndex((hole) => hole.start <= start && end <= hole.end);
  }
}

/**
 * RFC 3168 §5.3: a mark on one is a mark on the whole; who does not speak ECN cannot be marked, and a packet cannot be of both kinds. `seen`
 * has one bit for each codepoint. ECT(0) and ECT(1) together (RFC 3168 leaves it open) are taken for ECT(0).
 */
function joinEcn(seen: number): number | undefined {
  if (seen === 1) return 0;
  if ((seen & 1) !== 0) return undefined;
  if ((seen & (1 << CE)) !== 0) return CE;
  return seen === 2 ? 1 : 2;
}

function isCopy(piece: Uint8Array | undefined, bytes: Uint8Array, from: number, end: number): boolean {
  if (piece?.length !== end - from) return false;
  for (let index = 0; index < piece.length; index++) if (piece[index] !== bytes[from + index]) return false;
  return true;
}
