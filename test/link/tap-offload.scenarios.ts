import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { finishReceived } from '../../src/link/finish';
import { joinFrame, type FrameInfo } from '../../src/link/link';
import { TapLink, type TapOptions } from '../../src/link/tap';
import { settled } from '../support/quiet';
import { seeTcpFrame, tcpFrame, type SeenFrame, type TcpFrame } from '../support/tcp-frame';

type Offload = NonNullable<TapOptions['offload']>;

function sh(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

/**
 * Two TAPs whose kernel ends are the ports of one bridge: what goes into one comes out of the other. Without a queue between, which on a
 * busy machine is emptied later, a frame is there to be read once it is sent: what is sent together comes together.
 */
function bridged(from: TapOptions, to: TapOptions): [TapLink, TapLink] {
  const near = TapLink.open('tap0', from);
  const far = TapLink.open('tap1', to);
  sh(`ip link add br0 type bridge
      for each in tap0 tap1; do ip link set $each master br0 txqueuelen 5000 up; done
      tc qdisc replace dev tap1 root noqueue
      ip link set br0 up`);
  return [near, far];
}

/** What comes out of `link`, TCP alone. */
class Arrivals {
  readonly frames: { readonly bytes: Uint8Array; readonly info: FrameInfo }[] = [];
  readonly batches: number[] = [];

  constructor(readonly link: TapLink) {
    link.onReceive = (batch, info) => {
      const before = this.frames.length;
      for (const [at, bytes] of batch.entries()) {
        if (seeTcpFrame(bytes) !== undefined) this.frames.push({ bytes, info: info?.[at] ?? 0 });
      }
      if (this.frames.length > before) this.batches.push(this.frames.length - before);
    };
  }

  get seen(): SeenFrame[] {
    return this.frames.map(({ bytes, info }) => seeTcpFrame(bytes, info)).filter((each) => each !== undefined);
  }

  /** Waits until some have come, and nothing has followed for so many ms. */
  settle(time = 30): Promise<void> {
    return settled(() => this.frames.length, time);
  }
}

/** Frames that are sent together by a TAP, and what of them comes out of another, behind a bridge. */
export async function across(from: Offload, to: Offload, frames: readonly TcpFrame[]) {
  const [near, far] = bridged({ offload: from }, { offload: to });
  const arrivals = new Arrivals(far);
  const taken = frames.map((each) => {
    const { frame, work } = tcpFrame(each);
    return near.send(frame, work);
  });
  near.flush();
  await arrivals.settle();
  await near.close();
  await far.close();
  return {
    taken: taken.every(Boolean),
    refused: near.refused,
    seen: arrivals.seen,
    /** As a wire would have carried them. */
    finished: arrivals.frames.flatMap(({ bytes, info }) =>
      finishReceived(bytes, info, 'ethernet').map((each) => seeTcpFrame(each)),
    ),
  };
}

/** How many of so many bytes of frames wait for `flush` at most. */
export async function room(length: number, segmentSize: number) {
  const [near, far] = bridged({ offload: 'software' }, { offload: 'none' });
  const arrivals = new Arrivals(far);
  const { frame, work } = tcpFrame({ segment: `. 0:${length}(${length}) ack 1`, segmentSize, slice: 1024 });
  // Beyond its room the ring sends what waits.
  for (let sent = 0; sent < 20; sent++) near.send(frame, work);
  await arrivals.settle();
  const withoutFlush = arrivals.frames.length;
  near.flush();
  await arrivals.settle();
  await near.close();
  await far.close();
  return { withoutFlush, all: arrivals.frames.length, wrong: arrivals.seen.filter(({ wrong }) => wrong !== undefined) };
}

/** The memory of a frame's first slice, which holds `length` octets of data too, is used again between `send` and `flush`. */
export async function changedBeforeFlush(length: number) {
  const [near, far] = bridged({ offload: 'none', mtu: 9000 }, { offload: 'none', mtu: 9000 });
  const arrivals = new Arrivals(far);
  const { frame } = tcpFrame({ segment: `. 0:${length}(${length}) ack 1` });
  const first = joinFrame(frame);
  near.send([first]);
  first.fill(0);
  near.flush();
  await arrivals.settle();
  await near.close();
  await far.close();
  return arrivals.seen;
}

/** Frames wait while the link is closed. */
export async function closeWithWaiting() {
  const [near, far] = bridged({ offload: 'software' }, { offload: 'none' });
  const arrivals = new Arrivals(far);
  const { frame, work } = tcpFrame({ segment: '. 0:4000(4000) ack 1', segmentSize: 1460 });
  near.send(frame, work);
  await near.close();
  await arrivals.settle();
  await far.close();
  return { seen: arrivals.seen, refused: near.refused };
}

/** What is sent counts against `sendBuffer` until another processor has taken it (receive packet steering). */
function narrow(offload: Offload): [TapLink, TapLink] {
  const links = bridged({ offload, sendBuffer: 1024 }, { offload: 'none' });
  writeFileSync('/sys/class/net/tap0/queues/rx-0/rps_cpus', '2');
  sh(`taskset --pid 1 ${process.pid}`);
  return links;
}

/**
 * A device that is full some times: what is refused is sent again when there is room.
 * @param most how many frames of `segment` octets are sent at most
 */
export async function fullOnTheWay(offload: Offload, segment: number, most: number, segmentSize: number) {
  const [near, far] = narrow(offload);
  const arrivals = new Arrivals(far);
  const frames = Array.from({ length: most }, (_, id) => {
    const from = id * segment;
    return tcpFrame({ segment: `P. ${from}:${from + segment}(${segment}) ack 1`, id, segmentSize });
  });
  let [sent, drains, refusals] = [0, 0, 0];
  await new Promise<void>((resolve) => {
    const sendAll = (): void => {
      for (let next = frames[sent]; next !== undefined && refusals < 6; next = frames[sent]) {
        if (!near.send(next.frame, next.work)) {
          refusals++;
          return;
        }
        // Two at a time.
        if (++sent % 2 === 0) near.flush();
      }
      near.flush();
      resolve();
    };
    near.onDrain = () => {
      drains++;
      sendAll();
    };
    sendAll();
  });
  // The last may wait for room, and go out without being asked.
  await arrivals.settle(100);
  await near.close();
  await far.close();
  return { sent, drains, refusals, refused: near.refused, seen: arrivals.seen };
}

/** Closing a link that is full. */
export async function closeWhenFull() {
  const [near, far] = narrow('software');
  const { frame, work } = tcpFrame({ segment: '. 0:60000(60000) ack 1', segmentSize: 1460 });
  let drains = 0;
  near.onDrain = () => drains++;
  let sent = 0;
  while (sent < 100 && near.send(frame, work)) {
    near.flush();
    sent++;
  }
  await near.close();
  const takenAfterwards = near.send(frame, work);
  near.flush();
  await far.close();
  return { wasFull: sent < 100, drains, takenAfterwards, refused: near.refused };
}

/** A persistent interface that somebody has had before for whom the kernel did the work. */
export async function afterOthers(offload: Offload) {
  sh('ip tuntap add dev tap1 mode tap');
  await TapLink.open('tap1', { offload: 'kernel' }).close();
  const [near, far] = bridged({ offload: 'kernel' }, { offload });
  const arrivals = new Arrivals(far);
  const { frame, work } = tcpFrame({ segment: '. 0:3000(3000) ack 1', segmentSize: 1000 });
  near.send(frame, work);
  near.flush();
  await arrivals.settle();
  await near.close();
  await far.close();
  return arrivals.seen;
}
