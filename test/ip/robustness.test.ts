import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emitIcmp } from '../../src/wire/icmp';
import { emitIgmp } from '../../src/wire/igmp';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv4Options, emptyRecordRoute, emptyTimestamp } from '../../src/wire/ipv4-options';
import { emitUdp } from '../../src/wire/udp';
import { arp, BROADCAST, ethernet, ipv4, PEER, TEST_PROTOCOL, US, Wire } from './harness';

const quoted = ipv4({ src: US, dst: PEER });
const pseudo = { src: 0x0a090001, dst: 0x0a090002 };

const IGMP_QUERY = emitIgmp({
  type: 'query',
  version: 3,
  maxResponse: 100,
  group: '0.0.0.0',
  suppress: false,
  robustness: 2,
  interval: 125,
  sources: [PEER],
});

/** Frames that are good, and that lead to every part of the IP layer. */
const GOOD = [
  ethernet(0x0806, arp({}), BROADCAST),
  ethernet(0x0806, arp({ operation: 2, targetAddress: US })),
  ethernet(0x0800, ipv4({})),
  ethernet(0x0800, ipv4({ moreFragments: true, payload: new Uint8Array(16) })),
  ethernet(0x0800, ipv4({ fragmentOffset: 16 })),
  ...[IGMP_QUERY, emitIgmp({ type: 'report', version: 2, group: '239.1.2.3' })].map((payload) =>
    ethernet(0x0800, ipv4({ protocol: PROTOCOL.IGMP, ttl: 1, dst: '224.0.0.1', payload }), BROADCAST),
  ),
  ethernet(0x0800, ipv4({ options: new Uint8Array(8) }), BROADCAST),
  ...[
    { kind: 'loose-source-route', pointer: 12, route: [PEER, US] } as const,
    { kind: 'strict-source-route', pointer: 4, route: [US, PEER] } as const,
    emptyRecordRoute(3),
    emptyTimestamp(2, 1),
  ].map((option) => ethernet(0x0800, ipv4({ options: emitIpv4Options([option]) }))),
  ...[
    emitIcmp({ type: 'echo-request', identifier: 1, sequence: 2, data: new Uint8Array(16) }),
    emitIcmp({ type: 'echo-reply', identifier: 1, sequence: 2, data: new Uint8Array(16) }),
    emitIcmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 600, quoted }),
    emitIcmp({ type: 'parameter-problem', code: 0, pointer: 1, quoted }),
    emitIcmp({ type: 'source-quench', quoted }),
  ].map((payload) => ethernet(0x0800, ipv4({ protocol: PROTOCOL.ICMP, payload }))),
  ethernet(
    0x0800,
    ipv4({ protocol: PROTOCOL.UDP, payload: emitUdp({ srcPort: 1, dstPort: 2, payload: quoted }, pseudo) }),
  ),
];

const mutated = fc
  .record({
    frame: fc.constantFrom(...GOOD),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
    cut: fc.option(fc.nat(80)),
  })
  .map(({ frame, changes, cut }) => {
    const bytes = frame.slice(0, cut ?? undefined);
    for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });

/** Any ICMP message at all, with its checksums good: it gets past them. */
const icmp = fc
  .tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.uint8Array({ minLength: 4, maxLength: 60 }))
  .map(([icmpType, code, body]) => emitIcmp({ type: 'unknown', icmpType, code, body }))
  .map((payload) => ethernet(0x0800, ipv4({ protocol: PROTOCOL.ICMP, payload })));

/** Packets with any options at all, most of which look like real ones. */
const optioned = fc
  .array(fc.oneof(fc.constantFrom(0, 1, 7, 68, 131, 137), fc.nat({ max: 12 }), fc.nat({ max: 255 })), { maxLength: 40 })
  .map((options) => ethernet(0x0800, ipv4({ options: Uint8Array.from(options) })));

const anything = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: icmp },
  { weight: 2, arbitrary: optioned },
);

describe.each(['ethernet', 'ip'] as const)('any bytes at all on a link of medium %s', (medium) => {
  test('never throw, never grow a table beyond its bound, never leave the clock running', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (frames) => {
        const wire = new Wire(medium, {}, { neighbours: 4, sourceRoute: true });
        wire.ip.ping({ reply: () => undefined }, 1);
        wire.ip.udp.open().join('239.1.2.3');
        wire.link.inject(medium === 'ip' ? frames.map((frame) => frame.subarray(14)) : frames);
        for (const datagram of wire.protocol.received) {
          wire.ip.options(datagram);
          const back = wire.ip.returnRoute(datagram);
          const path = back && wire.ip.pathBy(back, datagram.packet.src);
          if (typeof path === 'object') wire.ip.send(path, TEST_PROTOCOL, []);
        }
        wire.send(PEER);
        expect(wire.interface.ethernet?.neighbours.entries.length ?? 0).toBeLessThanOrEqual(4);
        expect(wire.interface.counters.inPackets).toBe(frames.length);
        wire.clock.run();
        expect(wire.clock.size).toBe(0);
      }),
      { numRuns: 500, seed: 791 },
    );
  });

  test('leave the host able to answer', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (frames) => {
        const wire = new Wire(medium);
        wire.link.inject(medium === 'ip' ? frames.map((frame) => frame.subarray(14)) : frames);
        wire.receiveArp({});
        wire.log();
        wire.receiveIcmp({ type: 'echo-request', identifier: 7, sequence: 7, data: new Uint8Array(0) });
        expect(wire.log()).toEqual([expect.stringContaining(`${US} > ${PEER} echo-reply`)]);
      }),
      { numRuns: 200, seed: 792 },
    );
  });
});
