/*
 * lwIP on a TAP, as a server for the benchmark: Debian's liblwip with the raw API.
 *
 *   cc -O2 -I/usr/include/lwip -o lwip lwip.c -llwip -lpthread
 *   lwip TAP ADDRESS NETMASK SINK SOURCE ECHO CLOSE     the last four are ports; prints "ready"
 *
 * The library is built with threads (NO_SYS 0). Here its core runs in the thread that reads the TAP, which holds the core's
 * lock meanwhile: no message passes from thread to thread on a packet's way. Its timers run in the library's own thread.
 * Frames are read straight into a pbuf, and up to BATCH of them at each waking. What the library's build has fixed is left
 * as it is: a window and a send buffer of 64 KiB, and a copy of what is sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lwip/etharp.h"
#include "lwip/ip4_addr.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "netif/ethernet.h"

#define MTU 1500
#define FRAME (MTU + 14)
#define BATCH 64

static int tap;
static char data[64 * 1024];

static void die(const char *doing) {
  fprintf(stderr, "lwip: %s: %s\n", doing, strerror(errno));
  exit(1);
}

static void require_ok(err_t error, const char *doing) {
  if (error == ERR_OK) return;
  fprintf(stderr, "lwip: %s: error %d of lwIP\n", doing, error);
  exit(1);
}

/* ── the device ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void open_tap(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tap < 0 || ioctl(tap, TUNSETIFF, &request) < 0) die("open the TAP");
}

/* The library is built so that a packet is always one pbuf. */
static err_t transmit(struct netif *netif, struct pbuf *packet) {
  (void)netif;
  return write(tap, packet->payload, packet->len) == packet->len ? ERR_OK : ERR_IF;
}

static err_t set_up(struct netif *netif) {
  static const u8_t mac[] = {0x02, 0x00, 0x5e, 0x4d, 0x00, 0x04};
  netif->name[0] = 't';
  netif->name[1] = 'p';
  netif->mtu = MTU;
  netif->hwaddr_len = sizeof mac;
  memcpy(netif->hwaddr, mac, sizeof mac);
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  netif->output = etharp_output;
  netif->linkoutput = transmit;
  return ERR_OK;
}

static void receive(struct netif *netif) {
  static struct pbuf *spare;
  for (int i = 0; i < BATCH; i++) {
    if (spare == NULL) spare = pbuf_alloc(PBUF_RAW, FRAME, PBUF_RAM);
    if (spare == NULL) return;
    ssize_t length = read(tap, spare->payload, FRAME);
    if (length <= 0) return;
    struct pbuf *packet = spare;
    spare = NULL;
    packet->len = packet->tot_len = (u16_t)length;
    if (netif->input(packet, netif) != ERR_OK) pbuf_free(packet);
  }
}

/* ── the servers ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static err_t end(struct tcp_pcb *pcb) {
  tcp_recv(pcb, NULL);
  tcp_sent(pcb, NULL);
  if (tcp_close(pcb) == ERR_OK) return ERR_OK;
  tcp_abort(pcb);
  return ERR_ABRT;
}

static err_t sink_receives(void *arg, struct tcp_pcb *pcb, struct pbuf *packet, err_t error) {
  (void)arg, (void)error;
  if (packet == NULL) return end(pcb);
  tcp_recved(pcb, packet->tot_len);
  pbuf_free(packet);
  return ERR_OK;
}

/* A message fits into the send buffer: the client has one under way. */
static err_t echo_receives(void *arg, struct tcp_pcb *pcb, struct pbuf *packet, err_t error) {
  (void)arg, (void)error;
  if (packet == NULL) return end(pcb);
  for (struct pbuf *part = packet; part != NULL; part = part->next)
    require_ok(tcp_write(pcb, part->payload, part->len, TCP_WRITE_FLAG_COPY), "echo");
  tcp_recved(pcb, packet->tot_len);
  tcp_output(pcb);
  pbuf_free(packet);
  return ERR_OK;
}

static void write_more(struct tcp_pcb *pcb) {
  for (;;) {
    u16_t room = tcp_sndbuf(pcb) > 0xffff ? 0xffff : (u16_t)tcp_sndbuf(pcb);
    /* Whole segments. A write that finds no room in the queue is tried again when something is acknowledged. */
    if (room > TCP_MSS) room -= room % TCP_MSS;
    if (room < TCP_MSS || tcp_write(pcb, data, room, TCP_WRITE_FLAG_MORE) != ERR_OK) break;
  }
  tcp_output(pcb);
}

static err_t source_sent(void *arg, struct tcp_pcb *pcb, u16_t length) {
  (void)arg, (void)length;
  write_more(pcb);
  return ERR_OK;
}

static err_t accept_sink(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg, (void)error;
  tcp_recv(pcb, sink_receives);
  return ERR_OK;
}

static err_t accept_echo(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg, (void)error;
  tcp_nagle_disable(pcb);
  tcp_recv(pcb, echo_receives);
  return ERR_OK;
}

static err_t accept_source(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg, (void)error;
  tcp_recv(pcb, sink_receives);
  tcp_sent(pcb, source_sent);
  write_more(pcb);
  return ERR_OK;
}

static void serve(const char *port, tcp_accept_fn accept) {
  struct tcp_pcb *pcb = tcp_new();
  if (pcb == NULL) die("tcp_new");
  require_ok(tcp_bind(pcb, IP_ADDR_ANY, (u16_t)atoi(port)), "bind");
  pcb = tcp_listen_with_backlog(pcb, 255);
  if (pcb == NULL) die("listen");
  tcp_accept(pcb, accept);
}

int main(int argc, char **argv) {
  static struct netif netif;
  ip4_addr_t address, mask, gateway = {0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 8 || !ip4addr_aton(argv[2], &address) || !ip4addr_aton(argv[3], &mask)) {
    fprintf(stderr, "usage: lwip TAP ADDRESS NETMASK SINK SOURCE ECHO CLOSE\n");
    return 2;
  }
  open_tap(argv[1]);
  tcpip_init(NULL, NULL);

  LOCK_TCPIP_CORE();
  if (netif_add(&netif, &address, &mask, &gateway, NULL, set_up, ethernet_input) == NULL) die("netif_add");
  netif_set_default(&netif);
  netif_set_up(&netif);
  serve(argv[4], accept_sink);
  serve(argv[5], accept_source);
  serve(argv[6], accept_echo);
  serve(argv[7], accept_sink); /* it closes when the client has */
  UNLOCK_TCPIP_CORE();
  printf("ready\n");
  fflush(stdout);

  struct pollfd readable = {.fd = tap, .events = POLLIN};
  for (;;) {
    if (poll(&readable, 1, -1) < 0 && errno != EINTR) die("poll");
    LOCK_TCPIP_CORE();
    receive(&netif);
    UNLOCK_TCPIP_CORE();
  }
}
