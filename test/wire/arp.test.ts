import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ARP_REPLY, ARP_REQUEST, emitArp, parseArp, viewArp } from '../../src/wire';
import { arpPacket } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX } from './linux-packets';

const request = LINUX.arpRequest.subarray(14);

describe('ARP', () => {
  test("Linux's request", () => {
    expect(parseArp(request)).toEqual({
      operation: ARP_REQUEST,
      senderMac: '02:00:00:00:00:01',
      senderAddress: '10.9.0.1',
      targetMac: '00:00:00:00:00:00',
      targetAddress: '10.9.0.2',
    });
  });

  test("Linux's reply, as a view", () => {
    const view = good(viewArp(LINUX.arpReply, 14));
    expect(view.operation).toBe(ARP_REPLY);
    expect(view.senderMac).toEqual(hex('020000000002'));
    expect(view.senderAddress).toBe(0x0a090002);
    expect(view.targetMac).toEqual(hex('020000000001'));
    expect(view.targetAddress).toBe(0x0a090001);
  });

  test.each([LINUX.arpRequest, LINUX.arpReply])('emit(parse(bytes)) is the bytes Linux sent', (bytes) => {
    expect(emitArp(good(parseArp(bytes.subarray(14))))).toEqual(bytes.subarray(14));
  });

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(arpPacket, (packet) => {
        expect(parseArp(emitArp(packet))).toEqual(packet);
      }),
    );
  });

  test("Ethernet's padding behind it does not matter", () => {
    expect(parseArp(join([request, new Uint8Array(18)]))).toEqual(parseArp(request));
  });

  test.each([
    ['hardwareType', 0, { 1: 6 }],
    ['protocolType', 2, { 2: 0x86, 3: 0xdd }],
    ['hardwareLength', 4, { 4: 8 }],
    ['protocolLength', 5, { 5: 16 }],
  ])('another %s is reported', (field, offset, changes) => {
    expect(bad(viewArp(patch(request, changes)))).toMatchObject({ header: 'arp', field, offset });
  });

  test('what is too short is reported', () => {
    expect(bad(viewArp(request.subarray(0, 27)))).toMatchObject({ header: 'arp', field: 'header', offset: 27 });
  });

  test('emit refuses what is no address or operation', () => {
    const packet = good(parseArp(request));
    expect(() => emitArp({ ...packet, operation: -1 })).toThrow(RangeError);
    expect(() => emitArp({ ...packet, targetAddress: '10.9.0' })).toThrow("'10.9.0' is not an IPv4 address");
    expect(() => emitArp({ ...packet, senderMac: '02' })).toThrow(RangeError);
  });
});
