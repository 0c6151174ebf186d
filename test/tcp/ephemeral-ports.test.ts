import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EphemeralPorts } from '../../src/tcp/ephemeral-ports';
import { script } from '../support/script';

const RANGE = { first: 50_000, last: 50_019 };
const ANY = (): boolean => true;

describe('ephemeral ports (RFC 6056 §3.3.3, Algorithm 3)', () => {
  test('each port of the range comes up, then none is left', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 3 }), (peer) => {
        const ports = new EphemeralPorts([1, 2, 3, 4], RANGE);
        const taken = new Set<number>();
        const isFree = (port: number): boolean => !taken.has(port);
        for (let port = ports.choose(peer, isFree); port !== undefined; port = ports.choose(peer, isFree))
          taken.add(port);
        expect([...taken].sort()).toEqual(Array.from({ length: 20 }, (_, index) => 50_000 + index));
      }),
    );
  });

  test('a port that is used is never chosen', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 50_000, max: 50_019 }), { maxLength: 19 }),
        fc.nat(),
        (used, peer) => {
          const ports = new EphemeralPorts([peer, 2, 3, 4], RANGE);
          const chosen = ports.choose([peer], (port) => !used.includes(port));
          expect(chosen).toBeGreaterThanOrEqual(50_000);
          expect(chosen).toBeLessThanOrEqual(50_019);
          expect(used).not.toContain(chosen);
        },
      ),
    );
  });

  test('a peer sees ports that follow each other, so that none comes again soon', () => {
    const ports = new EphemeralPorts([1, 2, 3, 4], RANGE);
    const chosen = Array.from({ length: 20 }, () => ports.choose([7], ANY));
    expect(new Set(chosen).size).toBe(20);
  });

  test('peers start at different places, and so do secrets', () => {
    const firsts = Array.from({ length: 8 }, (_, n) => [
      new EphemeralPorts([1, 2, 3, 4], { first: 1024, last: 65_535 }).choose([n], ANY),
      new EphemeralPorts([n, 2, 3, 5], { first: 1024, last: 65_535 }).choose([0], ANY),
    ]).flat();
    expect(new Set(firsts).size).toBe(16);
  });

  test('a connection skips ports that the same peer has, and ports that are listened on', () => {
    const t = script({ tcp: { ephemeralPorts: { first: 50_000, last: 50_003 } } });
    const { tcp } = t.wire.stack;
    const remote = { address: '10.9.0.1', port: 80 };
    const open = (): number => tcp.open({ remote }).local.port;
    tcp.open({ passive: true, local: { port: 50_001 } });
    expect([open(), open(), open()].sort()).toEqual([50_000, 50_002, 50_003]);
    expect(open).toThrow(/EADDRNOTAVAIL: cannot connect to 10\.9\.0\.1:80: no ephemeral port is left/);
    // Another peer is another matter.
    expect(tcp.open({ remote: { ...remote, port: 81 } }).local.port).not.toBe(50_001);
    t.skip();
  });

  test('a listener without a port gets an ephemeral one that nobody listens on', () => {
    const t = script({ tcp: { ephemeralPorts: { first: 50_000, last: 50_001 } } });
    const listen = (): number => t.wire.stack.tcp.open({ passive: true }).local.port;
    expect([listen(), listen()].sort()).toEqual([50_000, 50_001]);
    expect(listen).toThrow(/EADDRNOTAVAIL: cannot listen on 0\.0\.0\.0:0: no ephemeral port is left/);
  });
});
