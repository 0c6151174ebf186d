import type { Side } from '../follow/side';
import type { Case } from './case';
import { causes, type Cause } from './finding';

/** Tries that nothing answers, after which it is more than bad luck. */
const MANY_TRIES = 3;
/** Tries in vain for so long, before one is answered, are an outage, µs. */
const OUTAGE = 1_000_000;
/** What follows a router's message so soon follows from it, µs. */
const SOON = 1_000_000;
/** Firewalls and NATs forget connections that were silent for longer, µs (RFC 5382 asks for two hours; many take a minute or less). */
const FORGETS = 25_000_000;

/** Findings about what was lost, overtaken, or too big. */
export function judgeLoss(judged: Case): void {
  for (const [side, other] of judged.sides) {
    if (!judged.oneSided) {
      tooBig(judged, side);
      vanished(judged, side, other);
    }
    checksums(judged, side);
    repeats(judged, side, other);
    duplicates(judged, side);
  }
}

function repeats(judged: Case, side: Side, other: Side): void {
  const { tallies } = side;
  const segments = Math.max(1, side.segments);
  const lost = tallies.count('lost-before') + tallies.count('lost-behind');
  // What arrives damaged is as good as lost, and it is known why.
  const damaged = judged.findings.some(({ id, side: of }) => id === 'bad-checksums' && of === side.name);
  const where = {
    before: tallies.count('lost-before'),
    behind: tallies.count('lost-behind'),
    segments,
    percent: Math.round((lost * 1000) / segments) / 10,
    damaged: damaged ? 1 : 0,
  };
  const why = damaged
    ? causes(['damaged-on-the-way', 'likely'], ['congestion', 'possible'])
    : [...placeOfLoss(side), ...causes(['congestion', 'likely'], ['bad-link', 'possible'])];
  const timeout = tallies.get('timeout');
  const gone = judged.has('vanished', 'mtu-black-hole') && side.tries >= MANY_TRIES;
  // What is sent again in smaller pieces, because a router said that it was too big, was not lost by bad luck.
  const complaint = judged.flow.complaints.find((each) => each.kind === 'too-big' && each.about === side.name);
  const resized = complaint !== undefined && timeout !== undefined && timeout.first - complaint.time < SOON;
  // Those of a black hole are told with it.
  const swallowed = judged.has('mtu-black-hole') && tallies.count('timeout') <= tallies.count('again-full-size');
  if (timeout !== undefined && !gone && !resized && !swallowed) {
    const few = timeout.count === 1 && side.largest < 2;
    const { outage } = side;
    const broken = outage.tries >= MANY_TRIES && outage.time >= OUTAGE;
    judged.counted('timeout', few ? 'note' : 'trouble', side, timeout, {
      evidence: {
        ...where,
        bytes: timeout.sum,
        tries: broken ? outage.tries : undefined,
        outage: broken ? outage.time : undefined,
      },
      causes: broken ? [...placeOfLoss(side), ...causes(['path-broken', 'likely'], ['congestion', 'possible'])] : why,
    });
  }
  const fast = tallies.get('fast-retransmit');
  if (fast !== undefined) {
    const smaller = complaint !== undefined && fast.last - complaint.time < SOON;
    judged.counted(
      'fast-retransmit',
      !smaller && (fast.count >= 3 || fast.count * 100 >= segments) ? 'trouble' : 'note',
      side,
      fast,
      {
        evidence: { ...where, bytes: fast.sum },
        causes: smaller ? causes(['small-mtu', 'certain']) : why,
      },
    );
  }
  const probe = tallies.get('probe');
  if (probe !== undefined)
    judged.counted('tail-loss-probe', probe.count >= 3 ? 'trouble' : 'note', side, probe, {
      evidence: { ...where, bytes: probe.sum },
      causes: [...placeOfLoss(side), ...causes(['ack-lost', 'possible'], ['delay-jump', 'possible'])],
    });
  spurious(judged, side, other);
  const fin = tallies.get('fin-again');
  if (fin !== undefined && !gone)
    judged.counted('fin-repeated', fin.count >= 2 ? 'trouble' : 'note', side, fin, {
      frames: [side.fin?.frame, ...fin.frames],
      causes: causes(['answer-lost', 'likely'], ['host-vanished', 'possible']),
    });
  const reordered = tallies.get('reordered');
  if (reordered !== undefined)
    judged.counted('reordering', reordered.count >= 5 ? 'trouble' : 'note', side, reordered, {
      evidence: { segments, latest: reordered.most },
      causes: causes(['several-paths', 'likely']),
    });
  const acks = other.tallies.get('duplicate-ack');
  if (acks !== undefined && acks.count >= 3 && lost === 0 && reordered === undefined && !gone)
    judged.counted('duplicate-acks', 'note', other, acks, {
      causes: causes(['several-paths', 'likely'], ['network-duplicates', 'possible']),
    });
}

/** Sent again for nothing: the first had arrived. */
function spurious(judged: Case, side: Side, other: Side): void {
  const seen = side.tallies.get('spurious');
  const told = other.tallies.get('dsack');
  const tally = seen ?? told;
  if (tally === undefined) return;
  // (A goodbye that was repeated is told by itself.)
  const doubled = side.tallies.count('duplicate-packet', 'fin-again');
  if (seen === undefined && doubled >= (told?.count ?? 0)) return;
  // DSACKs about what the network has doubled tell of no sender.
  const count = Math.max(seen?.count ?? 0, (told?.count ?? 0) - doubled);
  const overtaken = side.tallies.count('reordered') > count;
  judged.counted(
    'spurious-retransmission',
    count >= 3 && count * 50 >= side.segments && seen !== undefined ? 'trouble' : 'note',
    side,
    tally,
    {
      frames: [...(seen?.frames ?? []), ...(told?.frames ?? [])],
      count,
      evidence: { dsack: told?.count ?? 0, repeated: seen?.count ?? 0 },
      causes:
        seen === undefined
          ? causes(['network-duplicates', 'likely'], ['one-sided-capture', 'possible'])
          : overtaken
            ? causes(['several-paths', 'likely'], ['ack-lost', 'possible'])
            : causes(['ack-lost', 'likely'], ['delay-jump', 'likely'], ['network-duplicates', 'possible']),
    },
  );
}

/** Relative to where the capture was made. */
function placeOfLoss(side: Side): Cause[] {
  const before = side.tallies.count('lost-before');
  const behind = side.tallies.count('lost-behind');
  if (before + behind === 0) return [];
  if (before > 0 && behind > 0) return causes(['loss-before-capture', 'likely'], ['loss-behind-capture', 'likely']);
  return causes(before > 0 ? ['loss-before-capture', 'certain'] : ['loss-behind-capture', 'likely']);
}

/** Full-size segments are lost, and small ones pass. */
function tooBig(judged: Case, side: Side): void {
  const { flow } = judged;
  const complaints = flow.complaints.filter((each) => each.kind === 'too-big' && each.about === side.name);
  const [first] = complaints;
  const full = side.tallies.get('again-full-size');
  const { mss } = flow.follower;
  const stuck = full !== undefined && full.count >= 2 && side.largestAcked < mss * 0.9 && side.largest >= mss * 0.9;
  const timeouts = side.tallies.count('timeout', 'probe') >= 2;
  if (stuck && timeouts && (complaints.length !== 1 || side.tries >= MANY_TRIES)) {
    const recovered = !side.openFlight;
    judged.counted('mtu-black-hole', recovered ? 'trouble' : 'failure', side, full, {
      frames: [...complaints.map(({ frame }) => frame), ...full.frames],
      count: full.count,
      evidence: { size: full.most, passed: side.largestAcked, mss, mtu: first?.mtu, recovered: recovered ? 1 : 0 },
      causes: causes(
        ['small-mtu', 'likely'],
        first === undefined ? ['icmp-filtered', 'likely'] : ['icmp-ignored', 'likely'],
        side.largestAcked === 0 ? ['host-vanished', 'possible'] : undefined,
      ),
    });
    return;
  }
  if (first === undefined) return;
  judged.find('too-big', 'note', {
    side,
    frames: complaints.map(({ frame }) => frame),
    count: complaints.length,
    from: first.time,
    to: complaints.at(-1)?.time ?? first.time,
    evidence: { mtu: first.mtu, router: first.from, mss },
    causes: causes(['small-mtu', 'certain']),
  });
}

/** One side repeats, or asks, and nothing comes back any more. */
function vanished(judged: Case, side: Side, other: Side): void {
  if (!judged.connected || judged.has('mtu-black-hole')) return;
  const asked = side.keepAlives;
  const tries = side.tries;
  // Whoever has dropped everything answers no more: that is another story.
  if (other.reset !== undefined) return;
  if (tries < MANY_TRIES && asked < MANY_TRIES) return;
  const silence = Math.max(side.lastTime, judged.end) - other.lastTime;
  const tally = side.tallies.get(tries >= MANY_TRIES ? 'timeout' : 'keep-alive') ?? side.tallies.get('fin-again');
  judged.find(tries >= MANY_TRIES ? 'vanished' : 'keep-alive-unanswered', 'failure', {
    side: other,
    frames: [
      other.lastFrame,
      ...(tally?.frames ?? []).filter((frame) => frame >= side.triesBegan.frame),
      side.lastFrame,
    ],
    count: Math.max(tries, asked),
    from: side.triesBegan.time,
    to: side.lastTime,
    evidence: { tries: Math.max(tries, asked), silence, idle: side.idleBefore, lastHeard: other.lastFrame },
    causes: causes(
      side.idleBefore >= FORGETS && tries >= MANY_TRIES ? ['idle-timeout', 'likely'] : undefined,
      ['host-vanished', 'likely'],
      ['path-broken', 'likely'],
      ['filtered', 'possible'],
    ),
  });
}

function checksums(judged: Case, side: Side): void {
  const { bad, good, unfilled } = side.checksums;
  const tally = side.tallies.get('bad-checksum');
  if (tally !== undefined && bad * 2 <= good + bad) {
    judged.counted('bad-checksums', 'trouble', side, tally, {
      evidence: { of: side.segments },
      causes: causes(['damaged-on-the-way', 'likely'], ['bad-link', 'possible']),
    });
  } else if (tally !== undefined || unfilled > 0) {
    judged.find('checksum-offload', 'note', {
      side,
      frames: tally?.frames ?? [],
      count: bad + unfilled,
      causes: causes(['card-fills-in', tally === undefined ? 'certain' : 'likely']),
    });
  }
}

function duplicates(judged: Case, side: Side): void {
  const tally = side.tallies.get('duplicate-packet');
  if (tally === undefined) return;
  judged.counted('duplicate-packets', 'note', side, tally, {
    evidence: { of: side.segments + tally.count },
    causes:
      tally.count * 3 >= side.segments
        ? causes(['mirror-or-several-interfaces', 'likely'])
        : causes(['network-duplicates', 'likely'], ['mirror-or-several-interfaces', 'possible']),
  });
}
