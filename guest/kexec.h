/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_KEXEC_H
#define GUEST_KEXEC_H

/*
 * Start this image a second time, as after power-on but without a reset: what a hypervisor knows of
 * the guest is as the first one left it.
 */
#include <stddef.h>
#include <stdint.h>

#define KEXEC_HANDOVER_BYTES 4096u

/*
 * Copy this image to 2 MiB of board.ram that nothing of the FDT has, hand it a copy of `size`
 * bytes, at most KEXEC_HANDOVER_BYTES, and start it there with the same FDT. Every other CPU is
 * off. Interrupts are masked, and whatever the GIC and the timers of this CPU were to do is given
 * up. Returns only where RAM has no such place.
 */
void kexec_start(const void *handover, size_t size);

/*
 * What this image was handed: KEXEC_HANDOVER_BYTES, all of them 0 in one that was not started so.
 */
const void *kexec_handover(void);

#endif
