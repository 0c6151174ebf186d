import { encodeSecrets } from '../link/pcapng';

/** Frames held back beyond this go out without waiting for the end of the turn, bytes. */
const MOST_HELD = 8 * 1024 * 1024;

/**
 * Orders a capture so that the secrets of TLS connections stand before the frames that need them. A frame that comes in is
 * captured before we have read it, and only reading it gives the keys of what else is in it (in TLS 1.2 a client sends its key and the
 * first encrypted message together). So frames are held back until the turn of the event loop in which they came is over.
 */
export class SecretsFirst {
  private frames: Uint8Array[] = [];
  private held = 0;
  private lines: Buffer[] = [];

  /** @param write takes whole blocks of a pcapng file, in order */
  constructor(private readonly write: (block: Uint8Array) => void) {}

  /** Takes a block of the capture. */
  readonly frame = (block: Uint8Array): void => {
    if (this.frames.length === 0) setImmediate(this.flush);
    this.frames.push(block);
    this.held += block.length;
    if (this.held > MOST_HELD) this.flush();
  };

  /** Takes a line of an NSS key log, with its line end. */
  readonly secret = (line: Buffer): void => {
    if (this.frames.length === 0 && this.lines.length === 0) setImmediate(this.flush);
    this.lines.push(line);
  };

  /** Writes what is held back. */
  readonly flush = (): void => {
    const { frames, lines } = this;
    this.frames = [];
    this.held = 0;
    this.lines = [];
    if (lines.length > 0) this.write(encodeSecrets(Buffer.concat(lines)));
    for (const block of frames) this.write(block);
  };
}
