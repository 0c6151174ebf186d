import { LINK_NAMES } from '../capture/packet';
import type { CaptureSummary } from '../report';
import type { Attempts, Crowds } from './crowds';
import { byWeight, causes, type Cause, type Finding, type FindingId, type Severity } from './finding';

export interface WholeCapture {
  readonly crowds: Crowds;
  readonly fragmentsIncomplete: number;
  /** Conversations that were judged before their end, for want of room; and those that are not told of. */
  readonly evicted: number;
  readonly omitted: number;
}

/** What there is to tell of a capture as a whole. */
export function judgeCapture(
  capture: CaptureSummary,
  { crowds, fragmentsIncomplete, evicted, omitted }: WholeCapture,
): Finding[] {
  const findings: Finding[] = [];
  const find = (
    id: FindingId,
    severity: Severity,
    count: number,
    evidence: Finding['evidence'],
    more: {
      readonly frames?: readonly number[];
      readonly causes?: readonly Cause[];
      readonly from?: number;
      readonly to?: number;
    } = {},
  ): void => {
    const { frames = [], causes: why = [], from = 0, to = capture.duration } = more;
    findings.push({ id, severity, conversation: 0, side: undefined, frames, count, from, to, evidence, causes: why });
  };
  const crowd = (id: FindingId, severity: Severity, each: Attempts, why: Cause[]): void => {
    const [first = '', second = ''] = each.key.split(' ');
    const { sources, ports, targets, connected } = each;
    const evidence = { first, second, sources: sources.size, ports: ports.size, targets: targets.size, connected };
    find(id, severity, each.attempts, evidence, { frames: each.frames, causes: why, from: each.first, to: each.last });
  };
  for (const each of crowds.synFloods)
    crowd('syn-flood', 'failure', each, causes(['attack', 'likely'], ['scanner', 'possible']));
  for (const each of crowds.portScans) crowd('port-scan', 'trouble', each, causes(['scanner', 'likely']));
  for (const each of crowds.hostScans) crowd('host-scan', 'trouble', each, causes(['scanner', 'likely']));
  const { problem } = capture;
  if (problem !== undefined)
    find(
      'file-damaged',
      'trouble',
      1,
      {
        offset: problem.offset,
        kind: problem.kind,
        reason: problem.damage.id,
        packets: capture.packets,
        ...problem.damage.figures,
      },
      {
        frames: capture.packets > 0 ? [capture.packets] : [],
      },
    );
  if (capture.unknownLink > 0) {
    const [unknown] = capture.linkTypes.filter(({ type }) => LINK_NAMES[type] !== undefined);
    const type = unknown?.type ?? capture.linkTypes[0]?.type ?? 0;
    find('unknown-link', 'trouble', capture.unknownLink, { type, name: LINK_NAMES[type] ?? '' });
  }
  if (capture.fragments > 0)
    find(
      'fragments',
      'note',
      capture.fragments,
      { incomplete: fragmentsIncomplete },
      { causes: causes(['small-mtu', 'likely']) },
    );
  if (capture.dropped > 0)
    find(
      'capture-lost-packets',
      'note',
      capture.dropped,
      { bytes: 0 },
      { causes: causes(['capture-too-slow', 'certain']) },
    );
  if (evicted + omitted > 0) find('not-followed', 'note', evicted + omitted, { evicted, omitted });
  return findings.sort(byWeight);
}
