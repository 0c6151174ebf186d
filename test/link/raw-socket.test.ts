import { describe, expect, test } from '@jest/globals';
import { namespace } from '../support/netns';
import { whyNoRaw } from '../support/raw-cable';
import type * as scenarios from './raw-socket.scenarios';

const reason = whyNoRaw('nc', 'ping');
const suite = reason === undefined ? describe : describe.skip;
const inNamespace = namespace<typeof scenarios>(require.resolve('./raw-socket.scenarios'));

suite(`RawSocketLink${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  describe('the rules are gone', () => {
    test.each([
      ['by SIGTERM', '', 'SIGTERM', 'SIGTERM'],
      ['by SIGINT', '', 'SIGINT', 'SIGINT'],
      ["by the program's own handler of a signal", 'listens', 'SIGTERM', 5],
      ['by an exception that nobody catches', 'throws', 'none', 1],
      ['by process.exit', 'exits', 'none', 3],
      ['when nothing but a link that is unref holds the process', 'unref', 'none', 0],
    ] as const)('%s, and it ends as it would have', async (_, what, signal, by) => {
      expect(await inNamespace('ending', what, signal)).toEqual({ by, running: 1, ended: 0, next: true, closed: 0 });
    });

    test('at the next open after SIGKILL', async () => {
      const ending = await inNamespace('ending', '', 'SIGKILL');
      expect(ending).toEqual({ by: 'SIGKILL', running: 1, ended: 1, next: true, closed: 0 });
    });
  });

  test("other rules, addresses, routes and the kernel's connections are as they were", async () => {
    expect(await inNamespace('untouched')).toEqual({
      same: true,
      lines: 8,
      tables: 'table ip nat\ntable inet mine\n',
    });
  });

  test("ports are reserved later, and nobody takes another one's", async () => {
    expect(await inNamespace('ports')).toEqual({
      kernels: {
        code: 'EADDRINUSE',
        message: expect.stringContaining('has TCP port 8000 (0.0.0.0); stop it, or take another'),
      },
      before: '',
      after: 'hello',
      taken: {
        code: 'EADDRINUSE',
        message: expect.stringMatching(/^cannot reserve port 8000 at raw eth0: .*port 8000/),
      },
      twice: {
        code: 'EADDRINUSE',
        message: expect.stringContaining('has a raw link with the ports 8080; take others'),
      },
      all: ['80,8080,20000-29999', '81,10000-11000'],
      refused: 'ECONNREFUSED',
    });
  });

  test('the kernel hands over what is for our addresses and ports, and nothing else', async () => {
    expect(await inNamespace('filtered')).toEqual({
      received: ['17: 20000', '17: 80', '6: 20000', '6: 80'],
      addresses: ['10.7.0.2/24'],
      counted: true,
      overflowed: 0,
    });
  });

  test("with echo: 'stack' each ping is answered once, by the stack", async () => {
    const each = { sequences: [1, 2, 3], twice: false };
    expect(await inNamespace('echo')).toEqual({ answered: [each, each], counted: true });
  });

  test('what is not ours, or would come back, is not sent, and said once', async () => {
    const { taken, errors, before, afterClose, dropped, tables } = await inNamespace('sending');
    expect(taken).toEqual(new Array(8).fill(true));
    expect(before).toEqual({
      sent: 1,
      received: 0,
      refused: 0,
      dropped: 2,
      toSelf: 1,
      fromSelf: 0,
      kernels: 1,
      notOurs: 3,
    });
    expect(errors).toEqual([
      expect.stringMatching(/^raw eth0 loses packets: port 81 is not among its ports; .* reservePort$/),
      expect.stringContaining('10.7.0.9 is not among its addresses (10.7.0.2/24, fd07::2/64'),
      'raw eth0 loses packets: 1501 bytes to 10.7.0.1 are more than the MTU allows',
      expect.stringContaining('the kernel cannot send to 10.7.0.1: '),
    ]);
    expect({ afterClose, dropped, tables }).toEqual({ afterClose: true, dropped: 4, tables: [] });
  });

  describe('says what to do when it cannot open:', () => {
    test('interfaces, addresses and ports that it cannot have', async () => {
      const attempts = [
        ['eth7', {}, 'ENODEV', 'there is no network interface "eth7"; there are .*eth0'],
        ['eth0', { addresses: ['10.7.0.3'] }, 'EADDRNOTAVAIL', 'it has 10.7.0.2/24'],
        ['eth0', { addresses: ['10.7'] }, 'EINVAL', '"10.7" is no address'],
        ['eth0', { ports: 'http' }, 'EINVAL', 'as in 80,443,20000-29999'],
        ['eth0', { ports: '40000-41000' }, 'EADDRINUSE', 'ip_local_reserved_ports'],
        ['eth0', { receiveBuffer: -1 }, 'EINVAL', 'receiveBuffer -1'],
      ] as const;
      const { told, tables } = await inNamespace(
        'openFailures',
        attempts.map(([device, options]) => [device, options]),
      );
      expect(told).toEqual(
        attempts.map(([device, , code, words]) => ({
          code,
          message: expect.stringMatching(new RegExp(`^cannot open raw ${device}: .*${words}`)),
        })),
      );
      expect(tables).toEqual([]);
    });

    test.each([
      [
        'without CAP_NET_RAW',
        '',
        ['setpriv', '--bounding-set', '-net_raw', '--inh-caps', '-net_raw'],
        'CAP_NET_RAW.*--cap-add',
      ],
      [
        'without CAP_NET_ADMIN',
        '',
        ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'],
        'CAP_NET_ADMIN',
      ],
      ['without nft', 'mount -t tmpfs tmpfs /usr/sbin;', [], 'apt-get install nftables'],
      ['without the npm package', 'mount -t tmpfs tmpfs node_modules/raw-socket/build;', [], 'npm rebuild raw-socket'],
      ['without the addon', 'mount -t tmpfs tmpfs native/build;', [], 'setup.sh'],
    ])('%s', async (_, before, wrapper, words) => {
      expect(await inNamespace('openWithout', before, wrapper)).toEqual({
        stdout: expect.stringMatching(new RegExp(`^cannot open .*${words}`)),
        tables: [],
      });
    });
  });
});
