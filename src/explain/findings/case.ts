import type { Flow } from '../follow/flow';
import type { Side } from '../follow/side';
import type { Incident, Tally } from '../follow/tally';
import type { Cause, Finding, FindingId, Severity } from './finding';

export interface About {
  readonly side?: Side;
  readonly frames?: readonly (number | undefined)[];
  readonly count?: number;
  readonly from?: number;
  readonly to?: number;
  readonly evidence?: Readonly<Record<string, number | string | undefined>>;
  readonly causes?: readonly Cause[];
}

const MOST_FRAMES = 12;

/** One conversation before the judges, and what they find. */
export class Case {
  readonly findings: Finding[] = [];

  constructor(
    readonly flow: Flow,
    /** When the capture ends, µs. */
    readonly end: number,
  ) {}

  get client(): Side {
    return this.flow.follower.client;
  }

  get server(): Side {
    return this.flow.follower.server;
  }

  get sides(): readonly (readonly [side: Side, other: Side])[] {
    return [
      [this.client, this.server],
      [this.server, this.client],
    ];
  }

  /** Both have heard each other. */
  get connected(): boolean {
    const { client, server } = this;
    if (!this.flow.startsWithSyn) return client.segments > 0 && server.segments > 0;
    if (client.opening === undefined || server.opening === undefined) return false;
    const heard = (side: Side): boolean => side.una !== side.opening?.isn;
    return heard(client) && heard(server);
  }

  /** Only one of the two was captured. */
  get oneSided(): boolean {
    const { client, server } = this;
    if (client.segments > 0 && server.segments > 0) return false;
    const [seen, unseen] = client.segments > 0 ? [client, server] : [server, client];
    return unseen.known && seen.segments > seen.synTries && seen.reset === undefined;
  }

  /** From end to end and back, as far as both halves were measured, µs. */
  get roundTrip(): number | undefined {
    const total = this.client.rtt.least + this.server.rtt.least;
    return Number.isFinite(total) ? total : undefined;
  }

  has(...ids: readonly FindingId[]): boolean {
    return this.findings.some(({ id }) => ids.includes(id));
  }

  find(id: FindingId, severity: Severity, about: About): void {
    const { side, frames = [], from, to, evidence = {}, causes = [] } = about;
    const known = frames.filter((frame): frame is number => frame !== undefined && frame > 0);
    const unique = [...new Set(known)].sort((a, b) => a - b).slice(0, MOST_FRAMES);
    this.findings.push({
      id,
      severity,
      conversation: this.flow.number,
      side: side?.name,
      frames: unique,
      count: about.count ?? unique.length,
      from: from ?? this.flow.first,
      to: to ?? from ?? this.flow.last,
      evidence: Object.fromEntries(
        Object.entries(evidence).filter((entry): entry is [string, number | string] => entry[1] !== undefined),
      ),
      causes,
    });
  }

  /** About something that was counted. */
  counted(id: FindingId, severity: Severity, side: Side, tally: Tally, about: About = {}): void {
    this.find(id, severity, {
      side,
      frames: tally.frames,
      count: tally.count,
      from: tally.first,
      to: tally.last,
      ...about,
    });
  }

  tally(side: Side, incident: Incident): Tally | undefined {
    return side.tallies.get(incident);
  }
}
