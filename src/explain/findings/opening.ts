import type { Case } from './case';
import { causes } from './finding';

/** Waiting less than this for an answer says nothing: the capture may have ended just then. µs. */
export const UNANSWERED = 900_000;

/** Codes of "destination unreachable" by which a firewall or router says that it does not let something pass. */
const PROHIBITED4: ReadonlySet<number> = new Set([9, 10, 13]);
/** The router that the machine is attached to gets no answer from it. */
const HOST_UNREACHABLE = { 4: 1, 6: 3 } as const;
/** No system repeats a SYN sooner, µs. */
const SHORTEST = 190_000;
const PROHIBITED6: ReadonlySet<number> = new Set([1, 5, 6]);

/** Findings about how the conversation began, or did not. */
export function judgeOpening(judged: Case): void {
  const { flow, client, server } = judged;
  unreachable(judged);
  if (judged.oneSided) return;
  if (!flow.startsWithSyn) {
    judged.find('began-before', 'note', { frames: [flow.firstFrame], causes: causes(['capture-ended', 'certain']) });
    return;
  }
  if (client.opening === undefined) return;
  if (server.tallies.get('challenge') !== undefined) halfOpen(judged);
  else if (server.opening === undefined) unanswered(judged);
  else if (!judged.connected) unfinished(judged);
  repeated(judged);
  if (flow.follower.simultaneousOpen)
    judged.find('simultaneous-open', 'note', { frames: [client.opening.frame, server.opening?.frame] });
  if (client.opening.fastOpen && (client.opening.length > 0 || server.opening?.fastOpen === true))
    judged.find('fast-open', 'note', {
      frames: [client.opening.frame, server.opening?.frame],
      evidence: { bytes: client.opening.length },
    });
  const { before } = flow;
  if (before !== undefined && flow.first - before.last < 60_000_000 && judged.connected)
    judged.find('port-reuse', 'note', {
      frames: [before.lastFrame, client.opening.frame],
      from: flow.first,
      evidence: { after: flow.first - before.last, wasOpen: before.over ? 0 : 1 },
    });
}

function unanswered(judged: Case): void {
  const { flow, client, server } = judged;
  const { opening } = client;
  if (opening === undefined || judged.has('unreachable', 'time-exceeded')) return;
  const tries = client.tallies.get('syn-again');
  if (server.reset !== undefined) {
    judged.find('refused', 'failure', {
      side: server,
      frames: [opening.frame, server.reset.frame],
      from: server.reset.time,
      evidence: { port: flow.server.port, after: server.reset.time - opening.time },
      causes: causes(['nobody-listens', 'likely'], ['firewall-rejects', 'possible']),
    });
    return;
  }
  if (server.segments > 0 || client.reset !== undefined) return;
  const waited = judged.end - opening.time;
  if (tries === undefined && waited < UNANSWERED) {
    judged.find('still-open', 'note', { frames: [opening.frame], causes: causes(['capture-ended', 'likely']) });
    return;
  }
  judged.find('no-answer', 'failure', {
    side: server,
    frames: [opening.frame, ...(tries?.frames ?? [])],
    count: client.synTries,
    from: opening.time,
    to: tries?.last ?? opening.time,
    evidence: { tries: client.synTries, waited, port: flow.server.port },
    causes: causes(
      ['filtered', 'likely'],
      ['host-down', 'possible'],
      ['answer-lost', 'possible'],
      ['one-sided-capture', 'possible'],
    ),
  });
}

function unfinished(judged: Case): void {
  const { client, server } = judged;
  const opening = server.opening;
  if (opening === undefined) return;
  if (client.reset !== undefined) {
    judged.find('handshake-abandoned', 'trouble', {
      side: client,
      frames: [client.opening?.frame, opening.frame, client.reset.frame],
      from: client.reset.time,
      causes: causes(['scanner', 'likely'], ['spoofed-source', 'possible']),
    });
    return;
  }
  const again = server.tallies.get('syn-ack-again');
  if (again === undefined && judged.end - opening.time < UNANSWERED) {
    judged.find('still-open', 'note', { frames: [opening.frame], causes: causes(['capture-ended', 'likely']) });
    return;
  }
  judged.find('syn-ack-unanswered', 'failure', {
    side: client,
    frames: [opening.frame, ...(again?.frames ?? [])],
    count: server.synTries,
    from: opening.time,
    to: again?.last ?? opening.time,
    evidence: { tries: server.synTries, waited: judged.end - opening.time },
    causes: causes(['answer-lost', 'likely'], ['spoofed-source', 'possible'], ['filtered', 'possible']),
  });
}

function halfOpen(judged: Case): void {
  const { client, server } = judged;
  const challenge = server.tallies.get('challenge');
  judged.find('half-open', 'trouble', {
    side: server,
    frames: [client.opening?.frame, ...(challenge?.frames ?? []), client.reset?.frame],
    from: challenge?.first ?? judged.flow.first,
    causes: causes(['restarted', 'likely'], ['forgotten', 'possible']),
  });
}

/** SYN or SYN-ACK had to be sent again, and in the end all was well. */
function repeated(judged: Case): void {
  if (!judged.connected) return;
  let isEarly = false;
  for (const [side, incident] of [
    [judged.client, 'syn-again'],
    [judged.server, 'syn-ack-again'],
  ] as const) {
    const tally = side.tallies.get(incident);
    if (tally === undefined || judged.has('half-open')) continue;
    const began = side.opening?.time ?? tally.first;
    const delay = tally.last - began;
    // The answer was on its way, or all of them came at once: none was lost, something was slow.
    const way = side === judged.client ? judged.server.rtt.least : judged.client.rtt.least;
    const answered = side === judged.client ? (judged.server.opening?.time ?? 0) : 0;
    const sooner = answered > tally.last && answered - tally.last < way * 0.8;
    // Whoever gets a SYN twice answers it twice.
    const echoes: boolean =
      side === judged.server && isEarly && tally.count <= judged.client.tallies.count('syn-again');
    const early: boolean = delay < SHORTEST || sooner || echoes;
    isEarly = early;
    judged.counted('syn-repeated', early ? 'note' : 'trouble', side, tally, {
      frames: [side.opening?.frame, ...tally.frames],
      count: tally.count,
      evidence: { which: incident === 'syn-again' ? 'SYN' : 'SYN-ACK', delay, early: early ? 1 : 0 },
      causes: early
        ? causes(['delay-jump', 'likely'], ['far-away', 'possible'])
        : causes(['answer-lost', 'likely'], ['congestion', 'possible'], ['slow-program', 'possible']),
    });
  }
}

/** What ICMP says. */
function unreachable(judged: Case): void {
  const { flow } = judged;
  const said = flow.complaints.filter(({ kind }) => kind === 'unreachable' || kind === 'time-exceeded');
  for (const kind of ['unreachable', 'time-exceeded'] as const) {
    const all = said.filter((each) => each.kind === kind);
    const [first] = all;
    if (first === undefined) continue;
    const prohibited = kind === 'unreachable' && (first.version === 4 ? PROHIBITED4 : PROHIBITED6).has(first.code);
    const silent = kind === 'unreachable' && first.code === HOST_UNREACHABLE[first.version];
    const port = first.version === 4 ? first.code === 3 : first.code === 4;
    judged.find(kind, judged.connected ? 'trouble' : 'failure', {
      side: first.about === 'client' ? judged.server : judged.client,
      frames: [judged.client.opening?.frame, ...all.map(({ frame }) => frame)],
      count: all.length,
      from: first.time,
      to: all.at(-1)?.time ?? first.time,
      evidence: {
        router: first.from,
        code: first.code,
        version: first.version,
        what: prohibited ? 'prohibited' : port ? 'port' : silent ? 'host' : 'route',
      },
      causes:
        kind === 'time-exceeded'
          ? causes(['routing-loop', 'likely'])
          : prohibited
            ? causes(['firewall-rejects', 'certain'])
            : port
              ? causes(['firewall-rejects', 'likely'], ['nobody-listens', 'possible'])
              : silent
                ? causes(['host-down', 'likely'], ['no-route', 'likely'])
                : causes(['no-route', 'likely'], ['host-down', 'possible']),
    });
  }
}
