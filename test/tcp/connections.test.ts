import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConnectionTable } from '../../src/tcp/connections';
import type { FourTuple } from '../../src/tcp/tuple';
import type { Address } from '../../src/wire/address';

/** Few values each, so that tuples share parts and come again. */
const between = (local: readonly Address[], remote: readonly Address[]): fc.Arbitrary<FourTuple> =>
  fc.record({
    localAddress: fc.constantFrom(...local),
    localPort: fc.constantFrom(0, 80, 65_535),
    remoteAddress: fc.constantFrom(...remote),
    remotePort: fc.integer({ min: 0, max: 65_535 }),
  });
const tuple = fc.oneof(
  between([0, 0x0a090002, 0xffffffff], [0x0a090001, 0x7fffffff, 0x80000000]),
  // The last two differ in their zone alone.
  between([1n, 0xfd00n << 112n], [2n, 0xfe80n << 112n, (1n << 128n) | (0xfe80n << 112n)]),
);
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: tuple }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ removeAbsent: tuple }) },
);

/** Another address of the same family, which no tuple has. */
const other = (address: Address): Address => (typeof address === 'bigint' ? address ^ 4n : address ^ 1);

const key = ({ localAddress, localPort, remoteAddress, remotePort }: FourTuple): string =>
  [localAddress, localPort, remoteAddress, remotePort].join();

describe('the connection table', () => {
  test('is a map from four-tuples, whatever is added and removed', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 300, size: 'max' }),
        fc.nat({ max: 2 ** 32 - 1 }),
        (commands, seed) => {
          const table = new ConnectionTable<number>(seed);
          const model = new Map<string, { tuple: FourTuple; value: number }>();
          commands.forEach((step, value) => {
            if ('add' in step) {
              if (model.has(key(step.add))) return;
              table.add(step.add, value);
              model.set(key(step.add), { tuple: step.add, value });
            } else if ('remove' in step) {
              const victim = [...model.values()][step.remove % Math.max(1, model.size)];
              if (victim === undefined) return;
              const { localAddress, localPort, remoteAddress, remotePort } = victim.tuple;
              expect(table.has(localAddress, localPort, remoteAddress, remotePort)).toBe(true);
              table.remove(victim.tuple);
              model.delete(key(victim.tuple));
              expect(table.has(localAddress, localPort, remoteAddress, remotePort)).toBe(false);
            } else if (!model.has(key(step.removeAbsent))) {
              table.remove(step.removeAbsent);
            }
          });
          expect(table.size).toBe(model.size);
          expect([...table.all()].sort()).toEqual([...model.values()].map(({ value }) => value).sort());
          for (const { tuple: t, value } of model.values()) {
            expect(table.get(t.localAddress, t.localPort, t.remoteAddress, t.remotePort)).toBe(value);
            expect(table.has(t.localAddress, t.localPort, t.remoteAddress, t.remotePort)).toBe(true);
            // Each part counts.
            expect(table.get(other(t.localAddress), t.localPort, t.remoteAddress, t.remotePort)).toBeUndefined();
            expect(table.get(t.localAddress, t.localPort ^ 1, t.remoteAddress, t.remotePort)).toBeUndefined();
          }
        },
      ),
    );
  });

  test('holds many connections, and comes back to nothing: places of old ones are used again', () => {
    const table = new ConnectionTable<number>(1);
    const at = (port: number): FourTuple => ({ localAddress: 1, localPort: 80, remoteAddress: 2, remotePort: port });
    for (let port = 0; port < 65_536; port++) table.add(at(port), port);
    expect(table.size).toBe(65_536);
    expect(table.get(1, 80, 2, 40_000)).toBe(40_000);
    for (let port = 0; port < 65_536; port++) table.remove(at(port));
    for (let port = 0; port < 65_536; port++) {
      table.add(at(port), port);
      table.remove(at(port));
    }
    expect([table.size, [...table.all()].length]).toEqual([0, 0]);
    expect(table.has(1, 80, 2, 40_000)).toBe(false);
  });
});
