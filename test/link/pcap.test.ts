import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoTap } from '../support/netns';
import * as here from './pcap.scenarios';

const inNamespace = namespace<typeof here>(require.resolve('./pcap.scenarios'));

const reason = whyNoTap() ?? here.whyNoPcap();

(reason === undefined ? describe : describe.skip)(
  `PcapLink${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test.each(['on', 'off'] as const)(
      'nc, curl and ping meet a host beside the kernel, whose offload is %s',
      async (offload) => {
        const { link, ...result } = await inNamespace('kernelPeers', offload);
        expect(result).toEqual({
          ping: 0,
          curl: 'hello\n',
          echoed: true,
          received: true,
          sent: true,
          badChecksums: 0,
        });
        expect(link).toMatchObject({ dropped: 0, overflowed: 0, truncated: 0 });
      },
    );

    test.each([
      ['10.9.0.2', '10.9.0.3'],
      ['fd00:9::2', 'fd00:9::3'],
    ])('two hosts, %s and %s, shake hands on one wire, and no kernel has a part in it', async (address, other) => {
      const { echoed, sockets, packets } = await inNamespace('twoHosts', address, other);
      expect(echoed).toBe(true);
      expect(sockets).toBe('');
      // They find each other by themselves: a question and an answer.
      const [name, question, answer] = address.includes(':')
        ? (['icmpv6.type', '135', '136'] as const)
        : (['arp.opcode', '1', '2'] as const);
      const asked = packets.map((packet) => packet[name]);
      expect(asked).toEqual(expect.arrayContaining([question, answer]));
      expect(packets.filter((packet) => packet['icmpv6.checksum.status'] === '0')).toEqual([]);
      const segments = packets.filter((packet) => packet['tcp.flags.str'] !== '');
      const flags = segments.map((packet) => packet['tcp.flags.str'].replace(/·/g, ''));
      expect(flags.slice(0, 3)).toEqual(['S', 'AS', expect.stringMatching(/^AP?$/)]);
      expect(flags.filter((each) => each.includes('R'))).toEqual([]);
      expect(new Set(segments.map((packet) => packet['tcp.checksum.status']))).toEqual(new Set(['1']));
      expect(packets.filter((packet) => packet['_ws.malformed'] !== '')).toEqual([]);
      expect(new Set(packets.map((packet) => packet['eth.src'])).size).toBe(2);
    });

    test('does not hear itself, and sends as nobody else', async () => {
      const { told, counters } = await inNamespace('ownFrames');
      expect(told).toEqual([
        'pcap eth0 drops what 02:00:00:00:00:09 sends: it was opened for 02:00:5e:10:00:02; attach with mac: link.mac',
      ]);
      expect(counters).toEqual({ sent: 1, received: 1, refused: 0, dropped: 3, overflowed: 0, truncated: 0 });
    });

    test('the kernel passes over what is for other hosts', async () => {
      const { foreign, own } = await inNamespace('foreignTraffic', 5000);
      expect(foreign.received).toBe(0);
      // Not all: a busy machine's kernel drops what it cannot put on the wire in time.
      expect(own.received).toBeGreaterThan(2500);
      expect(foreign.microseconds).toBeLessThan(own.microseconds / 2);
    });

    test('frames that come together are delivered together, and only so many wait', async () => {
      const all = await inNamespace('overflow', 400, {});
      expect(all.batches).toEqual([256, 144]);
      const some = await inNamespace('overflow', 100, { queueFrames: 10 });
      expect(some.batches).toEqual([10]);
      expect(some.counters).toMatchObject({ received: 10, overflowed: 90 });
      const few = await inNamespace('overflow', 100, { queueBytes: 1000 });
      expect(few.counters.overflowed).toBeGreaterThan(70);
      expect(few.kernelDropped).toBe(0);
    });

    test('what the kernel had no room for is counted', async () => {
      const { counters, kernelDropped = 0 } = await inNamespace('overflow', 200, { bufferSize: 2 ** 20 });
      expect(kernelDropped).toBeGreaterThan(100);
      expect(counters.received + kernelDropped).toBe(200);
    });

    test.each([
      ['true', 'eth9', {}, 0, 'ENODEV', 'there is no such interface; ip link shows those there are'],
      ['true', 'a/b', {}, 0, 'EINVAL', 'that is no name of an interface'],
      ['true', 'lo', {}, 0, 'ENOTSUP', 'the loopback interface is no Ethernet'],
      ['ip tuntap add tun0 mode tun', 'tun0', {}, 0, 'ENOTSUP', 'it is not Ethernet'],
      ['ip link set eth0 down', 'eth0', {}, 0, 'ENETDOWN', 'it is down; try: ip link set eth0 up'],
      ['true', 'eth0', {}, 65534, 'EPERM', 'it needs the capability CAP_NET_RAW; run as root'],
      ['true', 'eth0', { filter: 'what?' }, 0, 'EINVAL', 'libpcap does not understand the filter'],
      ['true', 'eth0', { mac: '03:00:00:00:00:01' }, 0, 'EINVAL', "is not a station's MAC"],
      ['true', 'eth0', { bufferSize: 1 }, 0, 'EINVAL', 'bufferSize 1 is not a whole number from 65536'],
      ['true', 'eth0', { checksum: 'maybe' as 'auto' }, 0, 'EINVAL', 'checksum is one of auto, trust, verify'],
      ['mount -t tmpfs tmpfs node_modules/cap', 'eth0', {}, 0, 'MODULE_NOT_FOUND', 'npm install cap$'],
      [
        'mount --bind /dev/null $(ldconfig -p | sed -n "s/.*libpcap.so.0.8 .*=> //p" | head -1)',
        'eth0',
        {},
        0,
        'ERR_DLOPEN_FAILED',
        'libpcap.so is not there; run: apt-get install libpcap0.8',
      ],
    ])('after "%s" %s %j says what is wrong', async (prepare, device, options, user, code, advice) => {
      expect(await inNamespace('openFailure', prepare, device, options, user)).toEqual({
        code,
        message: expect.stringMatching(new RegExp(`^cannot open pcap ${device}: .*${advice}`, 's')),
      });
    });

    const end = here.whyNoPcap() === undefined && here.hasAssertions() ? test.skip : test;
    end.each([
      [
        'ip link set eth0 down',
        'ENETDOWN',
        'pcap eth0 has ended: the interface was set down; try: ip link set eth0 up; then open it anew',
      ],
      ['ip link delete eth0', 'ENODEV', 'pcap eth0 has ended: the interface was deleted; open it anew'],
    ])(
      'after "%s" it says so (skipped where cap was built without CXXFLAGS=-DNDEBUG)',
      async (command, code, message) => {
        expect(await inNamespace('interfaceEnds', command)).toEqual({ code, message, taken: true, dropped: 1 });
      },
    );

    test('keeps the process alive until it is closed, or is told not to', async () => {
      expect(await inNamespace('keepsAlive', 'link.close()', 20_000)).toBe('ended');
      expect(await inNamespace('keepsAlive', 'link.unref()', 20_000)).toBe('ended');
      expect(await inNamespace('keepsAlive', 'link.unref().ref()', 1000)).toBe('alive');
    });
  },
);
