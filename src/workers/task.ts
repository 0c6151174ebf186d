import type { MessagePort } from 'node:worker_threads';
import type { InterfaceConfig } from '../ip/interface';
import type { FrameInfo } from '../link/link';
import type { Family } from '../link/siblings';
import type { TapOptions } from '../link/tap';
import type { StackOptions } from '../stack';

/** What a worker is started with. */
export interface Task {
  readonly file: string;
  readonly family: Family;
  readonly tap: TapOptions;
  readonly attach: InterfaceConfig;
  readonly stack: Pick<StackOptions, 'tcp' | 'ip'>;
  readonly data: unknown;
  /** To whoever started it. */
  readonly control: MessagePort;
  /** By index, one to each sibling; none at its own. */
  readonly siblings: readonly (MessagePort | undefined)[];
  /** Frames under way from one worker to another: the place `from * count + to` counts them. */
  readonly underWay: Int32Array<SharedArrayBuffer>;
  /** One number: frames for which there was no room on that way. */
  readonly lost: Int32Array<SharedArrayBuffer>;
}

/** Frames that were taken over. */
export interface Parcel {
  readonly frames: Uint8Array[];
  readonly info: FrameInfo[];
}

/** What a worker is told: to open its queue, to run the program when all have theirs, to end. */
export type Order = { readonly do: 'open'; readonly name: string } | { readonly do: 'run' } | { readonly do: 'close' };

/** What it answers. An error's `code` gets lost where errors are cloned. */
export type Report =
  | { readonly done: 'open'; readonly name: string }
  | { readonly done: 'run' }
  | { readonly failed: unknown; readonly code: string | undefined };
