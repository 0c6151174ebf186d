import { expect, test } from '@jest/globals';
import { asObject, towards } from '../../../src/inspect/lang/particle';

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
