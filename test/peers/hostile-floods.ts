import { randomBytes, randomInt } from 'node:crypto';
import { parseIpv6Address, solicitedNode } from '../../src/wire/address';
import { ARP_REQUEST, emitArp } from '../../src/wire/arp';
import { ETHERTYPE } from '../../src/wire/ethernet';
import { emitIpv4, PROTOCOL } from '../../src/wire/ipv4';
import { EXTENSION } from '../../src/wire/ipv6-extensions';
import { formatIpv6Address } from '../../src/wire/ipv6-address';
import { ordinaryPacket } from '../support/packets';
import { Hostile } from './hostile';
import { hex, neighbour6, stranger } from './hostile-frames';

/** Frames without number, each from somebody else. */
export class Floods extends Hostile {
  /** As `flood_solicitate6`: each is somebody else, and asks for us. */
  solicitation(): Uint8Array {
    const own = parseIpv6Address(this.own6) ?? 0n;
    const option = { kind: 'source-link-layer-address', address: Uint8Array.of(2, ...randomBytes(5)) } as const;
    return this.discover(
      { type: 'neighbor-solicitation', target: own, options: [option] },
      { src: neighbour6(), dst: formatIpv6Address(solicitedNode(own)) },
    );
  }

  /** As `flood_advertise6`: each says that it is there, unasked. */
  advertisement(): Uint8Array {
    const src = neighbour6();
    const option = { kind: 'target-link-layer-address', address: Uint8Array.of(2, ...randomBytes(5)) } as const;
    const target = parseIpv6Address(src) ?? 0n;
    return this.discover(
      { type: 'neighbor-advertisement', router: true, solicited: false, override: true, target, options: [option] },
      { src, dst: 'ff02::1' },
    );
  }

  /** As `flood_router26`: each is another router, with prefixes and name servers of its own. */
  router(): Uint8Array {
    const prefixes = Array.from({ length: 8 }, () => ({
      kind: 'prefix-information' as const,
      length: 64,
      onLink: true,
      autonomous: true,
      validLifetime: 86_400,
      preferredLifetime: 86_400,
      prefix: (0x20010db8n << 96n) | (BigInt(randomInt(2 ** 32)) << 64n),
    }));
    const servers = Array.from({ length: 4 }, () => (0x20010db8n << 96n) | BigInt(randomInt(2 ** 32)));
    const options = [
      ...prefixes,
      { kind: 'rdnss' as const, lifetime: 3600, servers },
      { kind: 'mtu' as const, mtu: randomInt(2 ** 32) },
    ];
    const fields = {
      hopLimit: 0,
      managed: false,
      other: false,
      preference: 'high',
      routerLifetime: 9000,
      reachableTime: 0,
      retransTimer: 0,
    } as const;
    return this.discover(
      { type: 'router-advertisement', ...fields, options },
      { src: `fe80::${hex()}:${hex()}`, dst: 'ff02::1' },
    );
  }

  /** Each is somebody else, and asks for us. */
  arpRequest(): Uint8Array {
    const senderAddress = `10.9.0.${randomInt(3, 255)}`;
    return this.frame(
      ETHERTYPE.ARP,
      emitArp({
        operation: ARP_REQUEST,
        senderMac: stranger(),
        senderAddress,
        targetMac: '00:00:00:00:00:00',
        targetAddress: this.lab.address,
      }),
    );
  }

  /** A fragment whose others never come. */
  fragment(): Uint8Array {
    if (randomInt(2) === 0) {
      const fields = {
        identification: randomInt(65_536),
        moreFragments: true,
        fragmentOffset: 8 * randomInt(0, 100),
        src: `10.9.0.${randomInt(3, 255)}`,
      };
      return this.frame(
        ETHERTYPE.IPV4,
        emitIpv4({
          ...ordinaryPacket({
            protocol: PROTOCOL.UDP,
            src: fields.src,
            dst: this.lab.address,
            payload: randomBytes(8 * randomInt(1, 150)),
          }),
          ...fields,
        }),
      );
    }
    const offset = 8 * randomInt(0, 100);
    const header = Uint8Array.of(PROTOCOL.UDP, 0, offset >>> 8, (offset & 0xf8) | 1, ...randomBytes(4));
    return this.packet6({
      src: neighbour6(),
      protocol: EXTENSION.FRAGMENT,
      payload: Uint8Array.of(...header, ...randomBytes(8 * randomInt(1, 150))),
    });
  }
}
