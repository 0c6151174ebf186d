import { describe, expect, test } from '@jest/globals';
import { answerIn, type Awaited } from '../../../src/ip/dhcp/answer';
import { isForClient, messageIn } from '../../../src/ip/dhcp/frames';
import { CHECKED } from '../../../src/link/link';
import { requireIpv4Address } from '../../../src/wire/address';
import { DhcpView, emitDhcp, type DhcpMessage } from '../../../src/wire/dhcp';
import { WireError } from '../../../src/wire/error';
import { emitIpv4, PROTOCOL, viewIpv4, type Ipv4Packet } from '../../../src/wire/ipv4';
import { emitUdp } from '../../../src/wire/udp';
import { ordinaryPacket } from '../../support/packets';
import { good } from '../../wire/helpers';

const MAC = Uint8Array.of(2, 0, 0x5e, 0x10, 0, 2);
const IDENTIFIER = Uint8Array.of(1, ...MAC);
const AWAITED: Awaited = { state: 'RENEWING', xid: 7, mac: MAC, identifier: IDENTIFIER, server: '10.9.0.1' };

const MESSAGE: DhcpMessage = {
  op: 'reply',
  hardwareType: 1,
  hops: 0,
  xid: 7,
  secs: 0,
  broadcast: false,
  ciaddr: '0.0.0.0',
  yiaddr: '10.9.0.50',
  siaddr: '0.0.0.0',
  giaddr: '0.0.0.0',
  chaddr: MAC,
  sname: '',
  file: '',
  options: { messageType: 'ack', serverIdentifier: '10.9.0.1' },
};

const said = (fields: Partial<DhcpMessage>, options: DhcpMessage['options'] = {}, awaited: Partial<Awaited> = {}) =>
  answerIn({ ...MESSAGE, ...fields, options: { ...MESSAGE.options, ...options } }, { ...AWAITED, ...awaited });

describe('whether a message answers us (RFC 2131 §4.4.1)', () => {
  test('it does when all is as it was asked', () => {
    const ack = { type: 'ack', server: '10.9.0.1' };
    expect(said({})).toEqual(ack);
    expect(said({}, { clientIdentifier: IDENTIFIER })).toEqual(ack);
  });

  test.each<[string, Partial<DhcpMessage>, string]>([
    ['a request', { op: 'request' }, 'other-station'],
    ['another kind of hardware', { hardwareType: 6 }, 'other-station'],
    ['another MAC', { chaddr: Uint8Array.of(2, 0, 0x5e, 0x10, 0, 3) }, 'other-station'],
    ['a longer hardware address', { chaddr: Uint8Array.of(...MAC, 0) }, 'other-station'],
    ['another transaction', { xid: 8 }, 'other-transaction'],
  ])('not %s', (_what, fields, reason) => {
    expect(said(fields)).toBe(reason);
  });

  test.each<[string, DhcpMessage['options'], string]>([
    [
      'of another client (RFC 6842 §3)',
      { clientIdentifier: Uint8Array.of(1, 2, 0, 0x5e, 0x10, 0, 3) },
      'other-station',
    ],
    ['of one with a longer identifier', { clientIdentifier: Uint8Array.of(...IDENTIFIER, 0) }, 'other-station'],
    ['of one with a shorter identifier', { clientIdentifier: IDENTIFIER.subarray(0, 6) }, 'other-station'],
    ['from another server', { serverIdentifier: '10.9.0.9' }, 'other-server'],
    ['from a group', { serverIdentifier: '224.0.0.1' }, 'no-server'],
    ['from nobody', { serverIdentifier: '0.0.0.0' }, 'no-server'],
    ['from everybody', { serverIdentifier: '255.255.255.255' }, 'no-server'],
    ['of a client', { messageType: 'discover' }, 'unexpected'],
    ['of another state', { messageType: 'offer' }, 'unexpected'],
  ])('not one %s', (_what, options, reason) => {
    expect(said({}, options)).toBe(reason);
    if (reason === 'no-server') expect(said({}, options, { server: undefined })).toBe(reason);
  });

  test('without a server’s name it is nobody’s', () => {
    expect(answerIn({ ...MESSAGE, options: { messageType: 'ack' } }, AWAITED)).toBe('no-server');
  });

  test.each([
    ['SELECTING', ['offer']],
    ['REQUESTING', ['ack', 'nak']],
    ['REBOOTING', ['ack', 'nak']],
    ['RENEWING', ['ack', 'nak']],
    ['REBINDING', ['ack', 'nak']],
    ['BOUND', []],
    ['INIT', []],
    ['CHECKING', []],
    ['STOPPED', []],
  ] as const)('in %s we wait for %j', (state, wanted) => {
    const taken = (['offer', 'ack', 'nak'] as const).filter(
      (messageType) => typeof said({}, { messageType }, { state, server: undefined }) === 'object',
    );
    expect(taken).toEqual(wanted);
  });
});

describe('what comes to port 68', () => {
  const [src, dst] = ['10.9.0.1', '10.9.0.50'];
  const ends = { src: requireIpv4Address(src), dst: requireIpv4Address(dst) };
  const datagram = (srcPort = 67, dstPort = 68): Uint8Array =>
    emitUdp({ srcPort, dstPort, payload: emitDhcp(MESSAGE) }, ends);
  const packet = (fields: Partial<Ipv4Packet> = {}) =>
    good(viewIpv4(emitIpv4(ordinaryPacket({ protocol: PROTOCOL.UDP, src, dst, payload: datagram(), ...fields }))));

  test.each<[string, Partial<Ipv4Packet>, boolean]>([
    ['a whole datagram', {}, true],
    ['to another port', { payload: datagram(67, 69) }, false],
    ['of another protocol', { protocol: PROTOCOL.TCP }, false],
    ['the first of several fragments', { moreFragments: true }, false],
    ['the last of several fragments', { fragmentOffset: 8 }, false],
  ])('%s', (_what, fields, isOurs) => {
    expect(isForClient(packet(fields))).toBe(isOurs);
  });

  test('is a message when its checksum is good, or the link vouches for it, and it is from a server', () => {
    expect(messageIn(packet(), 0)).toBeInstanceOf(DhcpView);
    const bad = datagram();
    bad[6] = (bad[6] ?? 0) ^ 1;
    expect(messageIn(packet({ payload: bad }), 0)).toMatchObject({ field: 'checksum' });
    expect(messageIn(packet({ payload: bad }), CHECKED)).toBeInstanceOf(DhcpView);
    expect(messageIn(packet({ payload: datagram(66) }), 0)).toMatchObject({ field: 'srcPort' });
    expect(messageIn(packet({ payload: datagram().subarray(0, 7) }), 0)).toBeInstanceOf(WireError);
  });
});
