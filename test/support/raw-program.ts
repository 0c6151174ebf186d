// A program with a raw link at eth0, for tests of how it ends: node raw-program.ts WHAT. It does it when a line comes from its
// standard input.
import { RawSocketLink } from '../../src/link/raw-socket';

const [, , what = ''] = process.argv;
try {
  const link = RawSocketLink.open('eth0', { ports: '80' });
  link.onError = () => undefined;
  // A handler of the program's own, which takes its time.
  if (what === 'listens') process.on('SIGTERM', () => setTimeout(() => process.exit(5), 100));
  if (what === 'unref') link.unref();
  process.stdin.once('data', () => {
    process.stdin.destroy();
    if (what === 'throws') void Promise.reject(new Error('nobody catches this'));
    if (what === 'exits') process.exit(3);
  });
  process.stdout.write('open\n');
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
