import { expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { AtEnd } from '../../../src/link/raw-socket/at-end';

class FakeProcess extends EventEmitter {
  readonly pid = 7;
  readonly killed: string[] = [];

  kill(pid: number, signal: string): void {
    this.killed.push(`${signal} to ${pid}, ${this.listenerCount(signal)} listeners`);
  }
}

function setUp() {
  const process = new FakeProcess();
  const later: (() => void)[] = [];
  const atEnd = new AtEnd(process, (call) => later.push(call));
  const done: string[] = [];
  const forget = atEnd.add(() => done.push('undone'));
  return { process, later, done, forget };
}

test('at exit what has to be undone is', () => {
  const { process, done } = setUp();
  process.emit('exit', 0);
  expect(done).toEqual(['undone']);
});

test('a signal that nobody else listens to ends the process, as it would have, after that', () => {
  const { process, done } = setUp();
  process.emit('SIGTERM', 'SIGTERM');
  expect(done).toEqual(['undone']);
  expect(process.killed).toEqual(['SIGTERM to 7, 0 listeners']);
});

test('a signal that the program listens to is left to it, and it finds nobody else listening', () => {
  const { process, later, done } = setUp();
  const found: number[] = [];
  process.on('SIGINT', () => found.push(process.listenerCount('SIGINT')));
  process.emit('SIGINT', 'SIGINT');
  expect(found).toEqual([1]);
  expect([done, process.killed]).toEqual([[], []]);

  // Afterwards we listen again: to the next one, and to the exit all the time.
  process.emit('exit', 0);
  expect(done).toEqual(['undone']);
  for (const call of later) call();
  process.removeAllListeners('SIGINT');
  expect(process.listenerCount('SIGTERM')).toBe(1);
});

test('after a signal that the program has survived, the next one that it does not listen to ends it', () => {
  const { process, later, done } = setUp();
  process.once('SIGINT', () => undefined);
  process.emit('SIGINT', 'SIGINT');
  for (const call of later) call();
  process.emit('SIGINT', 'SIGINT');
  expect(done).toEqual(['undone']);
  expect(process.killed).toEqual(['SIGINT to 7, 0 listeners']);
});

test('when nothing is to be undone any more, nobody listens', () => {
  const { process, later, forget, done } = setUp();
  process.on('SIGHUP', forget);
  process.emit('SIGHUP', 'SIGHUP');
  for (const call of later) call();
  expect(['exit', 'SIGINT', 'SIGTERM'].map((event) => process.listenerCount(event))).toEqual([0, 0, 0]);
  expect(process.listenerCount('SIGHUP')).toBe(1);
  expect(done).toEqual([]);
});
