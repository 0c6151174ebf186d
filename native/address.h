/* Addresses of a network interface, by rtnetlink: several of them, of IPv4 and IPv6. */
#ifndef SYNACK_ADDRESS_H
#define SYNACK_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

/* An address as JavaScript gives it: 4 or 6, the bits of its prefix, and 16 bytes of which IPv4 uses the first four. */
struct host_address {
  uint8_t version, prefix;
  uint8_t bytes[16];
};

/*
 * Gives the interface of this index the address; one that is there already stays. IPv6's can be used at once: duplicates are not
 * looked for (the other end of the cable is ours). Returns 0, or the errno with *step set to what failed.
 */
int address_add(int interface_index, const struct host_address *address, const char **step);

#endif
