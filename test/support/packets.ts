import type { Ipv4Packet } from '../../src/wire/ipv4';

/** An ordinary packet: not a fragment, no options, a fresh TTL. */
export function ordinaryPacket(
  fields: Pick<Ipv4Packet, 'protocol' | 'src' | 'dst' | 'payload'> & Partial<Ipv4Packet>,
): Ipv4Packet {
  return {
    dscp: 0,
    ecn: 0,
    identification: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    options: new Uint8Array(0),
    ...fields,
  };
}
