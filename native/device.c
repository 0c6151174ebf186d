#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "carrier.h"
#include "frame.h"

/* Segmentation needs checksums; with ECN, where the kernel has that, too. */
#define OFFLOADS (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)

#define STEP(name, call)                                                                                               \
  do {                                                                                                                 \
    *step = (name);                                                                                                    \
    if ((call) < 0) return errno;                                                                                      \
  } while (0)

static struct ifreq interface_request(const struct device *device) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, device->name, IFNAMSIZ);
  return request;
}

/* /dev/net/tun gives a descriptor without an interface; TUNSETIFF joins the two. */
static int attach(struct device *device, const struct device_request *wanted, const char **step) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, wanted->name, IFNAMSIZ);
  /* No packet information before a frame or packet: a packet's version tells which protocol it is. */
  request.ifr_flags = (short)((wanted->tun ? IFF_TUN : IFF_TAP) | IFF_NO_PI);
  device->link_header = wanted->tun ? 0 : ETHERNET_HEADER;
  if (wanted->queue) request.ifr_flags |= IFF_MULTI_QUEUE;
  if (wanted->offload) request.ifr_flags |= IFF_VNET_HDR;
  device->offload = wanted->offload;
  *step = "TUNSETIFF";
  if (ioctl(device->fd, TUNSETIFF, &request) < 0) {
    if (errno != EINVAL || !wanted->offload) return errno;
    /* Perhaps a kernel that knows no virtio header. */
    request.ifr_flags &= (short)~IFF_VNET_HDR;
    device->offload = false;
    STEP("TUNSETIFF", ioctl(device->fd, TUNSETIFF, &request));
  }
  memcpy(device->name, request.ifr_name, IFNAMSIZ);
  /*
   * A persistent interface keeps what whoever had it before has set: the header's length, and that it may be given segments of
   * 64 KiB without checksums, header or not.
   */
  if (!device->offload) ioctl(device->fd, TUNSETOFFLOAD, 0);
  else {
    int header = sizeof(struct virtio_net_hdr);
    STEP("TUNSETVNETHDRSZ", ioctl(device->fd, TUNSETVNETHDRSZ, &header));
    /* Without it the header still stands there, and the kernel gives whole segments with their checksums. */
    if (ioctl(device->fd, TUNSETOFFLOAD, OFFLOADS | TUN_F_TSO_ECN) < 0) ioctl(device->fd, TUNSETOFFLOAD, OFFLOADS);
  }

  if (wanted->send_buffer != 0) {
    int bytes = (int)wanted->send_buffer;
    STEP("TUNSETSNDBUF", ioctl(device->fd, TUNSETSNDBUF, &bytes));
  }
  if (wanted->persist) STEP("TUNSETPERSIST", ioctl(device->fd, TUNSETPERSIST, 1));
  return 0;
}

/* The interface as `ip link` and `ip address` see it; the ioctls take any socket and find the interface by name. */
static int configure(struct device *device, int socket, const struct device_request *wanted, const char **step) {
  struct ifreq request = interface_request(device);
  if (wanted->mtu != 0) {
    request.ifr_mtu = (int)wanted->mtu;
    STEP("SIOCSIFMTU", ioctl(socket, SIOCSIFMTU, &request));
  }
  STEP("SIOCGIFMTU", ioctl(socket, SIOCGIFMTU, &request));
  device->mtu = (uint32_t)request.ifr_mtu;

  STEP("SIOCGIFHWADDR", ioctl(socket, SIOCGIFHWADDR, &request));
  memcpy(device->mac, request.ifr_hwaddr.sa_data, sizeof device->mac);

  if (wanted->address_count == 0) return 0;
  STEP("SIOCGIFFLAGS", ioctl(socket, SIOCGIFFLAGS, &request));
  request.ifr_flags |= IFF_UP;
  STEP("SIOCSIFFLAGS", ioctl(socket, SIOCSIFFLAGS, &request));
  STEP("SIOCGIFINDEX", ioctl(socket, SIOCGIFINDEX, &request));
  const int index = request.ifr_ifindex;
  for (size_t i = 0; i < wanted->address_count; i++) {
    int error = address_add(index, &wanted->addresses[i], step);
    if (error != 0) return error;
  }
  return 0;
}

static int configure_by_socket(struct device *device, const struct device_request *wanted, const char **step) {
  int control, error;
  STEP("socket", control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  error = configure(device, control, wanted, step);
  close(control);
  return error;
}

int device_open(struct device *device, const struct device_request *request, const char **step) {
  int error;
  STEP("open", device->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const bool awaited = carrier_is_awaited(request->name);
  error = attach(device, request, step);
  if (error == 0) error = configure_by_socket(device, request, step);
  if (error != 0) device_close(device);
  else carrier_settle(device->name, awaited);
  return error;
}

void device_close(struct device *device) {
  close(device->fd);
  device->fd = -1;
}
