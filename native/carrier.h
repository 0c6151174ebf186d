/*
 * When the kernel begins to send on an interface. Attaching to one that is up turns its carrier on, but packets are dropped until work
 * that the kernel puts off has given the interface its queue; native-notes/tap.md tells more.
 */
#ifndef SYNACK_CARRIER_H
#define SYNACK_CARRIER_H

#include <stdbool.h>

/* True where the kernel has to be waited for: it is older than Linux 6.8, and the interface is up and nobody is attached to it. */
bool carrier_is_awaited(const char *name);

/*
 * Returns when what the kernel sends on the interface, and on the bridge that it is a port of, is sent. That is at once from Linux 6.8
 * on. Before, it is waited for where that was `awaited` before we attached: some ms, and at most a tenth of a second.
 */
void carrier_settle(const char *name, bool awaited);

#endif
