import { blocksIn } from '../link/pcapng';

/** Types of pcapng's blocks, and where in a packet's block its interface stands. */
const SECTION_HEADER = 0x0a0d0d0a;
const ENHANCED_PACKET = 6;
const INTERFACE_ID = 8;

/**
 * Makes one capture of several: each of them believes that it has a section of its own with one interface. The blocks of the one with
 * number `index` (from 0, all with the same `write`) become those of interface `index` in the first one's section.
 */
export function asInterface(index: number, write: (blocks: Uint8Array) => void): (blocks: Uint8Array) => void {
  if (index === 0) return write;
  return (blocks) => {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
    // It comes by itself.
    if (view.getUint32(0, true) === SECTION_HEADER) return;
    for (const at of blocksIn(blocks)) {
      if (view.getUint32(at, true) === ENHANCED_PACKET) view.setUint32(at + INTERFACE_ID, index, true);
    }
    write(blocks);
  };
}
