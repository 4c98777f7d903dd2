/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_KEXEC_H
#define GUEST_KEXEC_H

/*
 * Starts this image a second time, as after power-on but without a reset: the hypervisor's state of
 * the guest is as the first image left it.
 */
#include <stddef.h>
#include <stdint.h>

#define KEXEC_HANDOVER_BYTES 4096u

/*
 * Copy this image to 2 MiB of board.ram that nothing in the FDT uses, give it a copy of `size`
 * bytes, at most KEXEC_HANDOVER_BYTES, and start it there with the same FDT. All other CPUs must be
 * off. This masks interrupts, stops the timers of this CPU, and disables and clears all interrupts
 * in the GIC. Returns only if RAM has no such place.
 */
void kexec_start(const void *handover, size_t size);

/* The KEXEC_HANDOVER_BYTES that this image was given; all 0 if kexec_start() did not start it. */
const void *kexec_handover(void);

#endif
