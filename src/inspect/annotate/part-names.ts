import type { RemarkWords } from './words';

/** Names that are kept; beyond that all are made anew. */
const MOST = 4096;
const UTF8 = new TextEncoder();

/** What stands in a comment to say which part of a segment a frame is, as UTF-8: there are few, and each frame has one. */
export class PartNames {
  private readonly names = new Map<number, Uint8Array>();

  constructor(private readonly words: RemarkWords) {}

  /** @param part from 0 */
  nameOf(part: number, of: number): Uint8Array {
    const key = of * 65_536 + part;
    let name = this.names.get(key);
    if (name === undefined) {
      if (this.names.size >= MOST) this.names.clear();
      name = UTF8.encode(`; ${this.words.part(part + 1, of)}`);
      this.names.set(key, name);
    }
    return name;
  }
}
