import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair, type ImpairedLink } from '../../src/link/impair';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/stack';
import type { Connection } from '../../src/tcp/user';
import { ARP_REQUEST } from '../../src/wire/arp';
import { SECOND } from '../support/script';

/** Two stacks on an Ethernet, and how often ours has asked for the other one's MAC address. */
function ethernet(): {
  clock: VirtualClock;
  ours: Connection;
  theirs: Connection;
  asked: () => number;
  wire: ImpairedLink;
} {
  const clock = new VirtualClock();
  const [near, far] = memoryPair({ clock, medium: 'ethernet' });
  const wire = impair(near, { clock, seed: 1 });
  const [us, them] = [new Stack({ clock, seed: 1 }), new Stack({ clock, seed: 2 })];
  let asked = 0;
  us.observe((event) => {
    if (event.type !== 'arp' || event.direction !== 'out') return;
    if (event.packet.operation === ARP_REQUEST && event.packet.targetAddress === '10.9.0.1') asked += 1;
  });
  us.attach(wire, { address: '10.9.0.2/24' });
  them.attach(far, { address: '10.9.0.1/24' });
  const listener = them.tcp.open({ passive: true, local: { port: 80 } });
  const ours = us.tcp.open({ remote: { address: '10.9.0.1', port: 80 } });
  clock.advanceBy(SECOND);
  const theirs = listener.accept();
  if (typeof theirs === 'string') throw new Error(theirs);
  return { clock, ours, theirs, asked: () => asked, wire };
}

describe("TCP's advice to IP on the next hop", () => {
  test('MUST-20: after R1 retransmissions it is asked whether it is still there', () => {
    const { clock, ours, asked, wire } = ethernet();
    const before = asked();
    wire.set({ loss: 1 });
    // Without the tail loss probe, which is no retransmission time-out.
    ours.set({ tailLossProbe: false });
    ours.send(Uint8Array.of(1));
    clock.advanceBy(1_399_000);
    expect([ours.status().retransmissions, asked()]).toEqual([2, before]);
    clock.advanceBy(SECOND / 10);
    expect(ours.status().retransmissions).toBe(3);
    expect(asked()).toBeGreaterThan(before);
  });

  test('as long as the peer acknowledges new data, the next hop is not asked again', () => {
    const { clock, ours, theirs, asked } = ethernet();
    const before = asked();
    for (let count = 0; count < 120; count++) {
      ours.send(Uint8Array.of(1));
      clock.advanceBy(5 * SECOND);
    }
    expect(theirs.status().bytesReceived).toBe(120);
    expect(asked()).toBe(before);
  });
});
