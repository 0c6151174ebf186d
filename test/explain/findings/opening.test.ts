import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import { client, found, handshake, OFFERED, server, wrong } from './told';

const syn = (ms: number) => client(ms, { seq: 100, flags: FLAG.SYN, options: OFFERED, id: ms + 1 });
const synAck = (ms: number) =>
  server(ms, { seq: 300, ack: 101, flags: FLAG.SYN | FLAG.ACK, options: OFFERED, id: ms + 1 });

test('a SYN that is repeated while the answer is on its way was not lost', () => {
  const findings = found([syn(0), syn(1000), synAck(1200), client(1201, { seq: 101, ack: 301 }), synAck(2200)]);
  expect(wrong(findings)).toEqual([]);
  expect(findings.filter(({ id }) => id === 'syn-repeated')).toMatchObject([
    { side: 'client', evidence: { early: 1 } },
    { side: 'server', evidence: { early: 1 } },
  ]);
});

test('one that is repeated because the answer got lost behind the capture was', () => {
  const findings = found([syn(0), synAck(1), syn(1000), synAck(1001), client(1002, { seq: 101, ack: 301 })]);
  expect(wrong(findings)).toEqual(['syn-repeated', 'syn-repeated']);
});

test('a short snap length hides the options: nothing is said of them', () => {
  const findings = found(handshake(), (all) =>
    all.map(({ time, bytes }) => ({ time, length: bytes.length, bytes: bytes.slice(0, 54) })),
  );
  expect(findings.map(({ id }) => id)).toEqual(['still-open']);
});
