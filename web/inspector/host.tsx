import { Table, type Column } from '../components/table';
import { lang, useTexts, type Lang, type Texts } from '../lang';
import { counterMeans } from '../lang/counters';
import { bytes, count } from '../lang/quantities';
import type { InspectedSocket } from '../../src/inspector/protocol';
import type { InterfaceReport, NeighbourReport } from '../../src/control/report-form';
import { endpoint } from './items';
import type { Store } from './store';

interface HostTexts {
  readonly interfaces: string;
  readonly interfacesMean: string;
  readonly udp: string;
  readonly udpMeans: string;
  readonly neighbours: string;
  readonly neighboursMean: string;
  readonly counters: string;
  readonly countersMean: string;
  readonly none: string;
  readonly name: string;
  readonly addresses: string;
  readonly mac: string;
  readonly mtu: string;
  readonly interface: string;
  readonly packets: (packets: number, size: string) => string;
  readonly counterName: string;
  readonly address: string;
  readonly state: string;
  readonly local: string;
  readonly remote: string;
  readonly sent: string;
  readonly received: string;
  readonly dropped: string;
  readonly toRead: string;
  readonly reason: string;
  readonly number: string;
  readonly states: Readonly<Record<NeighbourReport['state'], string>>;
}

const TEXTS: Texts<HostTexts> = {
  en: {
    interfaces: 'Interfaces',
    interfacesMean: 'The wires that this stack is attached to, and its addresses there.',
    udp: 'UDP sockets',
    udpMeans: 'UDP sends single datagrams, without a connection and without a guarantee that they arrive.',
    neighbours: 'Neighbours',
    neighboursMean:
      'Who is on the same wire: which hardware (MAC) address belongs to which IP address. ARP (IPv4) and NDP (IPv6) find out.',
    counters: 'Counters',
    countersMean:
      'What was out of the ordinary: what was dropped and why, what was sent again, which limits were reached. Empty is best.',
    none: 'None.',
    name: 'name',
    addresses: 'addresses',
    mac: 'MAC address',
    mtu: 'MTU',
    interface: 'interface',
    packets: (packets, size) => `${count(packets)} ${packets === 1 ? 'packet' : 'packets'}, ${size}`,
    counterName: 'by its name',
    address: 'address',
    state: 'state',
    local: 'this end',
    remote: 'other end',
    sent: 'sent',
    received: 'received',
    dropped: 'dropped',
    toRead: 'to read',
    reason: 'what happened',
    number: 'how often',
    states: {
      incomplete: 'asked, no answer yet',
      reachable: 'answers',
      stale: 'not heard for a while',
      delay: 'to be asked soon',
      probe: 'being asked again',
    },
  },
  ko: {
    interfaces: '인터페이스',
    interfacesMean: '이 스택이 붙어 있는 회선과 거기서의 주소입니다.',
    udp: 'UDP 소켓',
    udpMeans: 'UDP는 연결 없이 데이터그램을 하나씩 보냅니다. 도착한다는 보장은 없습니다.',
    neighbours: '이웃',
    neighboursMean:
      '같은 회선에 있는 호스트들: 어느 IP 주소가 어느 하드웨어(MAC) 주소인지. ARP(IPv4)와 NDP(IPv6)로 알아냅니다.',
    counters: '카운터',
    countersMean:
      '평범하지 않은 일을 셉니다. 무엇을 왜 버렸는지, 무엇을 다시 보냈는지, 어떤 한계에 닿았는지. 비어 있으면 가장 좋습니다.',
    none: '없습니다.',
    name: '이름',
    addresses: '주소',
    mac: 'MAC 주소',
    mtu: 'MTU',
    interface: '인터페이스',
    packets: (packets, size) => `패킷 ${count(packets)}개, ${size}`,
    counterName: '카운터 이름',
    address: '주소',
    state: '상태',
    local: '이쪽',
    remote: '상대',
    sent: '보냄',
    received: '받음',
    dropped: '버림',
    toRead: '읽을 것',
    reason: '이유',
    number: '횟수',
    states: {
      incomplete: '물었지만 아직 답이 없음',
      reachable: '답함',
      stale: '한동안 소식 없음',
      delay: '곧 물어볼 예정',
      probe: '다시 묻는 중',
    },
  },
};

/** What is not TCP: interfaces, UDP, neighbours, counters. */
export function Host({ store }: { readonly store: Store }) {
  const texts = useTexts(TEXTS);
  const { stack } = store.session;
  if (stack === undefined) return null;
  const udp = stack.sockets.filter(({ netid }) => netid === 'udp');
  const counters = Object.entries(stack.counters).filter(([, value]) => value > 0);
  return (
    <div class="host">
      <Section title={texts.interfaces} means={texts.interfacesMean} empty={stack.interfaces.length === 0}>
        <Table
          label={texts.interfaces}
          columns={interfaceColumns(texts)}
          rows={stack.interfaces}
          keyOf={({ name }) => name}
        />
      </Section>
      <Section title={texts.neighbours} means={texts.neighboursMean} empty={stack.neighbours.length === 0}>
        <Table
          label={texts.neighbours}
          columns={neighbourColumns(texts)}
          rows={stack.neighbours}
          keyOf={(each) => `${each.interface} ${each.address}`}
        />
      </Section>
      <Section title={texts.udp} means={texts.udpMeans} empty={udp.length === 0}>
        <Table
          label={texts.udp}
          columns={udpColumns(texts)}
          rows={udp}
          keyOf={({ local, peer }) => `${endpoint(local)} ${peer === null ? '' : endpoint(peer)}`}
        />
      </Section>
      <Section title={texts.counters} means={texts.countersMean} empty={counters.length === 0}>
        <Table
          label={texts.counters}
          columns={counterColumns(texts, lang.value)}
          rows={counters}
          keyOf={([name]) => name}
        />
      </Section>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly means: string;
  readonly empty: boolean;
  readonly children: preact.ComponentChildren;
}

function Section({ title, means, empty, children }: SectionProps) {
  const texts = useTexts(TEXTS);
  return (
    <section class="host-section">
      <h2>{title}</h2>
      <p>{means}</p>
      {empty ? <p class="host-none">{texts.none}</p> : children}
    </section>
  );
}

function interfaceColumns(texts: HostTexts): readonly Column<InterfaceReport>[] {
  const traffic = (id: string, label: string, way: 'in' | 'out'): Column<InterfaceReport> => ({
    id,
    label,
    cell: ({ counters }) => texts.packets(counters[`${way}Packets`] ?? 0, bytes(counters[`${way}Bytes`] ?? 0)),
  });
  return [
    { id: 'name', label: texts.name, cell: ({ name }) => <strong>{name}</strong> },
    {
      id: 'addresses',
      label: texts.addresses,
      cell: ({ addresses }) => <span class="mono">{addresses.join(', ')}</span>,
    },
    { id: 'mac', label: texts.mac, cell: ({ mac }) => <span class="mono">{mac ?? '–'}</span> },
    { id: 'mtu', label: texts.mtu, numeric: true, cell: ({ mtu }) => bytes(mtu) },
    traffic('received', texts.received, 'in'),
    traffic('sent', texts.sent, 'out'),
    {
      id: 'dropped',
      label: texts.dropped,
      numeric: true,
      cell: ({ counters }) => count((counters['inDrops'] ?? 0) + (counters['outDrops'] ?? 0)),
    },
  ];
}

function neighbourColumns(texts: HostTexts): readonly Column<NeighbourReport>[] {
  return [
    {
      id: 'address',
      label: texts.address,
      cell: ({ address }) => <span class="mono">{address}</span>,
      sort: ({ address }) => address,
    },
    { id: 'mac', label: texts.mac, cell: ({ mac }) => <span class="mono">{mac ?? '–'}</span> },
    {
      id: 'state',
      label: texts.state,
      cell: ({ state }) => (
        <>
          {state} <span class="muted">{texts.states[state]}</span>
        </>
      ),
      sort: ({ state }) => state,
    },
    { id: 'interface', label: texts.interface, cell: (each) => each.interface },
  ];
}

function udpColumns(texts: HostTexts): readonly Column<InspectedSocket>[] {
  return [
    {
      id: 'local',
      label: texts.local,
      cell: ({ local }) => <span class="mono">{endpoint(local)}</span>,
      sort: ({ local }) => endpoint(local),
    },
    {
      id: 'remote',
      label: texts.remote,
      cell: ({ peer }) => <span class="mono">{peer === null ? '–' : endpoint(peer)}</span>,
    },
    {
      id: 'received',
      label: texts.received,
      numeric: true,
      cell: ({ udp }) => count(udp?.received ?? 0),
      sort: ({ udp }) => udp?.received,
    },
    {
      id: 'sent',
      label: texts.sent,
      numeric: true,
      cell: ({ udp }) => count(udp?.sent ?? 0),
      sort: ({ udp }) => udp?.sent,
    },
    {
      id: 'dropped',
      label: texts.dropped,
      numeric: true,
      cell: ({ udp }) => count(udp?.dropped ?? 0),
      sort: ({ udp }) => udp?.dropped,
    },
    { id: 'queue', label: texts.toRead, numeric: true, cell: ({ recv_q }) => bytes(recv_q) },
  ];
}

function counterColumns(texts: HostTexts, language: Lang): readonly Column<readonly [string, number]>[] {
  return [
    {
      id: 'reason',
      label: texts.reason,
      cell: ([name]) => <span class="host-counter">{counterMeans(name, language) ?? name}</span>,
      sort: ([name]) => counterMeans(name, language) ?? name,
    },
    {
      id: 'name',
      label: texts.counterName,
      cell: ([name]) => <span class="mono muted">{name}</span>,
      sort: ([name]) => name,
    },
    { id: 'count', label: texts.number, numeric: true, cell: ([, value]) => count(value), sort: ([, value]) => value },
  ];
}
