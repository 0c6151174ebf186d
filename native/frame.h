/*
 * What a network card knows of a frame: enough of Ethernet, IPv4 and TCP to check a checksum, to cut a large segment into
 * segments of the MSS, and to put such segments together. All of the protocol itself is in TypeScript.
 */
#ifndef SYNACK_FRAME_H
#define SYNACK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ETHERNET_HEADER = 14, IPV4_HEADER = 20, TCP_HEADER = 20, MOST_OF_TCP = 60 };
/* The longest header of a frame that is cut or put together: IPv4 without options. */
enum { MOST_OF_HEADERS = ETHERNET_HEADER + IPV4_HEADER + MOST_OF_TCP };

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

/* A TCP segment in an IPv4 packet without options and fragments, in an untagged frame. */
struct tcp_frame {
  size_t headers; /* bytes of all three headers */
  size_t payload; /* bytes behind them; what pads a short frame is not counted */
};

/* False for any other frame, and for one whose lengths do not agree with `length`. Checksums are not looked at. */
bool tcp_frame_read(const uint8_t *frame, size_t length, struct tcp_frame *into);

/* True when both checksums of such a frame hold. Headers and payload may lie apart. */
bool tcp_frame_is_sound(const uint8_t *headers, const uint8_t *payload, const struct tcp_frame *of);

/* Sets the IPv4 header's checksum. */
void ipv4_set_checksum(uint8_t *ipv4);

/* The sum over TCP's pseudo-header, `length` being TCP's header and payload; not complemented (RFC 9293 §3.1). */
uint32_t tcp_pseudo_sum(const uint8_t *ipv4, size_t length);

#endif
