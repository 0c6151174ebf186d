/**
 * A machine for classic BPF, as the kernel has one: for what filters of ours consist of. Returns how many bytes of the packet are
 * accepted.
 * @param shown what the filter is shown: the packet from its IP header on, or from the header behind it
 * @param header where the IP header is, for the loads that count from there
 */
export function runFilter(program: Uint8Array, shown: Uint8Array, header: Uint8Array = shown): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let [a, x] = [0, 0];
  const load = (offset: number, size: 1 | 2 | 4): number | undefined => {
    const isFromHeader = offset >= 0xfff00000;
    const bytes = isFromHeader ? header : shown;
    const at = isFromHeader ? offset - 0xfff00000 : offset;
    if (at + size > bytes.length) return undefined;
    return bytes.slice(at, at + size).reduce((value, byte) => value * 256 + byte, 0);
  };
  for (let pc = 0, steps = 0; steps < 4096; steps++) {
    if (8 * pc + 8 > program.length) throw new Error(`jumped to ${pc}, behind the end`);
    const [op, jumpTrue, jumpFalse, k] = [
      code.getUint16(8 * pc, true),
      code.getUint8(8 * pc + 2),
      code.getUint8(8 * pc + 3),
      code.getUint32(8 * pc + 4, true),
    ];
    pc++;
    const jump = (isTrue: boolean): void => {
      pc += isTrue ? jumpTrue : jumpFalse;
    };
    const loads: Record<number, () => number | undefined> = {
      0x20: () => load(k, 4),
      0x48: () => load(x + k, 2),
      0x50: () => load(x + k, 1),
    };
    const loaded = loads[op];
    if (loaded !== undefined) {
      const value = loaded();
      if (value === undefined) return 0; // beyond the packet
      a = value;
    } else if (op === 0xb1) x = ((load(k, 1) ?? 0) & 15) * 4;
    else if (op === 0x01) x = k;
    else if (op === 0x15) jump(a === k);
    else if (op === 0x25) jump(a > k);
    else if (op === 0x35) jump(a >= k);
    else if (op === 0x06) return k;
    else throw new Error(`instruction 0x${op.toString(16)}`);
  }
  throw new Error('does not end');
}
