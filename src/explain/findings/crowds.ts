import type { Flow } from '../follow/flow';
import type { ConversationReport } from '../report';
import { causes, type Finding, type FindingId } from './finding';

/** Servers and clients that are looked at for crowds; beyond that no new one is. */
const MOST_KEYS = 4096;
const MOST_PORTS = 1024;
const MOST_FRAMES = 8;

/** What is said of each conversation of a crowd is said of the crowd. */
const FOLDED: ReadonlySet<FindingId> = new Set<FindingId>([
  'no-answer',
  'refused',
  'began-before',
  'half-closed',
  'one-direction',
  'fin-repeated',
  'timeout',
  'vanished',
  'handshake-abandoned',
  'syn-ack-unanswered',
  'still-open',
  'reset',
  'reset-after-close',
  'unreachable',
  'capture-lost-packets',
  'no-sack',
  'no-window-scaling',
  'no-timestamps',
]);

type Call = Pick<Flow, 'number' | 'client' | 'server' | 'first' | 'firstFrame' | 'startsWithSyn'>;

/** SYNs to one server of which nothing became. */
export interface Attempts {
  readonly key: string;
  attempts: number;
  connected: number;
  /** Who was answered with yes, whatever became of it. */
  readonly answered: Set<string>;
  readonly sources: Set<string>;
  readonly ports: Set<number>;
  /** Servers that were called. */
  readonly targets: Set<string>;
  readonly frames: number[];
  first: number;
  last: number;
}

/** Looks at many conversations at once: floods and scans are made of many that are nothing alone. */
export class Crowds {
  /** By server and port: a flood. By client and server: a scan. */
  private readonly floods = new Map<string, Attempts>();
  private readonly scans = new Map<string, Attempts>();
  /** By client and port: somebody looks for it on many machines. */
  private readonly sweeps = new Map<string, Attempts>();
  /** Numbers of conversations in which nothing was said. */
  private readonly futile = new Set<number>();

  /** Counts a conversation that began with a SYN, or that was a probe. */
  add(call: Call, futile: boolean, isAnswered = !futile): void {
    const { client, server, startsWithSyn } = call;
    if (startsWithSyn) count(this.floods, `${server.address} ${server.port}`, call, futile, isAnswered);
    count(this.scans, `${client.address} ${server.address}`, call, futile, isAnswered);
    count(this.sweeps, `${client.address} ${server.port}`, call, futile, isAnswered);
  }

  /** Nothing was said in a conversation that is told of. */
  remember(number: number): void {
    this.futile.add(number);
  }

  /** The conversation is not told of. */
  forget(number: number): void {
    this.futile.delete(number);
  }

  get synFloods(): Attempts[] {
    return [...this.floods.values()].filter(({ attempts, connected, first, last }) => {
      const rate = attempts / Math.max(1, (last - first) / 1_000_000);
      return attempts >= 50 && attempts > 5 * connected && rate >= 5;
    });
  }

  get portScans(): Attempts[] {
    return [...this.scans.values()].filter(
      ({ attempts, connected, ports }) => ports.size >= 12 && attempts > 2 * connected,
    );
  }

  get hostScans(): Attempts[] {
    return [...this.sweeps.values()].filter(
      ({ attempts, connected, targets }) => targets.size >= 12 && attempts > 2 * connected,
    );
  }

  /** The findings that are not told by a crowd's. */
  without({
    number,
    client,
    server,
    findings,
  }: Pick<ConversationReport, 'number' | 'client' | 'server' | 'findings'>): readonly Finding[] {
    if (!this.futile.has(number)) return findings;
    const isIn = (crowd: readonly Attempts[], key: string): boolean => crowd.some((each) => each.key === key);
    const folded =
      isIn(this.synFloods, `${server.address} ${server.port}`) ||
      isIn(this.portScans, `${client.address} ${server.address}`) ||
      isIn(this.hostScans, `${client.address} ${server.port}`);
    if (folded) return findings.filter(({ id }) => !FOLDED.has(id));
    const answered = this.floods.get(`${server.address} ${server.port}`)?.answered;
    if (answered === undefined || answered.size === 0) return findings;
    return findings.map((finding) => whereOthersAreAnswered(finding, answered.has(client.address)));
  }
}

/** A server that answers other calls to that port, and not this one, is up; and when they are the same client's, no firewall forbids them. */
function whereOthersAreAnswered(finding: Finding, sameClient: boolean): Finding {
  if (finding.id !== 'no-answer') return finding;
  return {
    ...finding,
    evidence: { ...finding.evidence, answersOthers: 1 },
    causes: sameClient
      ? causes(['queue-full', 'likely'], ['answer-lost', 'possible'], ['host-down', 'possible'])
      : causes(
          ['filtered', 'likely'],
          ['queue-full', 'possible'],
          ['answer-lost', 'possible'],
          ['host-down', 'possible'],
        ),
  };
}

/** One packet that belongs to nothing, to see what comes back: as scans with FIN, ACK, or odd flags do. */
export function isProbe({ startsWithSyn, follower: { client, server } }: Flow): boolean {
  const nothingSaid = client.newBytes + server.newBytes === 0;
  return !startsWithSyn && nothingSaid && client.segments <= 2 && (server.segments === 0 || server.reset !== undefined);
}

/** Nothing was said in it beyond the handshake. */
export function isFutile({ follower: { client, server } }: Flow, findings: readonly Finding[]): boolean {
  return (
    client.newBytes + server.newBytes === 0 &&
    (client.fin === undefined || server.fin === undefined) &&
    findings.length > 0
  );
}

function count(map: Map<string, Attempts>, key: string, flow: Call, futile: boolean, isAnswered: boolean): void {
  let found = map.get(key);
  if (found === undefined) {
    if (map.size >= MOST_KEYS) return;
    found = {
      key,
      attempts: 0,
      connected: 0,
      answered: new Set(),
      sources: new Set(),
      ports: new Set(),
      targets: new Set(),
      frames: [],
      first: flow.first,
      last: flow.first,
    };
    map.set(key, found);
  }
  found.first = Math.min(found.first, flow.first);
  found.last = Math.max(found.last, flow.first);
  if (isAnswered && found.answered.size < MOST_PORTS) found.answered.add(flow.client.address);
  if (!futile) {
    found.connected += 1;
    return;
  }
  found.attempts += 1;
  if (found.sources.size < MOST_PORTS) found.sources.add(flow.client.address);
  if (found.ports.size < MOST_PORTS) found.ports.add(flow.server.port);
  if (found.targets.size < MOST_PORTS) found.targets.add(flow.server.address);
  if (found.frames.length < MOST_FRAMES) found.frames.push(flow.firstFrame);
}
