import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { types } from 'node:util';
import { LinkError } from './errors';

/** `TAP`: Ethernet frames. `TUN`: IP packets. */
export type DeviceKind = 'TAP' | 'TUN';

/** What `native/addon.c` offers; the file says more. */
export interface Addon {
  readonly Device: new (
    tun: boolean,
    name: string,
    mtu: number,
    addresses: Uint8Array,
    sendBuffer: number,
    persist: boolean,
    offload: boolean,
    join: boolean,
    queue: boolean,
    onFrames: (slab: Uint8Array<ArrayBuffer>, count: number) => void,
    onDone: () => void,
    onWritable: () => void,
    onFailure: (errno: number) => void,
  ) => NativeDevice;
  readonly raw: RawFunctions;
  readonly packet: PacketFunctions;
}

/** See `native/packet.h`. */
export interface PacketFunctions {
  statistics(fd: number): readonly [passed: number, dropped: number] | undefined;
}

/** See `native/raw.h`. */
export interface RawFunctions {
  cookie(fd: number): bigint | undefined;
  mtu(fd: number, device: string): number;
  filter(fd: number, program: Uint8Array): void;
  receive(fd: number, ipv6: boolean, protocol: number, slab: Uint8Array, words: Uint32Array): number;
  setRef(fd: number, on: boolean): void;
}

export interface NativeDevice {
  readonly name: string;
  readonly mtu: number;
  readonly mac: Uint8Array;
  /** The kernel cuts and joins segments, and sees to checksums. */
  readonly offload: boolean;
  /** Offset in the slab, length, and info of each frame, while `onFrames` runs. */
  readonly frames: Uint32Array;
  /** Descriptions of frames to be sent, and bytes of them. */
  readonly txWords: Uint32Array;
  readonly txBytes: Uint8Array;
  /** How many frames the device has refused, and the errno of the last. */
  readonly refused: Uint32Array;
  /** Sends the first `count` frames that are described; returns how many are left when the device is full. */
  flush(count: number, references: readonly Uint8Array[]): number;
  ref(): void;
  unref(): void;
  close(): void;
}

/** What the addon throws when the kernel refuses: the errno's name, and the call that failed. */
export interface SystemError extends Error {
  readonly code: string;
  readonly step: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return types.isNativeError(error) && 'code' in error && 'step' in error;
}

/** The same two levels up from `src/link` and from `dist/link`. */
const ROOT = resolve(__dirname, '../..');

/** Loads the addon, for a device of this kind. @throws LinkError when it is not built, or this is not Linux. */
export function loadAddon(kind: DeviceKind = 'TAP'): Addon {
  if (process.platform !== 'linux') {
    throw new LinkError(
      'ENOTSUP',
      `cannot open a ${kind} on ${process.platform}: ${kind} devices are Linux's; a memory link works everywhere`,
    );
  }
  try {
    const load = createRequire(__filename)('node-gyp-build') as (folder: string) => Addon;
    return load(resolve(ROOT, 'native'));
  } catch (cause) {
    const script = resolve(ROOT, 'scripts/setup.sh');
    throw new LinkError('MODULE_NOT_FOUND', `cannot open a ${kind}: synack's addon is not built; run ${script}`, {
      cause,
    });
  }
}
