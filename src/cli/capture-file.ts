import { createWriteStream, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { blocksIn } from '../link/pcapng';
import { Failure, codeOf, reasonOf } from './failure';

/** Bytes that wait for a slow disk or reader; packets beyond them are left out of the capture. */
const MOST_WAITING = 64 * 1024 * 1024;

/** A file, or standard output, that takes a capture's blocks. */
export class CaptureFile {
  private leftOut = 0;
  private open = true;

  private constructor(
    private readonly name: string,
    private readonly stream: Writable,
    private readonly warn: (message: string) => void,
  ) {
    stream.on('error', (error) => {
      // A reader that has seen enough is no failure.
      if (this.open && codeOf(error) !== 'EPIPE') warn(`the capture ${name} ends here: ${reasonOf(error)}`);
      this.open = false;
    });
  }

  /**
   * @param file `-` is standard output
   * @throws Failure when the file cannot be written
   */
  static open(file: string, warn: (message: string) => void): CaptureFile {
    if (file === '-') return new CaptureFile('on standard output', process.stdout, warn);
    try {
      return new CaptureFile(file, createWriteStream(file, { fd: openSync(file, 'w') }), warn);
    } catch (error) {
      throw new Failure(`cannot write the capture: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Takes whole blocks. */
  readonly write = (blocks: Uint8Array): void => {
    if (!this.open) return;
    if (this.stream.writableLength > MOST_WAITING) this.leftOut += [...blocksIn(blocks)].length;
    else this.stream.write(blocks);
  };

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    if (this.leftOut > 0)
      this.warn(`${this.leftOut} packets are not in the capture ${this.name}: it could not keep up`);
    if (!this.open) return;
    this.open = false;
    if (this.stream === process.stdout) return;
    await new Promise<void>((resolve) => {
      this.stream.once('error', () => {
        resolve();
      });
      this.stream.end(resolve);
    });
  }
}
