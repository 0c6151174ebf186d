#include "checksum.h"

#include <string.h>

static uint64_t add_with_carry(uint64_t sum, uint64_t word) {
  sum += word;
  return sum + (sum < word);
}

static uint64_t load(const uint8_t *bytes, size_t length) {
  uint64_t word = 0;
  memcpy(&word, bytes, length);
  return word;
}

/* Two sums side by side, because each addition to one waits for its carry. */
static uint64_t sum_bytes(const uint8_t *bytes, size_t length) {
  uint64_t even = 0, odd = 0;
  for (; length >= 16; bytes += 16, length -= 16) {
    even = add_with_carry(even, load(bytes, 8));
    odd = add_with_carry(odd, load(bytes + 8, 8));
  }
  if (length >= 8) {
    even = add_with_carry(even, load(bytes, 8));
    bytes += 8;
    length -= 8;
  }
  if (length > 0) odd = add_with_carry(odd, load(bytes, length));
  return add_with_carry(even, odd);
}

static uint16_t fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)sum;
}

void checksum_add(struct checksum *checksum, const void *bytes, size_t length) {
  uint16_t sum = fold(sum_bytes(bytes, length));
  /* Bytes at odd places give the same sum with its two bytes swapped (RFC 1071 §2(B)). */
  if (checksum->odd) sum = (uint16_t)(sum << 8 | sum >> 8);
  checksum->sum += sum;
  checksum->odd ^= (int)(length & 1);
}

uint16_t checksum_fold(const struct checksum *checksum) { return fold(checksum->sum); }
