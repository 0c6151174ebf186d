import { describe, expect, test } from '@jest/globals';
import { asInterface } from '../../src/cli/capture-interfaces';
import { Failure } from '../../src/cli/failure';
import { hasDevice, linksOf } from '../../src/cli/links';
import { blocksIn, encodeInterface, encodePacket, encodeSectionHeader, LINKTYPE } from '../../src/link/pcapng';
import { parseLink } from '../../src/link/notation';

const links = (...texts: readonly string[]): { link: ReturnType<typeof parseLink>[] } => ({
  link: texts.map(parseLink),
});
const addresses = (...given: Parameters<typeof linksOf>): string[] =>
  linksOf(...given).map(({ kind, target, interface: { addresses: all } }) => `${kind}:${target} ${all.join(' ')}`);

describe('which links a command attaches to', () => {
  test('those that are named; else what the environment says', () => {
    expect(addresses(links('tap:tap7'), {})).toEqual(['tap:tap7 10.9.0.2/24']);
    expect(addresses({ tap: 'tap7' }, {})).toEqual(['tap:tap7 10.9.0.2/24']);
    expect(addresses({}, { SYNACK_TAP: 'tap8' })).toEqual(['tap:tap8 10.9.0.2/24']);
    expect(addresses({}, { SYNACK_LINK: 'tun:tun0', SYNACK_TAP: 'tap8' })).toEqual(['tun:tun0 10.9.0.2/24']);
    expect(addresses(links('raw:eth0'), { SYNACK_LINK: 'tun:tun0' })).toEqual(['raw:eth0 ']);
    expect(addresses({}, { SYNACK_LINK: 'raw:eth0 pcap:eth1,address=dhcp' })).toEqual(['raw:eth0 ', 'pcap:eth1 dhcp']);
    expect(hasDevice({}, { SYNACK_TAP: 'tap0' })).toBe(true);
  });

  test('memory is no wire', () => {
    expect(linksOf(links('memory'), {})).toEqual([]);
  });

  test('addresses: of the link itself, of --address, of the lab; raw sockets have the kernel’s', () => {
    const lab = { SYNACK_ADDRESS: '10.7.0.2/16', SYNACK_ADDRESS6: 'fd00:7::2/64' };
    expect(addresses(links('tap:tap0'), lab)).toEqual(['tap:tap0 10.7.0.2/16 fd00:7::2/64']);
    expect(addresses({ ...links('tap:tap0'), address: ['10.1.0.1/8', 'fd00::1/64'] }, lab)).toEqual([
      'tap:tap0 10.1.0.1/8 fd00::1/64',
    ]);
    expect(addresses({ ...links('tap:tap0,address=10.2.0.1/8'), address: undefined }, lab)).toEqual([
      'tap:tap0 10.2.0.1/8',
    ]);
    expect(addresses(links('raw:eth0'), lab)).toEqual(['raw:eth0 ']);
    // The one without is meant.
    expect(addresses({ ...links('tap:a,address=10.2.0.1/8', 'tap:b'), address: ['10.3.0.1/8'] }, {})).toEqual([
      'tap:a 10.2.0.1/8',
      'tap:b 10.3.0.1/8',
    ]);
  });

  test.each([
    [links('pcap:eth0'), 'pcap:eth0 has no address'],
    [links('tap:a', 'tap:b'), 'tap:a has no address'],
    [{ ...links('tap:a', 'tap:b'), address: ['10.1.0.1/8'] }, 'which of tap:a and tap:b'],
    [{ ...links('tap:a,address=10.1.0.1/8'), address: ['10.1.0.2/8'] }, 'there is none'],
  ])('without an address, or with one too many, the message says what to do', (options, reason) => {
    expect(() => linksOf(options, {})).toThrow(Failure);
    expect(() => linksOf(options, {})).toThrow(reason);
  });

  test('--gateway is for the first', () => {
    const [first, second] = linksOf(
      { ...links('tap:a,address=10.1.0.1/8', 'tap:b,address=10.2.0.1/8'), gateway: ['10.0.0.1', 'fe80::1'] },
      {},
    );
    expect(first?.interface.gateways).toEqual(['10.0.0.1', 'fe80::1']);
    expect(second?.interface.gateways).toEqual([]);
  });
});

test('captures of several links are one, with an interface each', () => {
  const written: Uint8Array[] = [];
  const write = (block: Uint8Array): void => void written.push(block);
  for (const index of [0, 1]) {
    const sink = asInterface(index, write);
    sink(encodeSectionHeader());
    sink(encodeInterface({ linkType: LINKTYPE.RAW, name: `link ${index}` }));
    // Two frames of one packet come together.
    const packets = [20, 21].map((length) => encodePacket({ time: 0, bytes: new Uint8Array(length), direction: 'in' }));
    sink(Buffer.concat(packets));
  }
  const words = written.flatMap((blocks) => {
    const view = new DataView(blocks.buffer, blocks.byteOffset);
    return [...blocksIn(blocks)].map((at) => [view.getUint32(at, true).toString(16), view.getUint32(at + 8, true)]);
  });
  expect(words.map(([type]) => type)).toEqual(['a0d0d0a', '1', '6', '6', '1', '6', '6']);
  expect([2, 3, 5, 6].map((index) => words[index]?.[1])).toEqual([0, 0, 1, 1]);
});
