import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DROPS } from '../../../src/ip/drops';
import { counterMeans, dropMeans } from '../../../web/lang/counters';

const SRC = join(__dirname, '../../../src');

/** Names of counters as they stand in the source: `count('tcp.x')`, also as one of two; `drop(tcb, 'x'` and `drop('x'` of TCP. */
function namesInSource(): ReadonlySet<string> {
  const names = new Set<string>(Object.keys(DROPS));
  for (const layer of ['tcp', 'stack', 'ip']) {
    for (const entry of readdirSync(join(SRC, layer), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const [, inside = ''] of text.matchAll(/\bcount\(([^;]*?)\);/gs))
        for (const [, name = ''] of inside.matchAll(/'([a-z]+\.[a-z0-9-]+)'/g)) names.add(name);
      if (layer !== 'ip')
        for (const [, name = ''] of text.matchAll(/\bdrop\(\s*(?:tcb,\s*)?'([a-z0-9-]+)'/g)) names.add(`tcp.${name}`);
    }
  }
  return names;
}

test('every counter of the stack is told in words, in both languages', () => {
  const names = [...namesInSource()];
  // What is looked for is found at all.
  expect(names).toEqual(expect.arrayContaining(['tcp.no-listener', 'tcp.accept-queue-full', 'tcp.fast-open-avoided']));
  expect(names.filter((name) => counterMeans(name, 'en') === undefined)).toEqual([]);
  expect(names.filter((name) => !/[가-힣]/.test(counterMeans(name, 'ko') ?? ''))).toEqual([]);
});

test('a drop is told with its particulars, and one that nobody knows as the stack tells it', () => {
  const detail = `${DROPS['udp.no-listener']}: 10.9.0.1:5353 to port 9`;
  expect(dropMeans('udp.no-listener', detail, 'en')).toBe('no socket is bound to the port (10.9.0.1:5353 to port 9)');
  expect(dropMeans('udp.no-listener', detail, 'ko')).toBe('이 포트를 쓰는 소켓이 없습니다 (10.9.0.1:5353 to port 9)');
  expect(dropMeans('tcp.of-tomorrow', 'something new', 'ko')).toBe('something new');
  expect(counterMeans('constructor', 'en')).toBeUndefined();
});
