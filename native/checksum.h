/* The Internet checksum (RFC 1071) over memory in pieces. Nothing here knows of Node or of devices. */
#ifndef SYNACK_CHECKSUM_H
#define SYNACK_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * A running sum: of 16-bit words in the machine's byte order (RFC 1071 §2(B)), and whether an odd number of bytes was
 * added so far.
 */
struct checksum {
  uint64_t sum;
  int odd;
};

void checksum_add(struct checksum *checksum, const void *bytes, size_t length);

/* The folded sum, not complemented, in the machine's byte order: as it is written to and compared with a header's field. */
uint16_t checksum_fold(const struct checksum *checksum);

#endif
