/** Types of pcapng's blocks, and where in a packet's block its interface stands. */
const SECTION_HEADER = 0x0a0d0d0a;
const ENHANCED_PACKET = 6;
const INTERFACE_ID = 8;

/**
 * Makes one capture of several: each of them believes that it has a section of its own with one interface. The blocks of the one with
 * number `index` (from 0, all with the same `write`) become those of interface `index` in the first one's section.
 */
export function asInterface(index: number, write: (block: Uint8Array) => void): (block: Uint8Array) => void {
  if (index === 0) return write;
  return (block) => {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const type = view.getUint32(0, true);
    if (type === SECTION_HEADER) return;
    if (type === ENHANCED_PACKET) view.setUint32(INTERFACE_ID, index, true);
    write(block);
  };
}
