import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Backlog } from '../../src/inspector/backlog';
import { encode } from '../../src/inspector/encoding';
import { Feed } from '../../src/inspector/feed';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/stack';

/** Connections in all, and in each period. */
const CONNECTIONS = 10_000;
const WAVE = 1000;

test('a flood of short connections: each batch is bounded, a page that is too slow costs no more, and every segment is counted', () => {
  const clock = new VirtualClock();
  const [one, other] = memoryPair({ clock, medium: 'ip' });
  const near = new Stack({ clock, seed: 1 });
  const far = new Stack({ clock, seed: 2 });
  near.attach(one, { address: '10.9.0.2/24' });
  far.attach(other, { address: '10.9.0.1/24' });
  const listener = near.tcp.open({ passive: true, local: { port: 7 }, backlog: WAVE });
  let accepted = 0;
  listener.on('connection', () => {
    for (;;) {
      const connection = listener.accept();
      if (typeof connection === 'string') return;
      accepted += 1;
      connection.on('readable', () => {
        if (connection.receive() === 'EOF') connection.close();
      });
    }
  });
  const feed = new Feed({ now: () => clock.now() });
  near.observe(feed.event, { sampler: feed.sampler });
  const slow = new Backlog();
  let [seen, told, events, most] = [0, 0, 0, 0];
  const longest = { events: 0, text: 0 };
  while (accepted < CONNECTIONS || most > 0) {
    for (let i = 0; i < WAVE && accepted < CONNECTIONS; i++) {
      far.tcp.open({ remote: { address: '10.9.0.2', port: 7 } }).shutdown();
    }
    clock.advanceBy(50_000);
    const batch = feed.take();
    most = batch.period.seen;
    seen += batch.period.seen;
    told += batch.period.told;
    events += batch.events.filter(({ type }) => type === 'segment').length;
    longest.events = Math.max(longest.events, batch.events.length);
    longest.text = Math.max(longest.text, encode(batch.events).length);
    slow.add(batch.events);
  }
  expect(accepted).toBe(CONNECTIONS);
  // SYN, SYN-ACK, ACK, FIN, ACK or FIN, ACK.
  expect(seen).toBeGreaterThanOrEqual(6 * CONNECTIONS);
  expect([told, told + feed.skipped]).toEqual([events, seen]);
  // 500 segments, what was skipped before them and of 200 other connections, 400 other events, 200 timers.
  expect(longest.events).toBeLessThanOrEqual(2 * 500 + 200 + 400 + 200);
  expect(longest.text).toBeLessThan(1_000_000);
  expect(feed.dropped).toBeGreaterThan(CONNECTIONS);
  // Of 2,000 events and 2,000 connections at most.
  expect(slow.take().length).toBeLessThanOrEqual(4000);
  expect(slow.dropped).toBeGreaterThan(0);
});
