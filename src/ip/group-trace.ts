import { formatAddress, withoutZone } from '../wire/address';
import { GROUP_RECORDS, type IgmpMessage, type IgmpUnknown } from '../wire/igmp';
import type { MldMessage } from '../wire/mld';
import type { GroupEvent, GroupTold } from './trace';

type Told = Pick<GroupEvent, 'version' | 'message'>;

/** What a message of IGMP says, in the terms of the trace. */
export function toldByIgmp(message: Exclude<IgmpMessage, IgmpUnknown>): Told {
  switch (message.type) {
    case 'query': {
      const { version, group, sources } = message;
      return { version, message: { type: 'query', ...(group !== '0.0.0.0' && { group }), sources } };
    }
    case 'report':
      return { version: message.version, message: { type: 'report', records: [wantsAll(message.group)] } };
    case 'leave':
      return { version: 2, message: { type: 'leave', group: message.group } };
    case 'report-3':
      return { version: 3, message: { type: 'report', records: message.records } };
  }
}

/** What a message of MLD says, in the same terms. Records of unknown kinds are passed over (RFC 3810 §5.2.12). */
export function toldByMld(message: MldMessage): Told {
  const { version } = message;
  if (message.type === 'query') {
    const sources = message.version === 2 ? message.sources.map(plain) : [];
    const group = message.group === 0n ? {} : { group: plain(message.group) };
    return { version, message: { type: 'query', ...group, sources } };
  }
  if (message.version === 1) {
    const group = plain(message.group);
    const isLeft = message.type === 'done';
    return { version, message: isLeft ? { type: 'leave', group } : { type: 'report', records: [wantsAll(group)] } };
  }
  const records = message.records.flatMap(({ kind: number, group, sources }) => {
    const kind = GROUP_RECORDS[number - 1];
    return kind === undefined ? [] : [{ kind, group: plain(group), sources: sources.map(plain) }];
  });
  return { version, message: { type: 'report', records } };
}

/** To exclude nobody is to want all. */
function wantsAll(group: string): GroupTold {
  return { kind: 'is-exclude', group, sources: [] };
}

/** On a link, addresses stand without it. */
function plain(address: bigint): string {
  return formatAddress(withoutZone(address));
}
