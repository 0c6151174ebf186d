/*
 * The kernel's side of a TAP or TUN device: /dev/net/tun, and the ioctls of the network interface that it makes.
 * Nothing here knows of Node or of JavaScript; native-notes/tap.md explains the calls one by one.
 */
#ifndef SYNACK_DEVICE_H
#define SYNACK_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

/* What is asked of a device. */
struct device_request {
  bool tun;            /* IP packets; otherwise Ethernet frames, of a TAP */
  char name[IFNAMSIZ]; /* "tap0"; "tap%d" lets the kernel number it */
  uint32_t mtu;        /* 0: as it is */
  const struct host_address *addresses; /* of the kernel's end, which is brought up; with none it is left as it is */
  size_t address_count;
  uint32_t send_buffer; /* bytes written and not yet taken by the kernel's stack; 0: as it is (no limit) */
  bool persist;         /* the interface stays when its descriptor is closed */
  bool offload;         /* checksums and segmentation are left to the kernel, where it can */
  bool queue;           /* one of several queues of an interface, one descriptor each */
};

struct device {
  int fd;
  char name[IFNAMSIZ];
  uint32_t mtu;
  size_t link_header; /* bytes before the IP packet: Ethernet's, or 0 */
  uint8_t mac[6]; /* of a TAP's kernel end */
  bool offload;   /* a virtio header stands before each frame, both ways */
};

/*
 * Opens the device, non-blocking, attaching to the interface of that name or making it. Returns 0, or the errno with
 * *step set to the call that failed; nothing is left open then.
 */
int device_open(struct device *device, const struct device_request *request, const char **step);

void device_close(struct device *device);

#endif
