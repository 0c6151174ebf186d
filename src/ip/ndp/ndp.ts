import type { Icmpv6View } from '../../wire/icmpv6';
import type { Ipv6View } from '../../wire/ipv6';
import type { Ipv6InterfaceAddress } from '../address';
import type { Ethernet } from '../ethernet';
import type { IpHost, IpSettings } from '../host';
import type { Icmp6Output } from '../icmp6-output';
import type { Interface } from '../interface';
import type { Paths } from '../paths';
import type { Datagram } from '../protocol';

/** What Neighbor Discovery stands on. */
export interface NdpGround {
  readonly paths: Paths;
  readonly output: Icmp6Output;
}

/** Neighbor Discovery on one Ethernet (RFC 4861): answers for our addresses, and asks for others'. */
export class Ndp {
  constructor(_host: IpHost, _settings: IpSettings, _on: Interface, _ethernet: Ethernet, _ground: NdpGround) {
    // To come.
  }

  /** Takes a message of Neighbor Discovery, whose checksum is good. */
  receive(_datagram: Datagram<Ipv6View>, _view: Icmpv6View): void {
    // To come.
  }

  /** Asks who has `address`: everybody, or only the station with the MAC `to`. */
  solicit(_address: bigint, _to: Uint8Array | undefined): void {
    // To come.
  }

  /** An address was given to the interface. */
  added(_own: Ipv6InterfaceAddress): void {
    // To come.
  }

  /** The interface has an address no more. */
  removed(_own: Ipv6InterfaceAddress): void {
    // To come.
  }

  close(): void {
    // To come.
  }
}
