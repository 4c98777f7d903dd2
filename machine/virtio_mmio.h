/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_VIRTIO_MMIO_H
#define MACHINE_VIRTIO_MMIO_H

/*
 * QEMU's `virt` always has 32 virtio-mmio transports (virtio 1.2, 4.2). A transport without a
 * device has device ID 0. Here no transport has a device, and writes are ignored.
 */
#include <stdint.h>

#define VIRTIO_MMIO_STRIDE 0x200u /* bytes from one transport to the next */

/* The register of 32 bits at `offset` of the window. */
static inline uint32_t virtio_mmio_empty(uint32_t offset)
{
	switch (offset % VIRTIO_MMIO_STRIDE) {
	case 0x000: /* MagicValue: "virt" */
		return 0x74726976;
	case 0x004: /* Version: legacy, QEMU's default */
		return 1;
	case 0x00c: /* VendorID: "QEMU" */
		return 0x554d4551;
	default: /* DeviceID 0: no register after it is defined */
		return 0;
	}
}

#endif
