import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CHECKED, UNFILLED } from '../../../../src/link/link';
import { checksum, sum } from '../../../../src/wire/checksum';
import { formatIpv4Address } from '../../../../src/wire/address';
import { parseIpv4, PROTOCOL, viewIpv4, type Ipv4Packet } from '../../../../src/wire/ipv4';
import { pseudoHeaderSum } from '../../../../src/wire/pseudo-header';
import { rewrite } from '../../../../src/ip/forward/nat/rewrite';
import { KIND } from '../../../../src/ip/forward/nat/session';
import { good } from '../../harness';
import { echo, echoReply, icmp, natRouter, packet, tcp, udp, type Router } from '../router';

const innerHost = fc.integer({ min: 2, max: 250 }).map((last) => `10.0.0.${last}`);
const outside = fc.integer({ min: 0x0b000000, max: 0x7e000000 }).map(formatIpv4Address);
const port = fc.integer({ min: 1, max: 65_535 });
const kind = fc.constantFrom('udp', 'tcp', 'echo');

/** A packet of a kind, from one end to the other. */
function make(what: string, src: string, srcPort: number, dst: string, dstPort: number, text: string): Uint8Array {
  if (what === 'udp') return udp(`${src}:${srcPort}`, `${dst}:${dstPort}`, text);
  if (what === 'tcp') return tcp(`${src}:${srcPort}`, `${dst}:${dstPort}`, ['SYN', 'ACK'], text.length);
  return echo(src, dst, srcPort);
}

/** All but what forwarding changes by itself. */
function content(bytes: Uint8Array): Partial<Ipv4Packet> {
  return { ...good(parseIpv4(bytes)), ttl: 0 };
}

function only(us: Router, link: string, bytes: Uint8Array): { link: string; packet: Uint8Array } {
  const sent = us.receive(link, bytes);
  expect(sent).toHaveLength(1);
  return good(sent[0]);
}

/** Whether each checksum in it is what a sender would have put there. */
function checksumsHold(bytes: Uint8Array): boolean {
  const view = good(viewIpv4(bytes));
  const { protocol, src, dst, payload } = view;
  const initial = protocol === PROTOCOL.ICMP ? 0 : pseudoHeaderSum(src, dst, protocol, payload.length);
  return view.checksumIsGood() && sum(payload, initial) === 0xffff;
}

describe('any packet', () => {
  test('that went out: its answer comes to who sent it, as if nothing lay between', () => {
    fc.assert(
      fc.property(
        kind,
        innerHost,
        port,
        outside,
        port,
        fc.string({ maxLength: 40 }),
        (what, src, srcPort, dst, dstPort, text) => {
          const us = natRouter();
          // Somebody else has the port already.
          us.receive('in', make(what, '10.0.0.251', srcPort, dst, dstPort, text));
          const went = only(us, 'in', make(what, src, srcPort, dst, dstPort, text));
          expect(went.link).toBe('out');
          expect(checksumsHold(went.packet)).toBe(true);
          const { payload } = good(viewIpv4(went.packet));
          const at = what === 'echo' ? 4 : 0;
          const external = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
          const answer =
            what === 'echo'
              ? echoReply(dst, '192.0.2.1', external)
              : make(what, dst, dstPort, '192.0.2.1', external, text);
          const came = only(us, 'out', answer);
          expect(came.link).toBe('in');
          expect(checksumsHold(came.packet)).toBe(true);
          const wanted = what === 'echo' ? echoReply(dst, src, srcPort) : make(what, dst, dstPort, src, srcPort, text);
          expect(content(came.packet)).toEqual(content(wanted));
        },
      ),
    );
  });

  test('that went out: an error about it comes to who sent it, and quotes what it sent, to the last byte', () => {
    fc.assert(
      fc.property(kind, innerHost, port, outside, port, fc.nat(60), (what, src, srcPort, dst, dstPort, cut) => {
        const us = natRouter();
        us.receive('in', make(what, '10.0.0.251', srcPort, dst, dstPort, 'x'));
        const original = make(what, src, srcPort, dst, dstPort, 'x'.repeat(60));
        const went = only(us, 'in', original);
        const end = Math.max(28, went.packet.length - cut);
        const error = { type: 'time-exceeded', code: 0, quoted: went.packet.subarray(0, end) } as const;
        const came = only(us, 'out', icmp('203.0.113.5', '192.0.2.1', error));
        expect(checksumsHold(came.packet)).toBe(true);
        // As it left the inner host, a hop further.
        const expected = original.slice(0, end);
        expected[8] = 63;
        expected[10] = expected[11] = 0;
        const header = checksum(expected.subarray(0, 20));
        expected[10] = header >>> 8;
        expected[11] = header & 0xff;
        expect(good(viewIpv4(came.packet)).payload.subarray(8)).toEqual(expected);
      }),
    );
  });
});

describe('a rewritten header', () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  const address = fc.integer({ min: 0, max: 0xffffffff });
  const part = fc.constantFrom('source', 'destination');

  test('has the checksums that come of counting all again (RFC 1624)', () => {
    fc.assert(
      fc.property(kind, address, address, word, word, address, word, part, (what, a, b, p, q, to, toPort, side) => {
        const [src, dst] = [formatIpv4Address(a), formatIpv4Address(b)];
        const bytes = make(what, src, p, dst, q, 'odd');
        const which = what === 'udp' ? KIND.UDP : what === 'tcp' ? KIND.TCP : KIND.ICMP;
        rewrite(bytes, 0, 20, bytes.length, which, side, to, toPort, true);
        expect(checksumsHold(bytes)).toBe(true);
        const [s, sp] = side === 'source' ? [formatIpv4Address(to), toPort] : [src, p];
        const [d, dp] = side === 'source' ? [dst, q] : [formatIpv4Address(to), toPort];
        const fresh = make(what, s, what === 'echo' ? toPort : sp, d, dp, 'odd');
        // Both zeros of one's complement are the same.
        const zero = (at: number): void => {
          if (fresh[at] === 0xff && fresh[at + 1] === 0xff) fresh[at] = fresh[at + 1] = bytes[at] === 0 ? 0 : 0xff;
          else if (fresh[at] === 0 && fresh[at + 1] === 0) fresh[at] = fresh[at + 1] = bytes[at] === 0 ? 0 : 0xff;
        };
        zero(10);
        zero(what === 'udp' ? 26 : what === 'tcp' ? 36 : 22);
        expect(bytes).toEqual(fresh);
      }),
      { numRuns: 500 },
    );
  });

  test('an unfilled checksum is left to who fills it in', () => {
    const us = natRouter();
    const bytes = tcp('10.0.0.2:5000', '198.51.100.7:80', 'ACK', 4000);
    bytes[36] = bytes[37] = 9;
    const sent = us.receive('in', bytes, CHECKED | UNFILLED | 1448);
    expect(sent).toHaveLength(3);
    for (const each of sent) expect(checksumsHold(each.packet)).toBe(true);
  });
});

describe('floods', () => {
  test('of random packets from both sides: tables stay within their bounds, nothing throws, what is sent is sound', () => {
    const bytesOf = fc.uint8Array({ minLength: 0, maxLength: 60 });
    const one = fc.record({
      link: fc.constantFrom('in', 'out'),
      protocol: fc.constantFrom(1, 6, 17, 17, 6, 47),
      src: fc.oneof(innerHost, outside, fc.constant('192.0.2.1')),
      dst: fc.oneof(innerHost, outside, fc.constant('192.0.2.1')),
      payload: bytesOf,
      wait: fc.constantFrom(0, 0, 1000, 30_000_000),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 50, maxLength: 200 }), (flood) => {
        const us = natRouter(
          { nat: { sessions: 20, sessionsPerHost: 8 } },
          { forwards: [{ protocol: 'udp', port: 7, to: '10.0.0.2:7' }] },
        );
        for (const { link, wait, ...fields } of flood) {
          for (const sent of us.receive(link, packet(fields))) {
            expect(good(viewIpv4(sent.packet)).checksumIsGood()).toBe(true);
          }
          us.clock.advanceBy(wait);
          const { sessions } = us.forwarding;
          expect(sessions.length).toBeLessThanOrEqual(20);
          const hosts = sessions.map(({ inner }) => inner.replace(/:.*/, ''));
          for (const host of new Set(hosts))
            expect(hosts.filter((each) => each === host).length).toBeLessThanOrEqual(8);
        }
        us.clock.advanceBy(3 * 3600 * 1_000_000);
        expect(us.forwarding.sessions).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
