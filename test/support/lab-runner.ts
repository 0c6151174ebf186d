// The process in a lab (see lab-suite.ts): node lab-runner.ts TEST-FILE [raw | udp]
import { createRequire } from 'node:module';
import { Lab } from './lab';
import { FarKernel } from './lab-far';
import { labTests, TEST_LIMIT, type LabTest, type RunTest, type TestResult } from './lab-suite';

createRequire(__filename)(process.argv[2] ?? '');

process.on('message', ({ run }: RunTest) => {
  const test = labTests[run];
  if (test === undefined) throw new Error(`there is no test ${run}`);
  void result(test).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());

const kind = process.argv[3];
/** The first test opens it. */
let far: FarKernel | undefined;

async function open(): Promise<Lab> {
  if (kind !== 'raw' && kind !== 'udp') return new Lab();
  far ??= await FarKernel.open(kind);
  return new Lab({ kind, kernel: far, tunnel: await far.tunnel() });
}

async function result(test: LabTest): Promise<TestResult> {
  const lab = await open();
  let fail: (error: unknown) => void = () => undefined;
  const stray = new Promise<never>((_, reject) => (fail = reject));
  const timer = setTimeout(() => {
    fail(new Error(`the test has not ended after ${TEST_LIMIT} ms. ${lab.describe()}`));
  }, TEST_LIMIT);
  process.on('uncaughtException', fail);
  try {
    await Promise.race([test(lab), stray]);
    return 'passed';
  } catch (error) {
    return error instanceof Error
      ? { message: error.message, stack: error.stack }
      : { message: String(error), stack: undefined };
  } finally {
    clearTimeout(timer);
    await lab.end();
    process.off('uncaughtException', fail);
  }
}
