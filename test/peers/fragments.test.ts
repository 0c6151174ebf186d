import { expect } from 'expect';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../src';
import type { EchoReply } from '../../src/ip/ping';
import { capture } from '../../src/link/capture';
import { requireIpv4Address } from '../../src/wire/address';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { answeredOf, PATIENT, upTo } from '../support/pings';

const PORT = 47_200;
const LARGE = 60_000;
/** The one that Debian's python3-scapy is for. */
const PYTHON = '/usr/bin/python3';

/** What scapy puts on the wire, as a program of Python: `us` and `kernel` are the addresses, `send` takes packets of IP. */
function scapy(lab: Lab, program: string): ReturnType<Lab['start']> {
  const head = `
import sys, logging
logging.getLogger('scapy').setLevel(logging.ERROR)
from scapy.all import *
us, kernel, tap, mac = sys.argv[1:]
send = lambda *packets: sendp([Ether(dst=mac) / packet if mac else packet for packet in packets], iface=tap, verbose=False)
`;
  return lab.start(PYTHON, '-c', head + program, lab.address, lab.kernel, lab.tap, lab.isEthernet ? lab.mac : '');
}

/** Pings of this size; those that were answered of the first `count`. */
async function pinged(lab: Lab, count: number, size: number): Promise<number[]> {
  // Of one alone ping waits for the answer as it should.
  const patience = count > 1 ? PATIENT : [];
  const ping = lab.start('ping', '-c', `${count}`, '-i', '0.01', '-s', `${size}`, ...patience, lab.address);
  await ping.ended;
  return answeredOf(ping.output.toString()).slice(0, count);
}

/** An echo server of ours. */
async function echo(stack: Stack): Promise<void> {
  const socket = stack.dgram.createSocket('udp4');
  socket.on('message', (data, { port, address }) => {
    socket.send(data, port, address);
  });
  socket.bind(PORT);
  await once(socket, 'listening');
}

function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >>> 8)) % 251));
}

labSuite(__filename, 'fragments', ['ping', 'socat', 'scapy', 'hping3', 'tshark', 'ss'], (test) => {
  for (const offload of ['kernel', 'none'] as const) {
    test(`the kernel pings with 8,000 and 65,507 bytes, and synack the kernel, with offload ${offload}`, async (lab) => {
      const stack = lab.attach({ offload });
      expect(await pinged(lab, 5, 8000)).toEqual(upTo(5));
      expect(await pinged(lab, 3, 65_507)).toEqual(upTo(3));
      const replies: EchoReply[] = [];
      const ping = stack.ip.ping({ reply: (reply) => replies.push(reply) });
      const path = stack.ip.path(requireIpv4Address(lab.kernel));
      if (typeof ping === 'string' || typeof path === 'string') throw new Error('no ping');
      for (const [sequence, size] of [8000, 65_507].entries()) {
        expect(ping.send(path, { sequence, data: pattern(size) })).toBe(true);
        await until(
          () => `reply ${sequence}, ${JSON.stringify(stack.counters)}`,
          () => replies.length > sequence,
        );
        expect(pattern(size).equals(replies[sequence]?.data ?? new Uint8Array(0))).toBe(true);
      }
      expect(stack.counters).not.toHaveProperty('ip.fragment-timeout');
    });

    test(`UDP: ${LARGE} bytes to the kernel and back, and from the kernel and back, with offload ${offload}`, async (lab) => {
      const stack = lab.attach({ offload });
      lab.start('socat', '-T10', '-b65507', `UDP4-RECVFROM:${PORT},bind=${lab.kernel},fork`, 'PIPE');
      await until(
        () => 'socat',
        async () => {
          const ss = lab.start('ss', '-Hnulp', `sport = :${PORT}`);
          await ss.ended;
          return ss.output.length > 0;
        },
      );
      const socket = stack.dgram.createSocket('udp4');
      for (const length of [1473, 2000, LARGE, 65_507]) {
        const answer = once(socket, 'message') as Promise<[Buffer]>;
        socket.send(pattern(length), PORT, lab.kernel);
        expect((await answer)[0].equals(pattern(length))).toBe(true);
      }
      await echo(stack);
      const client = lab.start('socat', '-b65507', '-t5', '-', `UDP4:${lab.address}:${PORT}`);
      client.stdin.write(pattern(LARGE));
      await until(
        () => `the answer, ${client.output.length} bytes of it, ${JSON.stringify(stack.counters)}`,
        () => client.output.length >= LARGE,
      );
      expect(client.output.equals(pattern(LARGE))).toBe(true);
    });
  }

  test('tshark puts our fragments together and finds nothing wrong', async (lab) => {
    const directory = await mkdtemp(join(tmpdir(), 'synack-fragments-'));
    lab.atEnd(() => void rm(directory, { recursive: true }));
    const blocks: Uint8Array[] = [];
    lab.attach({ through: (tap, clock) => capture(tap, (block) => blocks.push(block), { clock }) });
    expect(await pinged(lab, 1, 8000)).toEqual([1]);
    const file = join(directory, 'fragments.pcapng');
    await writeFile(file, Buffer.concat(blocks));
    const packets = await dissectFile(file, [
      'ip.src',
      'ip.checksum.status',
      'ip.fragment.count',
      'icmp.type',
      '_ws.malformed',
    ]);
    const reply = packets.filter((each) => each['icmp.type'] === '0');
    expect(reply).toMatchObject([{ 'ip.src': lab.address, 'ip.fragment.count': '6' }]);
    for (const each of packets) expect(each['_ws.malformed']).toBe('');
    expect(packets.filter((each) => each['ip.checksum.status'] === '0')).toEqual([]);
  });

  test('attacks of scapy are counted by what they are, and legitimate fragments still come together', async (lab) => {
    const stack = lab.attach();
    const attack = scapy(
      lab,
      `
def part(offset, length, more, proto=17, id=1, byte=b'x'):
    return IP(src='10.9.0.66', dst=us, id=id, proto=proto, frag=offset // 8, flags='MF' if more else 0) / Raw(byte * length)
send(part(0, 48, True), part(24, 8, False))                                       # teardrop
send(part(0, 32, True, id=2), part(24, 32, False, id=2))                          # overlap
send(part(0, 24, True, 6, 3), part(0, 16, True, 6, 3, b'y'))                      # RFC 3128
send(part(0, 8, True, 6, 4), part(8, 32, False, 6, 4))                            # RFC 1858
send(part(65528, 400, False, id=5))                                               # ping of death
send(part(0, 13, True, id=6))
send(part(0, 8, True, id=7), part(64000, 8, False, id=7))                         # Rose
send(part(64, 8, False, id=8), part(80, 8, False, id=8))                          # two ends
send(*[part(0, 1400, True, id=100 + n) for n in range(300)])                      # a flood from one source
`,
    );
    expect(await attack.ended).toBe(0);
    await until(
      () => `the last of the flood, ${JSON.stringify(stack.counters)}`,
      () => (stack.counters['ip.fragment-evicted'] ?? 0) > 30,
    );
    expect(stack.counters).toMatchObject({
      'ip.fragment-overlap': 3,
      'ip.fragment-tiny': 2,
      'ip.fragment-too-big': 1,
      'ip.fragment-bad-length': 1,
      'ip.fragment-contradiction': 1,
    });
    expect(await pinged(lab, 5, 8000)).toEqual(upTo(5));
  });

  test('hping3 -f: a SYN in fragments of 16 bytes is answered, in fragments of 8 it is dropped', async (lab) => {
    const stack = lab.attach();
    stack.net.createServer().listen(7);
    const syn = (...args: string[]) =>
      lab.start('hping3', '-c', '1', '-S', '-p', '7', '-d', '64', ...args, lab.address);
    const ordinary = syn('-f');
    await ordinary.ended;
    expect(ordinary.output.toString()).toContain('flags=SA');
    const tiny = syn('-f', '-m', '8');
    await tiny.ended;
    expect(tiny.output.toString()).not.toContain('flags=');
    expect(stack.counters['ip.fragment-tiny']).toBeGreaterThan(0);
  });

  test('the rest of a packet does not come: the kernel hears "time exceeded, reassembly"', async (lab) => {
    const stack = new Stack({ ip: { reassemblyTimeout: 200_000 } });
    stack.attach(lab.open(), { address: `${lab.address}/24`, ...(lab.isEthernet && { mac: lab.mac }) });
    lab.atEnd(() => void stack.close());
    const before = lab.kernelCounter('Icmp', 'InTimeExcds');
    const sent = scapy(lab, "send(IP(src=kernel, dst=us, proto=17, flags='MF') / Raw(b'x' * 64))");
    expect(await sent.ended).toBe(0);
    await until(
      () => 'time exceeded',
      () => lab.kernelCounter('Icmp', 'InTimeExcds') > before,
    );
  });
});
