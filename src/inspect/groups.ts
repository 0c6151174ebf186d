import type { GroupEvent, GroupTold } from '../ip/trace';
import type { Words } from './lang';
import type { Short } from './on-the-arrow';

/** Of a report about more groups, and of sources, so many are named. */
const MOST_NAMED = 3;

/** A message about multicast groups on its arrow, and what it says. */
export function shortOfGroups({ protocol, version, message }: GroupEvent, words: Words): Short {
  return { parts: [{ text: `${protocol}v${version} ${message.type}`, rank: 0 }], words: saidBy(message, words) };
}

function saidBy(message: GroupEvent['message'], words: Words): string {
  switch (message.type) {
    case 'query':
      return words.groups(message.group === undefined ? 'ask-all' : 'ask', message.group ?? '', '');
    case 'leave':
      return words.groups('leave', message.group, '');
    case 'report': {
      const said = message.records.slice(0, MOST_NAMED).map((record) => saidByRecord(record, words));
      const more = message.records.length - said.length;
      return [...said, ...(more > 0 ? [words.moreGroups(more)] : [])].join(' ');
    }
  }
}

function saidByRecord({ kind, group, sources }: GroupTold, words: Words): string {
  const named = listOf(sources);
  switch (kind) {
    case 'is-include':
    case 'to-include':
      return sources.length === 0 ? words.groups('leave', group, '') : words.groups('want-from', group, named);
    case 'is-exclude':
    case 'to-exclude':
      return sources.length === 0 ? words.groups('want', group, '') : words.groups('want-except', group, named);
    case 'allow-sources':
      return words.groups('want-also', group, named);
    case 'block-sources':
      return words.groups('leave-from', group, named);
  }
}

function listOf(sources: readonly string[]): string {
  const named = sources.slice(0, MOST_NAMED).join(', ');
  return sources.length > MOST_NAMED ? `${named}, …` : named;
}

/** The same in a line for those who know: `IGMPv3 report to-exclude 239.1.2.3, to-include 232.1.1.1 10.9.0.7`. */
export function logOfGroups({ protocol, version, message }: GroupEvent): string {
  const said = `${protocol}v${version} ${message.type}`;
  if (message.type === 'leave') return `${said} ${message.group}`;
  if (message.type === 'query') return [said, message.group ?? [], message.sources].flat().join(' ');
  // Before the newest version there are no kinds: who reports a group wants all of it.
  const hasKinds = version === (protocol === 'IGMP' ? 3 : 2);
  const records = message.records.map(({ kind, group, sources }) =>
    [...(hasKinds ? [kind] : []), group, ...sources].join(' '),
  );
  return `${said} ${records.join(', ')}`.trimEnd();
}

/** Only about the groups in which IPv6 looks for neighbours (RFC 4291 §2.7.1): each address brings one, and nobody asked for it. */
export function isAboutNeighbours({ message }: GroupEvent): boolean {
  if (message.type === 'query') return message.group?.startsWith(SOLICITED_NODE) ?? false;
  if (message.type === 'leave') return message.group.startsWith(SOLICITED_NODE);
  return message.records.every(({ group }) => group.startsWith(SOLICITED_NODE));
}

const SOLICITED_NODE = 'ff02::1:ff';
