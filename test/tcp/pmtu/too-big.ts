import type { IcmpMessage } from '../../../src/wire/icmp';
import type { Script } from '../../support/script';

/**
 * A router's word that the last packet that we sent was too big, or one whose sequence number is `back` octets before it.
 * @param mtu what the next link takes; 0: the router does not say
 */
export function tooBig(t: Script, mtu: number, back = 0): IcmpMessage {
  const quoted = t.quote();
  const view = new DataView(quoted.buffer, quoted.byteOffset);
  view.setUint32(24, view.getUint32(24) - back);
  return { type: 'destination-unreachable', code: 4, nextHopMtu: mtu, quoted };
}
