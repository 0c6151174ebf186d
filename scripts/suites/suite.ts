/** How one test went. */
export type Verdict = 'pass' | 'fail' | 'skip';

/** What a process has said before it ended. */
export interface Ended {
  /** Its exit code; undefined when a signal, or the time limit, ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A library's own tests. */
export interface Suite {
  readonly name: string;
  /** The library and its version. */
  readonly title: string;
  readonly source: Source;
  /** What its tests need from npm, with exact versions. */
  readonly packages: readonly string[];
  /** ms that a file of tests may take; a process that takes longer is ended. */
  readonly limit: number;
  /**
   * The files of tests, relative to the library's folder.
   * @param folder where the library is unpacked
   */
  files(folder: string): string[];
  /** The arguments for Node behind which the program stands, for one file. */
  flags?(folder: string, file: string): string[];
  /**
   * The program and its arguments, for one file.
   * @param packages the node_modules in which `packages` are
   */
  program(file: string, packages: string): string[];
  /** The tests of a file, by name, and how each went. */
  read(ended: Ended): Map<string, Verdict>;
}

/** Where a library's tests are. */
export interface Source {
  readonly sha256: string;
  /** A file of Debian's archive, below its `pool/main/`. */
  readonly debian?: string;
  /** A package and its version in npm's registry. */
  readonly npm?: string;
}

/** What stands for a file whose process gave no report, or did not end. */
export const ENDS = '(the file runs to its end)';
