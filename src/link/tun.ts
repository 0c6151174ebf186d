import { KernelDevice } from './device';
import type { DeviceOptions } from './device-options';

/** How a TUN is opened. */
export type TunOptions = DeviceOptions;

/**
 * As a TAP, without Ethernet: what the kernel routes to its interface `name` arrives as IP packets, of IPv4 and IPv6, and those that are
 * sent arrive there. No ARP and no NDP: there are two ends, and who sends knows where to. See native-notes/tun.md.
 */
export class TunLink extends KernelDevice {
  readonly medium = 'ip';

  private constructor(name: string, options: TunOptions) {
    super('TUN', name, options);
  }

  /**
   * Attaches to the TUN interface `name`, or makes it. `tun%d` lets the kernel choose the number; `link.name` tells it.
   *
   * @throws LinkError with the kernel's code: `EPERM` (no CAP_NET_ADMIN), `EBUSY` (attached elsewhere), `ENOENT` (no
   * /dev/net/tun), `EINVAL` (name, mtu or host; an interface of one queue where several are wanted, and the reverse), `EACCES` (no IPv6
   * there for an IPv6 host), `MODULE_NOT_FOUND` (the addon is not built), …
   */
  static open(name: string, options: TunOptions = {}): TunLink {
    return new TunLink(name, options);
  }
}
