/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices that QEMU's `virt` always has, and that some kernels access before they read the FDT:
 * virtio-mmio transports without a device, and the clock. The word `epoch=N` gives the time, in
 * seconds since 1970, that the clock has to show; it may show up to an hour more.
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"

#define TRANSPORTS 0x0a000000u
#define CLOCK	   0x09010000u

static bool reads(uint64_t address, unsigned bytes, uint64_t want)
{
	uint64_t value = ~want;

	return !fault_read(address, bytes, &value).taken && value == want;
}

static void transports(void)
{
	unsigned wrong = 0;

	for (uint64_t at = TRANSPORTS; at < TRANSPORTS + 32 * 0x200; at += 0x200)
		wrong += !reads(at, 4, 0x74726976) || !reads(at + 4, 4, 1) ||
			 !reads(at + 8, 4, 0) || !reads(at + 12, 4, 0x554d4551);
	tap_is_u64(wrong, 0, "32 virtio-mmio transports report that they have no device");
	tap_ok(!fault_write(TRANSPORTS + 0x70, 4, 0).taken && reads(TRANSPORTS + 0x70, 4, 0),
	       "a virtio-mmio transport accepts a reset, and its status stays 0");
}

static void clock(uint64_t epoch)
{
	uint64_t seconds = 0;

	tap_ok(reads(CLOCK + 0xfe0, 4, 0x31) && reads(CLOCK + 0xfe4, 4, 0x10),
	       "the clock's ID registers are those of a PL031");
	tap_ok(!fault_read(CLOCK, 4, &seconds).taken && seconds - epoch < 3600,
	       "the clock reads %llu, less than an hour after %llu", (unsigned long long)seconds,
	       (unsigned long long)epoch);
	tap_ok(!fault_write(CLOCK + 8, 4, 86400).taken && !fault_read(CLOCK, 4, &seconds).taken &&
		       seconds - 86400 < 60,
	       "the guest can set the clock");
}

int main(void)
{
	transports();
	clock(board_arg("epoch", 0));
	return tap_done();
}
