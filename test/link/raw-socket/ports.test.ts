import { describe, expect, test } from '@jest/globals';
import { PortSet } from '../../../src/link/raw-socket/ports';

function set(text: string): PortSet {
  const parsed = PortSet.parse(text);
  if (parsed === undefined) throw new Error(`${text} cannot be read`);
  return parsed;
}

describe('a set of ports', () => {
  test.each([
    ['80', '80'],
    ['443, 80,20000-29999', '80,443,20000-29999'],
    ['5-7,8,1-3,2-6', '1-8'],
    ['1-65535', '1-65535'],
  ])('%s is read', (text, as) => {
    expect(set(text).toString()).toBe(as);
  });

  test.each(['', '0', '65536', '80,', '5-4', '1-2-3', 'http', '-5', '80 81', '8e1', '123456'])('%j is not', (text) => {
    expect(PortSet.parse(text)).toBeUndefined();
  });

  test('knows its members at the edges of ranges and of bytes', () => {
    const ports = set('7,9-16,65535');
    const members = [0, 1, 6, 7, 8, 9, 15, 16, 17, 65534, 65535].filter((port) => ports.has(port));
    expect(members).toEqual([7, 9, 15, 16, 65535]);
  });

  test('union, intersection, difference', () => {
    const [a, b] = [set('10-20,30-40,50'), set('15-35,50')];
    expect(a.with(b.ranges).toString()).toBe('10-40,50');
    expect(a.and(b).toString()).toBe('15-20,30-35,50');
    expect(a.without(b).toString()).toBe('10-14,36-40');
    expect(a.without(set('1-100')).isEmpty).toBe(true);
  });

  test('the widest range, the first of equals', () => {
    expect(set('1-3,10-12,7').widest).toEqual({ first: 1, last: 3 });
    expect(new PortSet([]).widest).toBeUndefined();
  });
});
