import { describe, expect, test } from '@jest/globals';
import { Batch } from '../../src/node/batch';

describe('a batch', () => {
  /** A batch whose turns the test gives it. */
  function make(act: (item: string) => void) {
    const due: (() => void)[] = [];
    const batch = new Batch<string>((run) => due.push(run), act);
    return { batch, due, turn: () => due.shift()?.() };
  }

  test('acts on all in one turn, in order, and on what is added meanwhile in the next', () => {
    const seen: string[] = [];
    const { batch, due, turn } = make((item) => {
      seen.push(item);
      if (item === 'a') batch.add('c');
    });
    batch.add('a');
    batch.add('b');
    expect([seen, due.length]).toEqual([[], 1]);
    turn();
    expect([seen, due.length]).toEqual([['a', 'b'], 1]);
    turn();
    expect([seen, due.length]).toEqual([['a', 'b', 'c'], 0]);
  });

  test('what one throws keeps no other waiting, and the order', () => {
    const seen: string[] = [];
    const { batch, due, turn } = make((item) => {
      seen.push(item);
      if (item === 'a') batch.add('d');
      if (item === 'b') throw new Error('b failed');
    });
    for (const item of ['a', 'b', 'c']) batch.add(item);
    expect(turn).toThrow('b failed');
    expect([seen, due.length]).toEqual([['a', 'b'], 1]);
    turn();
    expect([seen, due.length]).toEqual([['a', 'b', 'c', 'd'], 0]);
  });

  test('the last one that throws leaves nothing due', () => {
    const { batch, due, turn } = make(() => {
      throw new Error('failed');
    });
    batch.add('a');
    expect(turn).toThrow('failed');
    expect(due.length).toBe(0);
    batch.add('b');
    expect(due.length).toBe(1);
  });

  test('acts after a piece of work on what that has added, without a turn, and with one on what comes of that', () => {
    const seen: string[] = [];
    const { batch, due, turn } = make((item) => {
      seen.push(item);
      if (item === 'a') batch.add('c');
    });
    batch.after(() => {
      batch.add('a');
      batch.after(() => {
        batch.add('b');
      });
      seen.push('work');
    });
    expect([seen, due.length]).toEqual([['work', 'a', 'b'], 1]);
    turn();
    expect(seen).toEqual(['work', 'a', 'b', 'c']);
  });

  test('what was added before a piece of work waits for its turn, and what comes after it too', () => {
    const seen: string[] = [];
    const { batch, due, turn } = make((item) => seen.push(item));
    batch.add('a');
    batch.after(() => {
      batch.add('b');
    });
    expect([seen, due.length]).toEqual([[], 1]);
    turn();
    expect([seen, due.length]).toEqual([['a', 'b'], 0]);
  });

  test('work that throws keeps nobody waiting', () => {
    const seen: string[] = [];
    const { batch, turn } = make((item) => seen.push(item));
    const work = (): void => {
      batch.add('a');
      throw new Error('work failed');
    };
    expect(() => {
      batch.after(work);
    }).toThrow('work failed');
    expect(seen).toEqual([]);
    turn();
    expect(seen).toEqual(['a']);
  });
});
