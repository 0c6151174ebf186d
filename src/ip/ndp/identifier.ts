import { sipHash, type SipKey } from '../../siphash';
import { addressWords } from '../../wire/address-words';

/** The key that a secret makes; without one, nobody knows it beforehand. */
export function stableKey(host: { random32(): number }, secret: string): SipKey {
  if (secret === '') return [host.random32(), host.random32(), host.random32(), host.random32()];
  const words = Array.from(secret, (character) => character.codePointAt(0) ?? 0);
  const word = (count: number): number => sipHash([0x7217, count, 0, 0], words);
  return [word(0), word(1), word(2), word(3)];
}

/**
 * An interface identifier that is the same each time in this network, different in every other, and tells nobody our MAC: RID = F(prefix,
 * interface, counter, secret) (RFC 7217 §5). F is SipHash, asked twice for 32 bits each.
 *
 * @param prefix the network, its host bits zero
 * @param mac the interface's, six bytes: what tells it from our other interfaces
 * @param counter how often a double of the address was met (DAD_Counter)
 * @returns 64 bits, none of those that are reserved (RFC 5453)
 */
export function stableIdentifier(key: SipKey, prefix: bigint, mac: Uint8Array, counter: number): bigint {
  for (let count = counter; ; count += 256) {
    const words = [...addressWords(prefix), ...macWords(mac), count];
    const identifier = (BigInt(sipHash(key, [...words, 0])) << 32n) | BigInt(sipHash(key, [...words, 1]));
    if (!isReserved(identifier)) return identifier;
  }
}

function macWords(mac: Uint8Array): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac;
  return [((a << 8) | b) >>> 0, ((c << 24) | (d << 16) | (e << 8) | f) >>> 0];
}

/** The subnet router's anycast, the Ethernet block of IANA's, and the subnet anycasts (RFC 5453 §3). */
export function isReserved(identifier: bigint): boolean {
  return (
    identifier === 0n ||
    identifier >> 24n === 0x02005efffen ||
    (identifier >= 0xfdffffffffffff80n && identifier <= 0xfdffffffffffffffn)
  );
}
