import { beforeEach, describe, expect, test } from '@jest/globals';
import { Groups, isToBeTold } from '../../src/ip/groups';
import { formatAddress, requireAddress } from '../../src/wire/address';

const GROUP = requireAddress('239.1.2.3');
const [ONE, TWO] = ['10.0.0.1', '10.0.0.2'].map(requireAddress);

describe('who wants what of a group (RFC 3376 §3.2)', () => {
  let groups: Groups;
  let told: string[];
  beforeEach(() => {
    groups = new Groups();
    told = [];
    groups.listener = {
      changed: (group, wasWanted) => {
        const wanted = groups.wanted(group);
        const what =
          wanted === undefined ? 'nothing' : wanted === 'all' ? 'all' : [...wanted].map(formatAddress).join();
        told.push(`${what}${wasWanted ? '' : ', new'}`);
      },
    };
  });

  test('the first who joins and the last who leaves are news', () => {
    groups.join(GROUP);
    groups.join(GROUP);
    groups.leave(GROUP);
    expect(told).toEqual(['all, new']);
    groups.leave(GROUP);
    groups.leave(GROUP);
    expect(told).toEqual(['all, new', 'nothing']);
    expect(groups.has(GROUP)).toBe(false);
    expect(groups.all).toEqual([]);
  });

  test('a source is news as long as nobody wants all', () => {
    groups.join(GROUP, ONE);
    groups.join(GROUP, ONE);
    groups.join(GROUP, TWO);
    expect(told.splice(0)).toEqual(['10.0.0.1, new', '10.0.0.1,10.0.0.2']);
    groups.join(GROUP);
    expect(told.splice(0)).toEqual(['all']);
    groups.leave(GROUP, TWO);
    groups.join(GROUP, TWO);
    groups.leave(GROUP, TWO);
    expect(told.splice(0)).toEqual([]);
    groups.leave(GROUP);
    expect(told.splice(0)).toEqual(['10.0.0.1']);
    groups.leave(GROUP, ONE);
    expect(told.splice(0)).toEqual([]);
    groups.leave(GROUP, ONE);
    expect(told.splice(0)).toEqual(['nothing']);
    expect(groups.has(GROUP)).toBe(false);
  });
});

test.each([
  ['224.0.0.1', false, true],
  ['224.0.0.2', true, false],
  ['239.1.2.3', true, false],
  ['ff01::1', false, true],
  ['ff02::1', false, true],
  ['ff01::5', false, false],
  ['ff00::5', false, false],
  ['ff02::1:ff00:1', true, false],
  ['ff0e::5', true, false],
])('%s is spoken of: %s, and everybody is in it: %s', (group, isTold, isEverybodys) => {
  const address = requireAddress(group);
  expect(isToBeTold(address)).toBe(isTold);
  expect(new Groups().has(address)).toBe(isEverybodys);
});
