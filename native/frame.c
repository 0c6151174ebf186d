#include "frame.h"

#include <arpa/inet.h>
#include <string.h>

#include "checksum.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, PROTOCOL_TCP = 6 };

/* The IP header's bytes, and of the packet; 0 for what is not TCP, or not as plain as it has to be. */
static size_t read_ip(const uint8_t *ip, size_t *total) {
  if (ip_version(ip) == 4) {
    if (ip[0] != 0x45 || ip[9] != PROTOCOL_TCP || (read16(ip + 6) & 0x3fff) != 0) return 0;
    *total = read16(ip + 2);
    return IPV4_HEADER;
  }
  if (ip_version(ip) != 6 || ip[6] != PROTOCOL_TCP) return 0;
  *total = (size_t)IPV6_HEADER + read16(ip + 4);
  return IPV6_HEADER;
}

bool tcp_frame_read(const uint8_t *frame, size_t length, size_t link, struct tcp_frame *into) {
  const uint8_t *ip = frame + link;
  size_t total = 0;
  if (length < link + IPV4_HEADER + TCP_HEADER) return false;
  if (link != 0 && read16(ip - 2) != (ip_version(ip) == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6)) return false;
  size_t header = read_ip(ip, &total);
  if (header == 0 || length < link + header + TCP_HEADER) return false;
  size_t tcp_header = (size_t)(ip[header + 12] >> 4) * 4;
  if (total > length - link || tcp_header < TCP_HEADER || header + tcp_header > total) return false;
  into->ip = link;
  into->tcp = link + header;
  into->headers = into->tcp + tcp_header;
  into->payload = total - header - tcp_header;
  return true;
}

/* The sum over TCP's pseudo-header, `length` being TCP's header and payload; not complemented (RFC 9293 §3.1). */
static struct checksum tcp_pseudo_sum(const uint8_t *ip, size_t length) {
  struct checksum pseudo = {(uint64_t)htons(PROTOCOL_TCP) + htons((uint16_t)length), 0};
  if (ip_version(ip) == 4) checksum_add(&pseudo, ip + 12, 2 * 4);
  else checksum_add(&pseudo, ip + 8, 2 * 16);
  return pseudo;
}

bool tcp_frame_is_sound(const uint8_t *headers, const uint8_t *payload, const struct tcp_frame *of) {
  const uint8_t *ip = headers + of->ip;
  size_t tcp_header = of->headers - of->tcp;
  if (ip_version(ip) == 4) {
    struct checksum header = {0, 0};
    checksum_add(&header, ip, IPV4_HEADER);
    if (checksum_fold(&header) != 0xffff) return false;
  }
  struct checksum segment = tcp_pseudo_sum(ip, tcp_header + of->payload);
  checksum_add(&segment, headers + of->tcp, tcp_header);
  checksum_add(&segment, payload, of->payload);
  return checksum_fold(&segment) == 0xffff;
}

void ip_set_length(uint8_t *ip, size_t header, size_t total) {
  if (ip_version(ip) == 6) {
    write16(ip + 4, (uint16_t)(total - IPV6_HEADER));
    return;
  }
  struct checksum checksum = {0, 0};
  write16(ip + 2, (uint16_t)total);
  memset(ip + 10, 0, 2);
  checksum_add(&checksum, ip, header);
  uint16_t sum = (uint16_t)~checksum_fold(&checksum);
  memcpy(ip + 10, &sum, 2);
}
