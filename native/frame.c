#include "frame.h"

#include <arpa/inet.h>
#include <string.h>

#include "checksum.h"

enum { ETHERTYPE_IPV4 = 0x0800, PROTOCOL_TCP = 6 };

bool tcp_frame_read(const uint8_t *frame, size_t length, struct tcp_frame *into) {
  const uint8_t *ipv4 = frame + ETHERNET_HEADER, *tcp = ipv4 + IPV4_HEADER;
  if (length < ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER) return false;
  if (read16(frame + 12) != ETHERTYPE_IPV4 || ipv4[0] != 0x45 || ipv4[9] != PROTOCOL_TCP) return false;
  if ((read16(ipv4 + 6) & 0x3fff) != 0) return false;
  size_t total = read16(ipv4 + 2), tcp_header = (size_t)(tcp[12] >> 4) * 4;
  if (total > length - ETHERNET_HEADER || tcp_header < TCP_HEADER || IPV4_HEADER + tcp_header > total) return false;
  into->headers = ETHERNET_HEADER + IPV4_HEADER + tcp_header;
  into->payload = total - IPV4_HEADER - tcp_header;
  return true;
}

uint32_t tcp_pseudo_sum(const uint8_t *ipv4, size_t length) {
  uint16_t words[4];
  memcpy(words, ipv4 + 12, sizeof words);
  return (uint32_t)words[0] + words[1] + words[2] + words[3] + htons(PROTOCOL_TCP) + htons((uint16_t)length);
}

bool tcp_frame_is_sound(const uint8_t *headers, const uint8_t *payload, const struct tcp_frame *of) {
  const uint8_t *ipv4 = headers + ETHERNET_HEADER;
  size_t tcp_header = of->headers - ETHERNET_HEADER - IPV4_HEADER;
  struct checksum header = {0, 0}, segment = {tcp_pseudo_sum(ipv4, tcp_header + of->payload), 0};
  checksum_add(&header, ipv4, IPV4_HEADER);
  if (checksum_fold(&header) != 0xffff) return false;
  checksum_add(&segment, ipv4 + IPV4_HEADER, tcp_header);
  checksum_add(&segment, payload, of->payload);
  return checksum_fold(&segment) == 0xffff;
}

void ipv4_set_checksum(uint8_t *ipv4) {
  struct checksum header = {0, 0};
  memset(ipv4 + 10, 0, 2);
  checksum_add(&header, ipv4, IPV4_HEADER);
  uint16_t sum = (uint16_t)~checksum_fold(&header);
  memcpy(ipv4 + 10, &sum, 2);
}
