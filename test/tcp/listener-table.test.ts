import { describe, expect, test } from '@jest/globals';
import { ListenerTable, TcpListener } from '../../src/tcp/listener';
import { requireAddress } from '../../src/wire/address';

const nobody = {} as ConstructorParameters<typeof TcpListener>[0];
const settings = {} as ConstructorParameters<typeof TcpListener>[4];

interface On {
  readonly address: string;
  readonly from?: string;
  readonly ipv6Only?: boolean;
}

function listener({ address, from, ipv6Only = false }: On): TcpListener {
  const remote = from === undefined ? undefined : { address: from, port: 5000 };
  return new TcpListener(nobody, 0, { address, port: 80 }, remote, settings, 1, undefined, ipv6Only);
}

/** Who gets a SYN: the place in the list. */
function finds(all: readonly On[], to: string, from: string, remotePort = 5000): number {
  const table = new ListenerTable();
  const listeners = all.map(listener);
  for (const each of listeners) table.add(each);
  const found = table.find({
    localAddress: requireAddress(to),
    localPort: 80,
    remoteAddress: requireAddress(from),
    remotePort,
  });
  return found === undefined ? -1 : listeners.indexOf(found);
}

const [ANY, ANY4, OWN4, OWN6] = [
  { address: '::' },
  { address: '0.0.0.0' },
  { address: '10.0.0.1' },
  { address: 'fd00::1' },
];

describe('who hears of a SYN', () => {
  test.each([
    ['`::` hears both families', [ANY], '10.0.0.1', 0],
    ['`::` hears both families', [ANY], 'fd00::1', 0],
    ['not with ipv6Only', [{ address: '::', ipv6Only: true }], '10.0.0.1', -1],
    ['with ipv6Only IPv6', [{ address: '::', ipv6Only: true }], 'fd00::1', 0],
    ['0.0.0.0 is IPv4 alone', [ANY4], 'fd00::1', -1],
    ['0.0.0.0 before `::`', [ANY, ANY4], '10.0.0.1', 1],
    ['0.0.0.0 before `::`, in any order', [ANY4, ANY], '10.0.0.1', 0],
    ['an address of its own before 0.0.0.0', [ANY4, OWN4], '10.0.0.1', 1],
    ['an address of its own before `::`', [ANY, OWN4], '10.0.0.1', 1],
    ['an address of its own before `::`', [ANY, OWN6], 'fd00::1', 1],
    ['another address is another’s', [OWN4, OWN6], '10.0.0.2', -1],
  ])('%s', (_what, all, to, place) => {
    expect(finds(all, to, to.includes(':') ? 'fd00::2' : '10.0.0.2')).toBe(place);
  });

  test('who waits for one peer goes before all, and hears nobody else', () => {
    const all = [OWN4, { address: '0.0.0.0', from: '10.0.0.2' }];
    expect(finds(all, '10.0.0.1', '10.0.0.2')).toBe(1);
    expect(finds(all, '10.0.0.1', '10.0.0.3')).toBe(0);
    expect(finds(all, '10.0.0.1', '10.0.0.2', 5001)).toBe(0);
    const six = [{ address: '::', from: 'fd00::2' }];
    expect(finds(six, 'fd00::1', 'fd00::2')).toBe(0);
    expect(finds(six, 'fd00::1', 'fd00::3')).toBe(-1);
  });
});

test.each<[On, On, boolean]>([
  [ANY, ANY, true],
  [ANY, ANY4, true],
  [{ address: '::', ipv6Only: true }, ANY4, false],
  [{ address: '::', ipv6Only: true }, ANY, true],
  [{ address: '::', ipv6Only: true }, OWN4, false],
  [ANY, OWN4, true],
  [ANY, OWN6, true],
  [ANY4, OWN4, true],
  [ANY4, OWN6, false],
  [OWN4, { address: '10.0.0.2' }, false],
  [OWN4, OWN4, true],
  [OWN4, { address: '10.0.0.1', from: '10.0.0.9' }, false],
  [{ address: '10.0.0.1', from: '10.0.0.9' }, { address: '10.0.0.1', from: '10.0.0.9' }, true],
  [{ address: '10.0.0.1', from: '10.0.0.9' }, { address: '10.0.0.1', from: '10.0.0.8' }, false],
])('EADDRINUSE between %j and %j: %s', (one, other, inUse) => {
  for (const [first, second] of [
    [one, other],
    [other, one],
  ] as const) {
    const table = new ListenerTable();
    const there = listener(first);
    table.add(there);
    const { local, remote, ipv6Only } = listener(second);
    expect(table.conflicting(local, remote, ipv6Only)).toBe(inUse ? there : undefined);
    expect(table.conflicting({ ...local, port: 81 }, remote, ipv6Only)).toBeUndefined();
  }
});

test('one that goes leaves the others, and the last one leaves nothing', () => {
  const table = new ListenerTable();
  const [one, two] = [listener(OWN4), listener(OWN6)];
  table.add(one);
  table.add(two);
  expect([...table.all()]).toEqual([one, two]);
  table.remove(one);
  expect(table.isListening(80)).toBe(true);
  expect([...table.all()]).toEqual([two]);
  table.remove(two);
  expect(table.isListening(80)).toBe(false);
});
