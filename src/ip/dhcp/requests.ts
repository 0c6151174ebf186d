import type { DhcpMessage, TypedDhcpMessage } from '../../wire/dhcp';
import { DHCP_OPTION, type DhcpMessageType, type DhcpOptionValues } from '../../wire/dhcp-options';
import { SECOND, type DhcpSettings } from './options';

const NOBODY = '0.0.0.0';
const ETHERNET = 1;

/** RFC 3442: before the routers, whose place they take. */
const WANTED: readonly number[] = [
  DHCP_OPTION.subnetMask,
  DHCP_OPTION.classlessRoutes,
  DHCP_OPTION.routers,
  DHCP_OPTION.domainNameServers,
  DHCP_OPTION.domainName,
  DHCP_OPTION.domainSearch,
  DHCP_OPTION.interfaceMtu,
  DHCP_OPTION.broadcastAddress,
  DHCP_OPTION.ntpServers,
  DHCP_OPTION.hostName,
  DHCP_OPTION.leaseTime,
  DHCP_OPTION.serverIdentifier,
  DHCP_OPTION.renewalTime,
  DHCP_OPTION.rebindingTime,
];

/** Types of DUIDs and identifiers (RFC 8415 §11.4, RFC 4361 §6.1). */
const DUID_LL = 3;
const IAID_AND_DUID = 255;

/** Our client identifier: the same in all that we send. */
export function clientIdentifier({ clientId }: DhcpSettings, mac: Uint8Array): Uint8Array {
  if (clientId === 'mac') return Uint8Array.of(ETHERNET, ...mac);
  if (clientId !== 'duid') return clientId;
  return Uint8Array.of(IAID_AND_DUID, ...mac.subarray(2), 0, DUID_LL, 0, ETHERNET, ...mac);
}

/** What differs from message to message. */
export interface Asked {
  readonly xid: number;
  readonly secs: number;
  /** The address that we have: in RENEWING, REBINDING and RELEASE. */
  readonly ciaddr?: string;
  readonly requestedAddress?: string;
  readonly serverIdentifier?: string;
  readonly message?: string;
}

/** Makes a client's messages, each with what table 5 of RFC 2131 §4.4.1 allows it. */
export class Requests {
  constructor(
    private readonly settings: DhcpSettings,
    private readonly mac: Uint8Array,
    private readonly identifier: Uint8Array,
    /** The largest packet that we take, bytes. */
    private readonly mtu: number,
  ) {}

  discover(asked: Asked): TypedDhcpMessage {
    return this.message('discover', asked, this.wishes());
  }

  request(asked: Asked): TypedDhcpMessage {
    return this.message('request', asked, this.wishes());
  }

  decline(asked: Asked): TypedDhcpMessage {
    return this.message('decline', asked, {});
  }

  release(asked: Asked): TypedDhcpMessage {
    return this.message('release', asked, {});
  }

  private wishes(): DhcpOptionValues {
    const { hostName, vendorClass, leaseTime } = this.settings;
    return {
      ...(hostName !== undefined && { hostName }),
      ...(vendorClass !== undefined && { vendorClass }),
      ...(leaseTime !== undefined && { leaseTime: Math.min(Math.ceil(leaseTime / SECOND), 0xffffffff) }),
      maximumMessageSize: Math.max(576, Math.min(this.mtu, 1500)),
      parameterRequestList: WANTED,
    };
  }

  private message(messageType: DhcpMessageType, asked: Asked, wishes: DhcpOptionValues): TypedDhcpMessage {
    const { xid, secs, ciaddr = NOBODY, requestedAddress, serverIdentifier, message } = asked;
    const header: Omit<DhcpMessage, 'options'> = {
      op: 'request',
      hardwareType: ETHERNET,
      hops: 0,
      xid,
      secs: Math.min(secs, 0xffff),
      // Who has an address can be told there.
      broadcast: this.settings.broadcast && ciaddr === NOBODY && messageType !== 'decline',
      ciaddr,
      yiaddr: NOBODY,
      siaddr: NOBODY,
      giaddr: NOBODY,
      chaddr: this.mac,
      sname: '',
      file: '',
    };
    return {
      ...header,
      options: {
        messageType,
        ...wishes,
        clientIdentifier: this.identifier,
        ...(requestedAddress !== undefined && { requestedAddress }),
        ...(serverIdentifier !== undefined && { serverIdentifier }),
        ...(message !== undefined && { message }),
      },
    };
  }
}
