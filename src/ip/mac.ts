import { isMulticast, isMulticast6, parseMac, type Address } from '../wire/address';

export const BROADCAST_MAC = Uint8Array.of(255, 255, 255, 255, 255, 255);

/** What stands where nobody's MAC is known. */
export const NO_MAC = new Uint8Array(6);

/** True when the six bytes at `offset` are `mac`. */
export function isMac(mac: Uint8Array, bytes: Uint8Array, offset = 0): boolean {
  for (let i = 0; i < 6; i++) if (mac[i] !== bytes[offset + i]) return false;
  return true;
}

/** The least significant bit of the first byte says that a MAC means several stations (IEEE 802 §8.2). */
export function isGroup(mac: Uint8Array): boolean {
  return ((mac[0] ?? 0) & 1) !== 0;
}

/** True when one station can have this MAC. */
export function isStation(mac: Uint8Array): boolean {
  return !isGroup(mac) && !isMac(NO_MAC, mac);
}

/** The MAC that a multicast address has in itself (RFC 1112 §6.4, RFC 2464 §7); `undefined` for other addresses. */
export function multicastMac(address: Address): Uint8Array | undefined {
  if (typeof address === 'bigint') {
    if (!isMulticast6(address)) return undefined;
    const low = Number(BigInt.asUintN(32, address));
    return Uint8Array.of(0x33, 0x33, low >>> 24, low >>> 16, low >>> 8, low);
  }
  if (!isMulticast(address)) return undefined;
  return Uint8Array.of(0x01, 0x00, 0x5e, (address >>> 16) & 0x7f, address >>> 8, address);
}

/** A locally administered MAC made of 40 random bits (IEEE 802 §8.4). */
export function locallyAdministeredMac(random32: () => number): Uint8Array {
  const high = random32();
  const low = random32();
  return Uint8Array.of(0x02, high, low >>> 24, low >>> 16, low >>> 8, low);
}

/** Reads a station's MAC; `undefined` for anything else. */
export function parseStationMac(text: string): Uint8Array | undefined {
  const mac = parseMac(text);
  return mac !== undefined && isStation(mac) ? mac : undefined;
}
