import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoBridge, whyNoTap } from '../support/netns';
import type * as scenarios from './device-start.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./device-start.scenarios'));

const reason = whyNoTap();
const describeHere = reason === undefined ? describe : describe.skip;
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

/** Without care of it a tenth to a third of them are lost: the kernel drops what it sends until it has noticed that somebody attached. */
describeHere(`the first packet that the kernel sends when a link has opened${why}`, () => {
  test('comes out of an interface that was up before, or is a port of a bridge', async () => {
    const kinds = [
      'TAP',
      'TUN',
      'several queues',
      ...(whyNoBridge() === undefined ? (['bridge'] as const) : []),
    ] as const;
    const all = Object.fromEntries(kinds.map((kind) => [kind, 6]));
    expect(await inNamespace('firstPackets', kinds, 6, 2)).toEqual(all);
  });

  test('comes out of one that another program has let go, before and after the kernel has noticed', async () => {
    expect(await inNamespace('firstAfterAnother', [0, 500, 1050])).toEqual(Array(3).fill(true));
  });
});
