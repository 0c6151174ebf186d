import { shortOfDhcp } from '../../src/inspect/dhcp';
import { shortOfGroups } from '../../src/inspect/groups';
import { LANGUAGES, type Lang } from '../../src/inspect';
import { shortOfArp, shortOfIcmp, shortOfNdp, type Short } from '../../src/inspect/on-the-arrow';
import type { TraceEvent } from '../../src/trace';
import { dropMeans } from '../lang/counters';

/** An event of no connection, for a person. */
export interface Told {
  /** What it is: `ARP who-has`, `dropped`. */
  readonly kind: string;
  /** In the words of the page's language. */
  readonly says: string;
  readonly direction: 'in' | 'out' | undefined;
  /** What it is filed under. */
  readonly group: Group;
}

export const GROUPS = ['arp', 'icmp', 'udp', 'drop', 'other'] as const;
export type Group = (typeof GROUPS)[number];

/** What happened, in the words of a language; `undefined`: nothing worth a line. */
export function tellHappening(event: TraceEvent, lang: Lang): Told | undefined {
  const words = LANGUAGES[lang];
  switch (event.type) {
    case 'arp':
      return told(shortOfArp(event, words), event.direction, 'arp');
    case 'ndp':
      return perhaps(shortOfNdp(event, words), event.direction, 'arp');
    case 'icmp':
      return perhaps(shortOfIcmp(event, words), event.direction, 'icmp');
    case 'group':
      return told(shortOfGroups(event, words), event.direction, 'other');
    case 'dhcp':
      return told(shortOfDhcp(event, words), event.direction, 'other');
    case 'dhcp-state':
      return {
        kind: 'DHCP',
        says: `${event.from} → ${event.to} (${event.event})`,
        direction: undefined,
        group: 'other',
      };
    case 'udp': {
      const { local, remote, direction, length } = event;
      const ends = [`${remote.address}:${remote.port}`, `${local.address}:${local.port}`];
      const [from = '', to = ''] = direction === 'in' ? ends : ends.reverse();
      return { kind: 'UDP', says: `${from} → ${to}: ${words.datagram(length)}`, direction, group: 'udp' };
    }
    case 'drop': {
      const says = dropMeans(`${event.layer}.${event.reason}`, event.detail, lang);
      return { kind: `${words.dropped}: ${event.layer} ${event.reason}`, says, direction: undefined, group: 'drop' };
    }
    case 'forward':
      return {
        kind: `${event.from} → ${event.to}`,
        says: `${event.src} → ${event.dst}, ${event.length} B, TTL ${event.ttl}`,
        direction: undefined,
        group: 'other',
      };
    case 'neighbour': {
      const { state, address, mac } = event;
      const kind = `${address}: ${state}`;
      if (state === 'failed') return { kind, says: words.nobodyAnswers(address), direction: undefined, group: 'arp' };
      if (state === 'conflict')
        return { kind, says: words.addressConflict(address, mac ?? ''), direction: undefined, group: 'arp' };
      return undefined;
    }
    default:
      return undefined;
  }
}

function told({ parts, words }: Short, direction: 'in' | 'out', group: Group): Told {
  return { kind: parts.map(({ text }) => text).join(' '), says: words, direction, group };
}

function perhaps(short: Short | undefined, direction: 'in' | 'out', group: Group): Told | undefined {
  return short === undefined ? undefined : told(short, direction, group);
}
