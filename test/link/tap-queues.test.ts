import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoTap } from '../support/netns';
import type * as scenarios from './tap-queues.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./tap-queues.scenarios'));
const reason = whyNoTap();

(reason === undefined ? describe : describe.skip)(
  `several queues of a TAP${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test('each flow comes out of one queue, and both queues have some', async () => {
      const [a = [], b = []] = await inNamespace('flowsByQueue');
      expect(a.length + b.length).toBe(120);
      expect(a.length).toBeGreaterThan(0);
      expect(b.length).toBeGreaterThan(0);
      expect(a.filter((port) => b.includes(port))).toEqual([]);
    });

    test.each([
      ['an interface of one queue', {}, { queue: true }, 'not a TAP of several queues', 'mode tap multi_queue'],
      ['an interface of several queues', { queue: true }, {}, 'not a TAP of one queue', 'queue: true'],
    ])('%s opened as the other kind says what to do', async (_title, first, second, ...parts) => {
      const result = await inNamespace('openBeside', first, second);
      expect(result).toMatchObject({ code: 'EINVAL' });
      for (const part of parts) expect(JSON.stringify(result)).toContain(part);
    });

    test('too many queues are refused with the reason', async () => {
      const { count, result } = await inNamespace('openTooMany');
      expect(count).toBeGreaterThanOrEqual(8);
      expect(result).toEqual({
        code: 'E2BIG',
        message: expect.stringContaining('as many queues as the kernel allows'),
      });
    });
  },
);
