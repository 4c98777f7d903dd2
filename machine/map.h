/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_MAP_H
#define MACHINE_MAP_H

/*
 * The guest-visible machine: the subset of QEMU's `virt` that every way of running a guest provides
 * (addresses and interrupts as in QEMU 7.2, hw/arm/virt.c). All addresses are IPAs, sizes in bytes.
 */
#define MAP_FLASH_BASE	0x00000000ull /* two banks, erased */
#define MAP_FLASH_SIZE	0x08000000ull
#define MAP_GICD_BASE	0x08000000ull
#define MAP_GICD_SIZE	0x00010000ull
#define MAP_GICR_BASE	0x080a0000ull /* two 64 KiB frames for each vCPU */
#define MAP_GICR_STRIDE 0x00020000ull
#define MAP_UART_BASE	0x09000000ull /* PL011 */
#define MAP_UART_SIZE	0x00001000ull
#define MAP_RTC_BASE	0x09010000ull /* PL031 */
#define MAP_RTC_SIZE	0x00001000ull
#define MAP_PVTIME_BASE \
	0x090a0000ull /* stolen-time structures, one for each vCPU, 64 bytes apart */
#define MAP_PVTIME_SIZE 0x00010000ull
#define MAP_VIRTIO_BASE 0x0a000000ull /* 32 virtio-mmio transports, all empty */
#define MAP_VIRTIO_SIZE 0x00004000ull
#define MAP_RAM_BASE	0x40000000ull

/* Interrupts, as INTIDs. */
#define MAP_PPI_MAINTENANCE 25u
#define MAP_PPI_HYP_TIMER   26u
#define MAP_PPI_VTIMER	    27u
#define MAP_PPI_SEC_TIMER   29u
#define MAP_PPI_PTIMER	    30u
#define MAP_SPI_UART	    33u
#define MAP_INTIDS	    288u /* 32 private and 256 shared, as QEMU's GICv3 has */

#define MAP_UART_CLOCK_HZ 24000000u

/* Limits of a lab. */
#define MAP_MAX_VCPUS_PER_VM 8u
#define MAP_MAX_VCPUS	     64u
#define MAP_MAX_VMS	     64u
#define MAP_MAX_PCPUS	     8u

#endif
