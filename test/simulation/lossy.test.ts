import { describe, expect, test } from '@jest/globals';
import { Random } from '../../src/random';
import { FIGURE_5_TRANSITIONS } from '../../src/tcp/states';
import { familyOf, HOUR, MILLISECOND, MINUTE, seeds, withSeed, World } from '../support/simulation';
import { pick, randomTalk, Talks } from '../support/simulation-talk';

/** Of which some 40 are of IPv4. */
const WORLDS = 54;
const TALKS = 25;
const isWholeRun = seeds(WORLDS).length >= WORLDS;

/** A thousand connections, in worlds of 25 at a time, over the bad network that the project promises to survive. */
describe('10 % loss, 10 % reordering, duplication and corruption', () => {
  const seen = new Map<string, number>();

  test.each(seeds(WORLDS))(
    `seed %i: ${TALKS} connections deliver their bytes, close, and leave nothing behind`,
    (seed) => {
      withSeed(seed, () => {
        const random = new Random(seed);
        const world = new World({
          seed,
          family: familyOf(seed),
          medium: pick(random, ['ip', 'ethernet']),
          mtu: pick(random, [1500, 1500, 1280, 576]),
          offload: seed % 2 === 0,
          network: {
            loss: 0.1,
            reorder: 0.1,
            reorderDelay: 1 + random.below(30 * MILLISECOND),
            duplicate: 0.05,
            corrupt: 0.05,
            mark: 0.02,
            delay: random.below(100 * MILLISECOND),
            jitter: random.below(20 * MILLISECOND),
          },
          // A FIN that is lost time and again still finds TIME-WAIT, and three lost ARP requests are not the end of a call.
          stack: { tcp: { msl: 2 * MINUTE }, ip: { neighbourProbes: 12 } },
        });
        const talks = new Talks(
          world,
          Array.from({ length: TALKS }, (_, index) => randomTalk(world, index, random)),
        );
        world.runUntil(
          () => talks.isDone,
          6 * HOUR,
          () => talks.describe(),
        );
        talks.expectNoBytesLeft();
        world.expectNothingLeft();
        for (const { watch } of world.hosts) {
          for (const [arrow, times] of watch.transitions) seen.set(arrow, (seen.get(arrow) ?? 0) + times);
        }
      });
    },
  );

  test('took the ways of Figure 5, and none of those of ABORT, RST and time-outs', () => {
    const orderly = FIGURE_5_TRANSITIONS.map(({ from, to }) => `${from} → ${to}`);
    for (const arrow of seen.keys()) expect(orderly).toContain(arrow);
    // Nobody sends from a listener, gives up while calling, or closes or resets in the middle of a handshake (on purpose).
    const others = ['LISTEN → SYN-SENT', 'SYN-SENT → CLOSED', 'SYN-RECEIVED → LISTEN', 'SYN-RECEIVED → FIN-WAIT-1'];
    const wanted = isWholeRun ? orderly.filter((arrow) => !others.includes(arrow)) : [];
    expect([...seen.keys()]).toEqual(expect.arrayContaining(wanted));
  });
});
