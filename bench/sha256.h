/* SHA-256 (FIPS 180-4) of bytes that lie in memory. */
#ifndef SYNACK_BENCH_SHA256_H
#define SYNACK_BENCH_SHA256_H

#include <stddef.h>

/* Writes the 64 hexadecimal digits of the hash, and a zero, to `digits`. */
void sha256(const void *data, size_t length, char digits[65]);

#endif
