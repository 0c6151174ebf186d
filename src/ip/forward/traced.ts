import { formatAddress } from '../../wire/address';
import type { IpHost } from '../host';
import type { Interface } from '../interface';
import type { IpView } from '../protocol';

/** Reports a packet as it is passed on. */
export function traceForwarded(host: IpHost, packet: IpView, on: Interface, out: Interface): void {
  const { src, dst, protocol, ttl, offset, end } = packet;
  host.trace?.({
    type: 'forward',
    time: host.clock.now(),
    from: on.link.name,
    to: out.link.name,
    src: formatAddress(src),
    dst: formatAddress(dst),
    protocol,
    ttl,
    length: end - offset,
  });
}
