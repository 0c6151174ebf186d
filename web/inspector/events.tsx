import { useState } from 'preact/hooks';
import type { TraceEvent } from '../../src/trace';
import { timeOfDay } from '../components/ladder/times';
import { Table, type Column } from '../components/table';
import { lang, useTexts, type Texts } from '../lang';
import { GROUPS, tellHappening, type Group, type Told } from './happening';
import type { Store } from './store';

interface EventTexts {
  readonly intro: string;
  readonly nothing: string;
  readonly filter: string;
  readonly all: string;
  readonly groups: Readonly<Record<Group, string>>;
  readonly time: string;
  readonly direction: string;
  readonly directions: Readonly<Record<'in' | 'out', string>>;
  readonly what: string;
  readonly says: string;
}

const TEXTS: Texts<EventTexts> = {
  en: {
    intro:
      'What happens beside the connections: who has which address (ARP), errors and pings (ICMP), datagrams (UDP), who wants packets that are sent to a group of hosts (multicast: IGMP, MLD), and what was dropped and why.',
    nothing: 'Nothing of the kind has happened since the page was opened.',
    filter: 'Filter by kind',
    all: 'All',
    groups: { arp: 'Who is where', icmp: 'Pings and errors', udp: 'UDP', drop: 'Dropped', other: 'Other' },
    time: 'time',
    direction: 'way',
    directions: { in: 'came in', out: 'went out' },
    what: 'what',
    says: 'in words',
  },
  ko: {
    intro:
      '연결 밖에서 일어나는 일입니다. 누가 어느 주소인지(ARP), 오류와 핑(ICMP), 데이터그램(UDP), 여러 호스트가 함께 받는 그룹의 패킷을 누가 원하는지(멀티캐스트: IGMP, MLD), 무엇을 왜 버렸는지 보여 줍니다.',
    nothing: '페이지를 연 뒤로 이런 일은 없었습니다.',
    filter: '종류별 필터',
    all: '전체',
    groups: { arp: '누가 어디에', icmp: '핑과 오류', udp: 'UDP', drop: '버림', other: '기타' },
    time: '시각',
    direction: '방향',
    directions: { in: '들어옴', out: '나감' },
    what: '내용',
    says: '말로 하면',
  },
};

interface Line extends Told {
  readonly index: number;
  readonly event: TraceEvent;
}

/** What belongs to no connection, the latest first. */
export function Events({ store }: { readonly store: Store }) {
  const texts = useTexts(TEXTS);
  const [group, setGroup] = useState<Group | undefined>(undefined);
  const { session } = store;
  const { others } = session.recorder;
  const lines: Line[] = [];
  for (let index = others.end - 1; index >= others.first; index--) {
    const event = others.at(index);
    const told = event && tellHappening(event, lang.value);
    if (event !== undefined && told !== undefined) lines.push({ ...told, index, event });
  }
  const shown = group === undefined ? lines : lines.filter((line) => line.group === group);
  const columns: readonly Column<Line>[] = [
    {
      id: 'time',
      label: texts.time,
      cell: ({ event }) => <span class="mono">{timeOfDay(session.wall(event.time))}</span>,
    },
    {
      id: 'direction',
      label: texts.direction,
      cell: ({ direction }) =>
        direction === undefined ? (
          ''
        ) : (
          <span class={`direction-${direction}`} title={texts.directions[direction]}>
            <span aria-hidden="true">{direction === 'in' ? '→' : '←'}</span> {texts.directions[direction]}
          </span>
        ),
    },
    { id: 'what', label: texts.what, cell: ({ kind }) => <span class="mono">{kind}</span> },
    { id: 'says', label: texts.says, cell: ({ says }) => <span class="events-says">{says}</span> },
  ];
  return (
    <div class="events">
      <p class="page-intro">{texts.intro}</p>
      <div class="list-bar">
        <div class="list-stages" role="group" aria-label={texts.filter}>
          {[undefined, ...GROUPS].map((each) => (
            <button
              key={each ?? 'all'}
              type="button"
              class="quiet"
              aria-pressed={group === each}
              onClick={() => {
                setGroup(each);
              }}
            >
              {each === undefined ? texts.all : texts.groups[each]}{' '}
              <span class="tabs-badge">
                {each === undefined ? lines.length : lines.filter((line) => line.group === each).length}
              </span>
            </button>
          ))}
        </div>
      </div>
      {shown.length === 0 ? (
        <p class="list-nothing">{texts.nothing}</p>
      ) : (
        <Table label={texts.intro} columns={columns} rows={shown} keyOf={({ index }) => String(index)} limit={500} />
      )}
    </div>
  );
}
