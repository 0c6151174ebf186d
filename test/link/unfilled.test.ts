import { describe, expect, test } from '@jest/globals';
import { CHECKED, UNFILLED } from '../../src/link/link';
import { infoOfFrame } from '../../src/link/unfilled';
import { emitEthernet, emitIpv4, emitTcp, emitUdp, ETHERTYPE, PROTOCOL } from '../../src/wire';
import { writeUint16 } from '../../src/wire/bytes';
import { pseudoHeaderSum } from '../../src/wire/pseudo-header';

const SRC = 0x0a090001;
const DST = 0x0a090002;
const TCP_AT = 14 + 20;

function tcpFrame(payload: number): Uint8Array {
  const tcp = emitTcp(
    {
      srcPort: 1,
      dstPort: 2,
      seq: 3,
      ack: 4,
      flags: 0x10,
      window: 5,
      urgent: 0,
      options: [],
      payload: new Uint8Array(payload).fill(7),
    },
    { src: SRC, dst: DST },
  );
  return ethernet(PROTOCOL.TCP, tcp);
}

function ethernet(protocol: number, payload: Uint8Array): Uint8Array {
  const packet = emitIpv4({
    dscp: 0,
    ecn: 0,
    identification: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol,
    src: '10.9.0.1',
    dst: '10.9.0.2',
    options: new Uint8Array(0),
    payload,
  });
  return emitEthernet({
    dst: '02:00:00:00:00:02',
    src: '02:00:00:00:00:01',
    type: ETHERTYPE.IPV4,
    tags: [],
    payload: packet,
  });
}

/** As the kernel leaves it: the sum of the pseudo-header, over the length that the packet has. */
function unfill(frame: Uint8Array, protocol: number, field: number): Uint8Array {
  writeUint16(frame, TCP_AT + field, pseudoHeaderSum(SRC, DST, protocol, frame.length - TCP_AT));
  return frame;
}

describe('what a frame shows of itself', () => {
  test('a checksum that is filled in is to be looked at', () => {
    expect(infoOfFrame(tcpFrame(100), 1500, 'auto')).toBe(0);
    expect(infoOfFrame(tcpFrame(100), 1500, 'verify')).toBe(0);
    expect(infoOfFrame(tcpFrame(100), 1500, 'trust')).toBe(CHECKED);
  });

  test('one that is not is known by the pseudo-header in its place', () => {
    const tcp = unfill(tcpFrame(100), PROTOCOL.TCP, 16);
    expect(infoOfFrame(tcp, 1500, 'auto')).toBe(CHECKED | UNFILLED);
    expect(infoOfFrame(tcp, 1500, 'trust')).toBe(CHECKED | UNFILLED);
    expect(infoOfFrame(tcp, 1500, 'verify')).toBe(0);
    const udp = emitUdp({ srcPort: 1, dstPort: 2, payload: new Uint8Array(9) }, { src: SRC, dst: DST });
    expect(infoOfFrame(unfill(ethernet(PROTOCOL.UDP, udp), PROTOCOL.UDP, 6), 1500, 'auto')).toBe(CHECKED | UNFILLED);
  });

  test('in IPv6, too', () => {
    const frame = new Uint8Array(14 + 40 + 20);
    writeUint16(frame, 12, ETHERTYPE.IPV6);
    writeUint16(frame, 18, 20);
    frame.set([PROTOCOL.TCP], 20);
    frame.set([0xfd, 0, 0, 9], 22);
    frame.set([0xfd, 0, 0, 8], 38);
    expect(infoOfFrame(frame, 1500, 'auto')).toBe(0);
    writeUint16(frame, 54 + 16, 2 * 0xfd00 - 0xffff + 9 + 8 + PROTOCOL.TCP + 20);
    expect(infoOfFrame(frame, 1500, 'auto')).toBe(CHECKED | UNFILLED);
  });

  test('a packet longer than the MTU was made of segments that fit it', () => {
    const frame = unfill(tcpFrame(6000), PROTOCOL.TCP, 16);
    expect(infoOfFrame(frame, 1500, 'auto')).toBe(CHECKED | UNFILLED | 1460);
    expect(infoOfFrame(frame, 1500, 'verify')).toBe(1460);
    expect(infoOfFrame(tcpFrame(1460), 1500, 'auto')).toBe(0);
  });

  test('nothing is said of what is neither, is a fragment, or is cut short', () => {
    for (let length = 0; length < 80; length++) {
      expect(infoOfFrame(unfill(tcpFrame(100), PROTOCOL.TCP, 16).subarray(0, length), 1500, 'auto')).toBe(0);
    }
    const fragment = unfill(tcpFrame(100), PROTOCOL.TCP, 16);
    fragment[20] = 0x20;
    expect(infoOfFrame(fragment, 1500, 'auto')).toBe(0);
    expect(infoOfFrame(ethernet(PROTOCOL.ICMP, new Uint8Array(8)), 1500, 'auto')).toBe(0);
  });
});
