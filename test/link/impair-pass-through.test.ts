import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair, type ImpairOptions } from '../../src/link/impair';
import { FULL_OFFLOAD } from '../../src/link/finish';
import type { Frame, FrameBatch, FrameInfo, FrameWork, Link } from '../../src/link/link';
import { seeTcpFrame, tcpFrame } from '../support/tcp-frame';

/** A device with a network card's offload, and what it was given to send. */
function device() {
  const sent: { frame: Frame; work: FrameWork | undefined }[] = [];
  const state = { full: false, flushes: 0 };
  const link: Link & { onReceived: () => void } = {
    name: 'tap0',
    medium: 'ethernet',
    mtu: 1500,
    offload: FULL_OFFLOAD,
    onReceive: () => undefined,
    onReceived: () => undefined,
    onDrain: () => undefined,
    send: (frame, work) => {
      if (state.full) return false;
      sent.push({ frame, work });
      return true;
    },
    flush: () => state.flushes++,
    close: () => Promise.resolve(),
  };
  return { link, sent, state };
}

function passing(options: Omit<ImpairOptions, 'clock' | 'seed'> = {}) {
  const clock = new VirtualClock();
  const behind = device();
  const link = impair(behind.link, { clock, seed: 1, passThrough: true, ...options });
  const calls: [kind: string, frames: number, infos: readonly FrameInfo[] | undefined][] = [];
  const arrived: Uint8Array[] = [];
  link.onReceive = (batch: FrameBatch, info) => {
    arrived.push(...batch);
    calls.push(['received', batch.length, info === undefined ? undefined : Array.from(info)]);
  };
  link.onReceived = () => calls.push(['done', 0, undefined]);
  link.onDrain = () => calls.push(['drain', 0, undefined]);
  const { frame, work } = tcpFrame({ segment: 'P. 0:40000(40000) ack 1', segmentSize: 1000 });
  return { ...behind, clock, link, device: behind.link, calls, arrived, big: frame, work };
}

describe('a link that may be made bad later', () => {
  test('passes frames as they are, with what the device is to do and has done', () => {
    const { link, sent, device, calls, arrived, big, work, clock } = passing();
    expect(link.offload).toBe(FULL_OFFLOAD);
    link.send(big, work);
    expect(sent[0]?.frame).toBe(big);
    expect(sent[0]?.work).toBe(work);
    const frame = new Uint8Array(big.flatMap((slice) => [...slice]));
    device.onReceive([frame], [1000]);
    device.onReceived();
    expect(arrived[0]).toBe(frame);
    expect(calls).toEqual([
      ['received', 1, [1000]],
      ['done', 0, undefined],
    ]);
    expect(link.counters.out.offered + link.counters.in.offered).toBe(0);
    expect(clock.size).toBe(0);
  });

  test('once something is set, what was joined goes segment by segment, both ways', () => {
    const { link, sent, device, calls, arrived, big, work, clock } = passing();
    link.set({ loss: 0.5, delay: 10 });
    expect(link.send(big, work)).toBe(true);
    device.onReceive([new Uint8Array(big.flatMap((slice) => [...slice]))], [1000]);
    device.onReceived();
    expect(sent).toEqual([]);
    clock.run();
    const { out, in: into } = link.counters;
    expect([out.offered, into.offered]).toEqual([40, 40]);
    expect(sent).toHaveLength(40 - out.lost);
    expect(arrived).toHaveLength(40 - into.lost);
    expect(out.lost).toBeGreaterThan(5);
    for (const { frame, work: left } of sent) {
      expect(left).toBeUndefined();
      expect(seeTcpFrame(frame[0] ?? new Uint8Array())?.wrong).toBeUndefined();
    }
    // The device's call is over when the frames come: the stack hears at once that this is all.
    expect(calls.map(([kind]) => kind)).toEqual(['done', 'received', 'done']);
  });

  test('when all is good again, nothing overtakes what is still under way', () => {
    const { link, sent, big, work, clock } = passing({ delay: 10 });
    const small = [new Uint8Array(100)];
    link.send(small);
    link.set({ delay: 0 });
    link.send(big, work);
    expect(sent).toEqual([]);
    clock.advanceBy(10);
    expect(sent).toHaveLength(41);
    link.send(big, work);
    expect(sent.at(-1)?.frame).toBe(big);
  });

  test('a device that is full says so, and when it has room again', () => {
    const { link, sent, device, state, calls, big, work } = passing();
    state.full = true;
    expect(link.send(big, work)).toBe(false);
    expect(link.send(big, work)).toBe(false);
    state.full = false;
    expect(link.send(big, work)).toBe(false);
    device.onDrain();
    expect(calls).toEqual([['drain', 0, undefined]]);
    expect(link.send(big, work)).toBe(true);
    expect(sent).toHaveLength(1);
  });

  test('without it a device does nothing for us from the start', () => {
    const { link } = passing({ passThrough: false });
    expect(link.offload).toEqual({ checksum: false, segmentation: 0 });
  });
});
