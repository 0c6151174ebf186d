/** A packet as a pcapng file has it. */
export interface CapturedPacket {
  /** ns since 1970-01-01 UTC. */
  readonly time: bigint;
  readonly interface: number;
  readonly direction: 'in' | 'out' | undefined;
  readonly bytes: Uint8Array;
  readonly comments: readonly string[];
}

const ENHANCED_PACKET = 6;
const OPTION = { END: 0, COMMENT: 1, FLAGS: 2 } as const;

/**
 * Reads the packets of whole pcapng blocks, little-endian, and is as strict as the format is: both lengths, zeros as padding, an end of
 * the options where there are any.
 */
export function packetsIn(file: Uint8Array): CapturedPacket[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const found: CapturedPacket[] = [];
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    const end = at + length;
    if (length % 4 !== 0 || end > file.length || view.getUint32(end - 4, true) !== length)
      throw new Error(`the block at ${at} says that it has ${length} bytes`);
    if (view.getUint32(at, true) === ENHANCED_PACKET) found.push(packetAt(file, view, at, end));
    at = end;
  }
  return found;
}

function packetAt(file: Uint8Array, view: DataView, at: number, end: number): CapturedPacket {
  const [captured, original] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (captured !== original) throw new Error(`${captured} of ${original} bytes are in the block at ${at}`);
  const bytes = file.slice(at + 28, at + 28 + captured);
  const comments: string[] = [];
  let direction: CapturedPacket['direction'];
  let option = padded(file, at + 28 + captured);
  let isOver = option === end - 4;
  while (!isOver) {
    const [code, length] = [view.getUint16(option, true), view.getUint16(option + 2, true)];
    const value = file.subarray(option + 4, option + 4 + length);
    if (code === OPTION.COMMENT) comments.push(new TextDecoder('utf-8', { fatal: true }).decode(value));
    if (code === OPTION.FLAGS) direction = ([undefined, 'in', 'out'] as const)[view.getUint32(option + 4, true) & 3];
    isOver = code === OPTION.END;
    option = padded(file, option + 4 + length);
  }
  if (option !== end - 4) throw new Error(`the options of the block at ${at} end at ${option}`);
  const time = (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 16, true));
  return { time, interface: view.getUint32(at + 8, true), direction, bytes, comments };
}

/** The next multiple of four; what lies before it is 0. */
function padded(file: Uint8Array, at: number): number {
  const end = (at + 3) & ~3;
  if (file.subarray(at, end).some((byte) => byte !== 0)) throw new Error(`the padding at ${at} is not 0`);
  return end;
}
