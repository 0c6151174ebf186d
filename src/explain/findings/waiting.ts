import type { Side } from '../follow/side';
import type { Case } from './case';
import { causes } from './finding';

/** A stall in µs that is felt. */
const FELT = 200_000;
const SLOW_ANSWER = 1_000_000;
const FAR = 200_000;
/**
 * So many round trips that are longer than the shortest by this on average, and at their longest, are a queue, µs. Those from data to its
 * ACK may have waited for a late ACK, or for a loss to be mended; those from an ACK to what is sent upon it have not.
 */
const QUEUES = {
  acks: { samples: 30, longer: 100_000, peak: 100_000 },
  echoes: { samples: 10, longer: 40_000, peak: 200_000 },
} as const;
const QUEUE_TIMES = 4;

/** Findings about windows, and about who waits for whom. */
export function judgeWaiting(judged: Case): void {
  options(judged);
  for (const [side, other] of judged.sides) {
    zeroWindow(judged, side, other);
    windowLimits(judged, side, other);
    heldBack(judged, side);
    queueDelay(judged, side, other);
  }
  slowAnswer(judged);
  const roundTrip = judged.roundTrip;
  if (roundTrip !== undefined && roundTrip >= FAR && judged.connected)
    judged.find('slow-network', 'note', {
      frames: [judged.client.opening?.frame, judged.server.opening?.frame],
      evidence: { roundTrip, toClient: judged.client.rtt.least, toServer: judged.server.rtt.least },
      causes: causes(['far-away', 'likely'], ['congestion', 'possible']),
    });
}

function zeroWindow(judged: Case, side: Side, other: Side): void {
  const tally = side.tallies.get('zero-window');
  if (tally === undefined) return;
  const open = side.zeroSince;
  const last = open === undefined ? 0 : judged.end - open.time;
  const stalled = side.stalled + last;
  const longest = Math.max(last, side.longestStall.time);
  const probes = other.tallies.get('window-probe');
  judged.counted('zero-window', stalled >= FELT ? 'trouble' : 'note', side, tally, {
    frames: [...tally.frames, ...(probes?.frames ?? []), open === undefined ? side.longestStall.until : undefined],
    count: tally.count,
    to: open === undefined ? tally.last + longest : judged.end,
    evidence: {
      stalled,
      longest,
      probes: probes?.count ?? 0,
      neverOpened: open === undefined ? 0 : 1,
      full: other.tallies.count('window-full'),
    },
    causes: causes(['slow-reader', 'likely'], ['small-buffer', 'possible']),
  });
}

/** The sender could not have more in flight than the other's window allows. */
function windowLimits(judged: Case, side: Side, other: Side): void {
  const limited = side.tallies.get('window-limited');
  const roundTrip = judged.roundTrip;
  if (roundTrip === undefined || roundTrip < 5_000) return;
  // Without the handshake's options nobody knows how the window is scaled.
  if (side.opening?.unknown !== false || other.opening?.unknown !== false) return;
  if (other.stalled > FELT) return;
  const data = Math.max(1, Math.round(side.bytes / Math.max(1, Math.min(side.largest, judged.flow.follower.mss))));
  const waits = limited !== undefined && limited.count >= 10 && limited.count * 5 >= Math.min(data, side.segments);
  if (!waits && !fillsWindows(side, other, roundTrip)) return;
  const window = waits ? limited.most : other.largestWindow;
  const scales = side.opening.shift !== undefined && other.opening.shift !== undefined;
  judged.find('window-limits', 'trouble', {
    side: other,
    frames: waits ? limited.frames : [side.opening.frame, other.opening.frame],
    count: limited?.count ?? 0,
    from: limited?.first ?? judged.flow.first,
    to: limited?.last ?? side.lastData,
    evidence: {
      window,
      roundTrip,
      most: Math.round((window * 8_000_000) / roundTrip),
      scales: scales ? 1 : 0,
    },
    causes: scales
      ? causes(['small-buffer', 'likely'], ['slow-reader', 'possible'])
      : causes(['option-not-offered', 'likely'], ['option-stripped', 'possible'], ['small-buffer', 'possible']),
  });
}

/**
 * At the receiver nothing seems to be on the way for long; but a window in each round trip, no more and no less, is what came.
 * (Windows that grow with the speed are twice as large.)
 */
function fillsWindows(side: Side, other: Side, roundTrip: number): boolean {
  const began = side.opening?.time ?? 0;
  const trips = (side.lastData - began) / roundTrip;
  const lost = side.tallies.count('timeout', 'fast-retransmit', 'probe');
  const filled = side.newBytes / Math.max(1, trips) / Math.max(1, other.largestWindow);
  return trips >= 10 && lost * 200 < side.segments && filled > 0.65 && filled < 1.1;
}

/** What one offers and the other does not take up. */
function options(judged: Case): void {
  const { client, server } = judged;
  if (client.opening === undefined || server.opening === undefined || !judged.connected) return;
  // A short snap length has cut them off.
  if (client.opening.unknown || server.opening.unknown) return;
  const bytes = client.newBytes + server.newBytes;
  const all = [
    ['no-window-scaling', client.opening.shift !== undefined, server.opening.shift !== undefined],
    ['no-sack', client.opening.sackPermitted, server.opening.sackPermitted],
    ['no-timestamps', client.opening.timestamps, server.opening.timestamps],
  ] as const;
  for (const [id, offered, accepted] of all) {
    if (offered && accepted) continue;
    // Windows systems and many small devices do without timestamps, and that is fine.
    if (id === 'no-timestamps' && !offered) continue;
    judged.find(id, 'note', {
      side: offered ? server : client,
      frames: [client.opening.frame, server.opening.frame],
      evidence: { offered: offered ? 1 : 0, bytes },
      causes: offered
        ? causes(['option-not-offered', 'likely'], ['option-stripped', 'possible'])
        : causes(['option-not-offered', 'likely']),
    });
  }
  if (client.opening.ecn && server.opening.ecn) {
    const marked = client.tallies.count('congestion-experienced') + server.tallies.count('congestion-experienced');
    const echoes = client.tallies.get('ecn-echo') ?? server.tallies.get('ecn-echo');
    if (marked > 0 || echoes !== undefined)
      judged.find('congestion-marked', 'note', {
        frames: [
          ...(client.tallies.get('congestion-experienced')?.frames ?? []),
          ...(server.tallies.get('congestion-experienced')?.frames ?? []),
          ...(echoes?.frames ?? []),
        ],
        count: Math.max(marked, echoes?.count ?? 0),
        evidence: { marked },
        causes: causes(['congestion', 'certain']),
      });
    else judged.find('ecn', 'note', { frames: [client.opening.frame, server.opening.frame] });
  }
}

function heldBack(judged: Case, side: Side): void {
  const tally = side.tallies.get('held-back');
  // Each time is counted twice: the late ACK, and what came upon it.
  if (tally === undefined || tally.count < 4) return;
  judged.counted('delayed-ack-stall', 'trouble', side, tally, {
    count: tally.count / 2,
    evidence: { each: tally.sum / tally.count, total: tally.sum / 2 },
    causes: causes(['nagle-and-delayed-ack', 'likely']),
  });
}

/** While much is sent, the way takes longer and longer: a queue on it fills. (Late ACKs are late by a constant, and less.) */
function queueDelay(judged: Case, side: Side, other: Side): void {
  if (judged.oneSided || other.stalled > FELT) return;
  // At the sender ACKs come late, at the receiver what was sent upon them.
  const ways = [
    { ...QUEUES.acks, least: other.rtt.least, trips: other.rtt },
    { ...QUEUES.echoes, least: Math.min(side.rtt.least, side.echo.least), trips: side.echo },
  ];
  const grows = ways.find(({ samples, longer, peak, least, trips: { most, sum, count } }) => {
    const mean = sum / Math.max(1, count);
    return count >= samples && mean - least >= longer && mean >= least * QUEUE_TIMES && most - least >= peak;
  });
  if (grows === undefined) return;
  const {
    least,
    trips: { most, mostFrame, sum, count },
  } = grows;
  const mean = sum / count;
  judged.find('queue-delay', 'trouble', {
    side,
    frames: [mostFrame],
    count,
    evidence: { least, mean: Math.round(mean), most },
    causes: causes(['big-queue', 'likely'], ['congestion', 'possible']),
  });
}

function slowAnswer(judged: Case): void {
  const { server, flow } = judged;
  const { application } = flow;
  const tally = server.tallies.get('slow-answer');
  const roundTrip = judged.roundTrip ?? 0;
  if (
    tally !== undefined &&
    tally.most >= SLOW_ANSWER &&
    tally.most > 4 * roundTrip &&
    !application.protocols.has('WebSocket')
  )
    judged.counted('slow-answer', application.protocols.has('HTTP') ? 'trouble' : 'note', server, tally, {
      frames: [tally.mostFrame, ...tally.frames.filter((frame) => frame !== tally.mostFrame)],
      evidence: { longest: tally.most, roundTrip },
      causes: causes(['slow-program', 'likely']),
    });
  const { openRequest } = application;
  if (openRequest === undefined || judged.has('vanished', 'mtu-black-hole', 'reset', 'zero-window')) return;
  if (server.reset !== undefined || application.upgraded !== undefined || judged.has('wrong-protocol')) return;
  const hungUp = server.fin !== undefined && server.lastData < openRequest.time;
  const left = judged.client.fin?.time ?? judged.client.reset?.time ?? Math.max(judged.end, flow.last);
  const waited = (hungUp ? (server.fin?.time ?? left) : left) - openRequest.time;
  if (waited < SLOW_ANSWER && !hungUp) return;
  judged.find('no-response', 'trouble', {
    side: server,
    frames: [openRequest.frame, hungUp ? server.fin?.frame : undefined],
    from: openRequest.time,
    to: openRequest.time + waited,
    evidence: { waited, hungUp: hungUp ? 1 : 0 },
    causes: hungUp
      ? causes(['program-aborts', 'likely'], ['speaks-otherwise', 'possible'])
      : causes(['slow-program', 'likely']),
  });
}
