import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bytesOfField,
  dissectFrame,
  dissectTcp,
  fieldsAtBit,
  findField,
  leavesOfByte,
  LINK_TYPE,
  meaningOf,
  wrongOf,
  type Dissection,
  type Field,
} from '../../../src/inspect/dissect';
import { LANGUAGES, type Lang } from '../../../src/inspect/lang';
import { parseAddress, requireAddress } from '../../../src/wire/address';
import { emitArp } from '../../../src/wire/arp';
import { emitEthernet } from '../../../src/wire/ethernet';
import { emitIcmp } from '../../../src/wire/icmp';
import { emitIpv4, PROTOCOL } from '../../../src/wire/ipv4';
import { emitIpv6 } from '../../../src/wire/ipv6';
import { pseudoHeaderSum } from '../../../src/wire/pseudo-header';
import { emitTcp, FLAG, type TcpSegment } from '../../../src/wire/tcp';
import { emitUdp } from '../../../src/wire/udp';

const SRC = '10.9.0.1';
const DST = '10.9.0.2';
const PSEUDO = { src: requireAddress(SRC), dst: requireAddress(DST) };
const MACS = { src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' };

const SEGMENT: TcpSegment = {
  srcPort: 41234,
  dstPort: 80,
  seq: 1001,
  ack: 5001,
  flags: FLAG.ACK | FLAG.PSH,
  window: 502,
  urgent: 0,
  options: [
    { kind: 'nop' },
    { kind: 'nop' },
    { kind: 'timestamps', value: 77, echo: 66 },
    { kind: 'nop' },
    { kind: 'nop' },
    { kind: 'sack', blocks: [{ left: 6001, right: 7001 }] },
  ],
  payload: new TextEncoder().encode('GET / HTTP/1.1\r\n'),
};

function ipv4(
  payload: Uint8Array,
  protocol: number,
  more: { options?: Uint8Array; fragmentOffset?: number } = {},
): Uint8Array {
  return emitIpv4({
    dscp: 0,
    ecn: 3,
    identification: 7,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol,
    src: SRC,
    dst: DST,
    options: new Uint8Array(0),
    payload,
    ...more,
  });
}

const TCP = emitTcp(SEGMENT, PSEUDO);
const FRAME = emitEthernet({
  ...MACS,
  type: 0x0800,
  tags: [0x6064],
  payload: Uint8Array.of(...ipv4(TCP, PROTOCOL.TCP), 0, 0, 0),
});

/** What each field says, by id, those that were asked for. */
function values({ fields }: Dissection, ...ids: string[]): Record<string, string | undefined> {
  return Object.fromEntries(ids.map((id) => [id, findField(fields, id)?.value]));
}

/** All fields, and that each bit is in one leaf, each id once, each meaning said in each language. */
function sound({ bytes, fields }: Dissection): Field[] {
  const all: Field[] = [];
  const walk = (list: readonly Field[], from: number, to: number): void => {
    let at = from;
    for (const field of list) {
      if (field.bitOffset !== at || field.bitLength <= 0)
        throw new Error(`${field.id} begins at bit ${field.bitOffset}, not ${at}`);
      all.push(field);
      if (field.children.length > 0) walk(field.children, at, at + field.bitLength);
      at += field.bitLength;
    }
    if (at !== to) throw new Error(`the fields end at bit ${at}, not ${to}`);
  };
  walk(fields, 0, bytes.length * 8);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const lang of Object.keys(LANGUAGES) as Lang[]) {
    for (const field of all) {
      const text = `${meaningOf(field, lang)} ${wrongOf(field, lang) ?? ''}`;
      if (/undefined|NaN|\?\?|: \?/.test(text)) throw new Error(`${field.id}: ${text}`);
    }
  }
  return all;
}

describe('a TCP segment, field by field', () => {
  const dissection = dissectTcp(TCP, { ...PSEUDO, isn: { seq: 1000, ack: 5000 }, shift: 7 });

  test('says every field, bit and option', () => {
    const all = sound(dissection);
    expect(all.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'tcp.source-port',
        'tcp.reserved',
        'tcp.flags.ae',
        'tcp.flags.fin',
        'tcp.urgent',
        'tcp.options.5.block.0.left',
        'tcp.data',
      ]),
    );
    expect(
      values(
        dissection,
        'tcp.seq',
        'tcp.ack',
        'tcp.data-offset',
        'tcp.flags',
        'tcp.flags.psh',
        'tcp.flags.syn',
        'tcp.window',
        'tcp.options',
        'tcp.options.2',
        'tcp.options.5',
        'tcp.data',
      ),
    ).toEqual({
      'tcp.seq': '1001 (1)',
      'tcp.ack': '5001 (1)',
      'tcp.data-offset': '11',
      'tcp.flags': 'ACK, PSH',
      'tcp.flags.psh': '1',
      'tcp.flags.syn': '0',
      'tcp.window': '502 × 128 = 64256',
      'tcp.options': 'Timestamps, SACK',
      'tcp.options.2': 'TSval 77, TSecr 66',
      'tcp.options.5': '1001–2001',
      'tcp.data': 'GET / HTTP/1.1\\r\\n',
    });
    const window = findField(dissection.fields, 'tcp.window');
    expect(window === undefined ? '' : meaningOf(window, 'en')).toContain('64,256');
    expect(findField(dissection.fields, 'tcp.checksum')?.facts).toEqual({ good: true });
  });

  test('bytes lead to fields and back', () => {
    const chain = fieldsAtBit(dissection.fields, 13 * 8 + 3).map(({ id }) => id);
    expect(chain).toEqual(['tcp', 'tcp.flags', 'tcp.flags.ack']);
    expect(leavesOfByte(dissection.fields, 12).map(({ id }) => id)).toEqual([
      'tcp.data-offset',
      'tcp.reserved',
      'tcp.flags.ae',
    ]);
    const echo = findField(dissection.fields, 'tcp.options.2.echo');
    const { from, to } = echo === undefined ? { from: 0, to: 0 } : bytesOfField(echo);
    expect([...TCP.subarray(from, to)]).toEqual([0, 0, 0, 66]);
    expect(fieldsAtBit(dissection.fields, TCP.length * 8)).toEqual([]);
  });

  test('what is wrong is named', () => {
    const wrong = (bytes: Uint8Array, id: string, context = {}): string | undefined =>
      findField(dissectTcp(bytes, context).fields, id)?.wrong;
    const damaged = TCP.slice();
    damaged[damaged.length - 1] = 1;
    expect(wrong(damaged, 'tcp.checksum', PSEUDO)).toBe('checksum');
    const christmas = TCP.slice();
    christmas[13] = 0xff;
    expect(wrong(christmas, 'tcp.flags')).toBe('flags');
    const short = TCP.slice();
    short[12] = 0x40;
    expect(wrong(short, 'tcp.data-offset')).toBe('data-offset');
    const cookie = emitTcp({ ...SEGMENT, options: [{ kind: 'mss', mss: 1460 }] });
    expect(wrong(cookie, 'tcp.options.0')).toBe('not-in-syn');
    const option = TCP.slice();
    option[23] = 1;
    expect(wrong(option, 'tcp.options.2.length')).toBe('length');
    expect(wrong(TCP.subarray(0, 13), 'tcp.flags')).toBeUndefined();
    expect(findField(dissectTcp(TCP, { length: 1000 }).fields, 'tcp.data')?.wrong).toBe('cut');
    const offloaded = TCP.slice();
    const pseudo = pseudoHeaderSum(PSEUDO.src, PSEUDO.dst, PROTOCOL.TCP, TCP.length);
    offloaded.set([pseudo >>> 8, pseudo & 255], 16);
    const left = findField(dissectTcp(offloaded, PSEUDO).fields, 'tcp.checksum');
    expect([left?.meaning, left?.wrong]).toEqual(['tcp.checksum-offloaded', undefined]);
  });
});

describe('a frame', () => {
  test('Ethernet with a VLAN tag, IPv4, TCP, padding', () => {
    const dissection = dissectFrame(FRAME, LINK_TYPE.ETHERNET, { tcp: { isn: { seq: 1000, ack: 5000 } } });
    sound(dissection);
    expect(
      values(
        dissection,
        'ethernet',
        'ethernet.tag.0',
        'ethernet.type',
        'ipv4',
        'ipv4.ecn',
        'ipv4.flags.df',
        'tcp',
        'tcp.seq',
        'trailing',
      ),
    ).toEqual({
      ethernet: '02:00:00:00:00:01 → 02:00:00:00:00:02',
      'ethernet.tag.0': 'VLAN 100',
      'ethernet.type': '0x0800 (IPv4)',
      ipv4: '10.9.0.1 → 10.9.0.2',
      'ipv4.ecn': '3 (CE)',
      'ipv4.flags.df': '1',
      tcp: '41234 → 80 [ACK, PSH]',
      'tcp.seq': '1001 (1)',
      trailing: '00 00 00',
    });
    expect(findField(dissection.fields, 'tcp.checksum')?.facts).toEqual({ good: true });
    expect(findField(dissection.fields, 'ipv4.checksum')?.facts).toEqual({ good: true });
  });

  test('IPv6 with extension headers', () => {
    const src = requireAddress('fd00::1');
    const dst = requireAddress('fd00::2');
    const tcp = emitTcp(SEGMENT, { src, dst });
    const padded = Uint8Array.of(PROTOCOL.TCP, 0, 1, 4, 0, 0, 0, 0, ...tcp);
    const packet = emitIpv6({
      dscp: 0,
      ecn: 0,
      extensions: [],
      flowLabel: 9,
      protocol: 60,
      ttl: 64,
      src: 'fd00::1',
      dst: 'fd00::2',
      payload: padded,
    });
    const dissection = dissectFrame(packet, LINK_TYPE.RAW);
    sound(dissection);
    expect(values(dissection, 'ipv6', 'ipv6.next-header', 'ipv6.extension.0.0', 'tcp.flags')).toEqual({
      ipv6: 'fd00::1 → fd00::2',
      'ipv6.next-header': '60 (Destination Options)',
      'ipv6.extension.0.0': '00 00 00 00',
      'tcp.flags': 'ACK, PSH',
    });
    expect(findField(dissection.fields, 'tcp.checksum')?.facts).toEqual({ good: true });
  });

  test('ARP, ICMP, UDP, IPv4 options, a later fragment, and what is left of a long one', () => {
    const arp = emitArp({
      operation: 1,
      senderMac: MACS.src,
      senderAddress: SRC,
      targetMac: '00:00:00:00:00:00',
      targetAddress: DST,
    });
    const quoted = ipv4(TCP, PROTOCOL.TCP).slice(0, 28);
    const icmp = emitIcmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 1280, quoted });
    const udp = emitUdp({ srcPort: 53, dstPort: 5353, payload: Uint8Array.of(1, 2) }, PSEUDO);
    const seen = [
      dissectFrame(emitEthernet({ ...MACS, type: 0x0806, tags: [], payload: arp }), LINK_TYPE.ETHERNET),
      dissectFrame(ipv4(icmp, PROTOCOL.ICMP), LINK_TYPE.RAW),
      dissectFrame(ipv4(udp, PROTOCOL.UDP, { options: Uint8Array.of(148, 4, 0, 0) }), LINK_TYPE.RAW),
      dissectFrame(ipv4(TCP.subarray(24), PROTOCOL.TCP, { fragmentOffset: 24 }), LINK_TYPE.RAW),
      dissectFrame(FRAME.subarray(0, 70), LINK_TYPE.ETHERNET),
    ];
    for (const dissection of seen) sound(dissection);
    const [a, i, u, f, cut] = seen.map(
      ({ fields }) =>
        (id: string) =>
          findField(fields, id),
    );
    expect(a?.('arp')?.value).toBe('who has 10.9.0.2? tell 10.9.0.1');
    expect([i?.('icmp.mtu')?.value, i?.('icmp.checksum')?.facts]).toEqual(['1280', { good: true }]);
    expect([u?.('udp')?.value, u?.('udp.checksum')?.facts, u?.('ipv4.options')?.value]).toEqual([
      '53 → 5353',
      { good: true },
      'Router Alert',
    ]);
    expect([f?.('fragment')?.value === undefined, f?.('tcp')]).toEqual([false, undefined]);
    expect([cut?.('ipv4.total-length')?.wrong, cut?.('tcp.checksum')?.meaning]).toEqual([
      'cut',
      'tcp.checksum-unchecked',
    ]);
  });
});

describe('whatever comes', () => {
  const linkTypes = [...Object.values(LINK_TYPE), 9999];

  test('each bit is in one leaf: random octets, and packets that were damaged and cut', () => {
    const random = fc.record({ bytes: fc.uint8Array({ maxLength: 160 }), type: fc.constantFrom(...linkTypes) });
    const damaged = fc
      .record({
        cut: fc.nat(FRAME.length),
        changes: fc.array(fc.tuple(fc.nat(FRAME.length - 1), fc.nat(255)), { maxLength: 6 }),
        type: fc.constantFrom(LINK_TYPE.ETHERNET, LINK_TYPE.ETHERNET, LINK_TYPE.RAW),
      })
      .map(({ cut, changes, type }) => {
        const bytes = FRAME.slice(type === LINK_TYPE.RAW ? 18 : 0);
        for (const [at, value] of changes) bytes[at] = value;
        return { bytes: bytes.slice(0, cut), type };
      });
    fc.assert(
      fc.property(fc.oneof(random, damaged), ({ bytes, type }) => {
        sound(dissectFrame(bytes, type));
        sound(
          dissectTcp(bytes, { src: parseAddress(SRC), dst: parseAddress(DST), length: 5, shift: 3, isn: { seq: 1 } }),
        );
      }),
      { numRuns: 1500 },
    );
  });
});
