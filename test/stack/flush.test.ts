import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import type { Frame } from '../../src/link/link';
import { PacketLink } from '../../src/link/packets';
import { Stack } from '../../src/stack';
import { emitIcmp } from '../../src/wire/icmp';
import { emitIpv4, PROTOCOL } from '../../src/wire/ipv4';
import { requireIpv4Address } from '../../src/wire/address';
import { ordinaryPacket } from '../support/packets';
import { SECOND } from '../support/script';

/** A link that gathers what it is given until it is told to flush. */
class GatheringLink extends PacketLink {
  waiting = 0;
  sent = 0;

  override send(frame: Frame): boolean {
    this.waiting += frame.length > 0 ? 1 : 0;
    return true;
  }

  flush(): void {
    this.sent += this.waiting;
    this.waiting = 0;
  }
}

describe('a link that gathers frames is told to flush whoever made the stack send', () => {
  let clock: VirtualClock;
  let link: GatheringLink;
  let stack: Stack;
  beforeEach(() => {
    clock = new VirtualClock();
    link = new GatheringLink({});
    stack = new Stack({ clock, seed: 1 });
    stack.attach(link, { address: '10.9.0.2/24' });
    link.sent = 0;
  });

  /** What was sent since the last time; nothing waits. */
  const sent = (): number => {
    expect(link.waiting).toBe(0);
    const { sent: count } = link;
    link.sent = 0;
    return count;
  };
  const path = () => {
    const found = stack.ip.path(requireIpv4Address('10.9.0.1'));
    if (typeof found === 'string') throw new Error(found);
    return found;
  };

  test("a user's OPEN, and a timer", () => {
    stack.tcp.open({ remote: { address: '10.9.0.1', port: 80 } });
    expect(sent()).toBe(1);
    clock.advanceBy(SECOND);
    expect(sent()).toBe(1);
  });

  test('a packet that is answered', () => {
    const echo = emitIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) });
    link.inject(emitIpv4(ordinaryPacket({ protocol: PROTOCOL.ICMP, src: '10.9.0.1', dst: '10.9.0.2', payload: echo })));
    expect(sent()).toBe(1);
  });

  test('ip.send and a ping', () => {
    expect(stack.ip.send(path(), 99, [new Uint8Array(10)])).toBe(true);
    expect(sent()).toBe(1);
    const ping = stack.ip.ping({ reply: () => undefined });
    if (typeof ping === 'string') throw new Error(ping);
    expect(ping.send(path(), { sequence: 1, data: new Uint8Array(3) })).toBe(true);
    expect(sent()).toBe(1);
  });
});
