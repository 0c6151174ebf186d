import { expect, test } from '@jest/globals';
import { asObject, asSubject, asTopic, towards } from '../../../src/inspect/lang/particle';

test.each([
  ['윈도우', '윈도우를', '윈도우로'],
  ['바이트 수', '바이트 수를', '바이트 수로'],
  ['상태값', '상태값을', '상태값으로'],
  ['시작할', '시작할을', '시작할로'],
  ['128', '128을', '128로'],
  ['16', '16을', '16으로'],
  ['1,024', '1,024를', '1,024로'],
  ['100', '100을', '100으로'],
  ['10.9.0.2:7', '10.9.0.2:7을', '10.9.0.2:7로'],
  ['LISTEN', 'LISTEN을', 'LISTEN으로'],
  ['CLOSING', 'CLOSING을', 'CLOSING으로'],
  ['ESTABLISHED', 'ESTABLISHED를', 'ESTABLISHED로'],
  ['FIN-WAIT-2', 'FIN-WAIT-2를', 'FIN-WAIT-2로'],
  ['FIN-WAIT-1', 'FIN-WAIT-1을', 'FIN-WAIT-1로'],
])('what stands behind %s', (word, object, direction) => {
  expect([asObject(word), towards(word)]).toEqual([object, direction]);
});

test.each([
  ['서버', '서버가', '서버는'],
  ['10.9.0.1', '10.9.0.1이', '10.9.0.1은'],
  ['10.9.0.2', '10.9.0.2가', '10.9.0.2는'],
  ['fe80::ac', 'fe80::ac가', 'fe80::ac는'],
  ['SYN', 'SYN이', 'SYN은'],
  ['SYN-ACK', 'SYN-ACK가', 'SYN-ACK는'],
  ['BBR', 'BBR이', 'BBR은'],
  ['TIME-WAIT', 'TIME-WAIT가', 'TIME-WAIT는'],
  ['synack', 'synack이', 'synack은'],
  ['nc', 'nc가', 'nc는'],
  ['curl', 'curl이', 'curl은'],
])('what stands behind %s as the subject and the topic', (word, subject, topic) => {
  expect([asSubject(word), asTopic(word)]).toEqual([subject, topic]);
});

test.each([
  ['WebSocket', 'WebSocket으로'],
  ['gzip', 'gzip으로'],
  ['HTTP', 'HTTP로'],
  ['zstd', 'zstd로'],
  ['TLS', 'TLS로'],
])('towards %s', (word, direction) => {
  expect(towards(word)).toBe(direction);
});
