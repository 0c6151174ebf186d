import type * as Jest from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Lab } from './lab';
import { whyNoTap } from './netns';
import { REGISTER } from './typescript';

/** A test in a lab: it fails when it throws. */
export type LabTest = (lab: Lab) => Promise<void>;

/** The links that a lab can have; of `raw` and `udp` lab-far.ts tells more. */
export type LabKind = 'tap' | 'tun' | 'pcap' | 'raw' | 'udp';

export interface LabOptions {
  /** What synack attaches to. Default: a TAP. */
  readonly link?: LabKind;
  /** The kernel has IPv6 addresses, too. */
  readonly ipv6?: boolean;
}

export type DeclareTest = (title: string, test: LabTest) => void;

/**
 * Tests against real programs. They run in a lab (scripts/lab.sh): a network namespace of their own with a TAP in it,
 * whose one end is the kernel's and whose other end a stack of synack's attaches to.
 *
 *   labSuite(__filename, 'ping', ['ping'], (test) => {
 *     test('is answered', async (lab) => {
 *       lab.attach();
 *       expect(await lab.start('ping', '-c1', lab.address).ended).toBe(0);
 *     });
 *   });
 *
 * A test file is loaded twice: by jest, which learns the titles, and by one process in the lab (lab-runner.ts), which
 * runs the tests when jest asks for them. So take `expect` from the package of that name: jest's own works only in jest.
 *
 * @param file the test file, `__filename`
 * @param programs what has to be installed; where something is missing the tests are skipped
 * @param options what the lab is to be; `SYNACK_LAB_OPTIONS=--tun npx jest test/peers` runs all of them so that do not say
 */
export function labSuite(
  file: string,
  title: string,
  programs: readonly string[],
  declare: (test: DeclareTest) => void,
  options: LabOptions = {},
): void {
  const { describe, test, afterAll } = globalThis as Partial<typeof Jest>;
  if (describe === undefined || test === undefined || afterAll === undefined) {
    declare((_, labTest) => labTests.push(labTest));
    return;
  }
  const reason = whyNoLab(programs);
  if (reason !== undefined) {
    describe.skip(`${title} (skipped: ${reason})`, () => {
      declare((each) => {
        test(each, () => undefined);
      });
    });
    return;
  }
  describe(title, () => {
    let runner: LabRunner | undefined;
    declare((each) => {
      const index = declared++;
      test(each, () => (runner ??= new LabRunner(file, options)).run(index), 2 * TEST_LIMIT);
    });
    afterAll(() => runner?.end());
  });
}

/** The tests of the file, in the process in the lab. */
export const labTests: LabTest[] = [];
/** How many tests of the file jest knows: the next one's index in `labTests`. */
let declared = 0;

/** What the labs of all tests are to be. */
const OPTIONS = (process.env['SYNACK_LAB_OPTIONS'] ?? '').split(' ').filter((each) => each !== '');

/** How long one test may take, ms. */
export const TEST_LIMIT = 120_000;

/** From jest to the process in the lab: run the test of this index. */
export interface RunTest {
  readonly run: number;
}

/** The answer. */
export type TestResult = 'passed' | { readonly message: string; readonly stack: string | undefined };

/** The programs that are not there. */
function whyNoLab(programs: readonly string[]): string | undefined {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return whyNoTap() ?? (missing.length === 0 ? undefined : `needs ${missing.join(', ')}: run scripts/setup.sh`);
}

/** Jest's hold on the process in a lab. */
class LabRunner {
  private readonly lab: ChildProcess;
  private readonly closed: Promise<void>;
  private stderr = '';
  private answered: (result: TestResult) => void = () => undefined;

  constructor(file: string, { link = 'tap', ipv6 = false }: LabOptions) {
    const root = resolve(__dirname, '../..');
    const far = link === 'raw' || link === 'udp' ? [link] : [];
    const node = [process.execPath, '--require', REGISTER, resolve(__dirname, 'lab-runner.ts'), file, ...far];
    const cable = far.length > 0 ? 'pcap' : link;
    const flags = [...(cable === 'tap' ? [] : [`--${cable}`]), ...(ipv6 ? ['--ipv6'] : []), ...OPTIONS];
    this.lab = spawn(resolve(root, 'scripts/lab.sh'), [...flags, ...node], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.lab.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.lab.on('message', (result: TestResult) => {
      this.answered(result);
    });
    this.closed = new Promise((fulfil) => {
      this.lab.on('close', () => {
        fulfil();
      });
    });
  }

  async run(index: number): Promise<void> {
    const answer = new Promise<TestResult>((fulfil) => (this.answered = fulfil));
    const request: RunTest = { run: index };
    this.lab.send(request, () => undefined);
    const result = await Promise.race([answer, this.closed]);
    if (result === 'passed') return;
    throw Object.assign(new Error(), result ?? { message: `the lab has ended before the test:\n${this.stderr}` });
  }

  /** lab.sh ends whatever is still there. */
  async end(): Promise<void> {
    this.lab.kill('SIGTERM');
    await this.closed;
  }
}
