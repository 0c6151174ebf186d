#include "receive.h"

#include <errno.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/uio.h>

void receiver_use_slab(struct receiver *receiver, uint8_t *slab) {
  receiver->slab = slab;
  receiver->used = 0;
}

static ssize_t read_device(const struct receiver *receiver, struct iovec *parts, int count) {
  ssize_t length;
  do length = readv(receiver->device->fd, parts, count);
  while (length < 0 && errno == EINTR);
  return length;
}

static uint8_t *last_frame(const struct receiver *receiver) {
  return receiver->slab + receiver->words[(receiver->count - 1) * WORDS_OF_FRAME + FRAME_OFFSET];
}

/* The headers of a frame that was put together tell of all of it. */
static void close_last(struct receiver *receiver) {
  if (!receiver->open) return;
  receiver->open = false;
  if (receiver->payload == receiver->first.payload) return;
  const struct tcp_frame *first = &receiver->first;
  uint32_t *words = receiver->words + (receiver->count - 1) * WORDS_OF_FRAME;
  size_t length = first->headers + receiver->payload;
  words[FRAME_LENGTH] = (uint32_t)length;
  words[FRAME_INFO] |= (uint32_t)first->payload;
  ip_set_length(last_frame(receiver) + first->ip, first->tcp - first->ip, length - first->ip);
}

static void add_frame(struct receiver *receiver, size_t length, uint32_t info) {
  uint32_t *words = receiver->words + receiver->count * WORDS_OF_FRAME;
  words[FRAME_OFFSET] = (uint32_t)receiver->used;
  words[FRAME_LENGTH] = (uint32_t)length;
  words[FRAME_INFO] = info;
  receiver->used += length;
  receiver->count++;
}

static bool read_tcp(const struct receiver *receiver, const uint8_t *frame, size_t length, struct tcp_frame *into) {
  return tcp_frame_read(frame, length, receiver->device->link_header, into);
}

/* More may follow a segment of nothing but data. */
static bool is_plain_data(const uint8_t *tcp) {
  return (tcp[13] & ~TCP_PSH) == TCP_ACK && (tcp[12] & 1) == 0;
}

/* A frame lies at the end of what is used. */
static void take_frame(struct receiver *receiver, size_t length) {
  const uint8_t *frame = receiver->slab + receiver->used;
  struct tcp_frame tcp;
  if (!receiver->join || !read_tcp(receiver, frame, length, &tcp) || !tcp_frame_is_sound(frame, frame + tcp.headers, &tcp)) {
    add_frame(receiver, length, 0);
    return;
  }
  /* What pads a short frame is left behind: a segment that follows comes in its place. */
  add_frame(receiver, tcp.headers + tcp.payload, FRAME_IS_CHECKED);
  if (tcp.payload == 0 || !is_plain_data(frame + tcp.tcp)) return;
  receiver->open = true;
  receiver->first = tcp;
  receiver->payload = tcp.payload;
  receiver->next = read32(frame + tcp.tcp + 4) + (uint32_t)tcp.payload;
}

/* The IP header says the same of another packet, but for lengths, IPv4's identification and checksum. What is before it does, too. */
static bool is_same_path(const uint8_t *headers, const uint8_t *last, size_t ip) {
  if (ip_version(last + ip) == 6)
    return memcmp(headers, last, ip + 4) == 0 &&                /* both MACs, type, traffic class, flow label */
           memcmp(headers + ip + 6, last + ip + 6, 2 + 32) == 0; /* next header, hop limit, addresses */
  return memcmp(headers, last, ip + 2) == 0 &&                /* both MACs, type, TOS */
         memcmp(headers + ip + 6, last + ip + 6, 4) == 0 &&   /* DF, TTL, protocol */
         memcmp(headers + ip + 12, last + ip + 12, 8) == 0;   /* addresses */
}

/* `headers` belong to the next segment of the same stream, and nothing is different but what has to be. */
static bool goes_on(const struct receiver *receiver, const uint8_t *headers, const struct tcp_frame *tcp) {
  const struct tcp_frame *first = &receiver->first;
  const uint8_t *last = last_frame(receiver), *next = headers + tcp->tcp, *before = last + tcp->tcp;
  return tcp->headers == first->headers && tcp->payload > 0 && tcp->payload <= first->payload &&
         receiver->payload % first->payload == 0 && read32(next + 4) == receiver->next && is_plain_data(next) &&
         is_same_path(headers, last, tcp->ip) && memcmp(next, before, 4) == 0 &&  /* ports */
         memcmp(next + 8, before + 8, 5) == 0 &&                                  /* ACK, data offset */
         memcmp(next + 18, before + 18, tcp->headers - tcp->tcp - 18) == 0;        /* urgent pointer, options */
}

/* A frame whose headers were read apart, in the hope that its payload goes on where the last one's ends. */
static void take_behind(struct receiver *receiver, size_t length) {
  const size_t headers = receiver->first.headers;
  uint8_t *end = receiver->slab + receiver->used;
  struct tcp_frame tcp;
  const size_t ip = receiver->first.ip, total = headers + receiver->payload - ip;
  /* With another version of IP, TCP's header may lie behind what was read apart. */
  if (length > headers && ip_version(receiver->scratch + ip) == ip_version(last_frame(receiver) + ip) &&
      read_tcp(receiver, receiver->scratch, length, &tcp) && goes_on(receiver, receiver->scratch, &tcp) &&
      total + tcp.payload <= 0xffff && tcp_frame_is_sound(receiver->scratch, end, &tcp)) {
    uint8_t *into = last_frame(receiver) + tcp.tcp;
    const uint8_t *from = receiver->scratch + tcp.tcp;
    into[13] |= from[13];
    memcpy(into + 14, from + 14, 2); /* the latest window */
    receiver->used += tcp.payload;
    receiver->payload += tcp.payload;
    receiver->next += (uint32_t)tcp.payload;
    return;
  }
  close_last(receiver);
  if (length > headers) memmove(end + headers, end, length - headers);
  memcpy(end, receiver->scratch, length < headers ? length : headers);
  take_frame(receiver, length);
}

static int read_plain(struct receiver *receiver) {
  uint8_t *end = receiver->slab + receiver->used;
  struct iovec parts[2] = {{receiver->scratch, receiver->open ? receiver->first.headers : 0}, {end, 65536}};
  ssize_t length = receiver->open ? read_device(receiver, parts, 2) : read_device(receiver, parts + 1, 1);
  if (length < 0) return errno;
  if (receiver->open) take_behind(receiver, (size_t)length);
  else take_frame(receiver, (size_t)length);
  return 0;
}

/* The kernel does all this, and says of each frame what it has done. */
static int read_offloaded(struct receiver *receiver) {
  uint8_t *frame = receiver->slab + receiver->used;
  struct virtio_net_hdr header;
  struct iovec parts[2] = {{&header, sizeof header}, {frame, ROOM_FOR_FRAME}};
  struct tcp_frame tcp;
  uint32_t info = 0;
  ssize_t length = read_device(receiver, parts, 2);
  if (length < 0) return errno;
  if ((size_t)length < sizeof header) return 0;
  length -= (ssize_t)sizeof header;
  if ((header.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0) info = FRAME_IS_CHECKED | FRAME_IS_UNFILLED;
  else if ((header.flags & VIRTIO_NET_HDR_F_DATA_VALID) != 0) info = FRAME_IS_CHECKED;
  else if (read_tcp(receiver, frame, (size_t)length, &tcp) && tcp_frame_is_sound(frame, frame + tcp.headers, &tcp))
    info = FRAME_IS_CHECKED;
  if (header.gso_type != VIRTIO_NET_HDR_GSO_NONE) info |= header.gso_size;
  add_frame(receiver, (size_t)length, info);
  return 0;
}

int receiver_read(struct receiver *receiver) {
  return receiver->device->offload ? read_offloaded(receiver) : read_plain(receiver);
}

uint32_t receiver_take(struct receiver *receiver) {
  uint32_t count = receiver->count;
  close_last(receiver);
  receiver->count = 0;
  return count;
}
