import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import { dissectFile, readCapture, readPcap, type Fields } from '../support/lab-capture';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.packet_flags_direction',
  'eth.src',
  'ip.version',
  'ip.checksum.status',
  'icmp.type',
  'icmp.checksum.status',
  'tcp.seq',
  'tcp.checksum.status',
  'tcp.analysis.flags',
  '_ws.malformed',
  '_ws.expert.message',
] as const;

const INBOUND = '0x00000001';
const OUTBOUND = '0x00000002';
const GOOD = '1';

/** A capture file: the frames in it, and what tshark says of each. */
interface Capture {
  readonly frames: readonly Buffer[];
  readonly packets: readonly Fields<(typeof FIELDS)[number]>[];
}

/** Two captures of the same run. */
type Recording = Readonly<Record<'synacks' | 'tcpdumps', Capture>>;

labSuite(__filename, 'captures of a clean link', ['tcpdump', 'tshark', 'nc', 'socat', 'ping', 'ss'], (test) => {
  let recorded: Promise<Recording> | undefined;
  /** All tests examine one recording, which the first one makes. */
  const recording = (lab: Lab): Promise<Recording> => (recorded ??= record(lab));

  // The kernel shows tcpdump a frame to us when it puts it into the TAP's queue, and we take it out later. So frames
  // that go in different directions may pass each other; those in one direction keep their order.
  test('tcpdump and synack have the same frames in the same order', async (lab) => {
    const { synacks, tcpdumps } = await recording(lab);
    for (const direction of [INBOUND, OUTBOUND]) {
      const isOurs = (_: unknown, index: number) =>
        synacks.packets[index]?.['frame.packet_flags_direction'] === direction;
      const source = synacks.packets.find(isOurs)?.['eth.src'];
      const ours = synacks.frames.filter(isOurs);
      const theirs = tcpdumps.frames.filter((_, index) => tcpdumps.packets[index]?.['eth.src'] === source);
      expect(ours.length).toBeGreaterThan(1000);
      expect(ours.length).toBe(theirs.length);
      expect(ours.findIndex((frame, index) => theirs[index]?.equals(frame) !== true)).toBe(-1);
    }
  });

  test('each frame has its direction, and the time of day', async (lab) => {
    const { synacks, tcpdumps } = await recording(lab);
    const ends = new Set(synacks.packets.map((each) => [each['frame.packet_flags_direction'], each['eth.src']].join()));
    const kernel = tcpdumps.packets.find((each) => each['eth.src'] !== lab.mac)?.['eth.src'];
    expect(ends).toEqual(new Set([`${OUTBOUND},${lab.mac}`, `${INBOUND},${kernel}`]));
    const times = synacks.packets.map((each) => Number(each['frame.time_epoch']));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(Math.abs((times[0] ?? NaN) - Number(tcpdumps.packets[0]?.['frame.time_epoch']))).toBeLessThan(5);
  });

  test('no packet is malformed', async (lab) => {
    for (const { packets, frames } of Object.values(await recording(lab))) {
      expect(packets).toHaveLength(frames.length);
      expect(packets.filter((each) => each['_ws.malformed'] !== '')).toEqual([]);
    }
  });

  // The kernel's too: without offload (native-notes/offload.md) it has filled them in before anybody sees the frame.
  test('every checksum is good', async (lab) => {
    for (const { packets } of Object.values(await recording(lab))) {
      const layers = { ip: 'ip.version', icmp: 'icmp.type', tcp: 'tcp.seq' } as const;
      for (const layer of ['ip', 'icmp', 'tcp'] as const) {
        const those = packets.filter((each) => each[layers[layer]] !== '');
        expect(those.length).toBeGreaterThan(0);
        expect(those.filter((each) => each[`${layer}.checksum.status`] !== GOOD)).toEqual([]);
      }
    }
  });

  test("Wireshark's analysis of TCP flags nothing", async (lab) => {
    for (const { packets } of Object.values(await recording(lab))) {
      const flagged = packets.filter((each) => each['tcp.analysis.flags'] !== '');
      expect(flagged.map((each) => `${each['frame.number']}: ${each['_ws.expert.message']}`)).toEqual([]);
    }
  });
});

/** Lets a stack and the kernel talk, while both write what they see. */
async function record(lab: Lab): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), 'synack-capture-'));
  try {
    const [pcapng, pcap] = [join(directory, 'synack.pcapng'), join(directory, 'tcpdump.pcap')];
    const tcpdump = lab.start('tcpdump', '-i', lab.tap, '-U', '-B', '65536', '-Z', 'root', '-w', pcap);
    await tcpdump.complains('listening on');
    const file = createWriteStream(pcapng);
    await talk(lab, (bytes) => file.write(bytes));
    file.end();
    await once(file, 'close');
    const frames = await readCapture(pcapng);
    let written = 0;
    await until(
      () => `${frames.length} frames from tcpdump; it has written ${written}`,
      async () => (written = (await readPcap(pcap)).length) >= frames.length,
    );
    tcpdump.signal('SIGINT');
    expect(await tcpdump.ended).toBe(0);
    return {
      synacks: { frames, packets: await dissectFile(pcapng, FIELDS) },
      tcpdumps: { frames: await readPcap(pcap), packets: await dissectFile(pcap, FIELDS) },
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Something of all that TCP does where nothing is lost. */
async function talk(lab: Lab, sink: (bytes: Uint8Array) => void): Promise<void> {
  // Neither end can have more under way than the other's window holds, whoever is late with reading. A window that is full
  // would be no fault, but Wireshark would flag it.
  const tcp = { sendBuffer: 65_536, tailLossProbe: false };
  lab.sysctl('tcp_wmem', '4096 65536 65536');
  lab.sysctl('tcp_rmem', '4096 16777216 16777216');
  // Nor does either send again because this process, which is both ends' user, was kept from running.
  lab.patientKernel();
  // Without offload, so that tcpdump sees each segment that we see.
  const stack = lab.attach({ tcp, offload: 'none', through: (tap, clock) => capture(tap, sink, { clock }) });
  const closed = (): Promise<unknown> =>
    until(
      () => 'the end of all connections',
      () => stack.tcp.connections().every(({ state }) => state === 'TIME-WAIT'),
    );

  expect(await lab.start('ping', '-c', '3', '-i', '0.01', lab.address).ended).toBe(0);

  // Lines, and the kernel closes first.
  stack.net.createServer((socket) => socket.pipe(socket)).listen(7);
  const echoed = lab.start('nc', '-N', lab.address, '7');
  for (const line of ['one\n', 'two\n', 'three\n']) {
    echoed.stdin.write(line);
    await echoed.says(line);
  }
  echoed.stdin.end();
  expect(await echoed.ended).toBe(0);
  await closed();

  // 5 MB each way at once, and both close when they have sent theirs.
  const server = stack.net.createServer({ allowHalfOpen: true }).listen(4000);
  const theirs = connect({ port: 4000, host: lab.address, allowHalfOpen: true });
  const [ours] = (await once(server, 'connection')) as [Socket];
  const heard = [untilEnd(ours), untilEnd(theirs)];
  const sent = [randomBytes(5_000_000), randomBytes(5_000_000)] as const;
  ours.end(sent[0]);
  theirs.end(sent[1]);
  expect((await Promise.all(heard)).map(sha256)).toEqual([sent[1], sent[0]].map(sha256));
  await closed();

  // synack calls, closes first, and half of the connection stays open.
  const answers = lab.start('socat', '-t10', '-', `TCP4-LISTEN:4001,bind=${lab.kernel}`);
  await lab.kernelSocket(4001, 'LISTEN');
  const asks = stack.net.connect({ port: 4001, host: lab.kernel, allowHalfOpen: true });
  const answer = untilEnd(asks);
  asks.end('a question\n');
  await answers.says('a question\n');
  answers.stdin.end('an answer\n');
  expect(String(await answer)).toBe('an answer\n');
  expect(await answers.ended).toBe(0);
  await closed();
}
