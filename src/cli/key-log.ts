import { closeSync, openSync, writeSync } from 'node:fs';
import { Failure, reasonOf } from './failure';

/** A file of TLS secrets as text, as browsers write it to `$SSLKEYLOGFILE`. */
export class KeyLogFile {
  private file: number | undefined;

  private constructor(
    private readonly name: string,
    file: number,
    private readonly warn: (message: string) => void,
  ) {
    this.file = file;
  }

  /**
   * Lines are added to a file that is there. A new one is for its owner only: who has it can read what was said.
   * @throws Failure when the file cannot be written
   */
  static open(name: string, warn: (message: string) => void): KeyLogFile {
    try {
      return new KeyLogFile(name, openSync(name, 'a', 0o600), warn);
    } catch (error) {
      throw new Failure(`cannot write the key log: ${reasonOf(error)}`);
    }
  }

  /** Takes a line with its line end. It is in the file when this returns, so before the frames that it is for. */
  readonly write = (line: Buffer): void => {
    if (this.file === undefined) return;
    try {
      writeSync(this.file, line);
    } catch (error) {
      this.warn(`the key log ${this.name} ends here: ${reasonOf(error)}`);
      this.close();
    }
  };

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
