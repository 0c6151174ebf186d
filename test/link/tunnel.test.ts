import { describe, expect, test } from '@jest/globals';
import { TunnelKey } from '../../src/link/tunnel-key';
import { namespace, whyNoTap } from '../support/netns';
import type * as scenarios from './tunnel.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./tunnel.scenarios'));

const reason = whyNoTap();

test('a key opens what it has sealed, and nothing else', () => {
  const key = new TunnelKey('secret');
  const message = Uint8Array.of(1, 2, 3);
  const sealed = key.seal(message);
  expect(sealed).toHaveLength(19);
  expect(key.open(sealed)).toEqual(message);
  expect(new TunnelKey('other').open(sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(key.open(changed)).toBeUndefined();
    expect(key.open(sealed.subarray(0, at))).toBeUndefined();
  }
  expect(key.open(key.seal(new Uint8Array(0)))).toHaveLength(0);
});

(reason === undefined ? describe : describe.skip)(
  `tunnels${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test.each([
      ['udp', 'ethernet', '10.9.0.'],
      ['udp', 'ip', '10.9.0.'],
      ['udp', 'ethernet', 'fd00:9::'],
      ['udp', 'ip', 'fd00:9::'],
      ['ws', 'ethernet', 'fd00:9::'],
      ['ws', 'ip', '10.9.0.'],
    ] as const)('%s joins two hosts in two namespaces, medium %s, addresses %s…', async (how, medium, network) => {
      const { echoed, counters } = await inNamespace('twoHosts', how, medium, network);
      expect(echoed).toBe(true);
      expect(counters).toMatchObject({ malformed: 0, overflowed: 0 });
    });

    test.each(['ethernet', 'ip'] as const)(
      'a relay joins three, by WebSocket and by UDP, medium %s',
      async (medium) => {
        const { results, seen, afterwards } = await inNamespace('relay', medium);
        expect(results).toEqual([true, true, true]);
        expect(seen).toMatchObject({ links: 3, stations: 3 });
        // What is for one host goes to it alone, but for what was sent before it had said anything.
        expect(seen.counters.flooded).toBeLessThan(10);
        expect(seen.counters.forwarded).toBeGreaterThan(400);
        expect(afterwards).toBe(2);
      },
    );

    test('a relay that was away is found again, and it turns away whom it does not want', async () => {
      expect(await inNamespace('relayReturns')).toEqual({
        stranger: 'LinkError: cannot open WebSocket tunnel ws://127.0.0.1:7000/: Unexpected server response: 401',
        turnedAway: { counted: 1, connected: false },
        lost: { connected: false, taken: true, dropped: 1 },
        back: { connected: true, reconnects: 1, links: 1 },
        left: 0,
        log: [false, true],
      });
    });

    test('the first who sends a frame is the peer, others and what is no frame are counted', async () => {
      expect(await inNamespace('datagrams', {})).toEqual({
        before: true,
        isLearned: true,
        frames: [60, 14, 1018],
        received: [100],
        // By then the kernel lets nobody else in.
        counters: { sent: 1, received: 3, refused: 0, dropped: 1, malformed: 5, overflowed: 0 },
      });
      const { isLearned, counters } = await inNamespace('datagrams', { key: 'nobody has it' });
      expect(isLearned).toBe(false);
      expect(counters).toMatchObject({ received: 0, malformed: 10 });
    });

    test('only so many bytes wait to be sent', async () => {
      const { taken, error, ...rest } = await inNamespace('pressure', 10_000);
      expect(taken).toBe(10);
      expect(error).toMatch(/ECONNREFUSED/);
      expect(rest).toEqual({ drained: 'drained', again: true, refused: 1 });
    });

    test.each([
      [
        'neither',
        'EINVAL',
        'UDP tunnel at port 0: it has either a peer, or learn: true to take the first who sends for it',
      ],
      ['both', 'EINVAL', 'UDP tunnel to 127.0.0.1:9: it has either a peer, or learn'],
      ['mtu', 'EINVAL', 'UDP tunnel to 127.0.0.1:9: mtu is 20; it must be a whole number from 68'],
      ['port', 'EINVAL', "UDP tunnel to 127.0.0.1:70000: the peer's port is 70000"],
      ['taken', 'EADDRINUSE', 'UDP tunnel to 127.0.0.1:9: another program has the port; choose another local port'],
      ['not ours', 'EADDRNOTAVAIL', 'the local address is not one of this machine'],
      ['refused', 'ECONNREFUSED', 'WebSocket tunnel ws://127.0.0.1:9/: nobody listens there'],
      ['no url', 'EINVAL', 'WebSocket tunnel what: Invalid URL: what'],
      ['not a WebSocket', 'EPROTO', 'Unexpected server response: 404'],
      ['late', 'ETIMEDOUT', 'nobody answered in 100 ms'],
    ])('what cannot be opened says why: %s', async (what, code, message) => {
      expect(await inNamespace('openFailure', what)).toEqual({
        code,
        message: expect.stringContaining(message),
      });
    });
  },
);
