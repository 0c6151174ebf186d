import { describe, expect, test } from '@jest/globals';
import { formatSummary, formatTime, PingStatistics } from '../../src/cli/ping/statistics';
import { errorWords } from '../../src/cli/ping/words';

describe("ping's statistics", () => {
  test('the figures of iputils', () => {
    const statistics = new PingStatistics();
    for (const [sequence, took] of [1000, 2000, 3000].entries()) {
      statistics.sent(sequence, sequence * 1_000_000);
      expect(statistics.replied(sequence, sequence * 1_000_000 + took)).toEqual({ took, duplicate: false });
    }
    statistics.sent(3, 3_000_000);
    const summary = statistics.summary();
    // mdev is the root of the mean square less the square of the mean.
    expect(summary).toEqual({
      transmitted: 4,
      received: 3,
      duplicates: 0,
      errors: 0,
      loss: 25,
      time: 3000,
      rtt: { min: 1, avg: 2, max: 3, mdev: 0.816 },
    });
    expect(formatSummary('10.9.0.1', summary)).toBe(
      '\n--- 10.9.0.1 ping statistics ---\n4 packets transmitted, 3 received, 25% packet loss, time 3000ms\n' +
        'rtt min/avg/max/mdev = 1.000/2.000/3.000/0.816 ms\n',
    );
  });

  test('nobody answers, and a router says so', () => {
    const statistics = new PingStatistics();
    for (const sequence of [1, 2, 3]) statistics.sent(sequence, sequence);
    statistics.failed(10);
    const { rtt, ...summary } = statistics.summary();
    expect(rtt).toBeNull();
    expect(formatSummary('there', { rtt, ...summary })).toBe(
      '\n--- there ping statistics ---\n3 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n',
    );
  });

  test('a second answer is a duplicate; one to nothing is nothing', () => {
    const statistics = new PingStatistics();
    statistics.sent(1, 0);
    statistics.replied(1, 10);
    expect(statistics.replied(1, 30)).toEqual({ took: 30, duplicate: true });
    expect(statistics.replied(2, 40)).toBeUndefined();
    expect(formatSummary('x', statistics.summary())).toContain(
      '1 packets transmitted, 1 received, +1 duplicates, 0% packet loss',
    );
  });

  test('a sequence number that comes again is another request; only so many are remembered', () => {
    const statistics = new PingStatistics();
    statistics.sent(1, 0);
    statistics.replied(1, 5);
    for (let sequence = 2; sequence <= 10_000; sequence += 1) statistics.sent(sequence, sequence);
    expect(statistics.replied(2, 20_000)).toBeUndefined();
    statistics.sent(1, 30_000);
    expect(statistics.replied(1, 30_007)).toEqual({ took: 7, duplicate: false });
  });

  test('a third of the requests is lost', () => {
    const statistics = new PingStatistics();
    for (const sequence of [1, 2, 3]) statistics.sent(sequence, 0);
    statistics.replied(1, 1);
    statistics.replied(2, 1);
    expect(formatSummary('x', statistics.summary())).toContain('33.3333% packet loss');
  });
});

test('a time has the digits that matter', () => {
  expect([42, 999, 1500, 12_345, 123_456].map(formatTime)).toEqual(['0.042', '0.999', '1.50', '12.3', '123']);
});

test('errors in words', () => {
  expect(errorWords({ kind: 'destination-unreachable', code: 1 })).toBe('Destination Host Unreachable');
  expect(errorWords({ kind: 'destination-unreachable', code: 4, nextHopMtu: 1400 })).toBe(
    'Frag needed and DF set (mtu = 1400)',
  );
  expect(errorWords({ kind: 'destination-unreachable', code: 13 })).toBe('Packet filtered');
  expect(errorWords({ kind: 'destination-unreachable', code: 99 })).toBe('Destination Unreachable, Bad Code: 99');
  expect(errorWords({ kind: 'time-exceeded', code: 0 })).toBe('Time to live exceeded');
  expect(errorWords({ kind: 'parameter-problem', code: 0 })).toBe('Parameter problem');
});
