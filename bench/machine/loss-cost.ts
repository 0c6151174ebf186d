/**
 * What an octet costs the sender where much is in flight and some of it is lost: nothing may walk over what is in flight for each ACK.
 */
import type { Row } from '../speed/row';
import { runAlone } from './alone';
import { LongPath, type Work } from './long-path';
import { median, rounded } from './statistics';

const LOSS = 0.05;
const MEGABYTE = 2 ** 20;
/** Bandwidth times delay is the window: a gigabyte a second over 64 ms. */
const PATH = { window: 64 * MEGABYTE, rate: 1000 * MEGABYTE, roundTrip: 64_000, seed: 7 } as const;
/** Until the window is full, all that is lost was lost for a while, and the code is compiled. */
const WARM_UP = 5;
const RUNS = 7;
const PEER = 'itself, no loss';

interface Cost {
  /** ns an octet that has arrived. */
  readonly sender: number;
  readonly receiver: number;
}

export function measure(): Promise<Row[]> {
  const clean = new LongPath({ ...PATH, loss: 0 });
  const lossy = new LongPath({ ...PATH, loss: LOSS });
  const reordered = new LongPath({ ...PATH, loss: LOSS, reordered: true });
  for (const path of [clean, lossy, reordered]) path.run(WARM_UP * PATH.roundTrip);
  const costs = Array.from({ length: RUNS }, () => ({
    clean: cost(clean),
    lossy: cost(lossy),
    reordered: cost(reordered),
  }));
  const { flying, unacknowledged, ranges, sentAgain, timeouts } = lossy.scoreboard;
  const of = (which: keyof (typeof costs)[0], end: keyof Cost) => median(costs.map((each) => each[which][end]));
  const ratio = (which: keyof (typeof costs)[0], end: keyof Cost) =>
    rounded(median(costs.map((each) => each[which][end] / each.clean[end])));
  const row: Row = {
    work: 'loss-cost',
    unit: 'ns an octet (sender)',
    synack: rounded(of('lossy', 'sender'), 3),
    peer: rounded(of('clean', 'sender'), 3),
    peerName: PEER,
    ratio: ratio('lossy', 'sender'),
    better: 'less',
    runs: RUNS,
    details: {
      target: 'at most 3',
      'ratio where the path has reordered': ratio('reordered', 'sender'),
      'receiver, ns an octet at 5 % loss': rounded(of('lossy', 'receiver'), 3),
      'receiver, ns an octet at none': rounded(of('clean', 'receiver'), 3),
      'receiver, ratio': ratio('lossy', 'receiver'),
      'in flight, MB': rounded(flying / MEGABYTE),
      'not acknowledged, MB': rounded(unacknowledged / MEGABYTE),
      'ranges of the scoreboard': ranges,
      'ranges without loss': clean.scoreboard.ranges,
      'sent again, %': rounded(sentAgain * 100),
      'retransmission time-outs': timeouts,
    },
  };
  return Promise.resolve([row]);
}

/** Of one more round trip. */
function cost(path: LongPath): Cost {
  const before = { sent: path.sent, received: path.received };
  path.run(PATH.roundTrip);
  return { sender: perOctet(before.sent, path.sent), receiver: perOctet(before.received, path.received) };
}

function perOctet(from: Work, to: Work): number {
  return ((to.cpu - from.cpu) * 1_000_000) / (to.octets - from.octets);
}

runAlone(module, measure);
