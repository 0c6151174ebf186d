/**
 * synack without Node: what runs in a browser too. The Node faces (`net`, …), TAP devices and the command line are in
 * `index.ts`.
 */
export { Stack, type StackOptions } from './stack';
export type { TcpOptions } from './stack/tcp-options';
export type { TraceEvent, TraceListener } from './trace';

export type { Clock, Scheduled } from './clock/clock';
export { SystemClock } from './clock/system-clock';
export { VirtualClock } from './clock/virtual-clock';
export { Random } from './random';

export * from './tcp/user';
export * from './stack/udp';
export { TcpError, type ErrorCode } from './tcp/errors';
export {
  FIGURE_5_TRANSITIONS,
  STATES,
  TRANSITIONS,
  isLegalTransition,
  type State,
  type Transition,
} from './tcp/states';
export type { Status } from './tcp/status';
export type { Variables } from './tcp/variables';
export type { TimerName } from './tcp/timers';
export type * from './tcp/trace';
export type * from './ip/trace';
export type { IpOptions } from './ip/host';
export type { Dhcp } from './ip/dhcp/dhcp';
export type { DhcpLease } from './ip/dhcp/lease';
export type { DhcpOptions } from './ip/dhcp/options';
export type { DhcpState } from './ip/dhcp/state';
export type { Interface, InterfaceConfig } from './ip/interface';
export type { Ip } from './ip/ip';

export { finishReceived, finishSent } from './link/finish';
export { CHECKED, NO_OFFLOAD, segmentSizeOf, UNFILLED } from './link/link';
export type { Frame, FrameBatch, FrameInfo, FrameWork, Link, Offload } from './link/link';
export { PacketLink, type PacketOptions, type Packets } from './link/packets';
export { Relay, type RelayCounters, type RelayOptions } from './link/relay';
export { memoryPair, type MemoryLink } from './link/memory';
export { LoopbackLink } from './link/loopback';
export { impair } from './link/impair';
export { capture } from './link/capture';

export * as wire from './wire';
