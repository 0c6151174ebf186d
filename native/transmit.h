/*
 * Frames to the device, from descriptions that JavaScript has written into shared memory. A frame may be a TCP segment of up to
 * 64 KiB that is still to be cut into segments, and its checksum may be missing: the kernel does both where it can, and
 * this does where it cannot.
 */
#ifndef SYNACK_TRANSMIT_H
#define SYNACK_TRANSMIT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "device.h"

/*
 * A frame's description, 32-bit words: how many pieces it has; the payload of the segments it is to be cut into (0: it is whole);
 * where the bytes under its checksum start, 0 if the checksum is there; where in these the checksum goes. Then for each
 * piece its place and its length. The first piece holds all headers.
 */
enum { TX_PIECES, TX_SEGMENT, TX_CHECKSUM_START, TX_CHECKSUM_OFFSET, WORDS_OF_TX };
enum { PIECE_PLACE, PIECE_LENGTH, WORDS_OF_PIECE };
/* A piece's place is an offset in the shared bytes, or with this bit an index into what the caller gave by reference. */
#define PIECE_BY_REFERENCE 0x80000000u

#define TX_WORDS (16 * 1024)
#define TX_BYTES (256 * 1024)
#define MOST_PIECES 64

struct outgoing {
  struct iovec pieces[MOST_PIECES + 1]; /* the first is for the virtio header */
  int count;                            /* without that one */
  uint32_t segment, checksum_start, checksum_offset;
};

/*
 * Sends a frame. `*sent`: how many bytes of payload of a frame that is to be cut have gone out, 0 at first. Returns 0, or the
 * errno; after EAGAIN the call is made again with the same `*sent`.
 */
int transmit(const struct device *device, struct outgoing *frame, size_t *sent);

#endif
