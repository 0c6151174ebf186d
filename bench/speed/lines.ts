import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The lines that a program prints, one after the other, each within a limit. */
export class Lines {
  readonly #lines: AsyncIterator<string>;

  constructor(
    private readonly child: ChildProcess,
    private readonly what: string,
  ) {
    if (child.stdout === null) throw new Error(`no output of "${what}"`);
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** @throws Error when the program ends first, or says nothing for `limit` ms */
  async next(limit: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new Error(`"${this.what}" said nothing for ${limit / 1000} s`));
      }, limit);
    });
    try {
      const next = await Promise.race([this.#lines.next(), late]);
      if (next.done === true) throw new Error(`"${this.what}" ended without telling how it went`);
      return next.value;
    } finally {
      clearTimeout(timer);
    }
  }
}
