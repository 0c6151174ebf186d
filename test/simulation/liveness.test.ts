import { describe, expect, test } from '@jest/globals';
import type { Frame, FrameBatch, Link } from '../../src/link/link';
import { finishReceived } from '../../src/link/finish';
import { joinFrame, NO_OFFLOAD } from '../../src/link/link';
import { Random } from '../../src/random';
import { writeUint16 } from '../../src/wire/bytes';
import { updateChecksum } from '../../src/wire/checksum';
import { WireError } from '../../src/wire/error';
import { PROTOCOL, viewIpv4 } from '../../src/wire/ipv4';
import { viewIpv6 } from '../../src/wire/ipv6';
import { FLAG, viewTcp } from '../../src/wire/tcp';
import { familyOf, HOUR, MILLISECOND, MINUTE, SECOND, seeds, withSeed, World } from '../support/simulation';
import { PLAIN_CALL, pick, skewed, Talks, type Talk } from '../support/simulation-talk';
import { someBytes, type Habits } from '../support/simulation-user';

/** The longest that the network is gone, or a user looks away. */
const PAUSE = 4 * MINUTE;
/** The watchdog: both pauses, and many retransmissions (a minute apart at most) that may be lost. */
const PATIENCE = 40 * MINUTE;

describe('bad link × slow reader × tiny window × shrinking window × pauses of minutes', () => {
  test.each(seeds(400))('seed %i: there is always progress, up to the end', (seed) => {
    withSeed(seed, () => {
      const random = new Random(seed);
      const pinches = random.chance(0.4);
      const world = new World({
        seed,
        family: familyOf(seed),
        mtu: pick(random, [1500, 576, 68]),
        offload: seed % 2 === 0,
        network: badNetwork(random),
        around: (link) => (pinches ? pinch(link, random.fork()) : link),
        stack: { tcp: { r2: 3 * HOUR, synR2: 3 * HOUR, synAckRetries: 255, orphanRetries: 255, msl: 10 * MINUTE } },
      });
      let at = 0;
      for (let outage = random.below(4); outage > 0; outage -= 1) {
        at += skewed(random, 20 * MINUTE);
        blackout(world, at, (at += random.below(PAUSE)));
      }
      const talks = new Talks(
        world,
        Array.from({ length: 1 + random.below(3) }, (_, index) => troubledTalk(world, index, random)),
      );
      const { clock } = world;
      for (let before = -1; !talks.isDone;) {
        const { progress } = talks;
        if (progress === before)
          throw new Error(`nothing has moved for ${PATIENCE / MINUTE} minutes:\n${talks.describe()}`);
        before = progress;
        const end = clock.now() + PATIENCE;
        clock.run({ until: () => talks.isDone || clock.now() > end });
      }
      // The last outages may be still to come.
      clock.advanceTo(Math.max(clock.now(), at));
      talks.expectNoBytesLeft();
      world.expectNothingLeft();
    });
  });
});

describe('one direction that stands still does not stop the other', () => {
  const WAITING: Pick<Habits, 'read'> = { read: { size: 1, pause: 10 * HOUR } };
  const AT_ONCE: Pick<Habits, 'read'> = { read: { size: 65_536, pause: 0 } };
  const WRITE = { size: 65_536, pause: 0 };

  /** A calls B. B has 200,000 octets for A, and A 20,000 for B, who keeps no more than 5,000. */
  function bothWays(world: World, read: Pick<Habits, 'read'>): Talks {
    const random = new Random(1);
    return new Talks(world, [
      {
        caller: world.a,
        ...PLAIN_CALL,
        options: { caller: { mss: 1000 }, called: { mss: 1000, receiveBuffer: 5000 } },
        habits: {
          caller: { write: WRITE, ...AT_ONCE, shutdown: 'when-sent' },
          called: { write: WRITE, ...read, shutdown: 'when-sent' },
        },
        bytes: { caller: someBytes(random, 20_000), called: someBytes(random, 200_000) },
      },
    ]);
  }

  function runUntilCallerHas(bytes: number, world: World, talks: Talks, limit: number): void {
    world.runUntil(
      () => talks.usersOf(0)?.caller.received === bytes,
      limit,
      () => talks.describe(),
    );
  }

  test('B does not read: its window is closed, A probes it, and all the while A acknowledges what B sends', () => {
    const world = new World({ seed: 1, network: { delay: 10 * MILLISECOND, rate: 1_000_000 } });
    const talks = bothWays(world, WAITING);
    runUntilCallerHas(200_000, world, talks, 10 * SECOND);
    expect(world.a.stack.counters['tcp.window-probes']).toBeGreaterThan(0);
    expect(world.b.stack.counters).not.toHaveProperty(['tcp.retransmissions']);
  });

  test("a whole window of A's is lost, and is lost again: A's ACKs of what B sends still count", () => {
    const world = new World({ seed: 1, network: { delay: 10 * MILLISECOND, rate: 1_000_000 } });
    const talks = bothWays(world, AT_ONCE);
    world.network.set({ out: { filter: (frame) => (frame.length > 60 ? 'drop' : 'pass') } });
    runUntilCallerHas(200_000, world, talks, 10 * SECOND);
    expect(talks.usersOf(0)?.called.received).toBe(0);
    // Of the SYN,ACK: its ACK came with the first octets that were lost.
    expect(world.b.stack.counters['tcp.retransmissions']).toBe(1);

    world.network.set({ out: { filter: undefined } });
    world.runUntil(
      () => talks.isDone,
      10 * MINUTE,
      () => talks.describe(),
    );
    world.expectNothingLeft();
  });
});

function badNetwork(random: Random) {
  return {
    loss: pick(random, [0, 0.01, 0.05, 0.2]),
    reorder: pick(random, [0, 0.1, 0.5]),
    reorderDelay: 1 + skewed(random, 500 * MILLISECOND),
    duplicate: pick(random, [0, 0.1]),
    corrupt: pick(random, [0, 0.05]),
    delay: skewed(random, 2 * SECOND),
    jitter: skewed(random, SECOND),
    rate: pick(random, [0, 0, 9_600, 1_000_000]),
    queue: pick(random, [3, 20, 1000]),
  };
}

/** Between these two times nothing gets through. */
function blackout(world: World, from: number, to: number): void {
  world.clock.schedule(from, () => {
    world.network.set({ filter: undefined, in: { filter: () => 'drop' }, out: { filter: () => 'drop' } });
  });
  world.clock.schedule(to, () => {
    world.network.set({ in: { filter: undefined }, out: { filter: undefined } });
  });
}

function troubledTalk(world: World, index: number, random: Random): Talk {
  const options = () => ({
    sendBuffer: skewed(random, 100_000),
    receiveBuffer: skewed(random, 100_000),
    noDelay: random.chance(0.5),
    ...(random.chance(0.3) && { mss: 1 + skewed(random, 1400) }),
  });
  const caller = options();
  const called = options();
  // So many octets that a round trip for each of them, or a pause, is bearable.
  const most = 30 * Math.min(caller.sendBuffer, caller.receiveBuffer, called.sendBuffer, called.receiveBuffer, 3000);
  const bytes = { caller: someBytes(random, random.below(most)), called: someBytes(random, random.below(most)) };
  const shutdown = pick(random, [
    ['when-sent', 'when-sent'],
    ['when-sent', 'when-peer-has'],
    ['when-peer-has', 'when-sent'],
  ] as const);
  return {
    caller: random.chance(0.5) ? world.a : world.b,
    start: random.below(5 * MINUTE),
    port: 1000 + index,
    callerPort: undefined,
    simultaneousOpen: false,
    simultaneousClose: false,
    options: { caller, called },
    habits: {
      caller: { ...troubledHabits(random, bytes.caller.length, bytes.called.length), shutdown: shutdown[0] },
      called: { ...troubledHabits(random, bytes.called.length, bytes.caller.length), shutdown: shutdown[1] },
    },
    bytes,
  };
}

/** Mostly one of the two directions is slow: about ten pieces, with pauses between them. */
function troubledHabits(random: Random, out: number, incoming: number): Pick<Habits, 'write' | 'read'> {
  const slow = (): number => (random.chance(0.4) ? skewed(random, PAUSE) : 0);
  return {
    write: { size: 1 + Math.ceil(out / (1 + random.below(10))), pause: slow() },
    read: { size: 1 + Math.ceil(incoming / (1 + random.below(10))), pause: slow() },
  };
}

/**
 * Between `link` and its user, either way, windows are made smaller now and then: to the sender a window that shrinks,
 * closes, and opens again (RFC 9293 §3.8.6, MUST-34).
 */
function pinch(link: Link, random: Random): Link {
  const change = (packet: Uint8Array): Uint8Array => {
    const ip = (packet[0] ?? 0) >> 4 === 6 ? viewIpv6(packet) : viewIpv4(packet);
    if (ip instanceof WireError || ip.protocol !== PROTOCOL.TCP) return packet;
    const at = ip.payloadOffset;
    const tcp = viewTcp(packet, at, ip.end);
    if (tcp instanceof WireError || (tcp.flags & FLAG.SYN) !== 0 || !random.chance(0.3)) return packet;
    const window = random.chance(0.3) ? 0 : random.below(tcp.window + 1);
    writeUint16(packet, at + 16, updateChecksum(tcp.checksum, tcp.window, window));
    writeUint16(packet, at + 14, window);
    return packet;
  };
  const pinched: Link = {
    name: link.name,
    medium: link.medium,
    mtu: link.mtu,
    offload: NO_OFFLOAD,
    onReceive: () => undefined,
    onDrain: () => undefined,
    send: (frame: Frame) => link.send([change(joinFrame(frame).slice())]),
    close: () => link.close(),
  };
  link.onReceive = (batch: FrameBatch, info) => {
    const packets = batch.flatMap((each, at) => finishReceived(each, info?.[at] ?? 0, link.medium));
    pinched.onReceive(packets.map((packet) => change(packet)));
  };
  link.onDrain = () => {
    pinched.onDrain();
  };
  return pinched;
}
