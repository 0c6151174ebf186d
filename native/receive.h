/*
 * Frames from the device into a slab, one behind the other. Where the device does not put segments of one TCP stream together
 * for us (TSO on its other side), this does: the payload of a segment that goes on where the last one ended is read to just
 * behind that one's, without a copy. Either way checksums are seen to here.
 */
#ifndef SYNACK_RECEIVE_H
#define SYNACK_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "frame.h"

/* What JavaScript is told of a frame, as 32-bit words. */
enum { FRAME_OFFSET, FRAME_LENGTH, FRAME_INFO, WORDS_OF_FRAME };

/* FRAME_INFO: the size of the segments that a frame was put together from, 0 if it is one; and: */
#define FRAME_IS_CHECKED 0x10000u  /* its TCP checksum holds, or the kernel vouches for it */
#define FRAME_IS_UNFILLED 0x20000u /* nobody has filled the checksum in */

#define FRAMES_PER_BATCH 128
/* A slab holds several of the largest frames. Receivers keep views of it, so it is never used again. */
#define SLAB_BYTES (512 * 1024)
/* Room that one more frame may need: 64 KiB, its Ethernet header with tags, and the copy of a header. */
#define ROOM_FOR_FRAME (65536 + 256)

struct receiver {
  const struct device *device;
  bool join; /* put segments together */
  uint8_t *slab;
  size_t used;
  uint32_t *words; /* of FRAMES_PER_BATCH frames */
  uint32_t count;  /* frames in the batch */

  /* The last frame of the batch, while more can be put behind it. */
  bool open;
  struct tcp_frame first;
  uint32_t next; /* the sequence number behind it */
  size_t payload;
  uint8_t scratch[MOST_OF_HEADERS];
};

void receiver_use_slab(struct receiver *receiver, uint8_t *slab);

/* No more room for a frame: the batch has to be delivered, and then a new slab given. */
static inline bool receiver_is_full(const struct receiver *receiver) {
  return receiver->used + ROOM_FOR_FRAME > SLAB_BYTES;
}

/* Reads one frame into the batch. Returns 0, or the errno: EAGAIN when there is none. */
int receiver_read(struct receiver *receiver);

/* Closes the batch and returns how many frames it has. */
uint32_t receiver_take(struct receiver *receiver);

#endif
