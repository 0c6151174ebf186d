import { describe, expect, test } from '@jest/globals';
import type { Frame } from '../../src/link/link';
import type { NativeDevice } from '../../src/link/device-addon';
import { TransmitRing } from '../../src/link/transmit-ring';
import { octets } from '../support/octets';

const BY_REFERENCE = 0x80000000;

interface Described {
  readonly pieces: Uint8Array[];
  readonly work: readonly number[];
}

/** Reads the descriptions as the addon does, and has room for `room` frames. */
class FakeDevice implements NativeDevice {
  readonly name = 'fake';
  readonly mtu = 1500;
  readonly mac = new Uint8Array(6);
  readonly offload = false;
  readonly frames = new Uint32Array(0);
  readonly refused = new Uint32Array(2);
  readonly txWords: Uint32Array;
  readonly txBytes: Uint8Array;
  readonly sent: Described[] = [];
  readonly flushes: number[] = [];
  room = Infinity;
  private done = 0;
  private at = 0;

  constructor(words = 1024, bytes = 8192) {
    this.txWords = new Uint32Array(words);
    this.txBytes = new Uint8Array(bytes);
  }

  flush(count: number, references: readonly Uint8Array[]): number {
    this.flushes.push(count);
    for (; this.done < count && this.room > 0; this.done++, this.room--) {
      const [pieces = 0, ...work] = this.txWords.subarray(this.at, this.at + 4);
      const described = Array.from({ length: pieces }, (_, index) => {
        const [place = 0, length = 0] = this.txWords.subarray(this.at + 4 + 2 * index);
        if (place < BY_REFERENCE) return this.txBytes.slice(place, place + length);
        const slice = references[place - BY_REFERENCE];
        expect(slice).toHaveLength(length);
        return new Uint8Array(slice ?? []);
      });
      this.sent.push({ pieces: described, work });
      this.at += 4 + 2 * pieces;
    }
    const left = count - this.done;
    if (left === 0) this.done = this.at = 0;
    return left;
  }

  ref(): void {
    throw new Error('not asked for');
  }
  unref(): void {
    throw new Error('not asked for');
  }
  close(): void {
    throw new Error('not asked for');
  }
}

/** Slices of these lengths, each with the content that its place in the frame tells. */
function slices(...lengths: number[]): Uint8Array[] {
  let at = 0;
  return lengths.map((length) => octets((at += length) - length, length));
}

function lengths({ pieces }: Described): number[] {
  return pieces.map(({ length }) => length);
}

/** What one frame is described as. */
function described(frame: Frame, tap = new FakeDevice()): Described {
  const ring = new TransmitRing(tap);
  expect(ring.add(frame, undefined)).toBe(true);
  expect(ring.flush()).toBe(true);
  const [only] = tap.sent;
  if (only === undefined) throw new Error('nothing was sent');
  expect(Buffer.concat(only.pieces)).toEqual(Buffer.concat(frame));
  return only;
}

describe('the transmit ring', () => {
  test('sends nothing before it is told to, then all of it', () => {
    const tap = new FakeDevice();
    const ring = new TransmitRing(tap);
    for (const each of [1, 2, 3]) ring.add([Uint8Array.of(each)], undefined);
    expect(tap.sent).toEqual([]);
    expect(ring.flush()).toBe(true);
    expect(tap.sent.map(({ pieces }) => pieces)).toEqual([1, 2, 3].map((each) => [Uint8Array.of(each)]));
    expect(ring.flush()).toBe(true);
    expect(tap.flushes).toEqual([3]);
  });

  test('passes on what is to be done with a frame, and that there is nothing', () => {
    const tap = new FakeDevice();
    const ring = new TransmitRing(tap);
    ring.add(slices(54, 3000), { segmentSize: 1460, checksumStart: 34, checksumOffset: 16 });
    ring.add(slices(42), undefined);
    ring.flush();
    expect(tap.sent.map(({ work }) => work)).toEqual([
      [1460, 34, 16],
      [0, 0, 0],
    ]);
  });

  test('gives large slices by reference, copies small ones, and small ones side by side as one', () => {
    expect(lengths(described(slices(54, 2047)))).toEqual([54, 2047]);
    const frame = slices(54, 2048);
    const tap = new FakeDevice(1024, 60);
    expect(lengths(described(frame, tap))).toEqual([54, 2048]);
    expect(lengths(described(slices(54, 100, 200, 300)))).toEqual([54, 600]);
    expect(lengths(described(slices(54, 100, 5000, 200, 0, 300)))).toEqual([54, 100, 5000, 500]);
  });

  test('copies the first slice whatever its length, since its memory is used again', () => {
    const tap = new FakeDevice();
    const ring = new TransmitRing(tap);
    const [headers = new Uint8Array(0)] = slices(4000);
    const before = Uint8Array.from(headers);
    ring.add([headers], undefined);
    headers.fill(0);
    ring.flush();
    expect(tap.sent[0]?.pieces).toEqual([before]);
  });

  test('has no more than 64 pieces: what is behind them is copied together', () => {
    const frame = slices(54, ...Array.from({ length: 100 }, () => 2048));
    const only = described(frame, new FakeDevice(1024, 256 * 1024));
    expect(lengths(only)).toEqual([54, ...Array.from({ length: 62 }, () => 2048), 38 * 2048]);
    expect(lengths(described(slices(54, ...Array.from({ length: 100 }, () => 10))))).toEqual([54, 1000]);
    const mixed = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 10 : 2048));
    expect(lengths(described(slices(54, ...mixed), new FakeDevice(1024, 256 * 1024)))).toHaveLength(64);
  });

  test.each([
    ['words', new FakeDevice(18, 8192), 100],
    ['bytes', new FakeDevice(1024, 300), 46],
  ])('sends what waits when there is no room for more: %s', (_, tap, length) => {
    const ring = new TransmitRing(tap);
    const frame = slices(54, length);
    for (let count = 0; count < 7; count++) expect(ring.add(frame, undefined)).toBe(true);
    const most = tap.flushes[0] ?? 0;
    expect(most).toBeGreaterThan(1);
    expect(tap.flushes).toEqual(Array.from({ length: Math.floor(6 / most) }, () => most));
    ring.flush();
    expect(tap.sent).toHaveLength(7);
    for (const each of tap.sent) expect(Buffer.concat(each.pieces)).toEqual(Buffer.concat(frame));
  });

  test('a frame that never finds room is refused', () => {
    expect(new TransmitRing(new FakeDevice(1024, 100)).add(slices(101), undefined)).toBe(false);
  });

  test('when the device is full, keeps what waits and takes no more, until it is resumed', () => {
    const tap = new FakeDevice();
    const ring = new TransmitRing(tap);
    tap.room = 1;
    for (const each of [1, 2, 3]) ring.add([Uint8Array.of(each), octets(each, 3000)], undefined);
    expect(ring.flush()).toBe(false);
    expect([ring.isBlocked, ring.add([Uint8Array.of(4)], undefined)]).toEqual([true, false]);
    tap.room = 1;
    expect([ring.resume(), ring.isBlocked]).toEqual([false, true]);
    tap.room = Infinity;
    expect([ring.resume(), ring.isBlocked]).toEqual([true, false]);
    expect(ring.add([Uint8Array.of(5)], undefined)).toBe(true);
    ring.flush();
    expect(tap.sent.map(({ pieces }) => pieces[0]?.[0])).toEqual([1, 2, 3, 5]);
    expect(tap.sent.map(({ pieces }) => pieces[1])).toEqual([
      octets(1, 3000),
      octets(2, 3000),
      octets(3, 3000),
      undefined,
    ]);
    expect(tap.flushes).toEqual([3, 3, 3, 1]);
  });
});
