// What a server process of bench/adapters has under its stack, and the kernel's end of a tunnel.
import { Stack, TapLink, TunLink } from '../../src';
import { PcapLink } from '../../src/link/pcap';
import { RawSocketLink } from '../../src/link/raw-socket';
import { RelayServer } from '../../src/link/relay-server';
import { UdpTunnelLink } from '../../src/link/tunnel-udp';
import { WebSocketTunnelLink } from '../../src/link/tunnel-websocket';
import type { Link } from '../../src/link/link';
import { LOAD, TAP } from '../speed/addresses';
import type { Modules } from '../speed/services';
import { cidrs, endsOf, TUN, TUNNEL_PORT, VETH, type Adapter } from './adapter';

/** All services are in it, and there is room for connections that go out. */
const RAW_PORTS = '7001-7300';
/** As tunnels have it where nothing else is said. */
const TUNNEL_MTU = 1400;

const OPEN: Readonly<Record<Adapter, () => Link | Promise<Link>>> = {
  tap: () => TapLink.open(TAP, { host: cidrs(endsOf('tap').load), offload: 'kernel' }),
  tun: () => TunLink.open(TUN, { host: cidrs(endsOf('tun').load), offload: 'kernel' }),
  raw: () => RawSocketLink.open(VETH, { ports: RAW_PORTS, echo: 'stack' }),
  pcap: () => PcapLink.open(VETH),
  udp: () => UdpTunnelLink.open({ local: { port: TUNNEL_PORT }, peer: { host: LOAD, port: TUNNEL_PORT } }),
  ws: () => WebSocketTunnelLink.open(`ws://${LOAD}:${TUNNEL_PORT}`),
};

/** A stack that is at `endsOf(adapter).server`. */
export async function openAdapter(adapter: Adapter): Promise<Modules> {
  const link = await OPEN[adapter]();
  const { ephemeralPorts } = link instanceof RawSocketLink ? link : {};
  const stack = new Stack(ephemeralPorts && { tcp: { ephemeralPorts }, udp: { ephemeralPorts } });
  const mac = link instanceof PcapLink ? { mac: link.mac } : {};
  stack.attach(link, { address: cidrs(endsOf(adapter).server), ...mac });
  return stack;
}

/** Joins a TAP of the kernel's to the tunnel: so the load generator, which is a program on the kernel's sockets, is at its other end. */
export async function openRelay(adapter: Adapter | undefined): Promise<void> {
  const { relay } = await RelayServer.listen(
    adapter === 'udp'
      ? { udp: { local: { address: LOAD, port: TUNNEL_PORT } } }
      : { webSocket: { host: LOAD, port: TUNNEL_PORT } },
  );
  const tap = TapLink.open(TAP, { host: cidrs(endsOf('udp').load), mtu: TUNNEL_MTU, offload: 'none' });
  relay.add(tap);
}
