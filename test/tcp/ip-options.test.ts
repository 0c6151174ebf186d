import { describe, expect, test } from '@jest/globals';
import type { IpOption } from '../../src/tcp/connection-options';
import { TcpError } from '../../src/tcp/errors';
import { emitIpv4 } from '../../src/wire/ipv4';
import {
  emitIpv4Options,
  emptyRecordRoute,
  emptyTimestamp,
  parseIpv4Options,
  type Ipv4Option,
} from '../../src/wire/ipv4-options';
import { established, PEER, script, SECOND, US, type Script } from '../support/script';

/** Routers: the first is on our wire. */
const [R1, R2, R3] = ['10.9.0.254', '198.51.100.1', '198.51.100.2'] as const;
const ON = { sourceRoute: true } as const;

/** The IPv4 options of the last packet that we sent. */
function sent(t: Script): unknown {
  return parseIpv4Options(t.lastHeader?.options ?? new Uint8Array(0));
}

/** A segment from the peer comes with options of IPv4. */
function comes(t: Script, line: string, ...options: Ipv4Option[]): Script {
  t.wire.inject({ ...t.peer.packet(line), options: emitIpv4Options(options) });
  return t;
}

/** What a packet has at its end that went by these routers to us. */
const cameBy = (...route: string[]): Ipv4Option => ({
  kind: 'loose-source-route',
  pointer: 4 + 4 * route.length,
  route,
});

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof TcpError && error.code === 'EINVAL') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe("IPv4's options on a connection (RFC 9293 §3.9.2.1)", () => {
  const both: IpOption[] = [emptyTimestamp(2, 0), emptyRecordRoute(3)];

  test('MAY-10, MAY-11: timestamp and record route stand on every segment, from the SYN to the last ACK', () => {
    const t = script({ active: 80, ipOptions: both });
    const stamped = (): void => {
      expect(sent(t)).toMatchObject([
        { kind: 'timestamp', pointer: 9, entries: [{ time: 0x80000000 + t.now / 1000 }, { time: 0 }] },
        emptyRecordRoute(3),
      ]);
      t.skip();
    };
    stamped();
    t.inject('S. 0:0(0) ack 1 <mss 1460>');
    stamped();
    t.after(SECOND).send('hello');
    stamped();
    t.inject('F. 1:1(0) ack 6');
    stamped();
    t.close();
    stamped();
  });

  test('MUST-16: they take their room from the data', () => {
    // 12 and 15 octets, padded to 28.
    const t = established({ passive: 80, ipOptions: both });
    expect(t.status.mss).toEqual({ send: 1432, receive: 1460 });
    t.send(2864);
    t.expect('. 1:1433(1432) ack 1', 'P. 1433:2865(1432) ack 1').inject('. 1:1(0) ack 2865');
    t.set({ ipOptions: [] }).send(2920);
    t.expect('. 2865:4325(1460) ack 1', 'P. 4325:5785(1460) ack 1');
    expect(sent(t)).toEqual([]);
  });

  test.each<[string, IpOption[]]>([
    ['more than 40 octets', [emptyRecordRoute(9), emptyTimestamp(1, 0)]],
    ['a source route among them', [{ kind: 'loose-source-route', pointer: 4, route: [R1] } as unknown as IpOption]],
    ['an address that is none', [{ kind: 'record-route', pointer: 4, route: ['router'] }]],
  ])('%s: refused', (_, ipOptions) => {
    const t = established();
    expect(refusal(() => t.set({ ipOptions }))).toContain('ipOptions');
    expect(refusal(() => script({ active: 80, ipOptions }))).toContain('ipOptions');
  });

  test('MAY-10, MAY-11: STATUS tells what came with the last segment that had any', () => {
    const t = established();
    expect(t.status.receivedIpOptions).toEqual([]);
    const route: IpOption = { kind: 'record-route', pointer: 8, route: [R1, '0.0.0.0'] };
    comes(t, 'P. 1:6(5) ack 1 "hello"', route).reads('hello').skip();
    t.inject('P. 6:11(5) ack 1 "again"').skip().reads('again');
    expect(t.status.receivedIpOptions).toEqual([route]);
  });

  test('MUST-50: options that it does not know are ignored', () => {
    const t = established();
    comes(t, 'P. 1:6(5) ack 1 "hello"', { kind: 'unknown', type: 0x9e, data: new Uint8Array(2) })
      .reads('hello')
      .skip();
    expect(t.drops).toEqual([]);
  });
});

describe('source routes (RFC 9293 §3.9.2.1)', () => {
  test('MUST-51: an active OPEN may name the routers, and every segment goes by them', () => {
    const t = script({ ip: ON });
    t.open({ remote: { address: '192.0.2.7', port: 80 }, sourceRoute: { hops: [R1, R2] } });
    const by = { kind: 'loose-source-route', pointer: 4, route: [R2, '192.0.2.7'] };
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, [by]]);
    t.skip().after(SECOND);
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, [by]]);
    t.skip();
  });

  test('MUST-51: and that no others may lie between; MUST-16: its room is taken from the data', () => {
    const t = script({ ip: ON });
    const { local, remote } = t.peer;
    const connection = t.open({
      local,
      remote,
      sourceRoute: { strict: true, hops: [R1] },
      ipOptions: [emptyRecordRoute(1)],
    });
    expect(sent(t)).toEqual([{ kind: 'strict-source-route', pointer: 4, route: [PEER] }, emptyRecordRoute(1)]);
    t.skip().inject('S. 0:0(0) ack 1 <mss 1460>').skip();
    // 7 and 7 octets, padded one by one as the machine counts them.
    expect(connection.status().mss.send).toBe(1460 - 16);
  });

  test('MUST-52: it overrides one that comes in a datagram', () => {
    const t = script({ ip: ON });
    const { local, remote } = t.peer;
    t.open({ local, remote, sourceRoute: { hops: [R1] } });
    const ours = sent(t);
    comes(t.skip(), 'S. 0:0(0) ack 1 <mss 1460>', cameBy(R3, '10.9.0.253'));
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, ours]);
    t.skip();
  });

  test('an active OPEN without one does not take what comes', () => {
    const t = script({ active: 80, ip: ON }).skip();
    comes(t, 'S. 0:0(0) ack 1 <mss 1460>', cameBy(R2, R1));
    expect([t.lastHeader?.dst, sent(t)]).toEqual([PEER, []]);
    t.skip();
  });

  test("MUST-53: a passive OPEN answers by the SYN's route, turned around, on all segments", () => {
    const t = script({ passive: 80, ip: ON });
    comes(t, 'S 0:0(0) <mss 1460>', cameBy(R2, R1));
    const back = [{ kind: 'loose-source-route', pointer: 4, route: [R2, PEER] }];
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, back]);
    t.skip().inject('. 1:1(0) ack 1');
    t.accept();
    t.send('hello');
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, back]);
    t.skip();
    expect(t.status.mss.send).toBe(1460 - 12);
    t.abort();
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, back]);
    t.skip();
  });

  test('SHLD-24: a later route replaces an earlier one, and a segment without one none', () => {
    const t = script({ passive: 80, ip: ON });
    comes(t, 'S 0:0(0) <mss 1460>', cameBy(R2, R1)).skip();
    comes(t, '. 1:1(0) ack 1', cameBy(R3, R1));
    t.accept();
    t.inject('P. 1:6(5) ack 1 "hello"').reads('hello').skip();
    t.send('hello');
    expect(sent(t)).toEqual([{ kind: 'loose-source-route', pointer: 4, route: [R3, PEER] }]);
    t.skip();
  });

  test('a RST for a segment that came by a route goes back by it', () => {
    const t = script({ ip: ON });
    comes(t, 'S 0:0(0) <mss 1460>', cameBy(R2, R1));
    expect([t.lastHeader?.dst, sent(t)]).toEqual([R1, [{ kind: 'loose-source-route', pointer: 4, route: [R2, PEER] }]]);
    t.skip().inject('S 0:0(0) <mss 1460>');
    expect([t.lastHeader?.dst, sent(t)]).toEqual([PEER, []]);
    t.skip();
  });

  test("beside a route the user's options are left out where they do not fit any more", () => {
    const t = script({ passive: 80, ip: ON, ipOptions: [emptyRecordRoute(8)] });
    comes(t, 'S 0:0(0) <mss 1460>', cameBy(R2, R1));
    expect(sent(t)).toMatchObject([{ kind: 'loose-source-route' }]);
    t.skip();
  });

  test('an ICMP error that quotes a packet with a route finds its connection', () => {
    const t = script({ ip: ON });
    const { local, remote } = t.peer;
    const connection = t.open({ local, remote, sourceRoute: { hops: [R1] } });
    t.skip();
    t.icmp({ type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted: quoteOf(t) });
    expect(connection.state).toBe('CLOSED');
  });

  test('they are off unless asked for, and what cannot be is refused with its reason', () => {
    const call = (ip: object, hops: string[], ipOptions: IpOption[] = []): string => {
      const t = script({ ip });
      return refusal(() => t.open({ remote: { address: PEER, port: 80 }, sourceRoute: { hops }, ipOptions }));
    };
    expect(call({}, [R1])).toContain('give the stack `ip: { sourceRoute: true }`');
    expect(call(ON, [])).toContain('one to nine hops');
    expect(call(ON, [R1, 'router'])).toContain('one to nine hops');
    expect(call(ON, [US])).toContain('routers other than ourselves');
    expect(call(ON, [R1, R2, R3], [emptyRecordRoute(8)])).toContain('40 is the most');
  });
});

/** The last packet that we sent, with all of its options, as an ICMP error quotes it. */
function quoteOf(t: Script): Uint8Array {
  const { lastHeader } = t;
  if (lastHeader === undefined) throw new Error('nothing was sent');
  const { options, payload } = lastHeader;
  return emitIpv4(lastHeader).slice(0, 20 + options.length + Math.min(8, payload.length));
}
