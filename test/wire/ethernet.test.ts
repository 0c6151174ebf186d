import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emitEthernet, ETHERTYPE, parseEthernet, viewEthernet, writeEthernetHeader } from '../../src/wire';
import { ethernetFrame } from './arbitraries';
import { bad, good, hex } from './helpers';
import { LINUX } from './linux-packets';

const frame = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01', type: 0x0800, tags: [], payload: hex('4500') };

describe('Ethernet', () => {
  test('a frame from Linux', () => {
    const view = good(viewEthernet(LINUX.arpRequest));
    expect(view.dst).toEqual(hex('ffffffffffff'));
    expect(view.src).toEqual(hex('020000000001'));
    expect(view.type).toBe(ETHERTYPE.ARP);
    expect(view.tags).toEqual([]);
    expect(view.payloadOffset).toBe(14);
    expect(view.payload).toHaveLength(28);
  });

  test.each(Object.entries(LINUX))('%s, as Linux sent it: parsed and emitted, it is the same bytes', (_, bytes) => {
    expect(emitEthernet(good(parseEthernet(bytes)))).toEqual(bytes);
  });

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(ethernetFrame, (value) => {
        expect(parseEthernet(emitEthernet(value))).toEqual(value);
      }),
    );
  });

  test('802.1Q tags are passed over and kept', () => {
    const bytes = hex('020000000002 020000000001 88a8 0064 8100 e00a 0806 00010203');
    const view = good(viewEthernet(bytes));
    expect(view.type).toBe(ETHERTYPE.ARP);
    expect(view.tags).toEqual([0x0064, 0xe00a]);
    expect(view.payload).toEqual(hex('00010203'));
    expect(emitEthernet(good(parseEthernet(view)))).toEqual(bytes);
  });

  test('the payload is a slice, not a copy', () => {
    expect(good(viewEthernet(LINUX.syn)).payload.buffer).toBe(LINUX.syn.buffer);
  });

  test('a frame in the middle of a buffer is read where it is', () => {
    const bytes = hex('ffff 020000000002 020000000001 0806 0102 eeee');
    expect(good(viewEthernet(bytes, 2, bytes.length - 2)).payload).toEqual(hex('0102'));
  });

  test('what is too short is reported with where it ends', () => {
    expect(bad(viewEthernet(LINUX.syn.subarray(0, 13)))).toMatchObject({
      header: 'ethernet',
      field: 'header',
      offset: 13,
    });
    expect(bad(viewEthernet(hex('020000000002 020000000001 8100 0001 08')))).toMatchObject({
      field: 'header',
      offset: 17,
    });
  });

  test('a frame of nothing but tags is refused at the fifth', () => {
    const tags = '8100 0001 '.repeat(400);
    expect(bad(viewEthernet(hex(`020000000002 020000000001 ${tags}`)))).toMatchObject({ field: 'tags', offset: 28 });
  });

  test('emit refuses what a frame cannot hold', () => {
    expect(() => emitEthernet({ ...frame, dst: 'nonsense' })).toThrow("'nonsense' is not a MAC address");
    expect(() => emitEthernet({ ...frame, type: 0x10000 })).toThrow(RangeError);
    expect(() => emitEthernet({ ...frame, type: 0x8100 })).toThrow('put the tag into `tags`');
    expect(() => emitEthernet({ ...frame, tags: [0x10000] })).toThrow(RangeError);
    expect(() => emitEthernet({ ...frame, tags: [1, 2, 3, 4, 5] })).toThrow(RangeError);
  });

  test('writeEthernetHeader writes 14 bytes where it is told, or nothing', () => {
    const into = new Uint8Array(18).fill(0xee);
    expect(writeEthernetHeader(into, 2, hex('020000000002'), hex('020000000001'), 0x0800)).toBe(14);
    expect(into).toEqual(hex('eeee 020000000002 020000000001 0800 eeee'));
    expect(() => writeEthernetHeader(into, 5, hex('020000000002'), hex('020000000001'), 0x0800)).toThrow(RangeError);
  });
});
