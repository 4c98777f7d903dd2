/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_BUNDLE_H
#define MACHINE_BUNDLE_H

/*
 * The file that the pvtime command gives to the hypervisor as its initrd: a manifest, which is a
 * flattened devicetree, and after it the bytes of the images. The command has placed and checked
 * everything; the hypervisor checks again only what its own safety depends on.
 *
 *   offset 0                 manifest (FDT, its totalsize says how long)
 *   page-aligned offsets     blobs, each stored once however many VMs use it
 *
 * / {
 *     compatible = "pvtime,lab-3";
 *     timeslice-us = <u32>;
 *     run-ns = <u64>;               guest time after which to stop, 0: no limit
 *     sample-ns = <u64>;            period of LINK_RECORD samples, 0: none
 *     epoch = <u64>;                for the guests' clocks: seconds since 1970 at the time at which
 *                                   the board's counter is 0
 *     attached = <u32>;             index of the VM whose console has input, or 0xffffffff
 *     until = <u32>;                index of the VM whose end ends the lab, or 0xffffffff
 *     stamp-lines = <u32>;          1: each line of the consoles gets a LINK_RECORD "line"; 0: no
 *                                   line does
 *     vm@N {                        N = 0, 1, ... in the order of the lab file
 *         name = "...";
 *         vcpus = <u32>;  memory = <u64>;         bytes of RAM, at 0x40000000
 *         weight = <u32>; cap = <u32>;            percent, 0: none
 *         pin = <u32>;                            bit n: may run on physical CPU n; never 0
 *         stolen-time = <u32>;                    enum pvtime_dialect
 *         entry = <u64>; x0 = <u64>;              of the first vCPU, MMU off, EL1; x1 to x3 are 0
 *         big-endian;                             only if SCTLR_EL1.EE and E0E are to be set
 *         segment@M { ipa = <u64>; offset = <u64>; size = <u64>; };   copied to zeroed RAM at
 *                                                 start and reset; offset and size to the byte
 *     };
 * };
 */
#define BUNDLE_COMPATIBLE "pvtime,lab-3"
#define BUNDLE_ALIGN	  4096u
#define BUNDLE_NOBODY	  0xffffffffu

#endif
