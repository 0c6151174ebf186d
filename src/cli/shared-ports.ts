import { LinkError } from '../link/errors';
import type { DeviceLink } from '../link/open';
import type { Stack } from '../stack';
import { UdpError } from '../stack/udp';
import { TcpError } from '../tcp/errors';

/**
 * On links that share ports with the kernel each port that something of the stack listens on, or calls from, becomes the link's, before
 * the first packet for it comes. A port that cannot, since the kernel or a program has it, is in use: the message, which says who
 * has it, goes to `tell`.
 */
export function sharePorts(stack: Stack, links: readonly DeviceLink[], tell: (message: string) => void): void {
  const sharing = links.filter((link) => 'reservePort' in link);
  if (sharing.length === 0) return;
  const reserve = (port: number | undefined, inUse: (message: string) => Error): void => {
    // 0: one of the link's own, for calls.
    if (!port) return;
    try {
      for (const link of sharing) link.reservePort?.(port);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      tell(error.message);
      throw inUse(error.message);
    }
  };
  const { tcp, udp } = stack;
  before(tcp, ({ local }) => {
    reserve(local?.port, (message) => new TcpError('EADDRINUSE', message));
  });
  before(udp, ({ local }) => {
    reserve(local?.port, (message) => new UdpError('EADDRINUSE', message));
  });
}

interface Opening {
  readonly local?: { readonly port?: number };
}

/** Calls `first` with what each call of `api.open` is given, before that does its work. */
function before(api: { open(options: never): unknown }, first: (options: Opening) => void): void {
  const open = api.open.bind(api) as (options: Opening | undefined) => unknown;
  api.open = (options?: Opening) => {
    first(options ?? {});
    return open(options);
  };
}
