import { execFileSync } from 'node:child_process';
import type { KernelDevice } from '../../src/link/device';
import type { DeviceOptions } from '../../src/link/device-options';
import { finishReceived } from '../../src/link/finish';
import type { FrameInfo } from '../../src/link/link';
import { TapLink } from '../../src/link/tap';
import { TunLink } from '../../src/link/tun';
import { settled } from '../support/quiet';
import { seeTcpFrame, tcpFrame, type TcpFrame } from '../support/tcp-frame';

type Offload = NonNullable<DeviceOptions['offload']>;
export type Kind = 'TAP' | 'TUN';

function sh(command: string): void {
  execFileSync('bash', ['-c', command]);
}

/** What is sent by one of two devices comes out of the other: the kernel's ends of TAPs are ports of a bridge, between TUNs it routes. */
const JOIN = {
  TAP: `ip link add br0 type bridge
    for each in near far; do ip link set $each master br0 txqueuelen 5000 up; done
    ip link set br0 up`,
  TUN: `echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
    for each in near far; do
      echo 0 >/proc/sys/net/ipv6/conf/$each/disable_ipv6
      ip link set $each addrgenmode none txqueuelen 5000 up
    done
    ip route add 10.9.0.2 dev near; ip route add 10.9.0.1 dev far
    ip -6 route add fd00:9::2 dev near; ip -6 route add fd00:9::1 dev far`,
} as const;

function open(kind: Kind, name: string, options: DeviceOptions): KernelDevice {
  return kind === 'TAP' ? TapLink.open(name, options) : TunLink.open(name, options);
}

/** Runs of frames that are sent together by a device, and what of them comes out of another. */
export async function across(kind: Kind, from: Offload, to: Offload, runs: readonly (readonly TcpFrame[])[]) {
  const near = open(kind, 'near', { offload: from });
  const far = open(kind, 'far', { offload: to });
  sh(JOIN[kind]);
  const { medium } = near;
  let arrived: { readonly bytes: Uint8Array; readonly info: FrameInfo }[] = [];
  far.onReceive = (batch, info) => {
    for (const [at, bytes] of batch.entries()) {
      if (seeTcpFrame(bytes, 0, medium) !== undefined) arrived.push({ bytes, info: info?.[at] ?? 0 });
    }
  };
  const outcomes = [];
  for (const frames of runs) {
    arrived = [];
    for (const each of frames) {
      const { frame, work } = tcpFrame({ ...each, medium });
      near.send(frame, work);
    }
    near.flush();
    await settled(() => arrived.length, 20);
    outcomes.push({
      seen: arrived.map(({ bytes, info }) => seeTcpFrame(bytes, info, medium)),
      /** As a wire would have carried them. */
      finished: arrived.flatMap(({ bytes, info }) =>
        finishReceived(bytes, info, medium).map((each) => seeTcpFrame(each, 0, medium)),
      ),
    });
  }
  const { refused } = near;
  await near.close();
  await far.close();
  return { refused, outcomes };
}
