const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The files that take longest, the longest first, as on a machine of two cores. Where Jest has not run them yet, as in CI, it takes a
 * large file for a slow one; and one that it begins last keeps one worker busy while the others have nothing left to do.
 */
const SLOWEST = [
  'simulation/adversary',
  'peers/every-link',
  'web/learn-page',
  'cli/tools-lab',
  'link/tap-offload',
  'cli/links-lab',
  'link/tap',
  'simulation/fairness',
  'peers/floods',
  'cli/synack',
  'link/pcap',
  'cli/lab',
  'web/ladder-page',
  'simulation/liveness',
  'peers/hping3',
  'peers/inspector-peers',
  'peers/explain',
  'link/raw-socket',
].map((name) => `test/${name}.test.ts`);

/** Begins with the slowest; the rest comes in Jest's own order. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) => {
      const at = SLOWEST.indexOf(relative(context.config.rootDir, path));
      return at === -1 ? SLOWEST.length : at;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};
