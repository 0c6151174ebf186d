import { readUint32 } from '../../wire/bytes';
import { formatIpv4Address } from '../../wire/ipv4-address';
import { formatIpv6Address } from '../../wire/ipv6-address';
import { readIpv6Address } from '../../wire/ipv6-bytes';
import type { IpPacket } from './ip-packet';

/** The address that stands at `at`, for people. */
export function addressOf({ bytes, version }: IpPacket, at: number): string {
  return version === 4 ? formatIpv4Address(readUint32(bytes, at)) : formatIpv6Address(readIpv6Address(bytes, at));
}
