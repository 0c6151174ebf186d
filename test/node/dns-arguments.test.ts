import { describe, expect, test } from '@jest/globals';
import type { Dns } from '../../src/node/dns/dns';
import { DNS_FACES, outcome, told } from './dns-faces';

const ignore = (): undefined => undefined;

/** Functions that take what the types do not allow. */
type Loose = Record<string, (...args: unknown[]) => unknown>;
const loose = (object: unknown): Loose => object as Loose;

/** What a call throws, at once. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return told(error);
  }
}

const typeError = (code: string, message: string): unknown => ({ name: 'TypeError', code, message });
const badType = (message: string): unknown => typeError('ERR_INVALID_ARG_TYPE', message);
const badValue = (message: string): unknown => typeError('ERR_INVALID_ARG_VALUE', message);
const outOfRange = (message: string): unknown => ({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message });

describe.each(DNS_FACES)('arguments, %s', (_, dns: Dns) => {
  test('the module has the members of node:dns, and error codes and hints with the same values', () => {
    const [[, reference]] = DNS_FACES as unknown as [[string, Record<string, unknown>]];
    const shape = (object: unknown): string[] =>
      Object.entries(object as object)
        .filter(([name]) => name !== 'counters' && name !== 'default')
        .map(
          ([name, value]) => `${name} ${typeof value === 'string' || typeof value === 'number' ? value : typeof value}`,
        )
        .sort();
    expect(shape(dns)).toEqual(shape(reference));
    expect(shape(dns.promises)).toEqual(shape(reference['promises']));
    expect(dns.NOTFOUND).toBe('ENOTFOUND');
    for (const each of [dns, dns.promises] as const) {
      for (const method of [
        'cancel',
        'getServers',
        'setServers',
        'setLocalAddress',
        'resolve',
        'resolveAny',
        'reverse',
      ]) {
        expect(typeof loose(each.Resolver.prototype)[method]).toBe('function');
      }
    }
  });

  test.each([
    [[5], 'The "hostname" argument must be of type string. Received type number (5)'],
    [[{}], 'The "hostname" argument must be of type string. Received an instance of Object'],
    [['x', 'y'], `The "options" argument must be of type object or integer. Received type string ('y')`],
    [['x', { hints: 'a' }], `The "options.hints" property must be of type number. Received type string ('a')`],
    [['x', { all: 1 }], 'The "options.all" property must be of type boolean. Received type number (1)'],
    [['x', { verbatim: 1 }], 'The "options.verbatim" property must be of type boolean. Received type number (1)'],
  ])('lookup(…%j): ERR_INVALID_ARG_TYPE', (args, message) => {
    expect(thrownBy(() => loose(dns)['lookup']?.(...args, ignore))).toEqual(badType(message));
    expect(thrownBy(() => loose(dns.promises)['lookup']?.(...args))).toEqual(badType(message));
  });

  test.each([
    [['x', 5], `The argument 'family' must be one of: 0, 4, 6. Received 5`],
    [['x', { family: 5 }], `The property 'options.family' must be one of: 0, 4, 6. Received 5`],
    [['x', { hints: 1 << 20 }], `The argument 'hints' is invalid. Received 1048576`],
    [
      ['x', { order: 'x' }],
      `The property 'options.order' must be one of: 'verbatim', 'ipv4first', 'ipv6first'. Received 'x'`,
    ],
  ])('lookup(…%j): ERR_INVALID_ARG_VALUE', (args, message) => {
    expect(thrownBy(() => loose(dns)['lookup']?.(...args, ignore))).toEqual(badValue(message));
    expect(thrownBy(() => loose(dns.promises)['lookup']?.(...args))).toEqual(badValue(message));
  });

  test('lookup: families may have names with a callback, not with a promise', async () => {
    const answer = new Promise((resolve) => {
      dns.lookup('127.0.0.1', { family: 'IPv4' }, (...args) => {
        resolve(args);
      });
    });
    expect(await answer).toEqual([null, '127.0.0.1', 4]);
    expect(thrownBy(() => loose(dns.promises)['lookup']?.('127.0.0.1', { family: 'IPv4' }))).toEqual(
      badValue(`The property 'options.family' must be one of: 0, 4, 6. Received 'IPv4'`),
    );
  });

  test('a callback is needed, and has to be a function', () => {
    const missing = badType('The "callback" argument must be of type function. Received undefined');
    const number = badType('The "callback" argument must be of type function. Received type number (5)');
    const { lookup, resolve4, resolve, reverse } = loose(dns);
    expect(thrownBy(() => lookup?.('x'))).toEqual(missing);
    expect(thrownBy(() => lookup?.('x', {}))).toEqual(missing);
    expect(thrownBy(() => lookup?.('x', {}, 5))).toEqual(number);
    expect(thrownBy(() => resolve4?.('x'))).toEqual(missing);
    expect(thrownBy(() => resolve4?.('x', {}, 5))).toEqual(number);
    expect(thrownBy(() => resolve?.('x', 'MX'))).toEqual(missing);
    expect(thrownBy(() => reverse?.('127.0.0.1'))).toEqual(missing);
    expect(
      thrownBy(() => {
        dns.lookupService('127.0.0.1', 1, 5 as never);
      }),
    ).toEqual(number);
  });

  test('lookupService: all arguments, an address, and a port', () => {
    const { lookupService } = loose(dns);
    expect(thrownBy(() => lookupService?.('127.0.0.1'))).toEqual(
      typeError('ERR_MISSING_ARGS', 'The "address", "port", and "callback" arguments must be specified'),
    );
    expect(thrownBy(() => loose(dns.promises)['lookupService']?.('127.0.0.1'))).toEqual(
      typeError('ERR_MISSING_ARGS', 'The "address" and "port" arguments must be specified'),
    );
    expect(thrownBy(() => lookupService?.('x', 1, ignore))).toEqual(
      badValue(`The argument 'address' is invalid. Received 'x'`),
    );
    expect(thrownBy(() => lookupService?.('127.0.0.1', 99_999, ignore))).toEqual({
      name: 'RangeError',
      code: 'ERR_SOCKET_BAD_PORT',
      message: 'Port should be >= 0 and < 65536. Received type number (99999).',
    });
  });

  test('resolve: a name, and a type that there is', () => {
    const name = badType('The "name" argument must be of type string. Received type number (5)');
    expect(thrownBy(() => loose(dns)['resolve4']?.(5, ignore))).toEqual(name);
    expect(thrownBy(() => loose(dns.promises)['resolve4']?.(5))).toEqual(name);
    const unknown = badValue(`The argument 'rrtype' is invalid. Received 'NOPE'`);
    expect(thrownBy(() => loose(dns)['resolve']?.('x', 'NOPE', ignore))).toEqual(unknown);
    expect(thrownBy(() => loose(dns.promises)['resolve']?.('x', 'NOPE'))).toEqual(unknown);
    const type = badType('The "rrtype" argument must be of type string. Received type number (5)');
    expect(thrownBy(() => loose(dns)['resolve']?.('x', 5, ignore))).toEqual(type);
    expect(thrownBy(() => loose(dns.promises)['resolve']?.('x', 5))).toEqual(type);
    expect(thrownBy(() => loose(dns.promises)['resolve']?.('x', null))).toEqual(
      badType('The "rrtype" argument must be of type string. Received null'),
    );
  });

  test.each([
    ['x', badType(`The "servers" argument must be an instance of Array. Received type string ('x')`)],
    [[5], badType('The "servers[0]" argument must be of type string. Received type number (5)')],
    [['10.0.0.1', 'x'], typeError('ERR_INVALID_IP_ADDRESS', 'Invalid IP address: x')],
    [['localhost'], typeError('ERR_INVALID_IP_ADDRESS', 'Invalid IP address: localhost')],
    [['1.2.3.4:'], typeError('ERR_INVALID_IP_ADDRESS', 'Invalid IP address: 1.2.3.4:')],
    [[':53'], typeError('ERR_INVALID_IP_ADDRESS', 'Invalid IP address: :53')],
  ])('setServers(%j) throws and changes nothing', (servers, error) => {
    const resolver = new dns.Resolver();
    resolver.setServers(['10.0.0.5']);
    expect(thrownBy(() => loose(resolver)['setServers']?.(servers))).toEqual(error);
    expect(resolver.getServers()).toEqual(['10.0.0.5']);
    expect(thrownBy(() => loose(dns)['setServers']?.(servers))).toEqual(error);
  });

  test('getServers: the port only when it is not 53, IPv6 in brackets with it, each once', () => {
    const resolver = new dns.promises.Resolver();
    resolver.setServers(['1.2.3.4:53', '1.2.3.4:54', '[::1]:55', '[::2]', '::3', '1.2.3.4', '[::4]:x', '[1.2.3.5]:53']);
    expect(resolver.getServers()).toEqual(['1.2.3.4', '1.2.3.4:54', '[::1]:55', '::2', '::3', '::4', '1.2.3.5']);
    resolver.setServers([]);
    expect(resolver.getServers()).toEqual([]);
  });

  test.each([
    [{ timeout: 'x' }, badType(`The "options.timeout" property must be of type number. Received type string ('x')`)],
    [
      { timeout: 1.5 },
      outOfRange('The value of "options.timeout" is out of range. It must be an integer. Received 1.5'),
    ],
    [
      { timeout: -2 },
      outOfRange('The value of "options.timeout" is out of range. It must be >= -1 && <= 2147483647. Received -2'),
    ],
    [
      { tries: 0 },
      outOfRange('The value of "options.tries" is out of range. It must be >= 1 && <= 2147483647. Received 0'),
    ],
    [{ tries: '2' }, badType(`The "options.tries" property must be of type number. Received type string ('2')`)],
    [{ timeout: 0 }, undefined],
    [null, undefined],
  ])('new Resolver(%j)', (options, error) => {
    expect(thrownBy(() => new dns.Resolver(options as never))).toEqual(error);
    expect(thrownBy(() => new dns.promises.Resolver(options as never))).toEqual(error);
  });

  test.each([
    [[5], badType('The "ipv4" argument must be of type string. Received type number (5)')],
    [['1.2.3.4', 5], badType('The "ipv6" argument must be of type string. Received type number (5)')],
    [['x'], badValue('Invalid IP address.')],
    [['1.2.3.4', 'x'], badValue('Invalid IP address.')],
    [['1.2.3.4', '1.2.3.5'], badValue('Cannot specify two IPv4 addresses.')],
    [['::1', '::2'], badValue('Cannot specify two IPv6 addresses.')],
    [['1.2.3.4', '::1'], undefined],
    [['::1'], undefined],
  ])('setLocalAddress(…%j)', (args, error) => {
    expect(thrownBy(() => loose(new dns.Resolver())['setLocalAddress']?.(...args))).toEqual(error);
  });

  test('setDefaultResultOrder: one order for the module and its promises', () => {
    const before = dns.getDefaultResultOrder();
    expect(before).toBe('verbatim');
    dns.setDefaultResultOrder('ipv4first');
    expect(dns.promises.getDefaultResultOrder()).toBe('ipv4first');
    dns.promises.setDefaultResultOrder(before);
    expect(dns.getDefaultResultOrder()).toBe(before);
    expect(thrownBy(() => loose(dns)['setDefaultResultOrder']?.('x'))).toEqual(
      badValue(`The argument 'dnsOrder' must be one of: 'verbatim', 'ipv4first', 'ipv6first'. Received 'x'`),
    );
  });

  test('what is wrong with arguments is thrown, not a rejection', async () => {
    expect(await outcome(() => loose(dns.promises)['resolve4']?.())).toEqual(
      badType('The "name" argument must be of type string. Received undefined'),
    );
  });
});
