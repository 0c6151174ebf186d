import type { Clock } from '../clock/clock';
import { MemoryLink } from './memory';

export interface LoopbackOptions {
  readonly clock: Clock;
  /** Default `lo`. */
  readonly name?: string;
  /** Default 65536 bytes. */
  readonly mtu?: number;
  /** How many packets wait for delivery at most. Default 1024. */
  readonly queue?: number;
}

/** A link to oneself: what is sent comes back after the turn in which it was sent. */
export class LoopbackLink extends MemoryLink {
  constructor({ name = 'lo', mtu = 65536, ...options }: LoopbackOptions) {
    super(name, { ...options, mtu, medium: 'ip', offload: true });
  }
}
