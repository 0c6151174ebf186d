import { readFileSync, statSync } from 'node:fs';

/**
 * What a file of the system says, such as /etc/hosts: read when it is needed first, and again when it has changed. One
 * that cannot be read says what an empty one does.
 */
export class WatchedFile<T> {
  private version = '';
  private parsed: T;

  /** @param path undefined for none. */
  constructor(
    private readonly path: string | undefined,
    private readonly parse: (text: string) => T,
  ) {
    this.parsed = parse('');
  }

  get content(): T {
    const version = this.path === undefined ? '' : versionOf(this.path);
    if (version !== this.version) {
      this.parsed = this.parse(this.path === undefined ? '' : textOf(this.path));
      this.version = version;
    }
    return this.parsed;
  }
}

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
