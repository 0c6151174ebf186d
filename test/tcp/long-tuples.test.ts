import { describe, expect, test } from '@jest/globals';
import { LongTuples } from '../../src/tcp/long-tuples';
import { tupleWords, type FourTuple } from '../../src/tcp/tuple';
import { requireAddress } from '../../src/wire/address';

const tuple = (local = 'fd00::1', localPort = 80, remote = 'fd00::2', remotePort = 5000): FourTuple => ({
  localAddress: requireAddress(local),
  localPort,
  remoteAddress: requireAddress(remote),
  remotePort,
});

/** Whoever has the key has tuples of one hash: the key is thrown away here, and all are in one chain. */
class OneChain extends LongTuples<string> {
  constructor() {
    super([0, 0, 0, 0]);
    Object.defineProperty(this, 'hash', { value: () => 7 });
  }
}

const find = (table: LongTuples<string>, { localAddress, localPort, remoteAddress, remotePort }: FourTuple) =>
  table.get(localAddress, localPort, remoteAddress, remotePort);

const others = [
  tuple('fd00::3'),
  tuple('fd00::1', 81),
  tuple('fd00::1', 80, 'fd00::4'),
  tuple('fd00::1', 80, 'fd00::2', 5001),
];

describe.each([
  ['by hash', () => new LongTuples<string>([1, 2, 3, 4])],
  ['in one chain', () => new OneChain()],
])('connections of IPv6, %s', (_how, make) => {
  test('each part of the four-tuple counts', () => {
    const table = make();
    table.add(tuple(), 'one');
    expect(find(table, tuple())).toBe('one');
    for (const other of others) expect(find(table, other)).toBeUndefined();
    for (const [index, other] of others.entries()) table.add(other, `${index}`);
    expect(table.size).toBe(5);
    expect(find(table, tuple())).toBe('one');
    for (const [index, other] of others.entries()) expect(find(table, other)).toBe(`${index}`);
  });

  test.each([0, 1, 2, 3])('the one at place %i goes, the others stay', (victim) => {
    const table = make();
    for (const [index, other] of others.entries()) table.add(other, `${index}`);
    const gone = others[victim] ?? tuple();
    table.remove(gone);
    table.remove(gone);
    table.remove(tuple());
    expect(table.size).toBe(3);
    expect(find(table, gone)).toBeUndefined();
    expect([...table.all()].sort()).toEqual(['0', '1', '2', '3'].filter((each) => each !== `${victim}`));
    for (const other of others) table.remove(other);
    expect(table.size).toBe(0);
    expect([...table.all()]).toEqual([]);
  });

  test('the same link-local addresses on two links are two', () => {
    const table = make();
    table.add(tuple('fe80::1%1', 80, 'fe80::2%1'), 'first');
    table.add(tuple('fe80::1%2', 80, 'fe80::2%2'), 'second');
    expect(find(table, tuple('fe80::1%1', 80, 'fe80::2%1'))).toBe('first');
    expect(find(table, tuple('fe80::1%2', 80, 'fe80::2%2'))).toBe('second');
  });
});

test('all parts of a four-tuple are in what is hashed', () => {
  const words = [tuple(), ...others].map((each) => tupleWords(each).join());
  expect(new Set(words).size).toBe(5);
  const four = [
    tuple('10.0.0.1', 80, '10.0.0.2'),
    tuple('10.0.0.2', 80, '10.0.0.1'),
    tuple('10.0.0.1', 81, '10.0.0.2'),
  ];
  expect(new Set(four.map((each) => tupleWords(each).join())).size).toBe(3);
  expect(tupleWords(tuple('10.0.0.1', 1, '10.0.0.2', 2))).toEqual([0x0a000001, 0x0a000002, 0x10002]);
});
