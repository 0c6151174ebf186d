import { expect } from 'expect';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

const GROUP = '239.1.2.3';
const PORT = 47_300;

/** A router's question: IGMP in hexadecimal, from the kernel's address to all hosts. */
async function ask(lab: Lab, hex: string): Promise<void> {
  const program = `
import socket, sys
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 2)
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
raw.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
raw.sendto(bytes.fromhex(sys.argv[2]), ('224.0.0.1', 0))
`;
  expect(await lab.start('python3', '-c', program, lab.kernel, hex).ended).toBe(0);
}

labSuite(__filename, 'IGMP', ['python3', 'tshark'], (test) => {
  test('joins, answers to queries of versions 2 and 3, and leaves: tshark reads them all', async (lab) => {
    const directory = await mkdtemp(join(tmpdir(), 'synack-igmp-'));
    lab.atEnd(() => void rm(directory, { recursive: true }));
    const blocks: Uint8Array[] = [];
    let out = 0;
    const stack = lab.attach({ through: (tap, clock) => capture(tap, (block) => blocks.push(block), { clock }) });
    const [on] = stack.ip.interfaces.filter(({ loopback }) => !loopback);
    const more = async (count = 1): Promise<void> => {
      const before = out;
      await until(
        () => 'a report',
        () => (out = on?.counters.outPackets ?? 0) >= before + count,
      );
    };
    const socket = stack.dgram.createSocket('udp4');
    socket.bind(PORT);
    await once(socket, 'listening');
    socket.addMembership(GROUP, lab.address);
    await more();
    await ask(lab, '1101ec8100000000027d0000'); // version 3, within 0.1 s
    await more();
    socket.addSourceSpecificMembership('10.9.0.1', '232.1.2.3', lab.address);
    await more();
    await ask(lab, '1101eefe00000000'); // version 2
    await more(2);
    socket.dropMembership(GROUP, lab.address);
    await more();
    const file = join(directory, 'igmp.pcapng');
    await writeFile(file, Buffer.concat(blocks));
    const names = [
      'ip.src',
      'ip.dst',
      'ip.ttl',
      'igmp.type',
      'igmp.checksum.status',
      'ip.opt.ra',
      '_ws.malformed',
    ] as const;
    const all = await dissectFile(file, names);
    expect(all.filter((each) => each['_ws.malformed'] !== '' || each['igmp.checksum.status'] === '0')).toEqual([]);
    const ours = all.filter((each) => each['igmp.type'] !== '' && each['ip.src'] === lab.address);
    for (const each of ours) expect(each).toMatchObject({ 'ip.ttl': '1', 'ip.opt.ra': '0' });
    const said = ours.map((each) => `${Number(each['igmp.type']).toString(16)} ${each['ip.dst']}`);
    expect(said[0]).toBe(`16 ${GROUP}`);
    expect(said.slice(1, 3)).toEqual(['22 224.0.0.22', '22 224.0.0.22']);
    expect(said).toContain('16 232.1.2.3');
    expect(said.at(-1)).toBe('17 224.0.0.2');
    expect(stack.counters).not.toHaveProperty('igmp.malformed');
  });
});
