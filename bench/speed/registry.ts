import { apart } from './apart';
import type { Row, Work } from './row';
import type { Settings } from './settings';
import { bulkIn, bulkInPlain, bulkOut, bulkOutPlain } from './work/bulk';
import { connectRate } from './work/connect-rate';
import { echoCrossCore, echoSameCore } from './work/echo';
import { http } from './work/http';
import { idleMemory } from './work/idle-memory';
import { queues } from './work/queues';
import { timer } from './work/timer';
import { websocket } from './work/websocket';

/** Measures one work, beside its peers where it has any. */
export type Measure = (settings: Settings) => Promise<Row[]>;

/** All that is measured, in the order of the table. */
export const WORKS: Readonly<Record<Work, Measure>> = {
  'bulk-in': bulkIn,
  'bulk-out': bulkOut,
  'bulk-in-plain': bulkInPlain,
  'bulk-out-plain': bulkOutPlain,
  'echo-same-core': echoSameCore,
  'echo-cross-core': echoCrossCore,
  'connect-rate': connectRate,
  http,
  websocket,
  queues,
  'idle-memory': idleMemory,
  'timer-p99': timer,
  // What needs no network: a module each that exports `measure`, called in a process of its own.
  'bulk-memory': apart('../machine/bulk-memory'),
  'table-growth': apart('../machine/table-growth'),
  'loss-cost': apart('../machine/loss-cost'),
  'trace-cost': apart('../machine/trace-cost'),
};

/** Names for several at once. */
export const GROUPS: Readonly<Record<string, readonly Work[]>> = {
  bulk: ['bulk-in', 'bulk-out'],
  plain: ['bulk-in-plain', 'bulk-out-plain'],
  echo: ['echo-same-core', 'echo-cross-core'],
  connect: ['connect-rate'],
  machine: ['bulk-memory', 'table-growth', 'loss-cost', 'trace-cost'],
};
