import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pieces } from '../../src/link/finish';
import { PacketBlocks, type Comments, type PacketInfo } from '../../src/link/pcapng-packets';
import { packetsIn } from '../support/pcapng-packets';

const UTF8 = new TextEncoder();

/** Pieces of these lengths, each full of its number. */
function pieces(lengths: readonly number[]): Pieces {
  const lengthOf = (piece: number): number => lengths[piece] ?? 0;
  const write = (piece: number, bytes: Uint8Array, at: number): void => {
    bytes.fill(piece + 1, at, at + lengthOf(piece));
  };
  return { count: lengths.length, lengthOf, write };
}

/** A writer, and the bytes that it has handed over, call by call. */
function blocks(slab?: number) {
  const given: Uint8Array[] = [];
  const writer = new PacketBlocks((bytes) => given.push(bytes), slab);
  return { writer, given, packets: () => packetsIn(Buffer.concat(given)) };
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('', '들리니?', '"I hear you."'));
const packet = fc.record({
  info: fc.record<PacketInfo>({
    time: fc.integer({ min: 0, max: 2 ** 52 }),
    direction: fc.constantFrom('in' as const, 'out' as const),
    interface: fc.integer({ min: 0, max: 3 }),
  }),
  lengths: fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 12 }),
  said: fc.option(
    fc.record({ head: text, tail: text, more: fc.array(text, { maxLength: 2 }), hasParts: fc.boolean() }),
  ),
});

describe('blocks of packets', () => {
  test('whatever is written can be read: bytes, times, directions, and of the comments what belongs to each piece', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), fc.integer({ min: 0, max: 2000 }), (all, slab) => {
        const { writer, given, packets } = blocks(slab);
        const expected = all.flatMap(({ info, lengths, said }) => {
          // As long as the number is: from the tenth on a byte more.
          const part = (piece: number): string => (said?.hasParts === true ? `; part ${piece + 1}` : '');
          const comments: Comments | undefined =
            said === null
              ? undefined
              : {
                  ...{ head: said.head, tail: said.tail, more: said.more },
                  ...(said.hasParts && { part: (piece: number) => UTF8.encode(part(piece)) }),
                };
          writer.add(info, pieces(lengths), comments);
          return lengths.map((length, piece) => ({
            ...info,
            time: BigInt(info.time) * 1000n,
            bytes: new Uint8Array(length).fill(piece + 1),
            comments: said === null ? [] : [said.head + part(piece) + said.tail, ...said.more],
          }));
        });
        writer.flush();
        expect(packets()).toEqual(expected);
        // Whoever was given some may keep it.
        expect(packetsIn(Buffer.concat(given))).toEqual(expected);
      }),
    );
  });

  test('what was added is handed over at once; nothing, not at all', () => {
    const { writer, given } = blocks();
    writer.flush();
    for (let i = 0; i < 10; i++) writer.add({ time: i }, pieces([60, 60]));
    expect(given).toHaveLength(0);
    writer.flush();
    writer.flush();
    expect(given.map((each) => packetsIn(each).length)).toEqual([20]);
  });

  test('a comment that is too long is cut off, and the part and the end of it are there still', () => {
    const { writer, packets } = blocks();
    const comments = { head: '가'.repeat(60_000), tail: '나'.repeat(60_000), more: ['다'.repeat(60_000)] };
    writer.add({ time: 0 }, pieces([1, 1]), { ...comments, part: (piece) => UTF8.encode(`; part ${piece + 1}`) });
    writer.flush();
    for (const [
      piece,
      {
        bytes,
        comments: [first = '', second = ''],
      },
    ] of packets().entries()) {
      expect([...bytes]).toEqual([piece + 1]);
      expect(UTF8.encode(first).length).toBeLessThanOrEqual(0xffff);
      expect(first).toMatch(new RegExp(`^가{10000,}; part ${piece + 1}나{10000,}$`));
      expect(second).toBe('다'.repeat(21_845));
    }
  });
});
