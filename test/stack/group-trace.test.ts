import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Log } from '../../src/inspect/log';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/stack';
import type { TraceEvent } from '../../src/trace';
import { requireIpv6Address } from '../../src/wire/address';
import { emitIgmp } from '../../src/wire/igmp';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv6 } from '../../src/wire/ipv6';
import { emitMld, type MldMessage } from '../../src/wire/mld';
import { ipv4 } from '../ip/harness';
import { SECOND } from '../support/script';

/** A stack on a wire whose other end, a router, the test plays; and what the log says of it. */
class Member {
  readonly clock = new VirtualClock();
  readonly stack = new Stack({ clock: this.clock, seed: 1 });
  readonly #router;
  readonly events: TraceEvent[] = [];

  constructor() {
    const [ours, router] = memoryPair({ clock: this.clock, medium: 'ip', names: ['wire', 'router'] });
    this.#router = router;
    this.stack.attach(ours, { address: ['10.9.0.2/24', 'fe80::2/64'] });
    this.after(20).log();
    this.stack.observe((event) => this.events.push(event));
  }

  after(seconds: number): this {
    this.clock.advanceBy(seconds * SECOND);
    return this;
  }

  igmp(message: Parameters<typeof emitIgmp>[0], dst = '224.0.0.1'): void {
    const payload = emitIgmp(message);
    this.#router.send([ipv4({ protocol: PROTOCOL.IGMP, src: '10.9.0.1', dst, ttl: 1, payload })]);
  }

  mld(message: MldMessage, to: string): void {
    const [src, dst] = ['fe80::1', to].map(requireIpv6Address) as [bigint, bigint];
    const alert = { type: 0, data: Uint8Array.of(5, 2, 0, 0, 1, 0) };
    const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 1, extensions: [alert], protocol: PROTOCOL.ICMPV6 };
    this.#router.send([emitIpv6({ ...fields, src: 'fe80::1', dst: to, payload: emitMld(message, { src, dst }) })]);
  }

  /** What is told since the last call, without the times. */
  log(): string[] {
    const lines: string[] = [];
    const log = new Log({ write: (line) => lines.push(line.trimEnd().replace(/^\S+ /, '')) });
    for (const event of this.events.splice(0)) log.event(event);
    return lines;
  }
}

const QUERY = { type: 'query', suppress: false, robustness: 2, interval: 125, sources: [] } as const;
const GROUP = '239.1.2.3';

test('joining a group of IPv4, a query, and leaving are told, in the versions before sources', () => {
  const member = new Member();
  const socket = member.stack.udp.open();
  socket.join(GROUP);
  expect(member.log()).toEqual([`wire 10.9.0.2 > ${GROUP}: IGMPv2 report ${GROUP}`]);
  member.after(20).log();
  member.igmp({ ...QUERY, version: 2, maxResponse: 100, group: '0.0.0.0' });
  member.igmp({ ...QUERY, version: 2, maxResponse: 10, group: GROUP }, GROUP);
  expect(member.after(10).log()).toEqual([
    'wire 10.9.0.1 > 224.0.0.1: IGMPv2 query',
    `wire 10.9.0.1 > ${GROUP}: IGMPv2 query ${GROUP}`,
    `wire 10.9.0.2 > ${GROUP}: IGMPv2 report ${GROUP}`,
  ]);
  member.igmp({ type: 'report', version: 2, group: GROUP }, GROUP);
  expect(member.after(1).log()).toEqual([`wire 10.9.0.1 > ${GROUP}: IGMPv2 report ${GROUP}`]);
  member.igmp({ ...QUERY, version: 2, maxResponse: 10, group: GROUP }, GROUP);
  member.after(1).log();
  socket.leave(GROUP);
  expect(member.log()).toEqual([`wire 10.9.0.2 > 224.0.0.2: IGMPv2 leave ${GROUP}`]);
});

test('in IGMPv3 each record with its sources', () => {
  const member = new Member();
  member.igmp({ ...QUERY, version: 3, maxResponse: 10, group: '0.0.0.0' });
  member.after(1).log();
  const socket = member.stack.udp.open();
  socket.join(GROUP, { source: '10.9.0.7' });
  socket.join('239.9.9.9');
  expect(member.log()).toEqual([
    `wire 10.9.0.2 > 224.0.0.22: IGMPv3 report to-include ${GROUP} 10.9.0.7`,
    'wire 10.9.0.2 > 224.0.0.22: IGMPv3 report to-exclude 239.9.9.9',
  ]);
  member.after(20).log();
  member.igmp({ ...QUERY, version: 3, maxResponse: 10, group: GROUP, sources: ['10.9.0.7'] }, GROUP);
  member.igmp({ ...QUERY, version: 3, maxResponse: 10, group: '0.0.0.0' });
  expect(member.after(1).log().sort()).toEqual([
    'wire 10.9.0.1 > 224.0.0.1: IGMPv3 query',
    `wire 10.9.0.1 > ${GROUP}: IGMPv3 query ${GROUP} 10.9.0.7`,
    `wire 10.9.0.2 > 224.0.0.22: IGMPv3 report is-include ${GROUP} 10.9.0.7`,
    `wire 10.9.0.2 > 224.0.0.22: IGMPv3 report is-include ${GROUP} 10.9.0.7, is-exclude 239.9.9.9`,
  ]);
});

test('the same of MLD', () => {
  const member = new Member();
  const group = requireIpv6Address('ff02::1234');
  const socket = member.stack.udp.open({ local: { address: '::' } });
  socket.join('ff02::1234');
  expect(member.log()).toEqual(['wire fe80::2 > ff02::1234: MLDv1 report ff02::1234']);
  member.after(20).log();
  member.mld({ type: 'query', version: 1, maxResponseDelay: 1000, group }, 'ff02::1234');
  member.after(1);
  socket.leave('ff02::1234');
  expect(member.log()).toEqual([
    'wire fe80::1 > ff02::1234: MLDv1 query ff02::1234',
    'wire fe80::2 > ff02::1234: MLDv1 report ff02::1234',
    'wire fe80::2 > ff02::2: MLDv1 leave ff02::1234',
  ]);
  member.mld({ ...QUERY, version: 2, maxResponseDelay: 1000, group: 0n }, 'ff02::1');
  member.after(1).log();
  // The older router is still taken to be there; later the newer one is answered in kind.
  member.after(260);
  member.mld({ ...QUERY, version: 2, maxResponseDelay: 1000, group: 0n }, 'ff02::1');
  member.after(1).log();
  socket.join('ff02::1234', { source: 'fe80::7' });
  expect(member.log()).toEqual(['wire fe80::2 > ff02::16: MLDv2 report to-include ff02::1234 fe80::7']);
});

test('a query about what is no group is told, and why it was dropped', () => {
  const member = new Member();
  member.igmp({ ...QUERY, version: 2, maxResponse: 10, group: '10.0.0.1' });
  expect(member.after(1).log()).toEqual([
    'wire 10.9.0.1 > 224.0.0.1: IGMPv2 query 10.0.0.1',
    'drop igmp.malformed: not an IGMP message: a query about 10.0.0.1, from 10.9.0.1',
  ]);
});
