#include "carrier.h"

#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define WAIT_NANOSECONDS 100000
#define MOST_WAITS 1000
/* A port's bridge, and what that is a port of. */
#define MOST_MASTERS 3

struct state {
  bool up, carrier;
  uint8_t operational; /* IF_OPER_… */
  int master;          /* the bridge that it is a port of; 0: none */
};

static int index_of(int socket, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return ioctl(socket, SIOCGIFINDEX, &request) < 0 ? 0 : request.ifr_ifindex;
}

static void read_state(struct nlmsghdr *header, struct state *state) {
  const struct ifinfomsg *interface = NLMSG_DATA(header);
  int left = (int)IFLA_PAYLOAD(header);
  *state = (struct state){.up = (interface->ifi_flags & IFF_UP) != 0, .carrier = (interface->ifi_flags & IFF_LOWER_UP) != 0};
  for (struct rtattr *each = IFLA_RTA(interface); RTA_OK(each, left); each = RTA_NEXT(each, left)) {
    if (each->rta_type == IFLA_OPERSTATE && RTA_PAYLOAD(each) >= 1) state->operational = *(uint8_t *)RTA_DATA(each);
    if (each->rta_type == IFLA_MASTER && RTA_PAYLOAD(each) >= 4) memcpy(&state->master, RTA_DATA(each), 4);
  }
}

/*
 * Asks for the state of an interface. From Linux 6.8 on the kernel does the work that it has put off before it answers. What it answers
 * holds together, for both happen under the same lock. False: there is no answer.
 */
static bool ask(int netlink, int index, struct state *state) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg interface;
  } request = {
      .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
      .interface = {.ifi_family = AF_UNSPEC, .ifi_index = index},
  };
  union {
    struct nlmsghdr header;
    uint8_t bytes[16384];
  } answer;
  if (index == 0 || send(netlink, &request, sizeof request, 0) < 0) return false;
  ssize_t length = recv(netlink, &answer, sizeof answer, 0);
  if (length < 0 || !NLMSG_OK(&answer.header, (size_t)length) || answer.header.nlmsg_type != RTM_NEWLINK) return false;
  read_state(&answer.header, state);
  return true;
}

static int open_netlink(void) {
  return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* Linux 6.8 and later. */
static bool kernel_settles(void) {
  struct utsname system;
  int major, minor;
  if (uname(&system) < 0 || sscanf(system.release, "%d.%d", &major, &minor) != 2) return false;
  return major > 6 || (major == 6 && minor >= 8);
}

bool carrier_is_awaited(const char *name) {
  struct state state;
  /* To ask would make it settle, which takes up to 50 ms where another program has just let the interface go. */
  if (kernel_settles()) return false;
  int netlink = open_netlink();
  if (netlink < 0) return false;
  bool awaited = ask(netlink, index_of(netlink, name), &state) && state.up && !state.carrier;
  close(netlink);
  return awaited;
}

/* Before Linux 6.8 the work is done when the state shows it. A bridge's may be unknown for good. */
static bool is_done(const struct state *state, bool is_master) {
  if (is_master && state->operational == IF_OPER_UNKNOWN) return true;
  return !state->up || !state->carrier || state->operational >= IF_OPER_TESTING;
}

void carrier_settle(const char *name, bool awaited) {
  const struct timespec wait = {.tv_nsec = WAIT_NANOSECONDS};
  struct state state;
  int waits = awaited ? MOST_WAITS : 0;
  int netlink = open_netlink();
  if (netlink < 0) return;
  int index = index_of(netlink, name);
  for (int masters = 0; masters <= MOST_MASTERS; masters++) {
    bool answered;
    while ((answered = ask(netlink, index, &state)) && !is_done(&state, masters > 0) && waits-- > 0) nanosleep(&wait, NULL);
    if (!answered || state.master == 0) break;
    index = state.master;
  }
  close(netlink);
}
