#include "transmit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/virtio_net.h>
#include <string.h>

#include "checksum.h"
#include "frame.h"

/* A device takes a frame whole or not at all, so there are no partial writes to go on with. */
static int write_frame(const struct device *device, const struct iovec *pieces, int count) {
  ssize_t written;
  do written = writev(device->fd, pieces, count);
  while (written < 0 && errno == EINTR);
  return written < 0 ? errno : 0;
}

static int transmit_offloaded(const struct device *device, struct outgoing *frame) {
  struct virtio_net_hdr header = {0};
  const struct iovec *first = &frame->pieces[1];
  const uint8_t *bytes = first->iov_base;
  if (frame->checksum_start != 0) {
    header.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    header.csum_start = (uint16_t)frame->checksum_start;
    header.csum_offset = (uint16_t)frame->checksum_offset;
  }
  if (frame->segment != 0) {
    bool is_ipv6 = ip_version(bytes + device->link_header) == 6;
    header.gso_type = is_ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
    if ((bytes[frame->checksum_start + 13] & TCP_CWR) != 0) header.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
    header.gso_size = (uint16_t)frame->segment;
    header.hdr_len = (uint16_t)first->iov_len;
  }
  frame->pieces[0] = (struct iovec){&header, sizeof header};
  return write_frame(device, frame->pieces, frame->count + 1);
}

/* The field holds the sum over the pseudo-header, which is part of what is summed. */
static void fill_in_checksum(uint8_t *headers, size_t length, const struct iovec *payload, int count, uint32_t start, uint32_t offset) {
  struct checksum checksum = {0, 0};
  checksum_add(&checksum, headers + start, length - start);
  for (int i = 0; i < count; i++) checksum_add(&checksum, payload[i].iov_base, payload[i].iov_len);
  uint16_t sum = (uint16_t)~checksum_fold(&checksum);
  /* UDP says with 0 that there is none (RFC 768); TCP means the same by both zeros. */
  if (sum == 0) sum = 0xffff;
  memcpy(headers + start + offset, &sum, 2);
}

/* The payload's bytes from `from` on, `length` of them, as pieces of their own. */
static int slice(const struct iovec *payload, int count, size_t from, size_t length, struct iovec *into) {
  int slices = 0;
  for (int i = 0; i < count && length > 0; i++) {
    if (from >= payload[i].iov_len) {
      from -= payload[i].iov_len;
      continue;
    }
    size_t part = payload[i].iov_len - from;
    if (part > length) part = length;
    into[slices++] = (struct iovec){(uint8_t *)payload[i].iov_base + from, part};
    length -= part;
    from = 0;
  }
  return slices;
}

static size_t length_of(const struct iovec *pieces, int count) {
  size_t length = 0;
  for (int i = 0; i < count; i++) length += pieces[i].iov_len;
  return length;
}

/*
 * The sum over the pseudo-header of a piece: the field has it for the whole segment, and only the length in it is another
 * (RFC 1624 §3).
 */
static void set_pseudo_sum(uint8_t *field, const uint8_t *of_whole, size_t whole, size_t piece) {
  uint16_t sum;
  memcpy(&sum, of_whole, 2);
  struct checksum pseudo = {(uint64_t)sum + (uint16_t)~htons((uint16_t)whole) + htons((uint16_t)piece), 0};
  sum = checksum_fold(&pseudo);
  memcpy(field, &sum, 2);
}

/* Cuts a segment as a network card does: FIN and PSH go with the last piece, CWR with the first (RFC 3168 §6.1.2). */
static int transmit_cut(const struct device *device, const struct outgoing *frame, size_t *sent) {
  enum { FLAGS = 13, CHECKSUM = 16 };
  const struct iovec *template = &frame->pieces[1];
  const struct iovec *payload = template + 1;
  uint8_t headers[MOST_OF_HEADERS];
  struct iovec pieces[MOST_PIECES + 1];
  const size_t ip = device->link_header, tcp = frame->checksum_start;
  const size_t length = template->iov_len, total = length_of(payload, frame->count - 1);
  if (length > sizeof headers || tcp < ip + IPV4_HEADER || length < tcp + TCP_HEADER) return EINVAL;
  const uint8_t *original = template->iov_base;
  const uint32_t sequence = read32(original + tcp + 4);
  const uint16_t identification = read16(original + ip + 4); /* of IPv4 */
  while (*sent < total) {
    size_t part = total - *sent < frame->segment ? total - *sent : frame->segment;
    memcpy(headers, original, length);
    if (ip_version(original + ip) == 4) write16(headers + ip + 4, (uint16_t)(identification + *sent / frame->segment));
    ip_set_length(headers + ip, tcp - ip, length - ip + part);
    write32(headers + tcp + 4, sequence + (uint32_t)*sent);
    if (*sent + part < total) headers[tcp + FLAGS] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (*sent > 0) headers[tcp + FLAGS] &= (uint8_t)~TCP_CWR;
    pieces[0] = (struct iovec){headers, length};
    int count = slice(payload, frame->count - 1, *sent, part, pieces + 1);
    set_pseudo_sum(headers + tcp + CHECKSUM, original + tcp + CHECKSUM, length - tcp + total, length - tcp + part);
    fill_in_checksum(headers, length, pieces + 1, count, (uint32_t)tcp, CHECKSUM);
    int error = write_frame(device, pieces, count + 1);
    if (error != 0) return error;
    *sent += part;
  }
  return 0;
}

int transmit(const struct device *device, struct outgoing *frame, size_t *sent) {
  struct iovec *first = &frame->pieces[1];
  if (device->offload) return transmit_offloaded(device, frame);
  if (frame->segment != 0) return transmit_cut(device, frame, sent);
  if (frame->checksum_start != 0) {
    fill_in_checksum(first->iov_base, first->iov_len, first + 1, frame->count - 1, frame->checksum_start,
                     frame->checksum_offset);
    frame->checksum_start = 0; /* should the device be full, it is there the next time */
  }
  return write_frame(device, first, frame->count);
}
