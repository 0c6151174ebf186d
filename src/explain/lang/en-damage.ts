import type { DamageId } from '../capture/damage';
import { number, plural } from './en-format';
import type { DamageText } from './texts';

/** Why a file cannot be read any further, in English. */
export const enDamage: Readonly<Record<DamageId, DamageText>> = {
  empty: () => 'the file is empty',
  'too-short': () => 'the file is too short for a capture',
  'other-format': (f) => `it is a capture of another format, ${f.text('name')}; editcap -F pcapng makes a pcapng of it`,
  packed: (f) => `it is packed with ${f.text('name')}; unpack it first: ${f.text('name')} -dc FILE > FILE.pcap`,
  zip: () => 'it is a zip archive; unpack it first',
  'unknown-format': (f) => `it is neither pcap nor pcapng: it begins with the bytes ${f.text('magic')}`,
  'cut-off': (f) =>
    `the file ends in the middle of a record: ${plural(f.number('bytes'), 'byte')} of it or more are missing`,
  gzip: () => 'what gzip has packed is damaged here, or cut off',
  'packet-length': (f) =>
    `the packet's header says that ${number(f.number('bytes'))} bytes of it follow, which cannot be`,
  'byte-order': () => 'the section header has no byte-order magic',
  'block-length': (f) =>
    `a block of type ${f.text('type')} says that it has ${number(f.number('bytes'))} bytes, which cannot be`,
  'block-lengths-differ': (f) =>
    `a block of type ${f.text('type')} says ${number(f.number('bytes'))} bytes at its beginning and ${number(f.number('again'))} at its end`,
  'interface-too-short': () => 'an interface block is too short',
  'too-many-interfaces': (f) => `there are more than ${number(f.number('most'))} interfaces`,
  'packet-too-short': () => 'a packet block is too short',
  'unknown-interface': (f) => `a packet is of interface ${f.text('number')}, which was not described`,
  'packet-room': (f) =>
    `a packet of ${number(f.number('bytes'))} bytes stands in a block that has room for ${number(f.number('room'))}`,
};
