import { describe, expect, test } from '@jest/globals';
import { filterProgram, MOST_ADDRESSES, MOST_RANGES, type Wanted } from '../../../src/link/raw-socket/filter';
import { parseAddress, type Address } from '../../../src/wire/address';
import { emitIpv4, emitIpv6 } from '../../../src/wire';
import { runFilter } from './bpf';

const ALL = 0xffffffff;

function address(text: string): Address {
  return parseAddress(text) ?? 0;
}

const TCP: Wanted = {
  ipv6: false,
  protocol: 'tcp',
  addresses: [address('10.7.0.2'), address('10.7.0.3')],
  ports: [
    { first: 80, last: 80 },
    { first: 20_000, last: 29_999 },
  ],
  echo: false,
};

/** The ports of TCP and UDP, at the start of either's header. */
function ports(src: number, dst: number): Uint8Array {
  return Uint8Array.of(src >> 8, src & 255, dst >> 8, dst & 255, 0, 0, 0, 0);
}

function ipv4(dst: string, payload: Uint8Array, options = new Uint8Array(0)): Uint8Array {
  return emitIpv4({
    dscp: 0,
    ecn: 0,
    identification: 1,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 6,
    src: '10.7.0.1',
    dst,
    options,
    payload,
  });
}

function ipv6(dst: string, payload: Uint8Array): Uint8Array {
  return emitIpv6({
    dscp: 0,
    ecn: 0,
    flowLabel: 0,
    ttl: 64,
    extensions: [],
    protocol: 6,
    src: 'fd07::1',
    dst,
    payload,
  });
}

describe('a filter for TCP over IPv4', () => {
  const program = filterProgram(TCP);
  const accepts = (packet: Uint8Array): boolean => runFilter(program, packet) === ALL;

  test('takes our addresses and ports, and nothing beside them', () => {
    const taken = [79, 80, 81, 19_999, 20_000, 25_000, 29_999, 30_000].filter((port) =>
      accepts(ipv4('10.7.0.2', ports(5, port))),
    );
    expect(taken).toEqual([80, 20_000, 25_000, 29_999]);
    expect(accepts(ipv4('10.7.0.3', ports(5, 80)))).toBe(true);
    expect(accepts(ipv4('10.7.0.4', ports(5, 80)))).toBe(false);
    expect(accepts(ipv4('10.7.0.2', ports(80, 22)))).toBe(false);
  });

  test('finds the ports behind IPv4 options', () => {
    const options = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 0);
    expect(accepts(ipv4('10.7.0.2', ports(5, 80), options))).toBe(true);
    expect(accepts(ipv4('10.7.0.2', ports(5, 81), options))).toBe(false);
  });

  test('takes no packet that ends before the ports', () => {
    expect(accepts(ipv4('10.7.0.2', Uint8Array.of(0)))).toBe(false);
  });

  test('without addresses or ports takes nothing', () => {
    const packet = ipv4('10.7.0.2', ports(5, 80));
    expect(runFilter(filterProgram({ ...TCP, addresses: [] }), packet)).toBe(0);
    expect(runFilter(filterProgram({ ...TCP, ports: [] }), packet)).toBe(0);
  });
});

describe('a filter over IPv6', () => {
  const addresses = Array.from({ length: MOST_ADDRESSES }, (_, index) => address(`fd07::${(index + 1).toString(16)}`));

  test('with as many addresses as there may be takes each of them, whole', () => {
    const program = filterProgram({ ...TCP, ipv6: true, addresses });
    const accepts = (dst: string): boolean => {
      const packet = ipv6(dst, ports(5, 80));
      return runFilter(program, packet.subarray(40), packet) === ALL;
    };
    expect(addresses.filter((_, index) => accepts(`fd07::${(index + 1).toString(16)}`))).toEqual(addresses);
    for (const other of ['fd08::1', 'fd07:1::1', 'fd07::1:0:0:1', 'fd07::1:1', 'fd07::ff'])
      expect(accepts(other)).toBe(false);
  });

  test('leaves neighbour discovery, group membership and echo requests to the kernel', () => {
    const wanted = { ...TCP, ipv6: true, protocol: 'icmpv6', addresses } as const;
    const types = Array.from({ length: 256 }, (_, type) => type);
    const taken = (echo: boolean): number[] => {
      const program = filterProgram({ ...wanted, echo });
      return types.filter((type) => {
        const packet = ipv6('fd07::1', Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0));
        return runFilter(program, packet.subarray(40), packet) === ALL;
      });
    };
    expect(taken(false)).toEqual([1, 2, 3, 4, 129]);
    expect(taken(true)).toEqual([1, 2, 3, 4, 128, 129]);
  });
});

test('ICMP: what answers something that was sent, and echo requests if they are to be answered', () => {
  const taken = (echo: boolean): number[] => {
    const program = filterProgram({ ...TCP, protocol: 'icmp', echo });
    return Array.from({ length: 256 }, (_, type) => type).filter(
      (type) => runFilter(program, ipv4('10.7.0.2', Uint8Array.of(type, 0, 0, 0))) === ALL,
    );
  };
  expect(taken(false)).toEqual([0, 3, 11, 12]);
  expect(taken(true)).toEqual([0, 3, 8, 11, 12]);
});

test('as many ranges as there may be fit into a program of the kernel', () => {
  const ranges = Array.from({ length: MOST_RANGES }, (_, index) => ({ first: 3 * index + 1, last: 3 * index + 2 }));
  const addresses = Array.from({ length: MOST_ADDRESSES }, (_, index) => BigInt(index + 1));
  const program = filterProgram({ ...TCP, ipv6: true, addresses, ports: ranges });
  expect(program.length / 8).toBeLessThanOrEqual(4096);
  const packet = ipv6('::20', ports(5, 3 * (MOST_RANGES - 1) + 2));
  expect(runFilter(program, packet.subarray(40), packet)).toBe(ALL);
});
