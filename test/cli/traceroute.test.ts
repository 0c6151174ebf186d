import { describe, expect, test } from '@jest/globals';
import { formatHop, markOf, Trace, type Hop, type ProbeAnswer } from '../../src/cli/traceroute/trace';

const OPTIONS = { first: 1, max: 30, queries: 3, parallel: 16, wait: 5_000_000 };
const hop = (from: string): ProbeAnswer => ({ from, mark: '', final: false });
const end = (from: string, mark = ''): ProbeAnswer => ({ from, mark, final: true });

/** Sends what may be sent; the TTLs. */
function send(trace: Trace, now = 0): number[] {
  const ttls: number[] = [];
  for (let next = trace.next(); next !== undefined; next = trace.next()) {
    ttls.push(next.ttl);
    trace.sent(now);
  }
  return ttls;
}

function shown(hops: readonly Hop[]): string[] {
  return hops.map((each) => formatHop(each, (address) => address));
}

describe('a traceroute', () => {
  test('three probes a hop, sixteen at a time, until the host has answered', () => {
    const trace = new Trace(OPTIONS);
    expect(send(trace)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6]);
    for (const probe of [0, 1, 2]) trace.answered(probe, hop('10.0.0.1'), 1000 + probe);
    expect(shown(trace.known())).toEqual([' 1  10.0.0.1  1.000 ms  1.001 ms  1.002 ms']);
    expect(trace.known()).toEqual([]);
    // The host answers to the later ones, before the second hop has said all.
    for (const probe of [6, 7, 8]) trace.answered(probe, end('10.0.0.3'), 3000);
    expect(send(trace)).toEqual([]);
    expect(trace.known()).toEqual([]);
    for (const probe of [3, 4, 5]) trace.answered(probe, hop('10.0.0.2'), 2000);
    expect(shown(trace.known())).toEqual([
      ' 2  10.0.0.2  2.000 ms  2.000 ms  2.000 ms',
      ' 3  10.0.0.3  3.000 ms  3.000 ms  3.000 ms',
    ]);
    expect(trace.isDone).toBe(true);
    expect(trace.reached).toBe(true);
  });

  test('who does not answer is given up after the time; sooner where others have answered', () => {
    const trace = new Trace({ ...OPTIONS, max: 3 });
    send(trace);
    expect(trace.wake).toBe(5_000_000);
    trace.answered(0, hop('10.0.0.1'), 50_000);
    // Three times what the same hop took.
    expect(trace.wake).toBe(150_000);
    trace.answered(8, end('10.0.0.3'), 60_000);
    trace.expire(150_000);
    // Ten times what a later hop took, for the second hop.
    expect(trace.wake).toBe(180_000);
    trace.expire(600_000);
    expect(shown(trace.known())).toEqual([' 1  10.0.0.1  50.000 ms * *', ' 2 * * *', ' 3 * *  10.0.0.3  60.000 ms']);
    expect(trace.isDone).toBe(true);
  });

  test('nobody at all', () => {
    const trace = new Trace({ ...OPTIONS, max: 2 });
    send(trace);
    trace.expire(5_000_000);
    expect(shown(trace.known())).toEqual([' 1 * * *', ' 2 * * *']);
    expect([trace.isDone, trace.reached]).toEqual([true, false]);
  });

  test('a router that ends the way: the host is not reached', () => {
    const trace = new Trace({ ...OPTIONS, queries: 1, parallel: 2 });
    expect(send(trace)).toEqual([1, 2]);
    trace.answered(0, hop('10.0.0.1'), 10);
    trace.answered(1, end('10.0.0.1', '!H'), 20);
    expect(send(trace)).toEqual([]);
    expect(shown(trace.known())).toEqual([' 1  10.0.0.1  0.010 ms', ' 2  10.0.0.1  0.020 ms !H']);
    expect([trace.isDone, trace.reached]).toEqual([true, false]);
  });

  test('an answer counts once, and not for what was not sent', () => {
    const trace = new Trace({ ...OPTIONS, queries: 1, parallel: 1 });
    expect(trace.answered(0, hop('a'), 0)).toBe(false);
    send(trace);
    expect(trace.answered(0, hop('a'), 1)).toBe(true);
    expect(trace.answered(0, hop('b'), 2)).toBe(false);
    expect(send(trace)).toEqual([2]);
  });

  test('it can begin further on', () => {
    const trace = new Trace({ ...OPTIONS, first: 29 });
    expect(send(trace)).toEqual([29, 29, 29, 30, 30, 30]);
  });

  test('several routers at one hop', () => {
    const probes = [
      { from: '10.0.0.1', rtt: 1000, mark: '' },
      { from: '10.0.0.2', rtt: 1000, mark: '!X' },
      { from: undefined, rtt: undefined, mark: '' },
    ];
    expect(formatHop({ ttl: 10, probes }, (address) => `name (${address})`)).toBe(
      '10  name (10.0.0.1)  1.000 ms  name (10.0.0.2)  1.000 ms !X *',
    );
  });

  test('codes and their marks', () => {
    expect([0, 1, 2, 3, 4, 5, 9, 10, 13, 11].map(markOf)).toEqual([
      '!N',
      '!H',
      '!P',
      '',
      '!F',
      '!S',
      '!X',
      '!X',
      '!X',
      '!<11>',
    ]);
  });
});
