/** How often it is drawn, ms, and how wide the bar is. */
const INTERVAL = 200;
const BAR = 30;

/** A bar on standard error that shows how much of a file was read; nothing where standard error is no terminal. */
export class Progress {
  private readonly began = performance.now();
  private drawn = -Infinity;
  private readonly isShown: boolean;

  constructor(private readonly size: number | undefined) {
    this.isShown = process.stderr.isTTY && size !== undefined && size > 0;
  }

  /** @param position bytes of the file that were read */
  show(position: number): void {
    const now = performance.now();
    if (!this.isShown || this.size === undefined || now - this.drawn < INTERVAL) return;
    // What is done at once needs no bar.
    if (now - this.began < INTERVAL) return;
    this.drawn = now;
    const part = Math.min(1, position / this.size);
    const filled = Math.round(part * BAR);
    const speed = position / 1000 / Math.max(1, now - this.began);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}`;
    process.stderr.write(`\r[${bar}] ${String(Math.round(part * 100)).padStart(3)} %  ${speed.toFixed(0)} MB/s `);
  }

  end(): void {
    if (this.drawn !== -Infinity) process.stderr.write(`\r${' '.repeat(BAR + 24)}\r`);
  }
}
