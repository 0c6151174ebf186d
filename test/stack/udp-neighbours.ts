import { memoryPair, Stack, VirtualClock, type StackOptions, type UdpMessage, type UdpSocket } from '../../src/core';
import { UdpError, type UdpErrorCode } from '../../src/stack/udp';

export const ONE = '10.9.0.1';
export const OTHER = '10.9.0.2';

export function text(message: UdpMessage | UdpErrorCode): string {
  return typeof message === 'string' ? message : new TextDecoder().decode(message.data);
}

/** All that a socket has to say. */
export function all(socket: UdpSocket): string[] {
  const texts: string[] = [];
  for (let next = socket.receive(); next !== 'EAGAIN'; next = socket.receive()) texts.push(text(next));
  return texts;
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UdpError) return error.code;
    throw error;
  }
  return 'none';
}

/** Two stacks at the ends of one Ethernet, in virtual time. */
export function neighbours(options: StackOptions = {}): { clock: VirtualClock; one: Stack; other: Stack } {
  const clock = new VirtualClock();
  const [a, b] = memoryPair({ clock, medium: 'ethernet' });
  const one = new Stack({ clock, seed: 1, ...options });
  const other = new Stack({ clock, seed: 2 });
  one.attach(a, { address: `${ONE}/24` });
  other.attach(b, { address: `${OTHER}/24` });
  clock.advanceBy(1000);
  return { clock, one, other };
}

export function local(options: StackOptions = {}): Stack {
  return new Stack({ clock: new VirtualClock(), seed: 1, ...options });
}
