import fc from 'fast-check';
import {
  DHCP_MESSAGE_TYPES,
  DHCP_OPTION,
  formatIpv4Address,
  type DhcpMessage,
  type DhcpOptionValues,
} from '../../src/wire';
import { ipv4Address, uint32 } from './arbitraries';

/** Any legal DHCP message, for properties: `parse(emit(x))` is `x`. */

const octet = fc.nat(255);
const uint16 = fc.nat(0xffff);
const addresses = fc.array(ipv4Address, { minLength: 1, maxLength: 70 });

/** Octets as characters, with no NUL at the end; long enough for several pieces. */
const text = fc
  .tuple(fc.array(octet, { maxLength: 300 }), fc.integer({ min: 1, max: 255 }))
  .map(([octets, last]) => String.fromCharCode(...octets, last));

const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,63}$/);
const domainName = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
  .filter((name) => name.length <= 253);

const classlessRoute = fc.record({
  prefix: fc.tuple(uint32, fc.nat(32)).map(([address, length]) => {
    const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    return `${formatIpv4Address((address & mask) >>> 0)}/${length}`;
  }),
  router: ipv4Address,
});

const READ = new Set<number>(Object.values(DHCP_OPTION));
const others = fc.uniqueArray(
  fc.record({
    code: fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52 && !READ.has(code)),
    data: fc.uint8Array({ maxLength: 600 }),
  }),
  { selector: ({ code }) => code, minLength: 1, maxLength: 4 },
);

export const dhcpOptions: fc.Arbitrary<DhcpOptionValues> = fc.record(
  {
    messageType: fc.constantFrom(...DHCP_MESSAGE_TYPES),
    subnetMask: ipv4Address,
    routers: addresses,
    domainNameServers: addresses,
    hostName: text,
    domainName: text,
    interfaceMtu: uint16,
    broadcastAddress: ipv4Address,
    ntpServers: addresses,
    requestedAddress: ipv4Address,
    leaseTime: uint32,
    serverIdentifier: ipv4Address,
    parameterRequestList: fc.array(octet, { minLength: 1, maxLength: 30 }),
    message: text,
    maximumMessageSize: uint16,
    renewalTime: uint32,
    rebindingTime: uint32,
    vendorClass: text,
    clientIdentifier: fc.uint8Array({ minLength: 2, maxLength: 300 }),
    domainSearch: fc.array(domainName, { minLength: 1, maxLength: 5 }),
    classlessRoutes: fc.array(classlessRoute, { minLength: 1, maxLength: 40 }),
    others,
  },
  { requiredKeys: [] },
);

/** A field that ends with its first NUL. */
const field = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((octets) => String.fromCharCode(...octets));

export const dhcpMessage: fc.Arbitrary<DhcpMessage> = fc.record({
  op: fc.constantFrom('request' as const, 'reply' as const),
  hardwareType: octet,
  hops: octet,
  xid: uint32,
  secs: uint16,
  broadcast: fc.boolean(),
  ciaddr: ipv4Address,
  yiaddr: ipv4Address,
  siaddr: ipv4Address,
  giaddr: ipv4Address,
  chaddr: fc.uint8Array({ maxLength: 16 }),
  sname: field(64),
  file: field(128),
  options: dhcpOptions,
});
