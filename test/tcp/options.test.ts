import { describe, expect, test } from '@jest/globals';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { DEFAULTS, invalidOption, settingsFrom } from '../../src/tcp/options';
import type { ConnectionOptions } from '../../src/tcp/user';
import { established, script } from '../support/script';

describe('the options of a connection', () => {
  test('what is given is laid over what there was; what is not stays', () => {
    const settings = settingsFrom(DEFAULTS, { noDelay: true, mss: undefined, rto: { min: 5 } });
    expect(settings).toEqual({ ...DEFAULTS, noDelay: true, rto: { ...DEFAULTS.rto, min: 5 } });
  });

  test('keep-alive: the parts that are not given have their defaults, or what they were', () => {
    const first = settingsFrom(DEFAULTS, { keepAlive: { idle: 5 } });
    expect(first.keepAlive).toEqual({ idle: 5, interval: 75_000_000, probes: 9, garbage: false });
    expect(settingsFrom(first, { keepAlive: { probes: 1 } }).keepAlive).toEqual({
      idle: 5,
      interval: 75_000_000,
      probes: 1,
      garbage: false,
    });
    expect(settingsFrom(first, { keepAlive: false }).keepAlive).toBeUndefined();
    expect(settingsFrom(first, {}).keepAlive).toEqual(first.keepAlive);
  });

  test.each<ConnectionOptions>([
    { sendBuffer: 0 },
    { receiveBuffer: -1 },
    { receiveBuffer: 2 ** 31 },
    { mss: 0 },
    { mss: 65_536 },
    { ttl: 0 },
    { ttl: 256 },
    { dscp: 64 },
    { dscp: 1.5 },
    { msl: -1 },
    { linger: NaN },
    { userTimeout: 0 },
    { r2: 0 },
    { synR2: Infinity },
    { delayedAck: 500_000 },
    { outOfOrderLimit: 0 },
    { finWait2Timeout: -1 },
    { rto: { min: 0 } },
    { rto: { initial: 0.5 } },
    { keepAlive: { idle: 0 } },
    { keepAlive: { probes: -1 } },
  ])('%j is refused, with its bounds', (options) => {
    expect(invalidOption(options)).toMatch(/ is .*, and should be a whole number from /);
    expect(() => script().open({ remote: { address: '10.9.0.1', port: 80 }, ...options })).toThrow(
      /^EINVAL: cannot open: /,
    );
    expect(() => established().set(options)).toThrow(/^EINVAL: cannot set the options of connection /);
  });

  test.each<TcpOptions>([
    { maxHalfOpen: -1 },
    { maxTimeWaits: 0.5 },
    { maxOrphans: NaN },
    { fastOpenCache: -1 },
    { fastOpen: { queue: 0 } },
    { synAckRetries: 256 },
    { orphanRetries: -1 },
  ])('%j is refused for a stack, with its bounds', (tcp) => {
    expect(() => script({ tcp })).toThrow(
      /^EINVAL: cannot make a stack: \w+(\.queue)? is .*, and should be a whole number from /,
    );
  });

  test('SYN cookies are "auto", "always" or false', () => {
    const tcp = { synCookies: 'never' } as unknown as TcpOptions;
    expect(() => script({ tcp })).toThrow(
      'EINVAL: cannot make a stack: synCookies is "never", and should be "auto", "always" or false',
    );
  });

  test('the Fast Open queue of a listener is checked as well', () => {
    expect(() => script().listen(80, { fastOpen: { queue: 0 } })).toThrow(
      'EINVAL: cannot open: fastOpen.queue is 0, and should be a whole number from 1 on',
    );
  });

  test.each<ConnectionOptions>([
    { sendBuffer: 1, receiveBuffer: 1, mss: 1, ttl: 1, dscp: 0, msl: 0, linger: 0, delayedAck: 0, outOfOrderLimit: 1 },
    { sendBuffer: 2 ** 30, receiveBuffer: 2 ** 30, mss: 65_495, ttl: 255, dscp: 63, msl: 3_600_000_000 },
    { linger: Number.MAX_SAFE_INTEGER, delayedAck: 499_999, outOfOrderLimit: 1_000_000, finWait2Timeout: 0 },
    { rto: { initial: 1, min: 1, max: 1 }, keepAlive: { idle: 1, interval: 1, probes: 1 } },
    { keepAlive: false, noDelay: true },
    {},
  ])('%j is allowed', (options) => {
    expect(invalidOption(options)).toBeUndefined();
  });

  test('MUST-40: the defaults of a stack are checked as well', () => {
    expect(() => script({ tcp: { delayedAck: 500_000 } })).toThrow(
      'EINVAL: cannot make a stack: delayedAck is 500000, and should be a whole number from 0 to 499999',
    );
  });

  test('the stack has defaults for all, a listener for those that it accepts, and a connection has the last word', () => {
    const t = script({ tcp: { delayedAck: 10_000 } }).listen(40_000, { noDelay: true });
    t.inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1');
    t.inject('P. 1:2(1) ack 1').after(10_000).expect('. 1:1(0) ack 2');
    t.send('a');
    t.expect('P. 1:2(1) ack 2 "a"');
    t.send('b');
    t.expect('P. 2:3(1) ack 2 "b"').set({ noDelay: false });
    t.send('c');
    t.expectNothing();
  });
});
