import { describe, expect, test } from '@jest/globals';
import { isAboutNeighbours, logOfGroups, shortOfGroups } from '../../src/inspect/groups';
import { LANGUAGES } from '../../src/inspect/lang';
import type { GroupEvent } from '../../src/ip/trace';
import { draw } from './draw';

const IGMP = {
  type: 'group',
  time: 0,
  direction: 'out',
  link: 'tap0',
  src: '10.9.0.2',
  dst: '239.1.2.3',
  protocol: 'IGMP',
  version: 3,
} as const;
const group = '239.1.2.3';

function report(...records: [kind: string, group: string, ...sources: string[]][]): GroupEvent {
  const told = records.map(([kind, of, ...sources]) => ({ kind, group: of, sources }));
  return { ...IGMP, message: { type: 'report', records: told as never } };
}

const SAID: readonly [string, GroupEvent, en: string, ko: string][] = [
  [
    'a query about all',
    { ...IGMP, message: { type: 'query', sources: [] } },
    'who wants packets to which multicast groups?',
    '누가 어느 멀티캐스트 그룹의 패킷을 받고 싶어?',
  ],
  [
    'a query about one',
    { ...IGMP, message: { type: 'query', group, sources: [] } },
    'does anybody want packets to the group 239.1.2.3?',
    '239.1.2.3 그룹의 패킷을 받고 싶은 사람 있어?',
  ],
  [
    'a leave',
    { ...IGMP, version: 2, message: { type: 'leave', group } },
    'I want no more packets to the group 239.1.2.3.',
    '239.1.2.3 그룹의 패킷은 이제 필요 없어.',
  ],
  [
    'a report',
    report(['to-exclude', group]),
    'I want packets to the group 239.1.2.3.',
    '239.1.2.3 그룹의 패킷을 받고 싶어.',
  ],
  [
    'the end of one in IGMPv3',
    report(['to-include', group]),
    'I want no more packets to the group 239.1.2.3.',
    '239.1.2.3 그룹의 패킷은 이제 필요 없어.',
  ],
  [
    'sources',
    report(['is-include', group, '10.0.0.1', '10.0.0.2']),
    'I want packets to the group 239.1.2.3 from 10.0.0.1, 10.0.0.2 only.',
    '239.1.2.3 그룹의 패킷을 받고 싶어. 10.0.0.1, 10.0.0.2에서 보낸 것만.',
  ],
  [
    'more than are named',
    report(['is-exclude', 'a'], ['is-exclude', 'b'], ['block-sources', 'c', '1', '2', '3', '4'], ['is-exclude', 'd']),
    'I want packets to the group a. I want packets to the group b. I want no more packets to the group c from 1, 2, 3, …. (and 1 more group)',
    'a 그룹의 패킷을 받고 싶어. b 그룹의 패킷을 받고 싶어. c 그룹의 패킷, 1, 2, 3, …에서 보낸 것은 이제 필요 없어. (그룹 1개 더)',
  ],
];

describe('what is said about multicast groups', () => {
  test.each(SAID)('%s', (_, event, en, ko) => {
    expect(shortOfGroups(event, LANGUAGES.en).words).toBe(en);
    expect(shortOfGroups(event, LANGUAGES.ko).words).toBe(ko);
  });

  test('the log names kinds where there are kinds', () => {
    const event = report(['is-exclude', group]);
    expect(logOfGroups(event)).toBe('IGMPv3 report is-exclude 239.1.2.3');
    expect(logOfGroups({ ...event, version: 2 })).toBe('IGMPv2 report 239.1.2.3');
    expect(logOfGroups({ ...event, version: 1, protocol: 'MLD' })).toBe('MLDv1 report 239.1.2.3');
    expect(logOfGroups(report())).toBe('IGMPv3 report');
  });

  test('the ladder shows them, without those in which IPv6 looks for neighbours', () => {
    const mld = { ...report(['is-exclude', 'ff02::1:ff00:2']), protocol: 'MLD', version: 1 } as const;
    expect(isAboutNeighbours(mld)).toBe(true);
    expect(draw([mld]).join('\n')).not.toContain('MLD');
    const shown = draw([mld, report(['to-exclude', group])]).join('\n');
    expect(shown).toContain('IGMPv3 report');
    expect(shown).toContain('I want packets to the group 239.1.2.3.');
  });
});
