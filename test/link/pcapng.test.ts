import { describe, expect, test } from '@jest/globals';
import { encodeInterface, encodePacket, encodeSecrets, encodeSectionHeader, LINKTYPE } from '../../src/link/pcapng';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Hex digits with what they mean after `;`. */
const listing = (text: string): string => text.replaceAll(/;.*$/gm, '').replaceAll(/\s/g, '');

describe('a pcapng block', () => {
  test('section header', () => {
    expect(hex(encodeSectionHeader('synack'))).toBe(
      listing(`
        0a0d0d0a 2c000000   ; type, length 44
        4d3c2b1a 0100 0000  ; byte order, version 1.0
        ffffffffffffffff    ; the section's length is unknown
        0400 0600 73796e61636b 0000  ; shb_userappl
        0000 0000
        2c000000`),
    );
  });

  test('interface description', () => {
    expect(hex(encodeInterface({ linkType: LINKTYPE.ETHERNET, name: 'tap0', description: 'a TAP' }))).toBe(
      listing(`
        01000000 34000000   ; type, length 52
        0100 0000 00000000  ; Ethernet, no snap length
        0200 0400 74617030  ; if_name
        0300 0500 6120544150 000000  ; if_description
        0900 0100 09 000000 ; if_tsresol: nanoseconds
        0000 0000
        34000000`),
    );
  });

  test('packet with a comment and its direction', () => {
    const packet = { time: 1_700_000_000_123_456, bytes: Uint8Array.of(1, 2, 3, 4, 5), interface: 2 };
    // 1700000000123456000 ns = 0x17979cfe_3d85ca00
    expect(hex(encodePacket({ ...packet, direction: 'out', comment: 'é!' }))).toBe(
      listing(`
        06000000 3c000000   ; type, length 60
        02000000 fe9c9717 00ca853d  ; interface, time
        05000000 05000000 0102030405 000000
        0100 0300 c3a921 00 ; opt_comment
        0200 0400 02000000  ; epb_flags: outbound
        0000 0000
        3c000000`),
    );
  });

  test('packet without options', () => {
    expect(hex(encodePacket({ time: 0, bytes: new Uint8Array(0) }))).toBe(
      listing(`
        06000000 20000000
        00000000 00000000 00000000
        00000000 00000000
        20000000`),
    );
  });

  test('secrets of TLS', () => {
    expect(hex(encodeSecrets(new TextEncoder().encode('CLIENT_RANDOM aa bb\n')))).toBe(
      listing(`
        0a000000 28000000   ; type, length 40
        4b534c54 14000000   ; a TLS key log, 20 bytes
        434c49454e545f52414e444f4d 20 6161 20 6262 0a
        28000000`),
    );
    expect(hex(encodeSecrets(Uint8Array.of(0x41)))).toBe(
      listing('0a000000 18000000 4b534c54 01000000 41 000000 18000000'),
    );
  });

  test('a comment that is too long is cut off between characters', () => {
    const block = encodePacket({ time: 0, bytes: new Uint8Array(0), comment: 'ä'.repeat(40_000) });
    const view = new DataView(block.buffer);
    expect(view.getUint16(30, true)).toBe(65_534);
    expect(view.getUint32(4, true)).toBe(block.length);
    expect(block.length % 4).toBe(0);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(block.subarray(32, 32 + 65_534))).toBe('ä'.repeat(32_767));
  });
});
