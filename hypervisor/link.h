/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LINK_H
#define LINK_H

/*
 * The hypervisor's end of the byte stream to the pvtime command: machine/link.h defines the stream.
 */
#include "types.h"
#include "machine/link.h"

#define LINK_NO_CHANNEL 0xfeu

/* link.c: sending. */

/* One byte of a VM's console. */
void link_console(unsigned vm, uint8_t byte);
/* A line of text, '\n' is added; at most 255 bytes, the rest is cut. */
__attribute__((format(printf, 1, 2))) void link_log(const char *format, ...);
__attribute__((format(printf, 1, 2))) void link_record(const char *format, ...);
/* The same, for panic(): takes no lock. */
void link_line_unlocked(unsigned channel, const char *text);

/* receive.c: receiving. */

/*
 * A VM has read from a FIFO that was full: the boot CPU continues to deliver. Any CPU may call it.
 */
void link_has_room(void);
/*
 * The board's UART has received: hand the bytes to their VMs, or act on them. The boot CPU calls
 * it.
 */
void link_receive(void);

#endif
