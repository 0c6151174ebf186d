import { describe, expect, test } from '@jest/globals';
import { formatAddress, parseAddress, START } from '../../../web/inspector/address';
import { tellHappening } from '../../../web/inspector/happening';
import { readMessage } from '../../../web/inspector/messages';
import { PERFECT, SCALES, stepOf, turn, turnedOn } from '../../../web/components/controls/scales';
import { matches, nextOrder, sortRows } from '../../../web/components/table/model';
import { age, bitRate, bytes, count, lasted, percent, time } from '../../../web/lang/quantities';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test('quantities have three digits at most, and units that grow', () => {
  expect([0, 999, 1000, 1460, 999_950, 23_400_000].map((each) => plain(bytes(each)))).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1.46 kB',
    '1 MB',
    '23.4 MB',
  ]);
  expect([85, 1234, 200_000, 3_400_000, 125_000_000, 11_400_000_000].map((each) => plain(time(each)))).toEqual([
    '85 µs',
    '1.23 ms',
    '200 ms',
    '3.4 s',
    '2 min 5 s',
    '3 h 10 min',
  ]);
  expect(plain(age(59_900_000))).toBe('59 s');
  expect([
    age(59_900_000, 'ko'),
    plain(age(125_000_000, 'ko')),
    plain(lasted(853_000, 'ko')),
    plain(lasted(3_400_000)),
  ]).toEqual(['59초', '2분 5초', '853 ms', '3.4 s']);
  expect(plain(bitRate(10_000_000))).toBe('10 Mbit/s');
  expect([0, 0.005, 0.125, 1].map((each) => plain(percent(each)))).toEqual(['0 %', '0.5 %', '12.5 %', '100 %']);
  expect(count(1_234_567)).toBe('1,234,567');
});

describe("the page's address", () => {
  test('holds connection, row and view, and is read back as it was written', () => {
    const address = { page: 'connections', connection: '3', row: 120, view: 'plots' } as const;
    expect(formatAddress(address)).toBe('#c=3&row=120&view=plots');
    expect(parseAddress('#c=3&row=120&view=plots')).toEqual(address);
    expect(formatAddress({ ...START, page: 'host' })).toBe('#page=host');
    expect(formatAddress(START)).toBe('#');
  });
  test('is as at the start where it makes no sense', () => {
    expect(parseAddress('#c=<script>&row=-1&view=nothing&page=')).toEqual(START);
    expect(parseAddress('#%%%')).toEqual(START);
  });
});

describe('a message of the server', () => {
  test('is read with its bytes', () => {
    const text = '{"type":"events","events":[{"type":"x","data":{"$bytes":"AQI="}}]}';
    expect(readMessage(text)).toMatchObject({
      kind: 'message',
      message: { events: [{ data: new Uint8Array([1, 2]) }] },
    });
  });
  test('of another version is told apart', () => {
    expect(readMessage('{"type":"hello","version":99}')).toEqual({ kind: 'version', version: 99 });
  });
  test.each([
    ['no text', new Uint8Array(3)],
    ['no JSON', '{'],
    ['no object', '7'],
    ['of no type', '{}'],
    ['of an unknown type', '{"type":"constructor"}'],
    ['without what it needs', '{"type":"snapshot","now":1,"stack":{"sockets":1}}'],
    ['with bytes that are none', '{"type":"events","events":[{"$bytes":"*"}]}'],
  ])('%s makes no sense, and nothing is thrown', (_name, data) => {
    expect(readMessage(data)).toEqual({ kind: 'nonsense' });
  });
});

describe('the table', () => {
  test('sorts figures as figures, ports as figures in text, and what has no value last either way', () => {
    expect(sortRows([10, 9, undefined, 100], (each) => each, false)).toEqual([9, 10, 100, undefined]);
    expect(sortRows([10, 9, undefined, 100], (each) => each, true)).toEqual([100, 10, 9, undefined]);
    const ends = ['10.9.0.1:8080', '10.9.0.1:80', '10.9.0.1:443'];
    expect(sortRows(ends, (each) => each, false)).toEqual(['10.9.0.1:80', '10.9.0.1:443', '10.9.0.1:8080']);
  });
  test('turns a column on its second click and leaves it on its third', () => {
    const first = nextOrder(undefined, 'sent', true);
    const second = nextOrder(first, 'sent', true);
    expect([first?.descending, second?.descending, nextOrder(second, 'sent', true)]).toEqual([true, false, undefined]);
    expect(nextOrder(second, 'state', false)).toEqual({ column: 'state', descending: false });
  });
  test('finds all words in any order; a port is all of it', () => {
    const texts = ['10.9.0.1:8080', 'ESTABLISHED', '열림'];
    expect(matches('estab 10.9', texts)).toBe(true);
    expect(matches('열림 :8080', texts)).toBe(true);
    expect(matches(':80', texts)).toBe(false);
    expect(matches('closed', texts)).toBe(false);
    expect(matches(' ', texts)).toBe(true);
  });
});

describe('the sliders', () => {
  test('rise, from off; small values have as many steps as large ones', () => {
    for (const { values } of [SCALES.loss, SCALES.delay]) {
      expect(values[0]).toBe(0);
      expect([...values].sort((a, b) => a - b)).toEqual(values);
    }
    expect(SCALES.loss.values.filter((each) => each > 0 && each <= 0.1).length).toBeGreaterThan(8);
  });
  test('find the nearest step of any value, and give it back', () => {
    for (const [step, value] of SCALES.rate.values.entries()) expect(stepOf('rate', value)).toBe(step);
    expect(SCALES.loss.values[stepOf('loss', 0.11)]).toBe(0.1);
    expect(stepOf('loss', 0.000001)).toBe(1);
  });
  test('off is no rate at all, and nothing of the rest', () => {
    expect(turn({ rate: 1e6, loss: 0.1 }, 'rate', 0)).toEqual({ rate: null, loss: 0.1 });
    expect(turnedOn({ ...PERFECT, loss: 0.1, rate: 1e6 })).toEqual(['loss', 'rate']);
    expect(turnedOn(PERFECT)).toEqual([]);
  });
});

test('a report about a multicast group is an event beside the connections, in both languages', () => {
  const records = [{ kind: 'is-exclude', group: '239.1.2.3', sources: [] }] as const;
  const event = {
    type: 'group',
    time: 0,
    direction: 'out',
    link: 'tap0',
    src: '10.9.0.2',
    dst: '239.1.2.3',
    protocol: 'IGMP',
    version: 2,
    message: { type: 'report', records },
  } as const;
  expect(tellHappening(event, 'en')).toEqual({
    kind: 'IGMPv2 report',
    says: 'I want packets to the group 239.1.2.3.',
    direction: 'out',
    group: 'other',
  });
  expect(tellHappening(event, 'ko')?.says).toBe('239.1.2.3 그룹의 패킷을 받고 싶어.');
});
