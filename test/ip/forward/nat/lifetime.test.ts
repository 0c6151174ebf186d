import { requireIpv4Address } from '../../../../src/wire/address';
import { describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../../../src/ip/host';
import { PROTOCOL } from '../../../../src/wire/ipv4';
import { good } from '../../harness';
import { echo, natRouter, tcp, udp, type Router } from '../router';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

describe('how long a session lives', () => {
  const inner = '10.0.0.2:5000';
  const outer = '192.0.2.1:5000';
  const remote = '198.51.100.7:80';

  function lives(us: Router): boolean {
    return us.forwarding.sessions.length > 0;
  }

  /** Advances to just before its end, and to it. */
  function livesFor(us: Router, time: number): void {
    us.clock.advanceBy(time - 1);
    expect(lives(us)).toBe(true);
    us.clock.advanceBy(1);
    expect(lives(us)).toBe(false);
  }

  test('RFC 4787 REQ-5: UDP for 2 minutes, once answered for 5; both directions prolong it', () => {
    const us = natRouter();
    us.told('in', udp(inner, remote));
    livesFor(us, 2 * MINUTE);
    us.told('in', udp(inner, remote));
    us.clock.advanceBy(MINUTE);
    us.told('out', udp(remote, outer));
    us.clock.advanceBy(4 * MINUTE);
    us.told('in', udp(inner, remote));
    us.clock.advanceBy(4 * MINUTE);
    us.told('out', udp(remote, outer));
    livesFor(us, 5 * MINUTE);
  });

  test('RFC 5508 REQ-2: echo for 60 s', () => {
    const us = natRouter();
    us.told('in', echo('10.0.0.2', '198.51.100.7', 1));
    livesFor(us, 60 * SECOND);
  });

  test('RFC 5382 REQ-5: TCP for 4 minutes while it opens', () => {
    const us = natRouter();
    us.told('in', tcp(inner, remote, 'SYN'));
    us.told('out', tcp(remote, outer, ['SYN', 'ACK']));
    livesFor(us, 4 * MINUTE);
  });

  test('RFC 5382 REQ-5: TCP for 124 minutes when established, for 4 once both have closed', () => {
    const us = natRouter();
    us.told('in', tcp(inner, remote, 'SYN'));
    us.told('out', tcp(remote, outer, ['SYN', 'ACK']));
    us.told('in', tcp(inner, remote, 'ACK'));
    us.clock.advanceBy(123 * MINUTE);
    us.told('in', tcp(inner, remote, ['FIN', 'ACK']));
    us.clock.advanceBy(123 * MINUTE);
    us.told('out', tcp(remote, outer, ['FIN', 'ACK']));
    us.told('in', tcp(inner, remote, 'ACK'));
    livesFor(us, 4 * MINUTE);
  });

  test('RFC 7857 §2: a RST shortens it, and what comes behind takes that back', () => {
    const us = natRouter();
    us.told('in', tcp(inner, remote, 'SYN'));
    us.told('out', tcp(remote, outer, ['SYN', 'ACK']));
    us.told('in', tcp(inner, remote, 'ACK'));
    us.told('out', tcp(remote, outer, 'RST'));
    us.clock.advanceBy(4 * MINUTE - 1);
    us.told('in', tcp(inner, remote, 'ACK'));
    us.clock.advanceBy(100 * MINUTE);
    us.told('out', tcp(remote, outer, 'RST'));
    livesFor(us, 4 * MINUTE);
  });

  test('a SYN begins anew what was over', () => {
    const us = natRouter();
    us.told('in', tcp(inner, remote, ['FIN', 'ACK']));
    us.told('out', tcp(remote, outer, ['FIN', 'ACK']));
    expect(us.forwarding.sessions).toMatchObject([{ state: 'closing' }]);
    us.told('in', tcp(inner, remote, 'SYN'));
    us.told('out', tcp(remote, outer, ['SYN', 'ACK']));
    us.told('in', tcp(inner, remote, 'ACK'));
    expect(us.forwarding.sessions).toMatchObject([{ state: 'established' }]);
  });

  test('the mapping ends with its last session; a detached interface ends all', () => {
    const us = natRouter();
    us.told('in', udp(inner, remote));
    us.clock.advanceBy(2 * MINUTE);
    us.told('in', udp('10.0.0.3:5000', remote));
    expect(us.forwarding.sessions).toMatchObject([{ inner: '10.0.0.3:5000', external: outer }]);
    const out = us.ip.interfaces.find(({ name }) => name === 'out');
    us.ip.detach(good(out));
    expect(us.forwarding.sessions).toEqual([]);
  });
});

describe('bounds', () => {
  function open(us: Router, count: number, from: (n: number) => string): number {
    let opened = 0;
    for (let n = 0; n < count; n++) opened += us.receive('in', udp(from(n), '198.51.100.7:53')).length;
    return opened;
  }

  test('of one inner host', () => {
    const us = natRouter({ nat: { sessionsPerHost: 10 } });
    expect(open(us, 15, (n) => `10.0.0.2:${2000 + n}`)).toBe(10);
    expect(open(us, 5, (n) => `10.0.0.3:${2000 + n}`)).toBe(5);
    expect(us.host.counters).toMatchObject({ 'nat.host-full': 5 });
    us.clock.advanceBy(2 * MINUTE);
    expect(open(us, 10, (n) => `10.0.0.2:${2000 + n}`)).toBe(10);
  });

  test('of all: who was never answered makes room, oldest first; when all were, new ones are refused', () => {
    const us = natRouter({ nat: { sessions: 10 } } satisfies IpOptions);
    us.told('in', udp('10.0.0.9:9', '198.51.100.7:53'));
    us.told('out', udp('198.51.100.7:53', '192.0.2.1:9'));
    expect(open(us, 15, (n) => `10.0.0.${n + 10}:2000`)).toBe(15);
    expect(us.forwarding.sessions).toHaveLength(10);
    expect(us.host.counters).toMatchObject({ 'nat.full': 6 });
    expect(us.told('out', udp('198.51.100.7:53', '192.0.2.1:9'))).toHaveLength(1);

    const all = natRouter({ nat: { sessions: 2 } });
    for (const port of [1, 2]) {
      all.told('in', udp(`10.0.0.2:${port}`, '198.51.100.7:53'));
      all.told('out', udp('198.51.100.7:53', `192.0.2.1:${port}`));
    }
    expect(open(all, 3, () => '10.0.0.2:3')).toBe(0);
    expect(all.host.counters).toMatchObject({ 'nat.no-room': 3 });
  });

  test('of ports: when hardly one is free the search ends', () => {
    const us = natRouter();
    us.ip.protocol(PROTOCOL.UDP, { receive: () => undefined, owns: () => true });
    expect(open(us, 1, () => '10.0.0.2:2000')).toBe(0);
    expect(us.host.counters).toMatchObject({ 'nat.no-port': 1 });
  });
});

test('an outer address that goes takes its sessions along', () => {
  const us = natRouter();
  us.receive('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
  expect(us.forwarding.sessions).toHaveLength(1);
  const outer = us.ip.interfaces.find(({ name }) => name === 'out');
  if (outer === undefined) throw new Error('no outer interface');
  us.ip.removeAddress(outer, requireIpv4Address('192.0.2.1'));
  expect(us.forwarding.sessions).toEqual([]);
});
