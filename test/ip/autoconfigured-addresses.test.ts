import { beforeEach, describe, expect, test } from '@jest/globals';
import { formatAddress, requireIpv6Address } from '../../src/wire/address';
import { good } from './harness';
import { PREFIX, RoutedWire as Wire, ROUTER, SECOND } from './routed-wire';

let wire: Wire;
beforeEach(() => {
  wire = new Wire();
  wire.wait(1);
});

describe('addresses from prefixes (RFC 4862 §5.5)', () => {
  test('one of the prefix, the same each time, tentative for a second', () => {
    wire.prefix();
    expect(wire.global()).toEqual([expect.stringMatching(/^fd00:9::[0-9a-f:]+\/64 tentative$/)]);
    wire.wait(1);
    expect(wire.global()).toEqual([expect.stringMatching(/preferred$/)]);
    expect(wire.routes()).toContain(`${PREFIX}/64`);
    wire.prefix();
    expect(wire.global()).toHaveLength(1);
  });

  test('is deprecated, and then gone, as the router said', () => {
    wire.prefix({ preferredLifetime: 100, validLifetime: 200 });
    wire.wait(100);
    expect(wire.global()).toEqual([expect.stringMatching(/deprecated$/)]);
    wire.wait(100);
    expect(wire.global()).toEqual([]);
    expect(wire.routes()).not.toContain(`${PREFIX}/64`);
  });

  test('nobody cuts its life below two hours by a word that is not signed (§5.5.3 (e))', () => {
    wire.prefix();
    wire.wait(1);
    wire.prefix({ validLifetime: 1, preferredLifetime: 1 });
    wire.wait(60);
    expect(wire.global()).toEqual([expect.stringMatching(/deprecated$/)]);
    wire.wait(7200);
    expect(wire.global()).toEqual([]);
  });

  test.each([
    ['not autonomous', { autonomous: false }],
    ['another length than 64', { length: 48 }],
    ['preferred for longer than valid', { preferredLifetime: 200, validLifetime: 100 }],
    ['link-local', { prefix: requireIpv6Address('fe80::') }],
    ['a group', { prefix: requireIpv6Address('ff0e::') }],
    ['valid for no time', { validLifetime: 0, preferredLifetime: 0 }],
  ])('%s: no address', (_what, fields) => {
    const before = wire.addresses();
    wire.prefix(fields);
    expect(wire.addresses()).toEqual(before);
  });

  test('a shorter life than before holds above two hours, a longer one always (§5.5.3 (e))', () => {
    const [own] = ((): { validUntil: number }[] => {
      wire.prefix();
      return wire.interface.addresses6.filter(({ origin }) => origin === 'autoconf');
    })();
    const left = (): number => ((own?.validUntil ?? 0) - wire.clock.now()) / SECOND;
    wire.prefix({ validLifetime: 7201, preferredLifetime: 1 });
    expect(left()).toBe(7201);
    wire.prefix({ validLifetime: 7100, preferredLifetime: 1 });
    expect(left()).toBe(7200);
    wire.wait(1000);
    wire.prefix({ validLifetime: 6100, preferredLifetime: 1 });
    expect(left()).toBe(6200);
    wire.prefix({ validLifetime: 6300, preferredLifetime: 1 });
    expect(left()).toBe(6300);
    wire.prefix({ validLifetime: 0, preferredLifetime: 0 });
    expect(left()).toBe(6300);
  });

  test('one that is deprecated is preferred again when the router says so', () => {
    wire.prefix({ preferredLifetime: 10 });
    wire.wait(10);
    expect(wire.global()).toEqual([expect.stringMatching(/deprecated$/)]);
    wire.prefix({ preferredLifetime: 10 });
    expect(wire.global()).toEqual([expect.stringMatching(/preferred$/)]);
    wire.wait(10);
    expect(wire.global()).toEqual([expect.stringMatching(/deprecated$/)]);
  });

  test('one of a prefix that its router withdraws is deprecated from the beginning', () => {
    wire.prefix({ preferredLifetime: 0 });
    expect(wire.global()).toEqual([expect.stringMatching(/tentative$/)]);
    wire.wait(1);
    expect(wire.global()).toEqual([expect.stringMatching(/deprecated$/)]);
    const unchecked = new Wire({ duplicateProbes: 0 });
    unchecked.prefix({ preferredLifetime: 0 });
    expect(unchecked.global()).toEqual([expect.stringMatching(/deprecated$/)]);
  });

  test('what is on the wire the router says apart: an address brings no route (RFC 5942 §4)', () => {
    wire.prefix({ onLink: false });
    wire.wait(1);
    expect(wire.global()).toHaveLength(1);
    expect(wire.routes()).toEqual([`::/0 via ${ROUTER}%1`]);
    wire.prefix({ onLink: true, autonomous: false });
    expect(wire.routes()).toContain(`${PREFIX}/64`);
    wire.prefix({ onLink: true, validLifetime: 0, preferredLifetime: 0 });
    expect(wire.routes()).not.toContain(`${PREFIX}/64`);
  });

  test('the prefix stays on the wire when an address of it goes, and that of an address by hand when the prefix does', () => {
    wire.prefix({ validLifetime: 9000, preferredLifetime: 100 });
    const [own] = wire.interface.addresses6.filter(({ origin }) => origin === 'autoconf');
    wire.ip.removeAddress(wire.interface, own?.address ?? 0n);
    expect(wire.routes()).toContain(`${PREFIX}/64`);
    wire.ip.addAddress(wire.interface, `${PREFIX}7/64`);
    wire.wait(9000);
    expect(wire.routes()).toEqual([`${PREFIX}/64`]);
    wire.ip.removeAddress(wire.interface, requireIpv6Address(`${PREFIX}7`));
    expect(wire.routes()).toEqual([]);
  });

  test('a double of one: the next is formed, and the prefix stays on the wire', () => {
    wire.prefix();
    const [first] = wire.global();
    const [own] = wire.interface.addresses6.filter(({ origin }) => origin === 'autoconf');
    wire.receive(
      {
        type: 'neighbor-advertisement',
        router: false,
        solicited: false,
        override: true,
        target: own?.address ?? 0n,
        options: [],
      },
      'fe80::99',
    );
    expect(wire.global()).toEqual([expect.stringMatching(/tentative$/)]);
    expect(wire.global()).not.toEqual([first]);
    expect(wire.routes()).toContain(`${PREFIX}/64`);
  });

  test('in another network the identifier is another (RFC 7217 §5)', () => {
    wire.prefix();
    wire.prefix({ prefix: requireIpv6Address('fd00:8::') });
    const [one = '', other = ''] = wire.global();
    expect(one.replace(/^fd00:9::/, '')).not.toBe(other.replace(/^fd00:8::/, ''));
  });

  test('no more than there is room for', () => {
    for (let count = 0; count < 40; count++) wire.prefix({ prefix: BigInt(0xfd000000 + count) << 96n });
    expect(wire.addresses()).toHaveLength(16);
    expect(wire.host.counters['ndp.addresses-full']).toBeGreaterThan(0);
  });

  test('an address is what packets to the world get', () => {
    wire.prefix();
    wire.wait(1);
    const path = good(wire.ip.path(requireIpv6Address('2001:db8::1')));
    expect(formatAddress(path.source)).toMatch(/^fd00:9::/);
  });
});
