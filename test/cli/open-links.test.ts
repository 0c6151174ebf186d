import { expect, test } from '@jest/globals';
import { openLinks } from '../../src/cli/open-links';
import { parseLink } from '../../src/link/notation';
import type { OpenedLink } from '../../src/link/open';
import { PacketLink } from '../../src/link/packets';

const NOTATIONS = ['tap:tap0', 'ws:ws://127.0.0.1:1/', 'memory:m', 'udp:1000:127.0.0.1:1001'].map(parseLink);

/** Opens links that do nothing; the log says what is begun, done and closed. A `ws:` link opens when they are told to. */
function opener() {
  const log: string[] = [];
  const waiting = new Map<string, (error?: Error) => void>();
  const open = async (notation: (typeof NOTATIONS)[number]): Promise<OpenedLink> => {
    const { kind } = notation;
    log.push(`open ${kind}`);
    if (kind === 'ws') {
      await new Promise<void>((resolve, reject) => {
        waiting.set(waiting.has('first ws') ? kind : 'first ws', (error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    }
    const link = new PacketLink({ name: kind });
    link.close = () => {
      log.push(`close ${kind}`);
      return Promise.resolve();
    };
    return { link, config: { address: [] }, notation };
  };
  return { log, open, waiting };
}

test('what has to connect does so first, and the others are opened when it has: in the order in which they are named', async () => {
  const { log, open, waiting } = opener();
  const opened = openLinks(NOTATIONS, open);
  expect(log).toEqual(['open ws']);
  waiting.get('first ws')?.();
  expect((await opened).map(({ link }) => link.name)).toEqual(['tap', 'ws', 'memory', 'udp']);
  expect(log).toEqual(['open ws', 'open tap', 'open memory', 'open udp']);
});

test('one that fails closes the others, and no device is opened', async () => {
  const { log, open, waiting } = opener();
  const opened = openLinks([...NOTATIONS, parseLink('ws:ws://127.0.0.1:2/')], open);
  expect(log).toEqual(['open ws', 'open ws']);
  waiting.get('ws')?.(new Error('nobody there'));
  waiting.get('first ws')?.();
  await expect(opened).rejects.toThrow('nobody there');
  expect(log).toEqual(['open ws', 'open ws', 'close ws']);
});
