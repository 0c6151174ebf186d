import { describe, expect, test } from '@jest/globals';
import { ARP_REPLY } from '../../src/wire/arp';
import { parseEthernet } from '../../src/wire/ethernet';
import { arp, BROADCAST, ethernet, good, NO_MAC, OUR_MAC, PEER, PEER_MAC, US, Wire } from './harness';

const OTHER_MAC = '02:00:00:00:00:99';

describe('asking', () => {
  test('a packet for an unknown neighbour waits for the answer, then goes out', () => {
    const wire = new Wire();
    wire.send(PEER, 'first packet');
    expect(wire.log()).toEqual([`0 who-has ${PEER} tell ${US} → everybody`]);
    wire.clock.advanceTo(400_000);
    wire.isAt();
    expect(wire.log()).toEqual([`400 ${US} > ${PEER} first packet → ${PEER_MAC}`]);
    wire.send(PEER, 'second packet');
    expect(wire.log()).toEqual([`400 ${US} > ${PEER} second packet → ${PEER_MAC}`]);
    expect(wire.neighbourStates()).toEqual(['0 incomplete', '400 reachable']);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });

  test('our frames carry our MAC as their source', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.isAt();
    expect(wire.sent.map((frame) => good(parseEthernet(frame)).src)).toEqual([OUR_MAC, OUR_MAC]);
  });

  test('a packet that waits is a copy: the sender may use its memory again', () => {
    const wire = new Wire();
    const payload = new TextEncoder().encode('as it was');
    wire.ip.send(wire.path(PEER), 253, [payload]);
    payload.fill(0);
    wire.log();
    wire.isAt();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} as it was → ${PEER_MAC}`]);
  });

  test('so is the header of a packet that has nothing else', () => {
    const wire = new Wire();
    wire.ip.send(wire.path(PEER), 253, []);
    wire.send('255.255.255.255', 'another');
    wire.log();
    wire.isAt();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER}  → ${PEER_MAC}`]);
  });

  test('of the packets that wait, the newest are kept, in order, and the rest are counted', () => {
    const wire = new Wire('ethernet', {}, { neighbourQueue: 3 });
    for (const text of ['one', 'two', 'three', 'four', 'five']) expect(wire.send(PEER, text)).toBe(true);
    expect(wire.log()).toHaveLength(1);
    wire.isAt();
    expect(wire.log().map((line) => line.split(' ')[4])).toEqual(['three', 'four', 'five']);
    expect(wire.host.counters).toEqual({ 'arp.queue-full': 2 });
    expect(wire.interface.counters.outDrops).toBe(2);
  });

  test('three questions a second apart, then the protocol hears "host unreachable" of each packet, from our address', () => {
    const wire = new Wire();
    wire.send(PEER, 'packet one');
    wire.clock.advanceTo(1_500_000);
    wire.send(PEER, 'packet two');
    wire.clock.advanceTo(2_999_999);
    const question = `who-has ${PEER} tell ${US} → everybody`;
    expect(wire.log()).toEqual([`0 ${question}`, `1000 ${question}`, `2000 ${question}`]);
    expect(wire.protocol.reports).toEqual([]);
    wire.clock.advanceTo(3_000_000);
    expect(wire.protocol.reports).toMatchObject([
      { kind: 'destination-unreachable', code: 1, from: US, quoted: { src: 0x0a090002, dst: 0x0a090001 } },
      { kind: 'destination-unreachable', code: 1, from: US },
    ]);
    const texts = wire.protocol.reports.map(({ quoted }) => new TextDecoder().decode(quoted.payload));
    expect(texts).toEqual(['packet one', 'packet two']);
    expect(wire.host.counters).toEqual({ 'arp.unreachable': 2 });
    expect(wire.neighbourStates()).toEqual(['0 incomplete', '3000 failed']);
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });

  test('after a failure the next packet asks anew', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.clock.advanceTo(3_000_000);
    wire.log();
    wire.send(PEER);
    expect(wire.log()).toEqual([`3000 who-has ${PEER} tell ${US} → everybody`]);
    wire.isAt();
    expect(wire.log()).toEqual([`3000 ${US} > ${PEER} datagram → ${PEER_MAC}`]);
  });

  test('an answer that comes while the question is being sent finds the packet waiting', () => {
    const wire = new Wire();
    wire.link.onPacket = () => {
      wire.link.onPacket = () => undefined;
      wire.isAt();
    };
    wire.send(PEER);
    expect(wire.interface.counters.outPackets).toBe(2);
    expect(wire.interface.ethernet?.neighbours.entries).toMatchObject([{ state: 'reachable' }]);
  });

  test('broadcast and multicast need no question', () => {
    const wire = new Wire();
    wire.send('255.255.255.255', 'to all');
    wire.send('10.9.0.255', 'to the net');
    wire.send('224.129.2.3', 'to a group');
    expect(wire.log()).toEqual([
      `0 ${US} > 255.255.255.255 to all → everybody`,
      `0 ${US} > 10.9.0.255 to the net → everybody`,
      `0 ${US} > 224.129.2.3 to a group → 01:00:5e:01:02:03`,
    ]);
  });
});

describe('a neighbour that we know', () => {
  function known(): Wire {
    const wire = new Wire();
    wire.send(PEER);
    wire.isAt();
    wire.log();
    return wire;
  }

  test('after 30 s it is stale: the next packet still goes out, and 5 s later only that station is asked', () => {
    const wire = known();
    wire.clock.advanceTo(29_999_999);
    wire.send(PEER, 'still fresh');
    expect(wire.clock.nextDeadline()).toBeUndefined();
    wire.clock.advanceTo(30_000_000);
    wire.send(PEER, 'stale now');
    expect(wire.clock.nextDeadline()).toBe(35_000_000);
    wire.clock.advanceTo(35_000_000);
    expect(wire.log()).toEqual([
      `29999.999 ${US} > ${PEER} still fresh → ${PEER_MAC}`,
      `30000 ${US} > ${PEER} stale now → ${PEER_MAC}`,
      `35000 who-has ${PEER} tell ${US} → ${PEER_MAC}`,
    ]);
    wire.isAt();
    expect(wire.neighbourStates().slice(1)).toEqual(['0 reachable', '30000 stale', '35000 reachable']);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });

  test('a stale one that does not answer three times is forgotten, and everybody is asked the next time', () => {
    const wire = known();
    wire.clock.advanceTo(40_000_000);
    wire.send(PEER);
    wire.log();
    wire.clock.advanceTo(50_000_000);
    const question = `who-has ${PEER} tell ${US} → ${PEER_MAC}`;
    expect(wire.log()).toEqual([`45000 ${question}`, `46000 ${question}`, `47000 ${question}`]);
    expect(wire.neighbourStates().slice(2)).toEqual(['40000 stale', '48000 failed']);
    wire.send(PEER);
    expect(wire.log()).toEqual([`50000 who-has ${PEER} tell ${US} → everybody`]);
  });

  test('progress above keeps it reachable, so that it is never asked', () => {
    const wire = known();
    for (let time = 20_000_000; time <= 200_000_000; time += 20_000_000) {
      wire.clock.advanceTo(time);
      wire.ip.confirm(wire.path(PEER));
      wire.send(PEER);
    }
    expect(wire.log().filter((line) => line.includes('who-has'))).toEqual([]);
    expect(wire.neighbourStates()).toEqual(['0 incomplete', '0 reachable']);
  });

  test('progress above makes a stale one reachable and takes the question back', () => {
    const wire = known();
    wire.clock.advanceTo(31_000_000);
    wire.send(PEER);
    wire.ip.confirm(wire.path(PEER));
    expect(wire.clock.nextDeadline()).toBeUndefined();
    expect(wire.neighbourStates().slice(2)).toEqual(['31000 stale', '31000 reachable']);
  });

  test('on the advice of a layer above the next hop is asked at once, once', () => {
    const wire = known();
    wire.clock.advanceTo(10_000_000);
    wire.ip.advise(wire.path(PEER));
    wire.ip.advise(wire.path(PEER));
    expect(wire.log()).toEqual([`10000 who-has ${PEER} tell ${US} → ${PEER_MAC}`]);
    wire.isAt();
    expect(wire.neighbourStates().slice(2)).toEqual(['10000 stale', '10000 reachable']);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });

  test('advice about somebody unknown does nothing', () => {
    const wire = new Wire();
    wire.ip.advise(wire.path(PEER));
    wire.ip.confirm(wire.path(PEER));
    expect(wire.log()).toEqual([]);
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
  });

  test('when it moves to another MAC, packets follow it', () => {
    const wire = known();
    wire.receiveArp({ senderMac: OTHER_MAC, targetAddress: PEER });
    wire.send(PEER, 'follows');
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} follows → ${OTHER_MAC}`]);
    expect(wire.neighbourStates().slice(2)).toEqual(['0 stale']);
  });
});

describe('answering', () => {
  test('a question for our address is answered to who asked, who is remembered', () => {
    const wire = new Wire();
    wire.receiveArp({});
    expect(wire.log()).toEqual([`0 ${US} is-at ${OUR_MAC} → ${PEER_MAC}`]);
    wire.send(PEER, 'no question');
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} no question → ${PEER_MAC}`]);
    expect(wire.neighbourStates()).toEqual(['0 stale']);
  });

  test('the answer has the four addresses in their places', () => {
    const wire = new Wire();
    wire.receiveArp({});
    expect(wire.host.events.filter((event) => event.type === 'arp')).toMatchObject([
      { direction: 'in', link: 'wire', packet: { operation: 1, senderAddress: PEER } },
      {
        direction: 'out',
        packet: {
          operation: 2,
          senderMac: OUR_MAC,
          senderAddress: US,
          targetMac: PEER_MAC,
          targetAddress: PEER,
        },
      },
    ]);
  });

  test('a question for somebody else is neither answered nor remembered (RFC 826)', () => {
    const wire = new Wire();
    wire.receiveArp({ targetAddress: '10.9.0.7' });
    expect(wire.log()).toEqual([]);
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
  });

  test('a question for somebody else answers one of ours', () => {
    const wire = new Wire();
    wire.send(PEER, 'waiting');
    wire.log();
    wire.receiveArp({ targetAddress: '10.9.0.7' });
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} waiting → ${PEER_MAC}`]);
  });

  test('a probe (from 0.0.0.0) is answered, and nothing is remembered (RFC 5227 §2.1.1)', () => {
    const wire = new Wire();
    wire.receiveArp({ senderAddress: '0.0.0.0' });
    expect(wire.log()).toEqual([`0 ${US} is-at ${OUR_MAC} → ${PEER_MAC}`]);
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
  });

  test('a reply that nobody asked for makes no entry', () => {
    const wire = new Wire();
    wire.isAt();
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
    expect(wire.host.counters).toEqual({ 'arp.unsolicited': 1 });
  });

  test.each([
    ['a broadcast MAC', { senderMac: BROADCAST }],
    ['no MAC', { senderMac: NO_MAC }],
    ['a multicast address', { senderAddress: '224.0.0.5' }],
    ['a loopback address', { senderAddress: '127.0.0.1' }],
    ['the broadcast address', { senderAddress: '255.255.255.255' }],
    ["the network's broadcast address", { senderAddress: '10.9.0.255' }],
  ])('a sender with %s is not believed', (_, packet) => {
    const wire = new Wire();
    wire.receiveArp(packet);
    expect(wire.log()).toEqual([]);
    expect(wire.host.counters).toEqual({ 'arp.bad-sender': 1 });
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
  });

  test('ARP for other hardware is counted', () => {
    const wire = new Wire();
    const packet = arp({});
    packet[1] = 6;
    wire.link.inject(ethernet(0x0806, packet, BROADCAST));
    expect(wire.host.counters).toEqual({ 'arp.malformed': 1 });
  });
});

describe('our own addresses', () => {
  test('are announced when the interface is attached', () => {
    const wire = new Wire('ethernet', { announce: true, address: [`${US}/24`, '10.8.0.2/16'] });
    expect(wire.log()).toEqual([
      `0 who-has ${US} tell ${US} → everybody`,
      '0 who-has 10.8.0.2 tell 10.8.0.2 → everybody',
    ]);
  });

  test('are defended when somebody claims one, at most every 10 s (RFC 5227 §2.4)', () => {
    const wire = new Wire();
    const claim = (): void => {
      wire.receiveArp({ operation: ARP_REPLY, senderMac: OTHER_MAC, senderAddress: US, targetAddress: US });
    };
    claim();
    wire.clock.advanceTo(9_999_999);
    claim();
    wire.clock.advanceTo(10_000_000);
    claim();
    expect(wire.log()).toEqual([
      `0 who-has ${US} tell ${US} → everybody`,
      `10000 who-has ${US} tell ${US} → everybody`,
    ]);
    expect(wire.host.counters).toEqual({ 'arp.conflict': 3 });
    expect(wire.host.events.filter((event) => event.type === 'neighbour')).toMatchObject([
      { time: 0, state: 'conflict', address: US, mac: OTHER_MAC, link: 'wire' },
      { time: 9_999_999, state: 'conflict' },
      { time: 10_000_000, state: 'conflict' },
    ]);
    expect(wire.interface.ethernet?.neighbours.entries).toEqual([]);
  });

  test('our own frame that comes back is no conflict', () => {
    const wire = new Wire();
    wire.receiveArp({ senderMac: OUR_MAC, senderAddress: US });
    expect(wire.log()).toEqual([]);
    expect(wire.host.counters).toEqual({});
  });
});

describe('bounds', () => {
  test('a flood of strangers does not push out a neighbour in use, and the table stays bounded', () => {
    const wire = new Wire('ethernet', {}, { neighbours: 8 });
    wire.send(PEER);
    wire.isAt();
    for (let i = 10; i < 110; i++) {
      wire.receiveArp({ senderAddress: `10.9.0.${i}` });
      wire.send(PEER);
    }
    const entries = wire.interface.ethernet?.neighbours.entries ?? [];
    expect(entries).toHaveLength(8);
    expect(entries.map(({ address }) => address)).toContain(PEER);
    expect(wire.sent.length).toBe(2 + 200);
  });

  test('neighbours that are being resolved are given up too when there are too many, and counted', () => {
    const wire = new Wire('ethernet', {}, { neighbours: 2 });
    for (let i = 10; i < 15; i++) wire.send(`10.9.0.${i}`);
    expect(wire.interface.ethernet?.neighbours.entries).toHaveLength(2);
    expect(wire.host.counters).toEqual({ 'arp.table-full': 3 });
    wire.clock.run();
    expect(wire.clock.size).toBe(0);
  });

  test('detached, nothing is left: no timer, no neighbour, no route', () => {
    const wire = new Wire();
    const path = wire.path(PEER);
    wire.send(PEER);
    wire.ip.detach(wire.interface);
    wire.ip.detach(wire.interface);
    expect(wire.clock.nextDeadline()).toBeUndefined();
    expect(wire.ip.routes).toEqual([]);
    expect(wire.ip.interfaces).toEqual([]);
    expect(wire.ip.isLocal(0x0a090002)).toBe(false);
    expect(wire.ip.send(path, 253, [])).toBe(false);
    wire.receiveArp({});
    expect(wire.host.counters).toEqual({ 'ip.interface-gone': 1 });
  });
});
