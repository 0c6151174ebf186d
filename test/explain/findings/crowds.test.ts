import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import type { Captured, Segment } from '../files';
import { client, found, handshake, OFFERED, server } from './told';

const IP = 14;
const TCP = IP + 20;

/** Pairs of a packet to the server and its answer, each with other ports, or to another server. */
function spread(all: Captured[], what: 'port' | 'address', each = 2): Captured[] {
  return all.map(({ time, bytes: given }, index) => {
    const bytes = given.slice();
    const n = Math.floor(index / each);
    const asks = index % each === 0;
    if (what === 'port') bytes[TCP + (asks ? 3 : 1)] = n;
    else bytes[IP + (asks ? 19 : 15)] = 50 + n;
    bytes[TCP + (asks ? 0 : 2)] = 200;
    return { time, bytes };
  });
}

const probes = (flags: number): Segment[] =>
  Array.from({ length: 20 }, (_, n): Segment[] => [
    client(n * 10, { seq: 100, flags, id: n + 1 }),
    server(n * 10 + 1, { seq: 0, ack: 101, flags: FLAG.RST | FLAG.ACK, id: n + 1 }),
  ]).flat();

test.each([
  ['SYN', FLAG.SYN],
  ['FIN', FLAG.FIN],
  ['ACK', FLAG.ACK],
])('a scan of ports with %s is told once', (_, flags) => {
  const findings = found(probes(flags), (all) => spread(all, 'port')).filter(({ id }) => id !== 'checksum-offload');
  expect(findings).toMatchObject([{ id: 'port-scan', count: 20, evidence: { ports: 20 } }]);
});

test('one port on many machines', () => {
  const findings = found(probes(FLAG.SYN), (all) => spread(all, 'address'));
  expect(findings.filter(({ id }) => id !== 'checksum-offload')).toMatchObject([
    { id: 'host-scan', count: 20, evidence: { first: '10.0.0.1', second: '80', targets: 20 } },
  ]);
});

test('a call that is not answered where another one was: the queue of the server is full', () => {
  const call = (ms: number): Segment => client(ms, { seq: 900, flags: FLAG.SYN, options: OFFERED, id: ms });
  const findings = found([...handshake(), call(100), call(1100), call(3100)], (all) =>
    all.map(({ time, bytes: given }, index) => {
      const bytes = given.slice();
      if (index >= 3) bytes[TCP] = 99;
      return { time, bytes };
    }),
  );
  expect(findings.find(({ id }) => id === 'no-answer')).toMatchObject({
    conversation: 2,
    count: 3,
    evidence: { answersOthers: 1 },
    causes: [{ id: 'queue-full', likelihood: 'likely' }, {}, {}],
  });
});
