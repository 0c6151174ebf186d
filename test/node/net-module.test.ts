import { describe, expect, test } from '@jest/globals';
import * as nodeNet from 'node:net';
import { inspect } from 'node:util';
import { call, closed, FACES, listening, thrown } from './faces';

describe.each(FACES)('the module %s', (_name, net) => {
  test('has every member that Node documents', () => {
    const members = Object.keys(nodeNet).filter((name) => !['default', '_createServerHandle'].includes(name));
    expect(Object.keys(net)).toEqual(expect.arrayContaining(members.filter((name) => !name.startsWith('_set'))));
  });

  test('createConnection is connect, Stream is Socket', () => {
    expect(net.createConnection).toBe(net.connect);
    expect(net.Stream ?? Reflect.get(net, 'Stream')).toBe(net.Socket);
  });

  test('the prototypes can be looked over', () => {
    const { prototype } = net.Socket;
    expect([prototype.pending, prototype.bytesWritten, prototype.remotePort, prototype.localAddress]).toEqual([
      true,
      undefined,
      undefined,
      undefined,
    ]);
    expect(net.Server.prototype.listening).toBe(false);
  });

  test('a server has a _handle while it listens', async () => {
    const server = net.createServer();
    expect(Reflect.get(server, '_handle')).toBeNull();
    await listening(server);
    expect(Reflect.get(server, '_handle')).toBeTruthy();
    await closed(server);
    expect(Reflect.get(server, '_handle')).toBeNull();
  });

  test('_normalizeArgs marks what connect takes in one piece; another array has no port', () => {
    const socket = new net.Socket();
    expect(thrown(() => socket.connect([{ port: 1 }] as never))).toMatchObject({ code: 'ERR_MISSING_ARGS' });
  });

  test('isIP, isIPv4, isIPv6', () => {
    expect(
      ['127.0.0.1', '::1', '::ffff:1.2.3.4', '127.000.000.001', '127.0.0.1/24', 'localhost', ''].map(net.isIP),
    ).toEqual([4, 6, 6, 0, 0, 0, 0]);
    expect(['127.0.0.1', '::1', 'x'].map(net.isIPv4)).toEqual([true, false, false]);
    expect(['127.0.0.1', '::1', 'x'].map(net.isIPv6)).toEqual([false, true, false]);
  });

  test('getDefaultAutoSelectFamily and setDefaultAutoSelectFamily', () => {
    expect(net.getDefaultAutoSelectFamily()).toBe(true);
    net.setDefaultAutoSelectFamily(false);
    expect(net.getDefaultAutoSelectFamily()).toBe(false);
    net.setDefaultAutoSelectFamily(true);
    expect(thrown(() => call(net, 'setDefaultAutoSelectFamily', 1))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('getDefaultAutoSelectFamilyAttemptTimeout and setDefaultAutoSelectFamilyAttemptTimeout', () => {
    const before = net.getDefaultAutoSelectFamilyAttemptTimeout();
    expect(before).toBeGreaterThanOrEqual(250);
    net.setDefaultAutoSelectFamilyAttemptTimeout(5);
    expect(net.getDefaultAutoSelectFamilyAttemptTimeout()).toBe(10);
    net.setDefaultAutoSelectFamilyAttemptTimeout(before);
    expect(thrown(() => call(net, 'setDefaultAutoSelectFamilyAttemptTimeout', 0))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
    });
  });

  test('BlockList: addAddress, addRange, addSubnet, check, rules', () => {
    const list = new net.BlockList();
    list.addAddress('123.123.123.123');
    list.addRange('10.0.0.1', '10.0.0.10');
    list.addSubnet('8592:757c:efae:4e45::', 64, 'ipv6');
    expect(['123.123.123.123', '10.0.0.3', '222.111.111.222', 'none'].map((address) => list.check(address))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(list.check('::ffff:7b7b:7b7b', 'ipv6')).toBe(true);
    expect(list.check('8592:757c:efae:4e45:1::', 'ipv6')).toBe(true);
    expect(list.check(new net.SocketAddress({ address: '10.0.0.4' }))).toBe(true);
    expect(list.rules).toEqual([
      'Subnet: IPv6 8592:757c:efae:4e45::/64',
      'Range: IPv4 10.0.0.1-10.0.0.10',
      'Address: IPv4 123.123.123.123',
    ]);
    expect(() => {
      list.addRange('10.0.0.2', '10.0.0.1');
    }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });

  test('SocketAddress: address, family, flowlabel, port', () => {
    const { address, family, flowlabel, port } = new net.SocketAddress({});
    expect([address, family, flowlabel, port]).toEqual(['127.0.0.1', 'ipv4', 0, 0]);
    const six = new net.SocketAddress({ address: '1::2', family: 'ipv6', flowlabel: 5, port: 80 });
    expect([six.address, six.family, six.flowlabel, six.port]).toEqual(['1::2', 'ipv6', 5, 80]);
    expect(inspect(six)).toContain('SocketAddress');
    expect(call(six, 'toJSON')).toEqual({ address: '1::2', port: 80, family: 'ipv6', flowlabel: 5 });
    expect(thrown(() => new net.SocketAddress({ port: 70_000 }))).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
  });
});
