import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Wireshark's dissection of one packet: layers, fields, and fields of fields. */
export type Tree = string | readonly Tree[] | { readonly [key: string]: Tree };

/** Whether `tshark` can be run. */
export const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** The bytes of a capture file in the classic pcap format: microseconds since 1970, Ethernet frames, one a millisecond. */
export function pcap(frames: readonly Uint8Array[]): Uint8Array {
  const header = 24;
  const recordHeader = 16;
  const length = frames.reduce((total, frame) => total + recordHeader + frame.length, header);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4); // magic number, which also tells the byte order
  view.setUint16(4, 2); // version 2.4
  view.setUint16(6, 4);
  view.setUint32(16, 65_535); // longest frame
  view.setUint32(20, 1); // LINKTYPE_ETHERNET
  let at = header;
  for (const [index, frame] of frames.entries()) {
    view.setUint32(at, Math.floor(index / 1000));
    view.setUint32(at + 4, (index % 1000) * 1000);
    view.setUint32(at + 8, frame.length);
    view.setUint32(at + 12, frame.length);
    bytes.set(frame, at + recordHeader);
    at += recordHeader + frame.length;
  }
  return bytes;
}

const AS_DATA: readonly string[] = ['tcp.port==0-65535,data', 'udp.port==0-65535,data'];

/**
 * The layers that tshark finds in each frame. Checksums are validated, each packet is read by itself (no reassembly, no sequence
 * analysis), and payload is taken as data whatever the ports, unless `rules` say what it is.
 */
export function dissect(frames: readonly Uint8Array[], rules = AS_DATA): readonly Tree[] {
  const preferences = [
    'ip.check_checksum:TRUE',
    'tcp.check_checksum:TRUE',
    'udp.check_checksum:TRUE',
    'ip.defragment:FALSE',
    'tcp.desegment_tcp_streams:FALSE',
    'tcp.relative_sequence_numbers:FALSE',
    'tcp.analyze_sequence_numbers:FALSE',
  ];
  // tshark takes a capture from a file or a pipe; what Node gives a child as standard input is a socket.
  const directory = mkdtempSync(join(tmpdir(), 'synack-tshark-'));
  try {
    const file = join(directory, 'packets.pcap');
    writeFileSync(file, pcap(frames));
    const { status, stdout, stderr, error } = spawnSync(
      'tshark',
      [
        ...['-n', '-r', file, '-T', 'json', '--no-duplicate-keys'],
        ...preferences.flatMap((preference) => ['-o', preference]),
        ...rules.flatMap((rule) => ['-d', rule]),
      ],
      { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, timeout: 60_000 },
    );
    if (status !== 0) throw new Error(`tshark could not read the capture: ${error?.message ?? stderr}`);
    const packets = JSON.parse(stdout) as readonly { readonly _source: { readonly layers: Tree } }[];
    return packets.map((packet) => packet._source.layers);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Every value of the field `name` anywhere in the tree, in order. */
export function fieldValues(tree: Tree | undefined, name: string): string[] {
  if (tree === undefined || typeof tree === 'string') return [];
  if (isList(tree)) return tree.flatMap((branch) => fieldValues(branch, name));
  return Object.entries(tree).flatMap(([key, branch]) => (key === name ? leaves(branch) : fieldValues(branch, name)));
}

/** The layer or field directly below. */
export function child(tree: Tree, name: string): Tree | undefined {
  return typeof tree === 'string' || isList(tree) ? undefined : tree[name];
}

function leaves(tree: Tree): string[] {
  if (typeof tree === 'string') return [tree];
  return isList(tree) ? tree.flatMap(leaves) : [];
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}
