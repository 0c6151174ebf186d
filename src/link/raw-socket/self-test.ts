import { networkInterfaces } from 'node:os';
import { formatAddress, type Address } from '../../wire/address';
import { readUint8 } from '../../wire/bytes';
import { emitIpv4, IPV4_HEADER, PROTOCOL } from '../../wire/ipv4';
import { emitIpv6 } from '../../wire/ipv6';
import { IPV6_HEADER } from '../../wire/ipv6-extensions';
import { emitTcp, FLAG } from '../../wire/tcp';
import { LinkError } from '../errors';
import { filterProgram } from './filter';
import type { Table } from './nftables';
import type { Silenced } from './rules';
import { IPPROTO_RAW, RawSocket } from './socket';

/**
 * What the test has shown. `dropped`: the kernel's RST was dropped, and our own went out. `read`: the rules are there; the loopback
 * interface is down, or a firewall takes the test's segments, so no RST came about.
 */
export type Shown = 'dropped' | 'read';

/**
 * Puts the rules there, and shows that they do what they are for: over the loopback interface, so that nothing of it is seen
 * outside, a SYN goes from one of our addresses and ports to itself. The kernel, which knows of no connection, answers with a
 * RST. That has to be dropped, and a RST that we send ourselves has to pass. Afterwards the rules leave loopback alone.
 *
 * @throws LinkError `EPROTO` when they do not; NftFailure
 */
export function installTested(doing: string, table: Table, silenced: Silenced): Shown {
  const isLoopbackUp = networkInterfaces()['lo'] !== undefined;
  table.install(silenced, isLoopbackUp);
  if (table.read().rules === 0) throw new LinkError('EPROTO', `${doing}: nft took the rules, and they are not there`);
  if (!isLoopbackUp) return 'read';
  const { addresses, ports } = silenced;
  const families = [
    addresses.find((address) => typeof address === 'number'),
    addresses.find((address) => typeof address === 'bigint'),
  ];
  const port = ports.ranges[0]?.first ?? 0;
  const shown = families.flatMap((address) => (address === undefined ? [] : tryReset(doing, table, address, port)));
  table.install(silenced);
  return shown.length > 0 && shown.every((each) => each === 'dropped') ? 'dropped' : 'read';
}

function tryReset(doing: string, table: Table, address: Address, port: number): Shown {
  const ipv6 = typeof address === 'bigint';
  const before = table.read();
  const listener = new RawSocket(doing, ipv6, PROTOCOL.TCP);
  const sender = new RawSocket(doing, ipv6, IPPROTO_RAW);
  try {
    listener.filter(
      filterProgram({ ipv6, protocol: 'tcp', addresses: [address], ports: [{ first: port, last: port }], echo: false }),
    );
    for (const flags of [FLAG.SYN, FLAG.RST]) {
      const packet = segment(address, port, flags);
      sender.send(packet, packet.length, formatAddress(address));
    }
    const { passed = 0, dropped = 0 } = table.read();
    const flags = received(listener, ipv6);
    if (flags.includes(FLAG.RST | FLAG.ACK)) {
      throw new LinkError(
        'EPROTO',
        `${doing}: the rules of nftables do not keep the kernel from resetting connections of ${formatAddress(address)}; nft list table inet ${table.name} shows them`,
      );
    }
    if (dropped === (before.dropped ?? 0)) return 'read';
    if (passed === (before.passed ?? 0)) {
      throw new LinkError('EPROTO', `${doing}: the rules of nftables take our own RSTs for the kernel's`);
    }
    return 'dropped';
  } catch (error) {
    if (error instanceof LinkError) throw error;
    // An IPv6 address that is not confirmed yet, a firewall: the segment did not go out.
    return 'read';
  } finally {
    listener.close();
    sender.close();
  }
}

function segment(address: Address, port: number, flags: number): Uint8Array {
  const text = formatAddress(address);
  const payload = emitTcp(
    {
      srcPort: port,
      dstPort: port,
      seq: 1,
      ack: 0,
      flags,
      window: 0,
      urgent: 0,
      options: [],
      payload: new Uint8Array(0),
    },
    { src: address, dst: address },
  );
  const common = { dscp: 0, ecn: 0, src: text, dst: text, payload };
  return typeof address === 'bigint'
    ? emitIpv6({ ...common, flowLabel: 0, ttl: 1, protocol: PROTOCOL.TCP, extensions: [] })
    : emitIpv4({
        ...common,
        identification: 0,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: 1,
        protocol: PROTOCOL.TCP,
        options: new Uint8Array(0),
      });
}

/** The flags of the segments that have come. */
function received(socket: RawSocket, ipv6: boolean): number[] {
  const slab = new Uint8Array(2 * 65_600);
  const words = new Uint32Array(8);
  const flags: number[] = [];
  for (;;) {
    const count = socket.receive(slab, words);
    if (count <= 0) return flags;
    for (let at = 0; at < 2 * count; at += 2) {
      flags.push(readUint8(slab, (words[at] ?? 0) + (ipv6 ? IPV6_HEADER : IPV4_HEADER) + 13));
    }
  }
}
