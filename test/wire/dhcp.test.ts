import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emitDhcp, parseDhcp, viewDhcp, type DhcpMessage } from '../../src/wire';
import { dhcpMessage } from './dhcp-arbitraries';
import { bad, good, hex, join, patch } from './helpers';

const OFFER: DhcpMessage = {
  op: 'reply',
  hardwareType: 1,
  hops: 0,
  xid: 0x3903f326,
  secs: 3,
  broadcast: true,
  ciaddr: '0.0.0.0',
  yiaddr: '192.168.1.100',
  siaddr: '192.168.1.1',
  giaddr: '0.0.0.0',
  chaddr: hex('0205 5e10 0002'),
  sname: '',
  file: '',
  options: {},
};

/** The header, the cookie, and then these octets. */
function message(options: string, changes: Record<number, number> = {}): Uint8Array {
  return join([patch(emitDhcp(OFFER).subarray(0, 240), changes), hex(options)]);
}

/** The same with octets in the fields that options may overload. */
function overloaded(options: string, { file = '', sname = '' }: { file?: string; sname?: string }): Uint8Array {
  const bytes = message(options);
  bytes.set(hex(sname), 44);
  bytes.set(hex(file), 108);
  return bytes;
}

const optionsOf = (bytes: Uint8Array) => good(parseDhcp(bytes)).options;

describe('DHCP', () => {
  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(dhcpMessage, (value) => {
        expect(parseDhcp(emitDhcp(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('the fields stand where RFC 2131 §2 puts them', () => {
    const bytes = emitDhcp({ ...OFFER, sname: 'server', file: 'boot', options: { messageType: 'offer' } });
    expect(bytes.subarray(0, 34)).toEqual(
      hex('02010600 3903f326 0003 8000 00000000 c0a80164 c0a80101 00000000 02055e100002'),
    );
    expect(bytes.subarray(44, 51)).toEqual(hex('736572766572 00'));
    expect(bytes.subarray(108, 113)).toEqual(hex('626f6f74 00'));
    expect(bytes.subarray(236, 244)).toEqual(hex('63825363 350102 ff'));
    expect(bytes).toHaveLength(300);
    expect(good(viewDhcp(bytes))).toMatchObject({ op: 2, xid: 0x3903f326, broadcast: true, yiaddr: 0xc0a80164 });
  });

  test('every option that is read, octet by octet', () => {
    const read = optionsOf(
      message(
        '350105 0104ffffff00 0308c0a80101c0a80102 060408080808 0c026131 0f0474657374 1a0205dc 1c04c0a801ff 2a040a000001 ' +
          '33040000003c 3604c0a80101 3802 6e6f 3a040000001e 3b0400000034 77 1b 03657468 04636f7270 00 03777777 c004 ' +
          '0461626364 04746573 74 00 79 0d 18 0a1402 c0a80109 00 c0a80101 ff',
      ),
    );
    expect(read).toEqual({
      messageType: 'ack',
      subnetMask: '255.255.255.0',
      routers: ['192.168.1.1', '192.168.1.2'],
      domainNameServers: ['8.8.8.8'],
      hostName: 'a1',
      domainName: 'test',
      interfaceMtu: 1500,
      broadcastAddress: '192.168.1.255',
      ntpServers: ['10.0.0.1'],
      leaseTime: 60,
      serverIdentifier: '192.168.1.1',
      message: 'no',
      renewalTime: 30,
      rebindingTime: 52,
      domainSearch: ['eth.corp', 'www.corp', 'abcd.test'],
      classlessRoutes: [
        { prefix: '10.20.2.0/24', router: '192.168.1.9' },
        { prefix: '0.0.0.0/0', router: '192.168.1.1' },
      ],
    });
  });

  test('pads do not count, nor what lies behind END; END may be missing', () => {
    expect(optionsOf(message('0000 350102 00 ff 350105'))).toEqual({ messageType: 'offer' });
    expect(optionsOf(message('350102'))).toEqual({ messageType: 'offer' });
    expect(optionsOf(message(''))).toEqual({});
  });

  test('NULs behind a text do not belong to it (RFC 2132 §2)', () => {
    expect(optionsOf(message('0c046131 0000 ff'))).toEqual({ hostName: 'a1' });
  });

  test('bits of a route beyond its length do not count (RFC 3442)', () => {
    expect(optionsOf(message('7908 14 0aefff 01020304 ff')).classlessRoutes).toEqual([
      { prefix: '10.239.240.0/20', router: '1.2.3.4' },
    ]);
  });

  describe('overload and pieces (RFC 2132 §9.3, RFC 3396)', () => {
    test('options are read from the fields that the overload option names, and the names there are none', () => {
      const fields = { file: '0c026662 ff', sname: '0f027362 ff' };
      expect(good(parseDhcp(overloaded('340101 ff', fields)))).toMatchObject({ file: '', options: { hostName: 'fb' } });
      expect(good(parseDhcp(overloaded('340102 ff', fields)))).toMatchObject({
        sname: '',
        file: '\u000c\u0002fbÿ',
        options: { domainName: 'sb' },
      });
      expect(optionsOf(overloaded('340103 ff', fields))).toEqual({ hostName: 'fb', domainName: 'sb' });
      expect(optionsOf(overloaded('ff', fields))).toEqual({});
    });

    test('pieces are put together: first those of the options, then of file, then of sname', () => {
      const bytes = overloaded('0c0161 340103 0c0162 ff', { file: '0c0163 ff', sname: '0c0164 ff' });
      expect(optionsOf(bytes)).toEqual({ hostName: 'abcd' });
      expect(optionsOf(message('0306 01020304 0506 0302 0708 ff')).routers).toEqual(['1.2.3.4', '5.6.7.8']);
    });

    test('an overload option inside the overloaded fields leads nowhere', () => {
      expect(optionsOf(overloaded('340101 ff', { file: '340102 0c0163 ff', sname: '0c0164 ff' }))).toEqual({
        hostName: 'c',
      });
    });

    test('an option of 600 bytes goes in three pieces', () => {
      const bytes = emitDhcp({ ...OFFER, options: { others: [{ code: 224, data: new Uint8Array(600).fill(7) }] } });
      expect([bytes[240], bytes[241], bytes[497], bytes[498], bytes[754], bytes[755]]).toEqual([
        224, 255, 224, 255, 224, 90,
      ]);
    });
  });

  test.each([
    ['nothing', new Uint8Array(0), 'header', 0],
    ['a cut header', message('').subarray(0, 239), 'header', 239],
    ['an op of neither', message('ff', { 0: 3 }), 'op', 0],
    ['a hardware address of 17 bytes', message('ff', { 2: 17 }), 'hlen', 2],
    ["BOOTP without DHCP's options", message('ff', { 236: 0 }), 'cookie', 236],
    ['an option without its length', message('35'), 'options', 240],
    ['an option beyond the end', message('3502 01'), 'options', 241],
    ['an option beyond its field', overloaded('340101 ff', { file: '00'.repeat(126) + '0c0163' }), 'file', 235],
    ['a message type that is none', message('350109 ff'), 'options', 240],
    ['two message types', message('00 350101 350102 ff'), 'options', 241],
    ['half an address', message('3602 0102 ff'), 'options', 240],
    ['no router', message('0300 ff'), 'options', 240],
    ['an overload of 4', message('340104 ff'), 'options', 240],
    ['a route to /33', message('7909 21 01020304 01020304 ff'), 'options', 240],
    ['a route cut off', message('7905 18 01020304 ff'), 'options', 240],
    ['a name that points to itself', message('7702 c000 ff'), 'options', 240],
    ['a name that points ahead', message('7706 c002 0161 00 00 ff'), 'options', 240],
    ['names that point at each other', message('7708 0161 c004 0162 c000 ff'), 'options', 240],
    ['a name with a space', message('7704 02 6120 00 ff'), 'options', 240],
    ['a client identifier of one octet', message('3d0101 ff'), 'options', 240],
  ])('%s is reported', (_, bytes, field, offset) => {
    expect(bad(viewDhcp(bytes))).toMatchObject({ header: 'dhcp', field, offset });
  });

  test('a few octets do not become many names', () => {
    const name = `3f${'61'.repeat(63)}`.repeat(3) + '00';
    const bombs = 'c000'.repeat(100);
    const data = hex(name + bombs);
    const pieces = [0, 255].map((at) => data.subarray(at, at + 255));
    const option = join(pieces.flatMap((piece) => [Uint8Array.of(119, piece.length), piece]));
    expect(bad(viewDhcp(join([message(''), option])))).toMatchObject({ field: 'options' });
  });

  test('emit refuses what a message cannot hold', () => {
    const refuses = (changes: Partial<DhcpMessage>) => {
      expect(() => emitDhcp({ ...OFFER, ...changes })).toThrow(RangeError);
    };
    refuses({ xid: 2 ** 32 });
    refuses({ secs: -1 });
    refuses({ chaddr: new Uint8Array(17) });
    refuses({ yiaddr: '1.2.3' });
    refuses({ sname: 'x'.repeat(65) });
    refuses({ file: 'a\0b' });
    refuses({ options: { hostName: '' } });
    refuses({ options: { hostName: 'ä€' } });
    refuses({ options: { routers: [] } });
    refuses({ options: { interfaceMtu: 65_536 } });
    refuses({ options: { domainSearch: ['a..b'] } });
    refuses({ options: { classlessRoutes: [{ prefix: '10.0.0.0', router: '10.0.0.1' }] } });
    refuses({ options: { others: [{ code: 53, data: hex('01') }] } });
  });
});
