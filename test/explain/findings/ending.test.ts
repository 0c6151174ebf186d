import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import { client, found, handshake, server, wrong } from './told';

const ASKED = [...handshake(), client(5, { seq: 101, ack: 301, payload: 50 })];

test('a RST in the name of who goes on talking is somebody else’s, and it is what ended the conversation', () => {
  const findings = found([
    ...ASKED,
    server(6, { seq: 301, flags: FLAG.RST, id: 7 }),
    server(7, { seq: 301, ack: 151, payload: 20, id: 2 }),
    client(7.1, { seq: 151, flags: FLAG.RST }),
  ]);
  expect(wrong(findings)).toEqual(['reset']);
  expect(findings[0]).toMatchObject({
    side: 'server',
    frames: [4, 5, 7],
    evidence: { spokeOn: 1 },
    causes: [{ id: 'injected', likelihood: 'likely' }],
  });
});

test('a client that resets long after the answer had read it', () => {
  const answered = [...ASKED, server(6, { seq: 301, ack: 151, payload: 20 })];
  const reset = (ms: number) =>
    found([...answered, client(ms, { seq: 151, ack: 321, flags: FLAG.RST | FLAG.ACK })])[0]?.causes[0]?.id;
  expect(reset(500)).toBe('linger-zero');
  expect(reset(6.2)).toBe('unread-data');
});
