import { CHECKED } from '../link/link';
import { formatIpv4Address } from '../wire/address';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import { udpChecksumIsGood, viewUdp, type UdpView } from '../wire/udp';
import type { IpHost } from './host';
import type { IcmpOutput } from './icmp-output';
import type { Datagram, ProtocolHandler } from './protocol';

/** UDP without sockets: every port is closed, and whoever asks is told so (RFC 1122 §4.1.3.1). */
export class Udp implements ProtocolHandler {
  readonly #host: IpHost;
  readonly #icmp: IcmpOutput;

  constructor(host: IpHost, icmp: IcmpOutput) {
    this.#host = host;
    this.#icmp = icmp;
  }

  receive(datagram: Datagram): void {
    const { packet, interface: on, info } = datagram;
    const view = viewUdp(packet.bytes, packet.payloadOffset, packet.end);
    if (view instanceof WireError) {
      on.dropIn('udp.malformed', () => view.message);
      return;
    }
    if ((info & CHECKED) === 0 && !udpChecksumIsGood(view, packet.src, packet.dst)) {
      on.dropIn('udp.bad-checksum', () => `from ${formatIpv4Address(packet.src)} port ${view.srcPort}`);
      return;
    }
    this.#trace(datagram, view);
    on.dropIn('udp.no-listener', () => `port ${view.dstPort}, from ${formatIpv4Address(packet.src)}`);
    this.#icmp.unreachable(datagram, UNREACHABLE.PORT);
  }

  #trace({ packet }: Datagram, view: UdpView): void {
    this.#host.trace?.({
      type: 'udp',
      time: this.#host.clock.now(),
      direction: 'in',
      local: { address: formatIpv4Address(packet.dst), port: view.dstPort },
      remote: { address: formatIpv4Address(packet.src), port: view.srcPort },
      length: view.length,
    });
  }
}
