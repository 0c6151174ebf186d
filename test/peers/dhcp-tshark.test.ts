import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DHCP_MESSAGE_TYPES,
  emitDhcp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  ETHERTYPE,
  PROTOCOL,
  type DhcpMessage,
} from '../../src/wire';
import { ordinaryPacket } from '../support/packets';
import { dhcpMessage } from '../wire/dhcp-arbitraries';
import { child, dissect, fieldValues, hasTshark, type Tree } from './tshark';

function frame(message: DhcpMessage): Uint8Array {
  const udp = { srcPort: 67, dstPort: 68, payload: emitDhcp(message) };
  const packet = ordinaryPacket({
    protocol: PROTOCOL.UDP,
    src: '10.9.0.1',
    dst: '255.255.255.255',
    payload: emitUdp(udp, { src: 0x0a090001, dst: 0xffffffff }),
  });
  const payload = emitIpv4(packet);
  return emitEthernet({ dst: 'ff:ff:ff:ff:ff:ff', src: '02:00:00:00:00:01', type: ETHERTYPE.IPV4, tags: [], payload });
}

/** What a text looks like to Wireshark is its own affair, so only letters; and each option in one piece. */
const plain = (text: string | undefined) => text?.replace(/[^a-z]/g, 'x').slice(0, 40);

/** Messages as real ones are: Ethernet, and times that Wireshark shows as they are. */
const MESSAGES = fc.sample(dhcpMessage, { numRuns: 80, seed: 2131 }).map((message, index): DhcpMessage => ({
  ...message,
  hardwareType: 1,
  chaddr: Uint8Array.of(2, 0, 0, 0, 0, 1),
  sname: plain(message.sname) ?? '',
  file: plain(message.file) ?? '',
  options: {
    messageType: DHCP_MESSAGE_TYPES[index % 8] ?? 'ack',
    ...(index % 2 === 0 && { leaseTime: (index * 77_777_777) % 2 ** 32, renewalTime: 1, rebindingTime: 0xffffffff }),
    ...(index % 3 === 0 && { subnetMask: '255.255.240.0', routers: ['10.0.0.1', '10.0.0.2'] }),
    ...(index % 3 === 1 && { domainNameServers: ['8.8.8.8'], ntpServers: ['1.2.3.4'], interfaceMtu: 1400 }),
    ...(index % 5 === 0 && { hostName: 'host', domainName: 'corp.test', message: 'because', vendorClass: 'synack' }),
    ...(index % 5 === 1 && {
      domainSearch: ['corp.test', 'a.b.c'],
      clientIdentifier: Uint8Array.of(1, 2, 0, 0, 0, 0, 1),
    }),
    ...(index % 5 === 2 && { requestedAddress: '10.9.0.9', serverIdentifier: '10.9.0.1', maximumMessageSize: 1472 }),
    ...(index % 7 === 0 && { parameterRequestList: [1, 3, 6, 15, 26, 119, 121], broadcastAddress: '10.9.0.255' }),
    ...(index % 7 === 1 && {
      classlessRoutes: [
        { prefix: '10.20.0.0/14', router: '10.9.0.1' },
        { prefix: '0.0.0.0/0', router: '10.9.0.1' },
      ],
    }),
  },
}));

/** What Wireshark has to show of a message, by its names of the fields. */
function expectedFields(message: DhcpMessage): Record<string, readonly (string | number)[]> {
  const { options } = message;
  const some = <T extends string | number>(value: T | readonly T[] | undefined) =>
    value === undefined ? [] : typeof value === 'object' ? value : [value];
  return {
    'dhcp.type': [message.op === 'request' ? 1 : 2],
    'dhcp.hops': [message.hops],
    'dhcp.id': [message.xid],
    'dhcp.flags.bc': [message.broadcast ? 1 : 0],
    'dhcp.ip.client': [message.ciaddr],
    'dhcp.ip.your': [message.yiaddr],
    'dhcp.ip.server': [message.siaddr],
    'dhcp.ip.relay': [message.giaddr],
    'dhcp.hw.mac_addr': ['02:00:00:00:00:01', ...(options.clientIdentifier === undefined ? [] : ['02:00:00:00:00:01'])],
    'dhcp.option.dhcp': [DHCP_MESSAGE_TYPES.indexOf(options.messageType ?? 'ack') + 1],
    'dhcp.option.subnet_mask': some(options.subnetMask),
    'dhcp.option.router': some(options.routers),
    'dhcp.option.domain_name_server': some(options.domainNameServers),
    'dhcp.option.ntp_server': some(options.ntpServers),
    'dhcp.option.interface_mtu': some(options.interfaceMtu),
    'dhcp.option.hostname': some(options.hostName),
    'dhcp.option.domain_name': some(options.domainName),
    'dhcp.option.message': some(options.message),
    'dhcp.option.vendor_class_id': some(options.vendorClass),
    'dhcp.option.ip_address_lease_time': some(options.leaseTime),
    'dhcp.option.renewal_time_value': some(options.renewalTime),
    'dhcp.option.rebinding_time_value': some(options.rebindingTime),
    'dhcp.option.requested_ip_address': some(options.requestedAddress),
    'dhcp.option.dhcp_server_id': some(options.serverIdentifier),
    'dhcp.option.dhcp_max_message_size': some(options.maximumMessageSize),
    'dhcp.option.broadcast_address': some(options.broadcastAddress),
    'dhcp.option.request_list_item': some(options.parameterRequestList),
    'dhcp.option.dhcp_dns_domain_search_list_fqdn': some(options.domainSearch),
    'dhcp.option.classless_static_route': some(options.classlessRoutes && ['0e:0a:14:0a:09:00:01', '00:0a:09:00:01']),
  };
}

describe('DHCP messages built here, as Wireshark reads them', () => {
  if (!hasTshark) {
    test.skip('not compared: tshark is not installed (Debian: apt-get install tshark)', () => undefined);
    return;
  }

  test('the same values, nothing malformed', () => {
    const dissected = dissect(MESSAGES.map(frame), []);
    expect(dissected).toHaveLength(MESSAGES.length);
    for (const [index, message] of MESSAGES.entries()) {
      const layers: Tree = dissected[index] ?? {};
      const dhcp = child(layers, 'dhcp');
      const expected = expectedFields(message);
      const found = Object.entries(expected).map(([field, values]) => [
        field,
        fieldValues(dhcp, field).map((value, at) => (typeof values[at] === 'number' ? Number(value) : value)),
      ]);
      expect({ index, ...Object.fromEntries(found) }).toEqual({ index, ...expected });
      expect(JSON.stringify(layers)).not.toContain('_ws.malformed');
    }
  });
});
