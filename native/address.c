#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct address_request {
  struct nlmsghdr header;
  struct ifaddrmsg address;
  uint8_t attributes[128];
};

static void add_attribute(struct address_request *request, unsigned short type, const void *value, size_t length) {
  struct rtattr *attribute = (struct rtattr *)((uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(length);
  memcpy(RTA_DATA(attribute), value, length);
  request->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len));
}

static void describe(struct address_request *request, int interface_index, const struct host_address *address) {
  const size_t length = address->version == 4 ? 4 : 16;
  memset(request, 0, sizeof *request);
  request->header.nlmsg_len = NLMSG_LENGTH(sizeof request->address);
  request->header.nlmsg_type = RTM_NEWADDR;
  request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
  request->address.ifa_family = address->version == 4 ? AF_INET : AF_INET6;
  request->address.ifa_prefixlen = address->prefix;
  request->address.ifa_index = (uint32_t)interface_index;
  add_attribute(request, IFA_LOCAL, address->bytes, length);
  add_attribute(request, IFA_ADDRESS, address->bytes, length);
  if (address->version == 6) {
    request->address.ifa_flags = IFA_F_NODAD;
  } else if (address->prefix < 31) {
    uint32_t broadcast;
    memcpy(&broadcast, address->bytes, sizeof broadcast);
    broadcast |= htonl(address->prefix == 0 ? 0xffffffff : (1u << (32 - address->prefix)) - 1);
    add_attribute(request, IFA_BROADCAST, &broadcast, sizeof broadcast);
  }
}

/* The kernel answers an RTM_NEWADDR with an error message, whose error is 0 when all is well, before sendto returns. */
static int exchange(int netlink, const struct address_request *request) {
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    uint8_t rest[sizeof *request];
  } answer;
  ssize_t sent = sendto(netlink, request, request->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
  if (sent < 0) return errno;
  ssize_t length = recv(netlink, &answer, sizeof answer, 0);
  if (length < 0) return errno;
  if ((size_t)length < NLMSG_LENGTH(sizeof answer.error) || answer.header.nlmsg_type != NLMSG_ERROR) return EPROTO;
  return -answer.error.error;
}

int address_add(int interface_index, const struct host_address *address, const char **step) {
  struct address_request request;
  *step = "NETLINK_ROUTE";
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) return errno;
  describe(&request, interface_index, address);
  *step = address->version == 4 ? "RTM_NEWADDR" : "RTM_NEWADDR IPv6";
  int error = exchange(netlink, &request);
  close(netlink);
  return error;
}
