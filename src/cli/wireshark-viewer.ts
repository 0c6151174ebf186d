import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, Failure } from './failure';
import { isProfileInstalled, PROFILE } from './wireshark-install';

/** Programs that show a capture while it grows. */
export type ViewerName = 'wireshark' | 'tshark' | 'termshark';

const ARGUMENTS: Readonly<Record<ViewerName, readonly string[]>> = {
  // -k: start at once
  wireshark: ['-k'],
  // -l: line by line; -n: no names
  tshark: ['-l', '-n'],
  termshark: [],
};

/** How often a reader that nothing was written to is told that it is over, ms. */
const NUDGE = 200;

/** Characters; a file's name has 255 bytes at most. */
const LONGEST_TITLE = 80;

/** A pipe with a name, and the program that reads a capture from it. */
export class Viewer {
  /** Resolves with its exit code when it is closed. */
  readonly closed: Promise<number>;
  private isOver = false;

  private constructor(
    readonly name: ViewerName,
    private readonly folder: string,
    readonly fifo: string,
    private readonly process: ChildProcess,
  ) {
    this.closed = new Promise((resolve) => {
      process.once('close', (code) => {
        this.release();
        resolve(code ?? 1);
      });
    });
  }

  /**
   * Starts it.
   * @param title for people: what is captured. The pipe is called so, and Wireshark's window by the pipe
   * @throws Failure when it is not installed
   */
  static async start(name: ViewerName, title: string): Promise<Viewer> {
    const folder = mkdtempSync(join(tmpdir(), 'synack-'));
    const fifo = join(folder, title.replace(/[^\w ().,:=-]/g, '_').slice(0, LONGEST_TITLE));
    try {
      if (spawnSync('mkfifo', ['-m', '600', fifo]).status !== 0) throw new Failure(`cannot make a pipe in ${folder}`);
      const profile = name !== 'termshark' && isProfileInstalled() ? ['-C', PROFILE] : [];
      // Wireshark's window stays when Ctrl-C ends what it shows.
      const detached = name === 'wireshark';
      const child = spawn(name, [...ARGUMENTS[name], '-i', fifo, ...profile], {
        detached,
        stdio: detached ? 'ignore' : 'inherit',
      });
      await once(child, 'spawn');
      return new Viewer(name, folder, fifo, child);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw codeOf(error) === 'ENOENT' ? new Failure(whereFrom(name)) : error;
    }
  }

  /** There is no reader any more, and perhaps there never was one: lets go whoever waits for it, or comes to. */
  private release(): void {
    if (this.isOver) return;
    const reader = openSync(this.fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    unlinkSync(this.fifo);
    symlinkSync('/dev/null', this.fifo);
    closeSync(reader);
  }

  /** The exit code of one that has not ended well, and what may help; to be asked once it is closed. */
  static failure(name: ViewerName, code: number): string | undefined {
    if (code === 0) return undefined;
    const { DISPLAY, WAYLAND_DISPLAY } = process.env;
    const isBlind = name === 'wireshark' && DISPLAY === undefined && WAYLAND_DISPLAY === undefined;
    const hint = isBlind ? '; is there a display? --tshark shows it in the terminal' : '';
    return `${name} has ended with exit code ${code}${hint}`;
  }

  /**
   * A reader waits for its first writer, for ever where the command has ended before it wrote anything (a wrong option of it, say):
   * a writer that says nothing lets it see the end.
   */
  private async closedAtItsEnd(): Promise<number> {
    const timer = setInterval(() => {
      try {
        closeSync(openSync(this.fifo, constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {
        // Nobody reads yet (ENXIO), or any more.
      }
    }, NUDGE);
    try {
      return await this.closed;
    } finally {
      clearInterval(timer);
    }
  }

  /** The capture is complete: the program ends by itself, or when its window is closed. */
  async end(): Promise<void> {
    if (this.name === 'wireshark') this.process.unref();
    else await this.closedAtItsEnd();
    this.isOver = true;
    rmSync(this.folder, { recursive: true });
  }
}

function whereFrom(name: ViewerName): string {
  return (
    `${name} is not installed (apt install ${name}, dnf install wireshark, or https://www.wireshark.org). ` +
    'Without it, --pcap FILE writes what passes into a file' +
    (name === 'wireshark' ? '; --tshark shows it in the terminal' : '')
  );
}
