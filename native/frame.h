/*
 * What a network card knows of a frame: enough of Ethernet, IPv4, IPv6 and TCP to check a checksum, to cut a large segment into
 * segments of the MSS, and to put such segments together. All of the protocol itself is in TypeScript.
 */
#ifndef SYNACK_FRAME_H
#define SYNACK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ETHERNET_HEADER = 14, IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, MOST_OF_IPV4 = 60, MOST_OF_TCP = 60 };
/* The longest headers of a frame that is cut or put together. */
enum { MOST_OF_HEADERS = ETHERNET_HEADER + MOST_OF_IPV4 + MOST_OF_TCP };

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_CWR = 128 };

static inline uint16_t read16(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static inline uint32_t read32(const uint8_t *bytes) { return (uint32_t)read16(bytes) << 16 | read16(bytes + 2); }

static inline void write16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

static inline void write32(uint8_t *bytes, uint32_t value) {
  write16(bytes, (uint16_t)(value >> 16));
  write16(bytes + 2, (uint16_t)value);
}

/* The version of the IP packet that begins here. */
static inline int ip_version(const uint8_t *ip) { return ip[0] >> 4; }

/* A TCP segment in an IPv4 packet without options and fragments or in an IPv6 packet without extension headers; untagged. */
struct tcp_frame {
  size_t ip;      /* where the IP header starts: behind the Ethernet header, if there is one */
  size_t tcp;     /* where TCP's starts */
  size_t headers; /* bytes of all headers */
  size_t payload; /* bytes behind them; what pads a short frame is not counted */
};

/*
 * False for any other frame, and for one whose lengths do not agree with `length`. Checksums are not looked at. `link`: the bytes
 * of the Ethernet header, or 0.
 */
bool tcp_frame_read(const uint8_t *frame, size_t length, size_t link, struct tcp_frame *into);

/* True when all checksums of such a frame hold: IPv4's and TCP's. Headers and payload may lie apart. */
bool tcp_frame_is_sound(const uint8_t *headers, const uint8_t *payload, const struct tcp_frame *of);

/* Writes the packet's length into an IP header of `header` bytes, `total` being the header's and all behind it; and IPv4's checksum. */
void ip_set_length(uint8_t *ip, size_t header, size_t total);

#endif
