import { UNREACHABLE, type IcmpMessage } from '../../wire/icmp';
import type { ForwardError } from './ipv4-forward';

/** What the sender of a packet is told of what became of it (RFC 792, RFC 1812 §5.2.7). */
export function toldOf(error: ForwardError, quoted: Uint8Array): IcmpMessage {
  switch (error.kind) {
    case 'time-exceeded':
      return { type: 'time-exceeded', code: 0, quoted };
    case 'no-route':
      return unreachable(UNREACHABLE.NET, 0, quoted);
    case 'host-unreachable':
      return unreachable(UNREACHABLE.HOST, 0, quoted);
    case 'too-big':
      return unreachable(UNREACHABLE.FRAGMENTATION_NEEDED, error.mtu, quoted);
  }
}

function unreachable(code: number, nextHopMtu: number, quoted: Uint8Array): IcmpMessage {
  return { type: 'destination-unreachable', code, nextHopMtu, quoted };
}
