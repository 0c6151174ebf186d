import { constants } from 'node:os';
import type { DeviceKind, SystemError } from './device-addon';
import { LinkError } from './errors';

/** What went wrong with a TAP or TUN device, in words that say what to do. */
export function cannotOpen(
  kind: DeviceKind,
  name: string,
  code: string,
  reason: string,
  options?: ErrorOptions,
): LinkError {
  return new LinkError(code, `cannot open ${kind} ${name}: ${reason}`, options);
}

type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the kernel's refusals mean, by the call that failed. */
function reasons(kind: DeviceKind, name: string): Reasons {
  return {
    open: {
      ENOENT:
        '/dev/net/tun is not there; in Docker add --device /dev/net/tun --cap-add NET_ADMIN, elsewhere try: modprobe tun',
      ENODEV: 'the kernel has no TUN/TAP driver; try: modprobe tun',
      ENXIO: 'the kernel has no TUN/TAP driver; try: modprobe tun',
      EACCES: 'no permission for /dev/net/tun; run as root',
      EPERM: '/dev/net/tun is not allowed here; in Docker add --device /dev/net/tun --cap-add NET_ADMIN',
    },
    TUNSETIFF: {
      EBUSY: 'another program has it attached',
      EINVAL: `an interface of that name exists and is not a ${kind} of one queue; choose another name, or queue: true if it has several`,
    },
    'RTM_NEWADDR IPv6': {
      EACCES: `IPv6 is switched off there, and host has an IPv6 address; try: sysctl net.ipv6.conf.${name}.disable_ipv6=0`,
      EOPNOTSUPP: 'the kernel has no IPv6, and host has an IPv6 address',
      EINVAL: 'the kernel does not take the IPv6 address of host; its MTU has to be 1280 at least',
    },
  };
}

const NOT_PERMITTED = 'it needs the capability CAP_NET_ADMIN; run as root, in Docker add --cap-add NET_ADMIN';

/** Why the device could not be opened, from what the addon has thrown. */
export function explain(kind: DeviceKind, name: string, error: SystemError, queue: boolean): LinkError {
  const { code, step } = error;
  const ofQueue = queue && step === 'TUNSETIFF' ? queueReason(kind, name, code) : undefined;
  const known = ofQueue ?? reasons(kind, name)[step]?.[code] ?? (code === 'EPERM' ? NOT_PERMITTED : undefined);
  return cannotOpen(kind, name, code, known ?? `${step}: ${error.message} (${code})`, { cause: error });
}

function queueReason(kind: DeviceKind, name: string, code: string): string | undefined {
  if (code === 'E2BIG') return 'it has as many queues as the kernel allows';
  if (code !== 'EINVAL') return undefined;
  return `an interface of that name exists and is not a ${kind} of several queues; choose another name, or make it anew: ip link delete ${name}; ip tuntap add ${name} mode ${kind.toLowerCase()} multi_queue`;
}

/** Why a frame was refused. */
export function refusal(kind: DeviceKind, name: string, errno: number): LinkError {
  if (errno === constants.errno.EIO) {
    const message = `${kind} ${name} drops what is sent: its kernel end is down; try: ip link set ${name} up`;
    return new LinkError('EIO', message);
  }
  const code = Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
  return new LinkError(code, `${kind} ${name} refused a frame (${code})`);
}

export function vanished(kind: DeviceKind, name: string, errno: number): LinkError {
  const cause = new Error(`errno ${errno}`);
  return new LinkError('ENODEV', `${kind} ${name} is gone: its interface was deleted; open it anew`, { cause });
}
