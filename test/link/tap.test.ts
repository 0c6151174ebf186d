import { describe, expect, test } from '@jest/globals';
import { parseArp, viewEthernet, WireError } from '../../src/wire';
import { namespace, whyNoMknod, whyNoSteering, whyNoTap } from '../support/netns';
import type * as scenarios from './tap.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./tap.scenarios'));

// Each test starts programs; a busy machine takes its time.
function describeWithTap(title: string, tests: () => void): void {
  const reason = whyNoTap();
  if (reason === undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

/** `test`, or one that is skipped and says why. */
function testWith(reason: string | undefined): (title: string, run: () => Promise<void>) => void {
  return (title, run) => {
    if (reason === undefined) test(title, run);
    else test.skip(`${title} (skipped: ${reason})`, run);
  };
}

describeWithTap('TapLink', () => {
  test('open makes an interface, gives its kernel end an address and brings it up', async () => {
    const { shown, hostMac, ...link } = await inNamespace('describeNew', {});
    expect(link).toEqual({
      name: 'tap0',
      medium: 'ethernet',
      mtu: 1500,
      offload: { checksum: true, segmentation: 65_455 },
      kernelOffload: true,
    });
    expect(shown).toMatch(/^tap0 +\S+ +10\.9\.0\.1\/24 *\n/);
    expect(shown).toMatch(new RegExp(`^${hostMac}\n1500\n`, 'm'));
  });

  test.each([
    ['kernel', { checksum: true, segmentation: 65_455 }, true],
    ['software', { checksum: true, segmentation: 65_455 }, false],
    ['none', { checksum: false, segmentation: 0 }, false],
  ] as const)('offload: %s', async (offload, expected, kernelOffload) => {
    expect(await inNamespace('describeNew', { offload })).toMatchObject({ offload: expected, kernelOffload });
  });

  test('open sets the MTU of both ends', async () => {
    const { mtu, shown } = await inNamespace('describeNew', { mtu: 9000 });
    expect(mtu).toBe(9000);
    expect(shown).toMatch(/^9000$/m);
  });

  test("the kernel's ARP request arrives as a frame", async () => {
    const { frame, hostMac } = await inNamespace('arpRequest');
    const ethernet = viewEthernet(Buffer.from(frame, 'hex'));
    if (ethernet instanceof WireError) throw new Error(ethernet.message);
    expect(parseArp(ethernet.payload)).toMatchObject({
      operation: 1,
      senderMac: hostMac,
      senderAddress: '10.9.0.1',
      targetAddress: '10.9.0.2',
    });
  });

  test('frames that wait are delivered in order, in batches, as many as the budget allows', async () => {
    const { batches, payloads } = await inNamespace('manyFrames', 300, 10);
    expect(batches).toEqual([128, 128, 44]);
    expect(payloads).toEqual(Array.from({ length: 300 }, (_, i) => String(i).padStart(10, '0')));
  });

  test('a frame that does not fit the slab moves whole to the next one, and earlier frames stay as they were', async () => {
    const { slabs, payloads } = await inNamespace('manyFrames', 600, 1400);
    expect(slabs).toBe(Math.ceil((600 * 1442) / (512 * 1024 - 65_536)));
    expect(payloads).toEqual(Array.from({ length: 600 }, (_, i) => String(i).padStart(1400, '0')));
  });

  test.each([0, 3, 70])('a frame sent as %i slices and a rest reaches the kernel in one piece', async (slices) => {
    const { taken, toUs, neighbour, packets } = await inNamespace('arpReply', slices);
    expect(taken).toBe(true);
    expect(neighbour).toMatch(/^10\.9\.0\.2 lladdr 02:00:00:00:00:02 REACHABLE/);
    expect(toUs).toBe('020000000002');
    expect(packets).toBe(1);
  });

  testWith(whyNoSteering())('send answers false when the kernel is full, and onDrain follows', async () => {
    expect(await inNamespace('fullAndDrained')).toEqual({ wasFull: true, takenAfterwards: true, refused: 0 });
  });

  test('frames sent while the kernel end is down are counted, and told once', async () => {
    const { taken, refused, errors } = await inNamespace('sendWhileDown');
    expect({ taken, refused }).toEqual({ taken: [true, true], refused: 2 });
    expect(errors).toEqual([{ code: 'EIO', message: expect.stringContaining('ip link set tap0 up') }]);
  });

  test('an interface deleted under an open link is an error told, not a crash', async () => {
    expect(await inNamespace('deleted')).toEqual({
      code: 'ENODEV',
      message: expect.stringContaining('TAP tap0 is gone'),
      taken: true,
      refused: 1,
    });
  });

  describe('close', () => {
    test('releases the interface at once, is harmless twice, and leaves a persistent interface', async () => {
      const { afterClose, afterPersistent, ...rest } = await inNamespace('closeAndReopen');
      expect(afterClose).toBe('');
      expect(afterPersistent).toMatch(/^tap0 /);
      expect(rest).toEqual({ taken: true, refused: 1, errors: [] });
    });

    test('in the midst of a wake-up ends the deliveries', async () => {
      expect(await inNamespace('closeInCallback')).toBe(1);
    });

    test('what onReceive throws is an uncaught exception of the process, and the link goes on', async () => {
      expect(await inNamespace('throwInCallback')).toBe('Error: from onReceive');
    });

    test('an open link keeps the process alive, unless unref is called', async () => {
      const madeToEnd = { status: 7, signal: null, stderr: '' };
      expect(await inNamespace('endOfProgram', '', 300)).toEqual(madeToEnd);
      expect(await inNamespace('endOfProgram', 'link.unref()', 20_000)).toEqual({
        status: 0,
        signal: null,
        stderr: '',
      });
      expect(await inNamespace('endOfProgram', 'link.unref().ref()', 300)).toEqual(madeToEnd);
    });

    test('is done by the end of the process or of a worker', async () => {
      expect(await inNamespace('endOfProgram', 'process.exit(3)', 20_000)).toEqual({
        status: 3,
        signal: null,
        stderr: '',
      });
      expect(await inNamespace('workerTerminated')).toMatchObject({
        whileOpen: { code: 'EBUSY' },
        afterwards: 'opened',
      });
    });
  });

  describe('says what to do when it cannot open:', () => {
    test.each([
      ['a name that is too long', '0123456789abcdef', {}, 'EINVAL', 'the name has 16 bytes; 1 to 15 are allowed'],
      ['no name', '', {}, 'EINVAL', 'the name has 0 bytes'],
      ['a name with a slash', 'a/b', {}, 'EINVAL', 'no space, slash or colon'],
      ['another kind of interface', 'lo', {}, 'EINVAL', 'is not a TAP of one queue; choose another name'],
      ['an MTU out of range', 'tap0', { mtu: 20 }, 'EINVAL', 'mtu 20 is not between 68 and 65521'],
      [
        'an offload that there is not',
        'tap0',
        { offload: 'hardware' as 'none' },
        'EINVAL',
        'one of kernel, software, none',
      ],
      ['a host that is no prefix', 'tap0', { host: '10.9.0.1' }, 'EINVAL', 'as in 10.9.0.1/24'],
    ])('%s', async (_, name, options, code, advice) => {
      expect(await inNamespace('openFailure', name, options)).toEqual({
        code,
        message: expect.stringMatching(new RegExp(`^cannot open TAP ${name}: .*${advice}`)),
      });
    });

    test('a TAP that is attached elsewhere', async () => {
      expect(await inNamespace('openTwice')).toEqual({
        code: 'EBUSY',
        message: 'cannot open TAP tap0: another program has it attached',
      });
    });

    // Each namespace has mounts of its own, so a /dev/net of any kind can be put before it.
    const device = (mode: string): string =>
      `mount -t tmpfs tmpfs /dev/net && mknod -m ${mode} /dev/net/tun c 10 200 && chmod ${mode} /dev/net/tun`;

    const withMknod = testWith(whyNoMknod());
    const cases = [
      ['no /dev/net/tun', 'mount -t tmpfs tmpfs /dev/net', 0, 'ENOENT', '--device /dev/net/tun --cap-add NET_ADMIN'],
      ['no permission for /dev/net/tun', device('600'), 65534, 'EACCES', 'run as root'],
      ['no CAP_NET_ADMIN', device('666'), 65534, 'EPERM', 'CAP_NET_ADMIN; run as root'],
      ['no driver', `${device('666')} && rm /dev/net/tun && mknod /dev/net/tun c 241 77`, 0, 'ENXIO', 'modprobe tun'],
      ['no addon', 'mount -t tmpfs tmpfs native/build', 0, 'MODULE_NOT_FOUND', '/scripts/setup\\.sh$'],
    ] as const;
    for (const [title, command, user, code, advice] of cases) {
      const run = command.includes('mknod') ? withMknod : test;
      run(title, async () => {
        expect(await inNamespace('openAfter', command, user)).toEqual({
          code,
          message: expect.stringMatching(new RegExp(advice)),
        });
      });
    }
  });
});
