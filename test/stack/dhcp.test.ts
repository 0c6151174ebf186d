import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Ladder, Log } from '../../src/inspect';
import { PacketLink } from '../../src/link/packets';
import { Stack } from '../../src/stack';
import { emitDhcp } from '../../src/wire';
import { EVERYBODY, OUR_MAC, Served, SERVER_MAC } from '../ip/dhcp/served';
import { ADDRESS, SERVER, TERMS } from '../ip/dhcp/scripted';
import { dhcpMessage } from '../wire/dhcp-arbitraries';

const ALL = '255.255.255.255';

describe('an interface that asks DHCP for its address', () => {
  test('has none at first, and then that of the lease, with its routes', async () => {
    const t = new Served({ probe: false }, undefined, { metric: 7 });
    t.answer = () => undefined;
    const { interface: on, dhcp } = t.attach();
    expect(on.addresses).toEqual([]);
    expect(dhcp).toMatchObject({ state: 'SELECTING', lease: undefined });
    expect(t.sent).toMatchObject([{ type: 'discover', mac: EVERYBODY, src: '0.0.0.0', dst: ALL }]);
    expect(t.stack.ip.path(0x0a090001)).toBe('ENETUNREACH');

    t.answer = ({ options }) => (options.messageType === 'discover' ? 'offer' : 'ack');
    t.after(6);
    expect(dhcp.state).toBe('BOUND');
    expect(await dhcp.ready).toMatchObject({ address: ADDRESS, server: SERVER });
    expect(on.addresses.map(({ cidr }) => cidr)).toEqual([`${ADDRESS}/24`]);
    const routes = t.stack.ip.routes.filter((route) => route.interface === on);
    expect(routes).toMatchObject([
      { length: 24, gateway: undefined },
      { length: 0, gateway: 0x0a090001, metric: 7 },
    ]);
  });

  test.each([
    ['at the address that it does not have yet', { mac: OUR_MAC, dst: ADDRESS }],
    ['by a broadcast', { mac: EVERYBODY, dst: ALL }],
    ['by a broadcast to our station alone', { mac: OUR_MAC, dst: ALL }],
  ])('is told %s', (_, delivery) => {
    const t = new Served({ probe: false }, delivery);
    const { dhcp } = t.attach();
    t.after(1);
    expect(dhcp.state).toBe('BOUND');
    expect(t.stack.counters).not.toHaveProperty('ip.not-ours');
  });

  test('renews by a datagram from its address to the server, who is asked for by ARP', () => {
    const t = new Served();
    const { dhcp } = t.attach();
    t.after(1801);
    expect(t.sent.map(({ type }) => type)).toEqual(['discover', 'request', 'request']);
    expect(t.sent[2]).toMatchObject({ mac: SERVER_MAC, src: ADDRESS, dst: SERVER });
    expect(t.asked).toContain(SERVER);
    expect(dhcp.state).toBe('BOUND');
    expect(dhcp.lease?.expires).toBeGreaterThan(5000 * 1_000_000);
  });

  test('changes its routes when the server does, and leaves what others have added', () => {
    const t = new Served();
    const { interface: on } = t.attach();
    t.after(1);
    t.stack.ip.addRoute({ prefix: '10.77.0.0/16', gateway: SERVER, interface: on });
    t.terms = { ...TERMS, classlessRoutes: [{ prefix: '10.20.0.0/16', router: SERVER }] };
    t.after(1801);
    const gateways = t.stack.ip.routes.filter(({ gateway }) => gateway !== undefined);
    expect(gateways.map(({ network, length }) => [network >= 0 && network, length])).toEqual([
      [0x0a4d0000, 16],
      [0x0a140000, 16],
    ]);
  });

  test('takes the MTU only when told to, and never more than the link has', () => {
    const mtu = (given: number, options = {}) => {
      const t = new Served({ probe: false, ...options });
      t.terms = { ...TERMS, interfaceMtu: given };
      const { interface: on } = t.attach();
      t.after(1);
      return on.mtu;
    };
    expect(mtu(1400)).toBe(1500);
    expect(mtu(1400, { mtu: true })).toBe(1400);
    expect(mtu(9000, { mtu: true })).toBe(1500);
    expect(mtu(68, { mtu: true })).toBe(1500);
  });

  test('leaves routes alone when told to', () => {
    const t = new Served({ probe: false, routes: false });
    t.attach();
    t.after(1);
    expect(t.stack.ip.routes.filter(({ gateway }) => gateway !== undefined)).toEqual([]);
  });

  test('loses it all with a NAK, and what was said from there ends', async () => {
    const t = new Served();
    const { interface: on, dhcp } = t.attach();
    t.after(1);
    const socket = t.stack.net.connect(80, SERVER);
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    await setImmediate();
    expect(t.stack.tcp.connections()).toHaveLength(1);
    t.answer = () => 'nak';
    dhcp.renew();
    t.answer = () => undefined;
    t.after(3);
    expect(dhcp.lease).toBeUndefined();
    expect(on.addresses).toEqual([]);
    expect(t.stack.ip.routes.filter((route) => route.interface === on)).toEqual([]);
    expect(t.stack.tcp.connections()).toEqual([]);
    expect((await failed)[0].code).toBe('EADDRNOTAVAIL');
  });

  test('declines an address that another interface of ours has', () => {
    const t = new Served();
    t.stack.attach(new PacketLink({ name: 'other' }), { address: `${ADDRESS}/24` });
    const { dhcp } = t.attach();
    t.after(1);
    expect(t.sent.map(({ type }) => type)).toEqual(['discover', 'request', 'decline']);
    expect(t.sent[2]?.message.options.message).toContain('other');
    expect(dhcp).toMatchObject({ state: 'INIT', lease: undefined });
    expect(t.stack.ip.isLocal(0x0a090032)).toBe(true);
  });

  test('asks the wire who has the address before it takes it (RFC 5227)', () => {
    const t = new Served({});
    const { interface: on, dhcp } = t.attach();
    t.after(3);
    expect(dhcp).toMatchObject({ state: 'CHECKING', lease: undefined });
    expect(on.addresses).toEqual([]);
    expect(t.asked).toContain(ADDRESS);
    t.after(5);
    expect(dhcp.state).toBe('BOUND');
    expect(t.asked.filter((address) => address === ADDRESS)).toHaveLength(3);
  });

  test('declines an address that somebody has, and asks for another after ten seconds', () => {
    const t = new Served({});
    t.taken = ADDRESS;
    const { interface: on, dhcp } = t.attach();
    t.after(3);
    expect(t.sent.at(-1)).toMatchObject({ type: 'decline', mac: EVERYBODY, src: '0.0.0.0', dst: ALL });
    expect(dhcp.state).toBe('INIT');
    expect(on.addresses).toEqual([]);
    t.taken = undefined;
    t.after(20);
    expect(dhcp.state).toBe('BOUND');
  });

  test('gives up an address that somebody wants later, when one word does not help', () => {
    const t = new Served({});
    const { interface: on, dhcp } = t.attach();
    t.after(20);
    t.claims(ADDRESS);
    t.after(1);
    expect(dhcp.state).toBe('BOUND');
    t.claims(ADDRESS);
    t.after(1);
    expect(t.sent.at(-1)?.type).toBe('decline');
    expect(dhcp).toMatchObject({ state: 'INIT', lease: undefined });
    expect(on.addresses).toEqual([]);
  });

  test('gives it back when the stack closes, without having to ask where the server is', async () => {
    const t = new Served();
    const { dhcp } = t.attach();
    t.after(1);
    t.isThere = false;
    await t.stack.close();
    expect(t.sent.at(-1)).toMatchObject({ type: 'release', mac: SERVER_MAC, src: ADDRESS, dst: SERVER });
    expect(dhcp.state).toBe('STOPPED');
  });

  test('a second stack on the wire, and a port 68 without DHCP: as ever', () => {
    const t = new Served();
    t.attach();
    const other = new PacketLink({ medium: 'ethernet', name: 'eth1' });
    const plain = t.stack.attach(other, { address: '10.8.0.2/24', mac: OUR_MAC });
    expect(plain.dhcp).toBeUndefined();
    t.after(1);
    t.inject(new Uint8Array(300), { mac: OUR_MAC, dst: ADDRESS }, { srcPort: 1000, dstPort: 69 });
    expect(t.stack.counters['udp.no-listener']).toBe(1);
  });

  test('is refused for a link that is no Ethernet, and for options that cannot be; the link is untouched', () => {
    const stack = new Stack();
    const link = new PacketLink({ name: 'tun0' });
    const before = link.onReceive;
    expect(() => stack.attach(link, { dhcp: true })).toThrow('cannot attach tun0: DHCP needs an Ethernet link');
    expect(link.onReceive).toBe(before);
    const ethernet = new PacketLink({ medium: 'ethernet', name: 'eth0' });
    expect(() => stack.attach(ethernet, { dhcp: { timeout: -1 } })).toThrow(
      'cannot attach eth0: the DHCP option timeout',
    );
    expect(stack.ip.interfaces).toHaveLength(1);
  });
});

describe('the promise of an address', () => {
  /** What the promise comes to when so many seconds have passed. */
  const outcome = async (t: Served, seconds: number) => {
    const { dhcp } = t.attach();
    t.after(seconds);
    return dhcp.ready.then(
      ({ address }) => address,
      (error: unknown) => (error instanceof Error ? error.message : undefined),
    );
  };

  test('is broken in words: nobody is there', async () => {
    const t = new Served();
    t.answer = () => undefined;
    expect(await outcome(t, 10)).toMatch(/^no DHCP server answered on eth0 within 10 s; is there one on this wire/);
  });

  test('somebody offers and does not give', async () => {
    const t = new Served({ probe: false, timeout: 2_500_000 });
    t.answer = ({ options }) => (options.messageType === 'discover' ? 'offer' : undefined);
    expect(await outcome(t, 3)).toBe(
      'no address for eth0 within 2.5 s: a DHCP server offers one, and then does not give it',
    );
  });

  test('the interface goes', async () => {
    const t = new Served();
    t.answer = () => undefined;
    const { interface: on, dhcp } = t.attach();
    t.stack.ip.detach(on);
    await expect(dhcp.ready).rejects.toThrow('eth0 was detached before it had an address from DHCP');
  });

  test('the client goes on asking', async () => {
    const t = new Served();
    t.answer = () => undefined;
    const { dhcp } = t.attach();
    t.after(10);
    await expect(dhcp.ready).rejects.toThrow();
    t.answer = ({ options }) => (options.messageType === 'discover' ? 'offer' : 'ack');
    t.after(60);
    expect(dhcp.state).toBe('BOUND');
  });
});

describe('what comes to port 68', () => {
  test('may be anything: it is counted, told, and dropped', () => {
    const t = new Served();
    t.answer = () => undefined;
    const { dhcp } = t.attach();
    const payloads = fc.oneof(fc.uint8Array({ maxLength: 400 }), dhcpMessage.map(emitDhcp));
    fc.assert(
      fc.property(payloads, fc.boolean(), (payload, broadcast) => {
        t.inject(payload, broadcast ? { mac: EVERYBODY, dst: ALL } : { mac: OUR_MAC, dst: '10.9.0.77' });
      }),
      { numRuns: 200 },
    );
    expect(dhcp.state).toBe('SELECTING');
    const drops = t.events.filter((event) => event.type === 'drop' && event.layer === 'dhcp');
    expect(drops).toHaveLength(200);
    expect(t.stack.counters['dhcp.malformed']).toBeGreaterThan(50);
    expect(t.stack.counters['dhcp.other-station']).toBeGreaterThan(50);
  });

  test('from another port than a server has is none', () => {
    const t = new Served();
    t.attach();
    t.inject(new Uint8Array(300), undefined, { srcPort: 68, dstPort: 68 });
    expect(t.stack.counters['dhcp.malformed']).toBe(1);
  });
});

describe('what is told of it', () => {
  function told(): { log: string[]; ladder: (lang: 'en' | 'ko') => string; t: Served } {
    const t = new Served();
    t.attach();
    t.after(1801);
    const log: string[] = [];
    const writer = new Log({ write: (text) => log.push(text.trimEnd()) });
    const about = t.events.filter(({ type }) => type.startsWith('dhcp'));
    for (const event of about) writer.event(event);
    const ladder = (lang: 'en' | 'ko') => {
      let lines = '';
      const drawn = new Ladder({ write: (text) => (lines += text), lang, width: 120 });
      for (const event of about) drawn.event(event);
      return lines;
    };
    return { log, ladder, t };
  }

  test('in the log: each message, and each change of state with its reason', () => {
    const { log } = told();
    expect(log.map((line) => line.replace(/^\S+ /, '').replace(/xid \S+/, 'xid'))).toEqual([
      'eth0 DHCP STOPPED → INIT (the interface is up)',
      'eth0 DHCP INIT → SELECTING (an address is wanted)',
      'eth0 0.0.0.0 > 255.255.255.255: DHCP discover xid  SELECTING',
      `eth0 ${SERVER} > ${ADDRESS}: DHCP offer ${ADDRESS} xid server ${SERVER} lease 3600  SELECTING`,
      `eth0 DHCP SELECTING → REQUESTING (${SERVER} offers ${ADDRESS})`,
      `eth0 0.0.0.0 > 255.255.255.255: DHCP request ${ADDRESS} xid server ${SERVER}  REQUESTING`,
      `eth0 ${SERVER} > ${ADDRESS}: DHCP ack ${ADDRESS} xid server ${SERVER} lease 3600  REQUESTING`,
      `eth0 DHCP REQUESTING → BOUND (${ADDRESS} is ours, ${ADDRESS})`,
      `eth0 DHCP BOUND → RENEWING (T1 has passed, ${ADDRESS})`,
      `eth0 ${ADDRESS} > ${SERVER}: DHCP request ${ADDRESS} xid  RENEWING`,
      `eth0 ${SERVER} > ${ADDRESS}: DHCP ack ${ADDRESS} xid server ${SERVER} lease 3600  RENEWING`,
      `eth0 DHCP RENEWING → BOUND (${SERVER} lets us have ${ADDRESS} longer, ${ADDRESS})`,
    ]);
  });

  test('in the ladder: a conversation', () => {
    const { ladder } = told();
    expect(ladder('en')).toContain('who has an address for me?');
    expect(ladder('en')).toContain(`how about ${ADDRESS}?`);
    expect(ladder('en')).toContain(`may I have ${ADDRESS} longer?`);
    expect(ladder('en')).toContain(`${ADDRESS} is yours for 3600 s.`);
    expect(ladder('en')).toContain('DHCP DISCOVER');
    expect(ladder('ko')).toContain(`${ADDRESS} 어때?`);
  });

  test('in the counters', () => {
    const { t } = told();
    expect(t.stack.counters).toMatchObject({
      'dhcp.discover': 1,
      'dhcp.offer': 1,
      'dhcp.request': 2,
      'dhcp.ack': 2,
      'dhcp.bound': 2,
    });
  });
});
