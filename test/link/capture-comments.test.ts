import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { capture } from '../../src/link/capture';
import { CaptureComments, type Remark } from '../../src/link/capture-comments';
import { memoryPair } from '../../src/link/memory';
import { packetsIn } from '../support/pcapng-packets';

/** Says of each packet its number, and whether the turn was over when it was asked. */
class Counting {
  count = 0;
  private settled = 0;

  passes(): Remark {
    const number = ++this.count;
    return { comments: () => ({ head: `${number} ${this.settled >= number}`, tail: '', more: [] }) };
  }

  settle(): void {
    this.settled = this.count;
  }
}

function commented(queue?: number) {
  const clock = new VirtualClock();
  const [near] = memoryPair({ clock, ...(queue !== undefined && { queue }) });
  const given: Uint8Array[] = [];
  const comments = new CaptureComments(new Counting());
  const link = capture(near, (bytes) => given.push(bytes), { clock, epoch: 0, comments });
  const packets = () =>
    packetsIn(Buffer.concat(given)).map(({ bytes, comments: said }) => `${bytes.length}: ${said.join()}`);
  return { clock, link, packets };
}

describe('packets that wait for their comments', () => {
  test('are written when the turn is over, as they were when they passed; those that the link has refused are not', () => {
    const { clock, link, packets } = commented(2);
    const memory = new Uint8Array(3);
    const taken = [1, 2, 3].map((length) => link.send([memory.subarray(0, length)]));
    expect(taken).toEqual([true, true, false]);
    expect(packets()).toEqual([]);
    link.flush?.();
    expect(packets()).toEqual(['1: 1 true', '2: 2 true']);
    clock.advanceBy(1);
    expect(link.send([memory])).toBe(true);
    link.flush?.();
    expect(packets()).toEqual(['1: 1 true', '2: 2 true', '3: 4 true']);
  });

  test('wait in 8 MiB at most: beyond that they are written with what is known of them', () => {
    const { link, packets } = commented(1_000_000);
    const frame = new Uint8Array(1400);
    const most = (8 * 1024 * 1024) / (1400 + 200);
    for (let i = 0; i <= most; i++) link.send([frame]);
    expect(packets()).toHaveLength(0);
    for (let i = 0; i < 2; i++) link.send([frame]);
    expect(packets().length).toBeGreaterThan(most);
    expect(packets()[0]).toBe('1400: 1 false');
    link.flush?.();
    expect(packets()).toHaveLength(Math.floor(most) + 3);
    expect(packets().at(-1)).toMatch(/ true$/);
  });
});
