import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The frames of a capture file in the classic pcap format, little endian. One that is not written to its end is left out. */
export async function readPcap(file: string): Promise<Buffer[]> {
  const bytes = await readFile(file);
  const frames: Buffer[] = [];
  for (let at = 24; at + 16 <= bytes.length;) {
    const start = at + 16;
    at = start + bytes.readUInt32LE(at + 8);
    if (at <= bytes.length) frames.push(bytes.subarray(start, at));
  }
  return frames;
}

/** The frames of a capture file of any format, which tshark converts. */
export async function readCapture(file: string): Promise<Buffer[]> {
  const converted = `${file}.pcap`;
  await run('tshark', ['-n', '-r', file, '-F', 'pcap', '-w', converted]);
  return readPcap(converted);
}

/** Fields of a packet by name, as tshark writes them; empty where the packet has no such field. */
export type Fields<Name extends string> = Readonly<Record<Name, string>>;

/** What tshark says of each packet in a capture file. It validates all checksums, and takes what TCP carries as data. */
export async function dissectFile<Name extends string>(file: string, names: readonly Name[]): Promise<Fields<Name>[]> {
  const checked = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
  const shown = names.flatMap((name) => ['-e', name]);
  const args = ['-n', '-r', file, ...checked, '-d', 'tcp.port==0-65535,data', '-T', 'fields', ...shown];
  const { stdout } = await run('tshark', args, { maxBuffer: 256 * 1024 * 1024 });
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) as Fields<Name>;
  });
}
