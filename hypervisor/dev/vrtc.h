/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VRTC_H
#define VRTC_H

/* A VM's clock (machine/pl031.h). Its vCPUs access it one at a time. */
#include "spinlock.h"
#include "types.h"
#include "machine/pl031.h"

struct vm;

struct vrtc {
	struct spinlock lock;
	struct pl031 pl031;
};

/*
 * Set the seconds since 1970 when the board's counter was 0: all clocks follow this. Called at
 * boot.
 */
void vrtc_begin(uint64_t at);
/* Register accesses, as pl031_read() and pl031_write(). */
uint32_t vrtc_read(struct vm *vm, uint32_t offset);
void vrtc_write(struct vm *vm, uint32_t offset, uint32_t value);

#endif
