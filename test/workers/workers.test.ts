import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoTap } from '../support/netns';
import type * as scenarios from './workers.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./workers.scenarios'));
const reason = whyNoTap();

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, each) => total + (each ?? 0), 0);
}

(reason === undefined ? describe : describe.skip)(
  `StackWorkers${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test('two workers share the connections of one port, and each is served and closed in good order', async () => {
      const { echoes, counts, interfaceName, left } = await inNamespace('kernelConnections', 40, 200_000);
      expect(echoes).toEqual(new Array(40).fill('same'));
      for (const { served } of counts) expect(served).toBeGreaterThan(0);
      expect(sum(counts.map(({ served }) => served))).toBe(40);
      expect(sum(counts.map(({ closed }) => closed))).toBe(40);
      expect([interfaceName, left]).toEqual(['tap0', '']);
    });

    test('connections out of each worker outlive that the kernel forgets their queue', async () => {
      const { hashes, expected } = await inNamespace('connectionsOut', 12, 8000);
      expect(hashes).toEqual([new Array(12).fill(expected), new Array(12).fill(expected)]);
    });

    test('when one worker ends the others are closed, and it is told', async () => {
      const { message, alive } = await inNamespace('oneEnds');
      expect(message).toContain('stack worker 1 of 3 ended');
      expect(alive).toBe(0);
    });

    test('what cannot start says why, and leaves nothing behind', async () => {
      const { program, queues, device, file, noFunction, esModule, again } = await inNamespace('failures');
      expect(program).toBe('Error: thrown by the program');
      expect(queues).toBe('RangeError: cannot start stack workers: queues is 0, and should be 1 to 256');
      expect(device).toMatch(/^EINVAL: cannot open TAP tap7: .*not a TAP of several queues/);
      expect(file).toContain("Cannot find module '/nowhere.js'");
      expect(noFunction).toContain('none.mjs exports no function as its default');
      expect([esModule, again]).toEqual(['started', 'started']);
    });
  },
);
