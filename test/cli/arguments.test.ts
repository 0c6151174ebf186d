import { describe, expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { address, addressWithPrefix, count, impairment, port, seconds } from '../../src/cli/arguments';
import { explicitOptions } from '../../src/cli/options';

describe('what stands on the command line', () => {
  test('ports, counts, times, addresses', () => {
    expect(port('7')).toBe(7);
    expect(port('65535')).toBe(65535);
    expect(count('3')).toBe(3);
    expect(seconds('0.2')).toBe(200_000);
    expect(seconds('2')).toBe(2_000_000);
    expect(address('10.9.0.1')).toBe('10.9.0.1');
    expect(addressWithPrefix('10.9.0.2/24')).toBe('10.9.0.2/24');
  });

  test.each([
    [port, '65536'],
    [port, '-1'],
    [port, 'http'],
    [port, ''],
    [count, '0'],
    [count, '1.5'],
    [seconds, '0'],
    [seconds, 'soon'],
    [seconds, '-1'],
    [address, '10.9.0'],
    [address, 'localhost'],
    [addressWithPrefix, '10.9.0.2'],
    [addressWithPrefix, '10.9.0.2/33'],
  ] as const)('%p refuses %j', (read, text) => {
    expect(() => read(text)).toThrow(InvalidArgumentError);
  });

  test('a bad network', () => {
    expect(impairment('loss=0.1,delay=20ms,seed=7')).toEqual({ loss: 0.1, delay: 20_000, seed: 7 });
    expect(impairment('reorder=1%, jitter=1.5s, rate=10M')).toEqual({
      reorder: 0.01,
      jitter: 1_500_000,
      rate: 10_000_000,
      seed: 1,
    });
    for (const wrong of ['', 'loss', 'loss=2', 'loss=x', 'delay=20', 'delay=ms', 'rate=fast', 'seed=x', 'speed=1']) {
      expect(() => impairment(wrong)).toThrow(InvalidArgumentError);
    }
  });

  test('--watch never takes the next word for its value', () => {
    expect(explicitOptions(['serve', '--watch', 'echo'])).toEqual(['serve', '--watch=ladder', 'echo']);
    expect(explicitOptions(['serve', '--watch=log', 'echo'])).toEqual(['serve', '--watch=log', 'echo']);
    expect(explicitOptions(['lab', '--', 'x', '--watch'])).toEqual(['lab', '--', 'x', '--watch']);
    expect(explicitOptions(['serve', '--inspect', 'echo'])).toEqual(['serve', '--inspect=any', 'echo']);
    expect(explicitOptions(['serve', '--inspect', '9300', 'echo'])).toEqual(['serve', '--inspect', '9300', 'echo']);
    expect(explicitOptions(['nc', '-l', '--inspect', '9000'])).toEqual(['nc', '-l', '--inspect=any', '9000']);
    // A program's own.
    const run = ['run', '--inspect', 'app.js', '--inspect', '--watch'];
    expect(explicitOptions(run)).toEqual(['run', '--inspect=any', 'app.js', '--inspect', '--watch']);
  });
});
