import { randomBytes, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** Somebody's MAC. */
export function stranger(): string {
  return ['02', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

export function hex(): string {
  return randomInt(1, 65_536).toString(16);
}

export function neighbour6(): string {
  return `fd00:9::${hex()}:${hex()}:${hex()}`;
}

/** Where an ARP packet says who sends it. Changed, it can be the kernel: then we would believe it, as every host does, for some seconds. */
const ARP_SENDER = [28, 32] as const;

/** The same with some octets changed. The MACs stay, or it would not come to us. */
export function mutate(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  const isArp = copy[12] === 0x08 && copy[13] === 0x06;
  for (let count = randomInt(1, 5); count > 0 && copy.length > 14; count--) {
    const at = randomInt(12, copy.length);
    if (!isArp || at < ARP_SENDER[0] || at >= ARP_SENDER[1]) copy[at] = randomInt(256);
  }
  return randomInt(4) === 0 ? copy.subarray(0, randomInt(14, copy.length + 1)) : copy;
}

/** Puts frames from a file on the interface, about as fast as they are taken, and says how many; the file has each behind its length, two octets. */
export const SENDER = `
import socket, sys, time
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
data = open(sys.argv[2], 'rb').read()
at = sent = 0
while at < len(data):
    length = int.from_bytes(data[at:at + 2], 'big')
    at += 2
    try:
        wire.send(data[at:at + length])
        sent += 1
    except OSError:
        pass
    at += length
    if sent % 100 == 0:
        time.sleep(0.001)
print(sent)
`;

export function writeFrames(file: string, frames: readonly Uint8Array[]): void {
  const parts = frames.flatMap((frame) => [Uint8Array.of(frame.length >>> 8, frame.length), frame]);
  writeFileSync(file, Buffer.concat(parts));
}
