import { execFileSync } from 'node:child_process';
import { UdpTunnelLink } from '../../src/link/tunnel-udp';
import { until } from './lab-until';
import { bash, OtherNamespace } from './other-namespace';

/** Frames of the tunnel fit into the datagrams of the cable, whole. */
const TUNNEL_MTU = 1400;
const TUNNEL_PORT = 7000;
const OUTSIDE = { ours: '10.1.0.2', kernels: '10.1.0.1' };

/**
 * The kernel that the programs of a lab meet, in a namespace of its own at the end of a cable, where synack needs the one of its own process:
 * - `raw`: this one's kernel has an address, and synack the same
 * - `udp`: this one's kernel carries synack's frames in datagrams to a socat, which puts them into a TAP
 */
export class FarKernel {
  private constructor(
    private readonly there: OtherNamespace,
    /** The interface there on which synack is met. */
    readonly device: string,
    private readonly tunneled: boolean,
  ) {}

  /**
   * From a lab of the kind `pcap`, whose cable it takes: `veth0`, the kernel's end, goes there.
   * @param minutes after which it is gone, whatever happens
   */
  static async open(kind: 'raw' | 'udp', minutes = 10): Promise<FarKernel> {
    const there = await OtherNamespace.open(60 * minutes);
    const [end, device] = ['pcap0', kind === 'raw' ? 'veth0' : 'tap0'];
    bash(`ip link set veth0 netns ${there.pid}`);
    there.sh('ip link set lo up; ip link set veth0 addrgenmode none');
    const [host = '', host6 = ''] = [process.env['SYNACK_HOST'], process.env['SYNACK_HOST6']];
    const [ours = '', ours6 = ''] = [process.env['SYNACK_ADDRESS'], process.env['SYNACK_ADDRESS6']];
    if (kind === 'udp') {
      bash(`ip address add ${OUTSIDE.ours}/24 dev ${end}`);
      there.sh(`ip address add ${OUTSIDE.kernels}/24 dev veth0; ip link set veth0 up`);
      there.sh(`ip tuntap add tap0 mode tap; ip link set tap0 mtu ${TUNNEL_MTU} addrgenmode none`);
    } else {
      bash(`ip address add ${ours} dev ${end}`);
      if (ours6 !== '') bash(`ip address add ${ours6} dev ${end} nodad`);
    }
    there.sh(`ip address add ${host}/24 dev ${device}; ip link set ${device} up`);
    if (host6 !== '') {
      there.sh(`for each in ${host6} fe80::1; do ip address add $each/64 dev ${device} nodad; done`);
    }
    const far = new FarKernel(there, device, kind === 'udp');
    if (kind === 'udp') {
      const datagrams = `UDP4-DATAGRAM:${OUTSIDE.ours}:${TUNNEL_PORT},bind=${OUTSIDE.kernels}:${TUNNEL_PORT}`;
      there.start('socat', [datagrams, `TUN,tun-name=${device},tun-type=tap,iff-no-pi`], { stdio: 'ignore' });
      await until(
        () => 'socat to take its TAP',
        () => there.sh(`ip link show ${device}`).includes('LOWER_UP'),
      );
    }
    return far;
  }

  /** What a command begins with that is to run there. */
  get enter(): readonly string[] {
    return this.there.enter;
  }

  /** A process there. */
  get pid(): number {
    return this.there.pid;
  }

  /** Our end of the tunnel, if there is one. */
  async tunnel(): Promise<UdpTunnelLink | undefined> {
    if (!this.tunneled) return undefined;
    const local = { address: OUTSIDE.ours, port: TUNNEL_PORT };
    return UdpTunnelLink.open({ local, peer: { host: OUTSIDE.kernels, port: TUNNEL_PORT }, mtu: TUNNEL_MTU });
  }
}

/** Runs a program to its end, where `enter` leads; returns what it has printed. */
export function runIn(enter: readonly string[], ...command: readonly string[]): string {
  const [program = '', ...args] = [...enter, ...command];
  return execFileSync(program, args, { encoding: 'utf8' });
}
