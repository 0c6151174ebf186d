import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CLOSED, type LeftBehind } from '../../src/node/liveness';
import type { State } from '../../src/tcp/states';

/** A socket, as far as it is alive. */
class Alive {
  private liveness = CLOSED;

  open(): void {
    this.liveness = this.liveness.open();
  }

  close(connection?: LeftBehind): void {
    this.liveness = this.liveness.close(connection);
  }

  ref(): void {
    this.liveness = this.liveness.ref();
  }

  unref(): void {
    this.liveness = this.liveness.unref();
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** True while a timer waits: nothing but liveness sets one here. */
function isHeld(): boolean {
  return jest.getTimerCount() > 0;
}

describe('liveness', () => {
  test('holds the process while it is open and referenced', () => {
    const liveness = new Alive();
    expect(isHeld()).toBe(false);
    liveness.open();
    expect(isHeld()).toBe(true);
    liveness.unref();
    expect(isHeld()).toBe(false);
    liveness.ref();
    expect(isHeld()).toBe(true);
    liveness.close();
    expect(isHeld()).toBe(false);
    liveness.ref();
    expect(isHeld()).toBe(false);
  });

  test('opening, closing and referencing twice count once; any number of holders share one timer', () => {
    const [one, other] = [new Alive(), new Alive()];
    for (const each of [one, one, other, other]) {
      each.open();
      each.ref();
    }
    expect(jest.getTimerCount()).toBe(1);
    one.close();
    one.close();
    expect(isHeld()).toBe(true);
    other.unref();
    other.unref();
    expect(isHeld()).toBe(false);
  });

  test('is one of four values, whoever has it', () => {
    const open = CLOSED.open();
    expect(CLOSED.open()).toBe(open);
    expect(open.unref().close().ref()).toBe(CLOSED);
    // Opened twice, unref once: one holds still.
    expect(isHeld()).toBe(true);
    expect(open.close()).toBe(CLOSED);
    expect(isHeld()).toBe(false);
  });

  test('is there for as long as it is held', () => {
    const liveness = new Alive();
    liveness.open();
    jest.advanceTimersByTime(2 ** 31);
    expect(isHeld()).toBe(true);
    liveness.close();
  });
});

describe('a connection that was left behind', () => {
  function left(state: State): { state: State } {
    const connection = { state };
    const liveness = new Alive();
    liveness.open();
    liveness.close(connection);
    return connection;
  }

  test.each(['FIN-WAIT-1', 'CLOSING', 'LAST-ACK'] as const)('in %s holds until the peer has all', (state) => {
    const connection = left(state);
    jest.advanceTimersByTime(1000);
    expect(isHeld()).toBe(true);
    connection.state = 'TIME-WAIT';
    jest.advanceTimersByTime(20);
    expect(isHeld()).toBe(false);
  });

  test.each(['ESTABLISHED', 'CLOSE-WAIT'] as const)('in %s holds until the peer has what was sent', (state) => {
    const buffered = { send: 1 };
    const connection = { state, status: () => ({ buffered }) };
    const liveness = new Alive();
    liveness.open();
    liveness.close(connection);
    jest.advanceTimersByTime(1000);
    expect(isHeld()).toBe(true);
    buffered.send = 0;
    jest.advanceTimersByTime(20);
    expect(isHeld()).toBe(false);
  });

  test('holds no longer than a minute', () => {
    left('FIN-WAIT-1');
    jest.advanceTimersByTime(59_000);
    expect(isHeld()).toBe(true);
    jest.advanceTimersByTime(1000);
    expect(isHeld()).toBe(false);
  });

  test.each(['FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'] as const)('in %s does not hold', (state) => {
    left(state);
    expect(isHeld()).toBe(false);
  });

  test('by a socket that was unref does not hold', () => {
    const liveness = new Alive();
    liveness.unref();
    liveness.open();
    liveness.close({ state: 'FIN-WAIT-1' });
    expect(isHeld()).toBe(false);
  });
});
