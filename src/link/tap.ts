import { formatMac } from '../wire/address';
import { KernelDevice } from './device';
import type { DeviceOptions } from './device-options';

export { OFFLOADS } from './device-options';

/** How a TAP is opened. */
export type TapOptions = DeviceOptions;

/**
 * One end of a virtual Ethernet cable whose other end is an interface of the kernel's, named `name`. Open, it keeps the
 * process alive, as a socket does, unless `unref` is called. See native-notes/tap.md.
 */
export class TapLink extends KernelDevice {
  readonly medium = 'ethernet';
  /** The Ethernet address of the kernel's end, as in `02:00:5e:00:00:01`. */
  readonly hostMac: string;

  private constructor(name: string, options: TapOptions) {
    super('TAP', name, options);
    this.hostMac = formatMac(this.kernelMac);
  }

  /**
   * Attaches to the TAP interface `name`, or makes it. `tap%d` lets the kernel choose the number; `link.name` tells it.
   *
   * @throws LinkError with the kernel's code: `EPERM` (no CAP_NET_ADMIN), `EBUSY` (attached elsewhere), `ENOENT` (no
   * /dev/net/tun), `EINVAL` (name, mtu or host; an interface of one queue where several are wanted, and the reverse), `EACCES` (no IPv6
   * there for an IPv6 host), `MODULE_NOT_FOUND` (the addon is not built), …
   */
  static open(name: string, options: TapOptions = {}): TapLink {
    return new TapLink(name, options);
  }
}
