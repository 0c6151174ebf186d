import { describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { capture } from '../../src/link/capture';
import { impair } from '../../src/link/impair';
import type { Link } from '../../src/link/link';
import { memoryPair } from '../../src/link/memory';
import { PacketLink } from '../../src/link/packets';
import { seeTcpFrame, tcpFrame } from '../support/tcp-frame';
import { blocksIn, encodeInterface, encodePacket, encodeSectionHeader } from '../../src/link/pcapng';

const BLOCK_PACKET = 6;

/** A packet as a capture holds it. */
interface Captured {
  readonly nanoseconds: bigint;
  readonly length: number;
}

/** A sink that checks that it is given whole blocks, and keeps them. */
function sink(): {
  write: (bytes: Uint8Array) => void;
  blocks: Uint8Array[];
  packets: () => Captured[];
  file: () => Buffer;
} {
  const blocks: Uint8Array[] = [];
  return {
    blocks,
    write(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      let end = 0;
      for (const at of blocksIn(bytes)) {
        expect(at).toBe(end);
        end += view.getUint32(at + 4, true);
        expect(view.getUint32(end - 4, true)).toBe(end - at);
        blocks.push(bytes.slice(at, end));
      }
      expect(end).toBe(bytes.length);
    },
    packets: () =>
      blocks
        .map((block) => new DataView(block.buffer))
        .filter((view) => view.getUint32(0, true) === BLOCK_PACKET)
        .map((view) => ({
          nanoseconds: (BigInt(view.getUint32(12, true)) << 32n) | BigInt(view.getUint32(16, true)),
          length: view.getUint32(20, true),
        })),
    file: () => Buffer.concat(blocks),
  };
}

describe('capture', () => {
  test('passes everything on as it is', async () => {
    const clock = new VirtualClock();
    const behind = new PacketLink({ name: 'net', mtu: 900 });
    let closed = 0;
    behind.close = () => {
      closed++;
      return Promise.resolve();
    };
    const link = capture(behind, () => undefined, { clock });
    expect([link.name, link.mtu, link.medium, link.offload]).toEqual(['net', 900, 'ip', behind.offload]);
    const [sent, received]: Uint8Array[][] = [[], []];
    behind.onPacket = (packet) => sent?.push(packet);
    link.onReceive = (batch) => received?.push(...batch);
    const packet = Uint8Array.of(1, 2, 3);
    expect(link.send([packet.subarray(0, 1), packet.subarray(1)])).toBe(true);
    behind.inject(packet);
    expect(sent).toEqual([packet]);
    expect(received?.[0]).toBe(packet);
    let drains = 0;
    link.onDrain = () => drains++;
    behind.onDrain();
    expect(drains).toBe(1);
    await link.close();
    expect(closed).toBe(1);
  });

  test('begins with the headers at once, then writes each packet as it passes, at its time', () => {
    const clock = new VirtualClock(5);
    const behind = new PacketLink();
    const { write, blocks, packets } = sink();
    const link = capture(behind, write, { clock, epoch: 1_700_000_000_000_000 });
    expect(blocks).toHaveLength(2);
    link.send([new Uint8Array(10)]);
    clock.advanceBy(7);
    behind.inject([new Uint8Array(20), new Uint8Array(30)]);
    expect(packets()).toEqual([
      { nanoseconds: 1_700_000_000_000_005_000n, length: 10 },
      { nanoseconds: 1_700_000_000_000_012_000n, length: 20 },
      { nanoseconds: 1_700_000_000_000_012_000n, length: 30 },
    ]);
  });

  test('takes the wall-clock time now unless an epoch is given', () => {
    const clock = new VirtualClock(1_000_000);
    const { write, packets } = sink();
    const before = Date.now();
    const link = capture(new PacketLink(), write, { clock });
    const after = Date.now();
    clock.advanceBy(3_000_000);
    link.send([new Uint8Array(1)]);
    const milliseconds = Number((packets()[0]?.nanoseconds ?? 0n) / 1_000_000n) - 3000;
    expect(milliseconds).toBeGreaterThanOrEqual(before);
    expect(milliseconds).toBeLessThanOrEqual(after);
  });

  test('writes a packet before what follows from it, and not one that was refused', () => {
    const clock = new VirtualClock();
    const behind = new PacketLink();
    const { write, packets } = sink();
    const link = capture(behind, write, { clock, epoch: 0 });
    behind.onPacket = ({ length }) => {
      if (length < 3) behind.inject(new Uint8Array(length + 1));
    };
    link.onReceive = () => {
      link.send([new Uint8Array(3)]);
    };
    link.send([new Uint8Array(1)]);
    expect(packets().map(({ length }) => length)).toEqual([1, 2, 3]);

    const [near] = memoryPair({ clock, queue: 1 });
    const refused = sink();
    const full = capture(near, refused.write, { clock, epoch: 0 });
    expect([full.send([new Uint8Array(1)]), full.send([new Uint8Array(2)])]).toEqual([true, false]);
    clock.advanceBy(1);
    full.send([new Uint8Array(4)]);
    expect(refused.packets().map(({ length }) => length)).toEqual([1, 4]);
  });

  test('shows, around impair or inside it, what was sent or what got through', () => {
    const run = (wrap: (link: Link, clock: VirtualClock, write: (bytes: Uint8Array) => void) => Link): number => {
      const clock = new VirtualClock();
      const { write, packets } = sink();
      const link = wrap(new PacketLink(), clock, write);
      for (let i = 0; i < 100; i++) link.send([new Uint8Array(20)]);
      return packets().length;
    };
    const lossy = { seed: 1, loss: 0.5 };
    expect(run((link, clock, write) => capture(impair(link, { clock, ...lossy }), write, { clock }))).toBe(100);
    const through = run((link, clock, write) => impair(capture(link, write, { clock }), { clock, ...lossy }));
    expect(through).toBeGreaterThan(30);
    expect(through).toBeLessThan(70);
  });
});

describe('capture of a link that does a device’s work', () => {
  const large = tcpFrame({ segment: 'P. 0:5000(5000) ack 1', id: 7, segmentSize: 1460 });
  const cut = [
    { segment: '. 0:1460(1460) ack 1 win 65535', id: 7 },
    { segment: '. 1460:2920(1460) ack 1 win 65535', id: 8 },
    { segment: '. 2920:4380(1460) ack 1 win 65535', id: 9 },
    { segment: 'P. 4380:5000(620) ack 1 win 65535', id: 10 },
  ];
  /** The TCP frames in a capture's blocks (28 bytes of an enhanced packet block come first). */
  const seen = (blocks: readonly Uint8Array[]) =>
    blocks.slice(2).map((block) => {
      const view = new DataView(block.buffer, block.byteOffset);
      return seeTcpFrame(block.subarray(28, 28 + view.getUint32(20, true)));
    });

  test.each(['out', 'in'])('%s: what is written is as on a wire, what is passed on is whole', (direction) => {
    const clock = new VirtualClock();
    const { write, blocks } = sink();
    const [a, b] = memoryPair({ clock, medium: 'ethernet', offload: true });
    const [near, far] = direction === 'out' ? [capture(a, write, { clock }), b] : [a, capture(b, write, { clock })];
    const arrived: unknown[] = [];
    far.onReceive = (batch, info) => {
      arrived.push(...batch.map((each, at) => seeTcpFrame(each, info?.[at])));
    };
    expect([near.offload, far.offload]).toEqual([a.offload, b.offload]);
    clock.turn(() => near.send(large.frame, large.work));
    expect(seen(blocks)).toEqual(cut);
    expect(arrived).toEqual([
      { segment: 'P. 0:5000(5000) ack 1 win 65535', id: 7, segmentSize: 1460, checked: true, unfilled: true },
    ]);
  });

  test('one that was refused is not written', () => {
    const clock = new VirtualClock();
    const { write, blocks } = sink();
    const [a] = memoryPair({ clock, medium: 'ethernet', offload: true, queue: 1 });
    const link = capture(a, write, { clock });
    expect([link.send(large.frame, large.work), link.send(large.frame, large.work)]).toEqual([true, false]);
    expect(seen(blocks)).toEqual(cut);
  });

  test('flush is passed on, where there is one', () => {
    const clock = new VirtualClock();
    const behind: Link = new PacketLink();
    const link = capture(behind, () => undefined, { clock });
    link.flush?.();
    let flushes = 0;
    behind.flush = () => {
      flushes++;
    };
    link.flush?.();
    expect(flushes).toBe(1);
  });
});

/** An ICMP echo request from 10.9.0.1 to 10.9.0.2, with and without an Ethernet header. */
const PACKET = Buffer.from('4500001c000100004001669c0a0900010a0900020800f7fd00010001', 'hex');
const FRAME = Buffer.concat([Buffer.from('02000000000202000000000108004500', 'hex').subarray(0, 14), PACKET]);

const installed = spawnSync('tshark', ['--version'], { timeout: 20_000 }).status === 0;
const describeWithTshark = installed ? describe : describe.skip;

const FIELDS = [
  'frame.time_epoch',
  'frame.packet_flags_direction',
  'frame.interface_name',
  'frame.protocols',
  'frame.comment',
];

/** Runs a shell command on bytes that come through a pipe. (Node's own are sockets, which tshark does not read.) */
function pipe(input: Uint8Array, command: string): { stdout: string; stderr: string } {
  return spawnSync('sh', ['-c', `cat | ${command}`], { input, encoding: 'utf8', timeout: 30_000 });
}

/** What tshark reads from its standard input: one line a packet, its fields separated by `|`. */
function tshark(bytes: Uint8Array, fields = FIELDS): { lines: string[]; errors: string } {
  const { stdout, stderr } = pipe(bytes, `tshark -r - -T fields -E 'separator=|' -e ${fields.join(' -e ')}`);
  const errors = stderr.replace(/^Running as user .*\n/gm, '');
  return { lines: stdout.split('\n').filter((line) => line !== ''), errors };
}

describeWithTshark(installed ? 'tshark reads' : 'tshark is not installed (scripts/setup.sh does it): skipped', () => {
  test('times in ns, directions, the interface and IP packets', () => {
    const clock = new VirtualClock();
    const behind = new PacketLink({ name: 'memory-a' });
    const { write, file } = sink();
    const link = capture(behind, write, { clock, epoch: 1_700_000_000_000_000 });
    clock.advanceTo(1);
    link.send([PACKET]);
    clock.advanceTo(2_000_003);
    behind.inject(PACKET);
    expect(tshark(file())).toEqual({
      errors: '',
      lines: [
        '1700000000.000001000|0x00000002|memory-a|raw:ip:icmp|',
        '1700000002.000003000|0x00000001|memory-a|raw:ip:icmp|',
      ],
    });
  });

  test('Ethernet frames', () => {
    const clock = new VirtualClock();
    const { write, file } = sink();
    const link = capture(new PacketLink({ medium: 'ethernet', name: 'tap0' }), write, { clock, epoch: 0 });
    link.send([FRAME]);
    expect(tshark(file(), ['eth.src', 'ip.dst', 'icmp.type', 'frame.interface_name'])).toEqual({
      errors: '',
      lines: ['02:00:00:00:00:01|10.9.0.2|8|tap0'],
    });
  });

  test('comments, several interfaces, and a packet without a direction', () => {
    const file = Buffer.concat([
      encodeSectionHeader(),
      encodeInterface({ linkType: 101, name: 'one' }),
      encodeInterface({ linkType: 1, name: 'two', description: 'the second' }),
      encodePacket({ time: 1, bytes: PACKET, comment: 'the client asks: 들리니?' }),
      encodePacket({ time: 2, bytes: FRAME, interface: 1, direction: 'in' }),
    ]);
    expect(tshark(file)).toEqual({
      errors: '',
      lines: [
        '0.000001000||one|raw:ip:icmp|the client asks: 들리니?',
        '0.000002000|0x00000001|two|eth:ethertype:ip:icmp|',
      ],
    });
  });

  test('what capinfos says of the file', () => {
    const clock = new VirtualClock();
    const { write, file } = sink();
    const link = capture(new PacketLink({ name: 'tap0' }), write, { clock, epoch: 0 });
    for (let i = 0; i < 3; i++) link.send([PACKET]);
    const { stdout } = pipe(file(), 'capinfos -');
    expect(stdout).toMatch(/File type: +Wireshark\/\.\.\. - pcapng/);
    expect(stdout).toMatch(/Number of packets: +3\n/);
    expect(stdout).toMatch(/File timestamp precision: +nanoseconds/);
    expect(stdout).toMatch(/Time precision = nanoseconds/);
    expect(stdout).toMatch(/Capture application: +synack/);
  });

  test('packets from a pipe while the capture goes on', async () => {
    const command = 'cat | tshark -l -n -r - -T fields -e frame.number -e frame.len';
    const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      const link = capture(new PacketLink(), (bytes) => child.stdin.write(bytes), { clock: new VirtualClock() });
      link.send([PACKET]);
      // The pipe is still open when a packet is read from it.
      expect(await lines.next()).toEqual({ done: false, value: '1\t28' });
      link.send([PACKET]);
      expect(await lines.next()).toEqual({ done: false, value: '2\t28' });
      child.stdin.end();
      expect(await lines.next()).toEqual({ done: true, value: undefined });
    } finally {
      child.stdin.destroy();
    }
  }, 30_000);
});
