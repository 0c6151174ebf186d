import type { Reset, Side } from '../follow/side';
import type { Case } from './case';
import { causes, type Cause } from './finding';

/** After so long a silence a RST is the answer to the silence, µs. */
const IDLE = 50_000_000;
/** Close alerts of TLS and other last words that nobody misses. */
const LAST_WORDS = 100;
/** What came so long ago a program has read, µs. */
const READ = 50_000;
/** One side has said goodbye, and the other says nothing for so long, µs. */
const FORGOTTEN = 20_000_000;

/** Findings about how the conversation ended, or did not. */
export function judgeEnding(judged: Case): void {
  const { client, server, flow } = judged;
  for (const [side, other] of judged.sides) if (side.reset !== undefined) reset(judged, side, other, side.reset);
  if (client.fin?.crossed === true || server.fin?.crossed === true)
    judged.find('simultaneous-close', 'note', { frames: [client.fin?.frame, server.fin?.frame] });
  if (judged.oneSided) {
    judged.find('one-direction', 'note', {
      side: client.segments === 0 ? client : server,
      frames: [flow.firstFrame],
      causes: causes(['one-sided-capture', 'likely']),
    });
  } else if (client.reset === undefined && server.reset === undefined && judged.connected) open(judged);
  for (const [side, other] of judged.sides) missed(judged, side, other);
}

function reset(judged: Case, side: Side, other: Side, seen: Reset): void {
  if (judged.has('half-open')) return;
  if (judged.has('refused', 'handshake-abandoned', 'unreachable') && !judged.connected) return;
  if (judged.has('vanished', 'keep-alive-unanswered', 'mtu-black-hole') && seen.ownTries > 0) return;
  // They never came to talk: how they hung up is no story of its own.
  if (judged.has('tls-alert', 'wrong-protocol')) return;
  const common = { side, frames: [seen.answers, seen.frame], count: 1, from: seen.time };
  const ttlDiffers = side.ttl !== undefined && side.segments > 1 && Math.abs(seen.ttl - side.ttl) >= 2;
  const evidence = {
    ttl: seen.ttl,
    usualTtl: side.ttl,
    offset: seen.offset,
    silence: seen.silence,
    unread: seen.unanswered,
    hasAck: seen.hasAck ? 1 : 0,
  };
  const killed = other.reset !== undefined && !other.reset.hasAck && other.reset.frame > seen.frame;
  // Another one has ended it in this side's name: the other end believed it, and knows of nothing any more.
  if (side.spokeAfterReset && killed) {
    judged.find('reset', 'failure', {
      ...common,
      frames: [seen.answers, seen.frame, other.reset?.frame],
      evidence: { ...evidence, spokeOn: 1 },
      causes: causes(['injected', 'likely']),
    });
    return;
  }
  if (other.spokeAfterReset && other.reset !== undefined && !seen.hasAck && seen.frame > other.reset.frame) return;
  if (side.spokeAfterReset) {
    judged.find('reset-ignored', 'trouble', { ...common, evidence, causes: causes(['injected', 'likely']) });
    return;
  }
  const both = side.fin !== undefined && other.fin !== undefined;
  // What the other had sent and will not know the fate of.
  const lost = Math.max(0, other.flight - (other.fin === undefined ? 0 : 1));
  const read = seen.unanswered === 0 || side === judged.client;
  const bothDone = other.fin !== undefined && lost === 0 && side.flight <= 1 && read;
  const { protocols, closes } = judged.flow.application;
  const politely = protocols.has('TLS') || closes.length > 0;
  const late = (side.fin !== undefined || closes.length > 0) && lost <= (politely ? LAST_WORDS : 0);
  if ((both && lost <= LAST_WORDS) || bothDone || late) {
    judged.find('reset-after-close', 'note', {
      ...common,
      evidence: { ...evidence, lost },
      causes: causes(['closed-too-early', 'likely']),
    });
    return;
  }
  judged.find('reset', 'failure', {
    ...common,
    evidence: { ...evidence, lost },
    causes: causesOfReset(side, seen, ttlDiffers),
  });
}

function causesOfReset(side: Side, seen: Reset, ttlDiffers: boolean): Cause[] {
  if (ttlDiffers || (Math.abs(seen.offset) > 1 && side.segments > 1 && seen.hasAck))
    return causes(['injected', ttlDiffers ? 'likely' : 'possible'], ['program-aborts', 'possible']);
  if (seen.ownTries >= 2) return causes(['gave-up', 'likely'], ['host-vanished', 'possible']);
  if (side.fin !== undefined) return causes(['closed-too-early', 'likely']);
  if (!seen.hasAck && seen.answers !== undefined)
    return causes(
      ['no-such-connection', 'likely'],
      ['restarted', 'possible'],
      ['idle-timeout', seen.silence > IDLE ? 'likely' : 'possible'],
    );
  if (seen.silence > IDLE) return causes(['idle-timeout', 'likely'], ['program-aborts', 'possible']);
  // A client has mostly read the answer that came before: what it leaves unread came just now.
  if (seen.unanswered > 0 && side.name === 'client' && seen.silence > READ)
    return causes(['linger-zero', 'likely'], ['program-aborts', 'likely'], ['unread-data', 'possible']);
  if (seen.unanswered > 0)
    return causes(['unread-data', 'likely'], ['program-aborts', 'possible'], ['linger-zero', 'possible']);
  return causes(['linger-zero', 'likely'], ['program-aborts', 'likely'], ['injected', 'possible']);
}

function open(judged: Case): void {
  const { client, server, flow } = judged;
  if (judged.has('vanished', 'keep-alive-unanswered', 'mtu-black-hole')) return;
  if (client.fin !== undefined && server.fin !== undefined) return;
  const closed = client.fin !== undefined ? client : server.fin !== undefined ? server : undefined;
  if (closed?.fin === undefined) {
    judged.find('still-open', 'note', {
      frames: [flow.lastFrame],
      from: flow.last,
      evidence: { silence: judged.end - flow.last },
      causes: causes(['capture-ended', 'likely']),
    });
    return;
  }
  const other = closed === client ? server : client;
  const since = judged.end - Math.max(closed.fin.time, other.lastData);
  judged.find('half-closed', since >= FORGOTTEN ? 'trouble' : 'note', {
    side: other,
    frames: [closed.fin.frame],
    from: closed.fin.time,
    to: judged.end,
    evidence: { since, acknowledged: closed.finAckedAt === undefined ? 0 : 1 },
    causes:
      since >= FORGOTTEN
        ? causes(['forgot-to-close', 'likely'])
        : causes(['capture-ended', 'likely'], ['forgot-to-close', 'possible']),
  });
}

/** What was acknowledged and is not in the capture. */
function missed(judged: Case, side: Side, other: Side): void {
  const tally = side.tallies.get('unseen');
  if (tally === undefined || judged.oneSided) return;
  judged.counted('capture-lost-packets', 'note', other, tally, {
    evidence: { bytes: tally.sum },
    causes: causes(['capture-too-slow', 'likely'], ['one-sided-capture', 'possible']),
  });
}
