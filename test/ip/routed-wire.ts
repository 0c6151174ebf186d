import { VirtualClock } from '../../src/clock/virtual-clock';
import type { IpOptions } from '../../src/ip/host';
import { Ip } from '../../src/ip/ip';
import { PacketLink } from '../../src/link/packets';
import { formatAddress, isLinkLocal6, requireIpv6Address } from '../../src/wire/address';
import { emitEthernet, ETHERTYPE, parseEthernet } from '../../src/wire/ethernet';
import { viewIcmpv6 } from '../../src/wire/icmpv6';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv6, viewIpv6 } from '../../src/wire/ipv6';
import { emitNdp, isNdp, parseNdp, type NdpMessage, type RouterAdvertisement } from '../../src/wire/ndp';
import type { NdpOption } from '../../src/wire/ndp-options';
import { good, OUR_MAC, PEER_MAC, TestHost } from './harness';

export const ROUTER = 'fe80::1';
export const SECOND = 1_000_000;
export const PREFIX = 'fd00:9::';

/** A host that is to find its routers, on an Ethernet that the test plays. */
export class RoutedWire {
  readonly host = new TestHost(new VirtualClock());
  readonly clock = this.host.clock;
  readonly link = new PacketLink({ medium: 'ethernet' });
  readonly ip: Ip;
  readonly interface;
  readonly sent: { readonly time: number; readonly from: string; readonly message: NdpMessage }[] = [];

  constructor(options: IpOptions = {}, slaac = true) {
    this.link.onPacket = (frame) => {
      const packet = good(viewIpv6(good(parseEthernet(frame)).payload));
      const view = good(viewIcmpv6(packet.payload));
      if (!isNdp(view.type)) return;
      const message = good(parseNdp(view, packet));
      this.sent.push({ time: this.clock.now(), from: formatAddress(packet.src), message });
    };
    this.ip = new Ip(this.host, { stableSecret: 'a secret', ...options });
    this.interface = this.ip.attach(this.link, { mac: OUR_MAC, ipv6: true, slaac });
  }

  wait(seconds: number): void {
    this.clock.advanceTo(this.clock.now() + seconds * SECOND);
  }

  receive(message: NdpMessage, from: string, to = 'ff02::1'): void {
    const [src, dst] = [requireIpv6Address(from), requireIpv6Address(to)];
    const payload = emitNdp(message, { src, dst });
    const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 255, extensions: [], protocol: PROTOCOL.ICMPV6 };
    const packet = emitIpv6({ ...fields, src: from, dst: to, payload });
    this.link.inject(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, type: ETHERTYPE.IPV6, tags: [], payload: packet }));
  }

  advertise(fields: Partial<RouterAdvertisement> = {}, from = ROUTER): void {
    this.receive(
      {
        type: 'router-advertisement',
        hopLimit: 0,
        managed: false,
        other: false,
        preference: 'medium',
        routerLifetime: 1800,
        reachableTime: 0,
        retransTimer: 0,
        options: [],
        ...fields,
      },
      from,
    );
  }

  prefix(fields: Partial<Extract<NdpOption, { kind: 'prefix-information' }>> = {}): void {
    const option = {
      kind: 'prefix-information',
      length: 64,
      onLink: true,
      autonomous: true,
      validLifetime: 86_400,
      preferredLifetime: 14_400,
      prefix: requireIpv6Address(PREFIX),
      ...fields,
    } as const;
    this.advertise({ options: [option] });
  }

  addresses(): string[] {
    return this.interface.addresses6.map(({ cidr, state }) => `${cidr} ${state}`);
  }

  global(): string[] {
    return this.addresses().filter((text) => !text.startsWith('fe80'));
  }

  routes(): string[] {
    return this.ip.routes
      .filter(({ network }) => typeof network === 'bigint' && !isLinkLocal6(network))
      .map(
        ({ network, length, gateway }) =>
          `${formatAddress(network)}/${length}${gateway === undefined ? '' : ` via ${formatAddress(gateway)}`}`,
      );
  }
}
