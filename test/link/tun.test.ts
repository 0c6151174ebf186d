import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoTap } from '../support/netns';
import type * as scenarios from './tun.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./tun.scenarios'));

// Each test starts programs; a busy machine takes its time.
const reason = whyNoTap();
const describeHere = reason === undefined ? describe : describe.skip;
const FULL = { checksum: true, segmentation: 65_455 };

/** What a TUN has in common with a TAP is shown by tap.test.ts, too. */
describeHere(`TunLink${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  test('open makes an interface, gives its kernel end addresses and brings it up', async () => {
    expect(
      await inNamespace('describeNew', { host: ['10.9.0.1/24', 'fd00:9::1/64', '10.9.7.1/16', 'fd00:8::1/128'] }),
    ).toEqual({
      name: 'tun0',
      medium: 'ip',
      mtu: 1500,
      offload: FULL,
      kernelOffload: true,
      shown: {
        addresses: ['10.9.0.1/24', '10.9.7.1/16', 'fd00:8::1/128', 'fd00:9::1/64'],
        mtu: '1500',
      },
      isUp: true,
      isTun: true,
    });
  });

  test('IPv6 alone, and without an address the interface stays down', async () => {
    const ipv6 = await inNamespace('describeNew', { host: 'fd00:9::1/64' });
    expect(ipv6.shown.addresses).toEqual(['fd00:9::1/64']);
    const none = await inNamespace('describeNew', { host: [] });
    expect([none.shown.addresses, none.isUp]).toEqual([[], false]);
  });

  test('a TAP can have them, too, and a second queue leaves them as they are', async () => {
    const shown = await inNamespace('tapAddresses', ['10.9.0.1/24', 'fd00:9::1/64']);
    expect(shown).toEqual(['10.9.0.1/24', 'fd00:9::1/64']);
  });

  test.each([
    ['kernel', FULL, true, 1280],
    ['software', FULL, false, 9000],
    ['none', { checksum: false, segmentation: 0 }, false, 65_535],
  ] as const)('offload: %s, and another MTU', async (offload, expected, kernelOffload, mtu) => {
    const link = await inNamespace('describeNew', { offload, mtu });
    expect(link).toMatchObject({ offload: expected, kernelOffload, mtu, shown: { mtu: `${mtu}` } });
  });

  test('what the kernel sends arrives as packets, of IPv4 and IPv6', async () => {
    expect(await inNamespace('fromKernel')).toEqual(['10.9.0.1 > 10.9.0.2 four', 'fd00:9::1 > fd00:9::2 six']);
  });

  test('a packet that is sent reaches the kernel', async () => {
    expect(await inNamespace('toKernel')).toEqual({ taken: true, said: 'hello', refused: 0 });
  });

  test('packets sent while the kernel end is down are counted, and told once; when it is up again they arrive', async () => {
    const { whileDown, afterwards, errors } = await inNamespace('downAndUp');
    expect(whileDown).toEqual({ refused: 2, count: 0 });
    expect(afterwards).toEqual({ refused: 2, count: 1 });
    const message = 'TUN tun0 drops what is sent: its kernel end is down; try: ip link set tun0 up';
    expect(errors).toEqual([{ code: 'EIO', message }]);
  });

  test('an interface deleted under an open link is an error told, not a crash', async () => {
    expect(await inNamespace('deleted')).toEqual({
      code: 'ENODEV',
      message: 'TUN tun0 is gone: its interface was deleted; open it anew',
      taken: true,
      refused: 1,
    });
  });

  test('what is no IP packet is refused, and told', async () => {
    const { errors, refused } = await inNamespace('sendNonsense');
    expect({ errors, refused }).toEqual({ errors: ['TUN tun0 refused a frame (EINVAL)'], refused: 1 });
  });

  test('is released by the end of the program', async () => {
    expect(await inNamespace('endOfProgram')).toEqual({ status: 0, stderr: '', left: '' });
  });

  test('several queues, and what one that is alone says', async () => {
    expect(await inNamespace('queues')).toEqual({
      code: 'EINVAL',
      message: expect.stringContaining(
        'cannot open TUN tun0: an interface of that name exists and is not a TUN of one queue',
      ),
    });
  });

  describe('says what to do when it cannot open:', () => {
    test.each([
      ['a name that is too long', '0123456789abcdef', {}, 'the name has 16 bytes; 1 to 15 are allowed'],
      ['another kind of interface', 'lo', {}, 'is not a TUN of one queue; choose another name'],
      ['an MTU out of range', 'tun0', { mtu: 65_536 }, 'mtu 65536 is not between 68 and 65535'],
      [
        'an MTU that is too small for IPv6',
        'tun0',
        { mtu: 1279, host: 'fd00::1/64' },
        'less than the 1280 that IPv6 needs',
      ],
      [
        'a host that is no prefix',
        'tun0',
        { host: ['10.9.0.1/24', 'fd00::1'] },
        'host "fd00::1" is not an address with its prefix',
      ],
      ['a host that is no address', 'tun0', { host: '::/64' }, 'as in 10.9.0.1/24 or fd00:9::1/64'],
    ])('%s', async (_, name, options, advice) => {
      expect(await inNamespace('openFailure', name, options)).toEqual({
        code: 'EINVAL',
        message: expect.stringMatching(new RegExp(`^cannot open TUN ${name}: .*${advice}`)),
      });
    });

    test('a TUN that is attached elsewhere', async () => {
      const message = 'cannot open TUN tun0: another program has it attached';
      expect(await inNamespace('openTwice')).toEqual({ code: 'EBUSY', message });
    });

    test('a TAP of that name, and the reverse', async () => {
      const [tun, tap, itself] = await inNamespace('openOther');
      expect(tun).toMatchObject({
        message: expect.stringContaining('cannot open TUN it0: an interface of that name exists and is not a TUN'),
      });
      expect(tap).toMatchObject({
        message: expect.stringContaining('cannot open TAP it1: an interface of that name exists and is not a TAP'),
      });
      expect(itself).toBe('opened');
    });

    test.each([
      ['no /dev/net/tun', 'mount -t tmpfs tmpfs /dev/net', {}, 'ENOENT', '--device /dev/net/tun --cap-add NET_ADMIN'],
      ['no addon', 'mount -t tmpfs tmpfs native/build', {}, 'MODULE_NOT_FOUND', "a TUN: synack's addon is not built"],
      ['IPv6 switched off', 'true', { host: 'fd00::1/64' }, 'EACCES', 'sysctl net.ipv6.conf.tun0.disable_ipv6=0'],
    ] as const)('%s', async (_, command, options, code, advice) => {
      expect(await inNamespace('openAfter', command, 0, options)).toEqual({
        code,
        message: expect.stringContaining(advice),
      });
    });
  });
});
