import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { types } from 'node:util';
import { LinkError } from './errors';
import type { Frame } from './link';

/** What `native/addon.c` offers; the file says more. */
export interface Addon {
  readonly Tap: new (
    name: string,
    mtu: number,
    address: number,
    mask: number,
    sendBuffer: number,
    persist: boolean,
    onFrames: (slab: ArrayBuffer, count: number) => void,
    onWritable: () => void,
    onFailure: (errno: number) => void,
  ) => NativeTap;
}

export interface NativeTap {
  readonly name: string;
  readonly mtu: number;
  readonly mac: Uint8Array;
  /** Offset and length of each frame in the slab, while `onFrames` runs. */
  readonly bounds: Uint32Array;
  /** 0 when the frame was taken, else the errno. */
  write(frame: Frame): number;
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

/** Loads the addon. @throws LinkError when it is not built, or this is not Linux. */
export function loadAddon(): Addon {
  if (process.platform !== 'linux') {
    throw new LinkError(
      'ENOTSUP',
      `cannot open a TAP on ${process.platform}: TAP devices are Linux's; a memory link works everywhere`,
    );
  }
  try {
    const load = createRequire(__filename)('node-gyp-build') as (folder: string) => Addon;
    return load(resolve(ROOT, 'native'));
  } catch (cause) {
    const script = resolve(ROOT, 'scripts/setup.sh');
    throw new LinkError('MODULE_NOT_FOUND', `cannot open a TAP: synack's addon is not built; run ${script}`, { cause });
  }
}
