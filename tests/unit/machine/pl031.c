/* SPDX-License-Identifier: BSD-2-Clause */
/* machine/pl031.c, a guest's clock; and the transports of machine/virtio_mmio.h. */
#include "machine/pl031.h"
#include "machine/virtio_mmio.h"
#include "tests/tap.h"

#define NOW UINT64_C(0x69f00000) /* in 2026 */

enum { DR = 0, MR = 4, LR = 8, CR = 12, IMSC = 16, RIS = 20, MIS = 24, ICR = 28 };

static void test_time(void)
{
	struct pl031 r = {.ahead = 0};

	tap_is_u64(pl031_read(&r, DR, NOW), NOW, "the PL031 reads the current time");
	tap_is_u64(pl031_read(&r, DR, NOW + 60), NOW + 60, "the PL031's time advances");
	tap_is_u64(pl031_read(&r, CR, NOW), 1, "the PL031 reads as enabled");
	pl031_write(&r, CR, 0, NOW);
	tap_ok(pl031_read(&r, CR, NOW) == 1 && pl031_read(&r, DR, NOW + 1) == NOW + 1,
	       "the PL031 cannot be stopped");
	pl031_write(&r, LR, 1000, NOW);
	tap_ok(pl031_read(&r, LR, NOW + 5) == 1000 && pl031_read(&r, DR, NOW + 5) == 1005,
	       "the PL031 can be set to an earlier time");
	pl031_write(&r, LR, UINT32_MAX, NOW);
	tap_is_u64(pl031_read(&r, DR, NOW + 1), 0, "the PL031 wraps to 0 after 32 bits");
	pl031_write(&r, DR, 7, NOW);
	tap_is_u64(pl031_read(&r, DR, NOW + 2), 1, "a write to the PL031's count does nothing");
}

static void test_alarm(void)
{
	struct pl031 r = {.ahead = 0};

	tap_is_u64(pl031_read(&r, RIS, NOW), 0, "no alarm comes before one is set");
	pl031_write(&r, MR, (uint32_t)NOW + 10, NOW);
	tap_ok(pl031_read(&r, MR, NOW) == NOW + 10 && pl031_read(&r, RIS, NOW + 9) == 0,
	       "an alarm does not come a second early");
	tap_ok(pl031_read(&r, RIS, NOW + 10) == 1 && pl031_read(&r, MIS, NOW + 10) == 0,
	       "an alarm comes at its time, and is masked");
	pl031_write(&r, IMSC, 3, NOW + 10);
	tap_ok(pl031_read(&r, IMSC, NOW + 11) == 1 && pl031_read(&r, MIS, NOW + 11) == 1,
	       "an alarm shows in MIS once it is unmasked");
	pl031_write(&r, ICR, 0, NOW + 11);
	tap_is_u64(pl031_read(&r, RIS, NOW + 11), 1, "a 0 written to ICR clears nothing");
	pl031_write(&r, ICR, 1, NOW + 11);
	tap_ok(pl031_read(&r, RIS, NOW + 1000) == 0, "a cleared alarm does not come again");
	pl031_write(&r, MR, (uint32_t)NOW + 100, NOW);
	pl031_write(&r, LR, (uint32_t)NOW + 90, NOW);
	tap_ok(pl031_read(&r, RIS, NOW + 9) == 0 && pl031_read(&r, RIS, NOW + 10) == 1,
	       "an alarm comes by the time that the PL031 was set to");
	pl031_write(&r, ICR, 1, NOW + 10);
	pl031_write(&r, MR, (uint32_t)NOW + 95, NOW + 10);
	tap_is_u64(pl031_read(&r, RIS, NOW + 20), 0,
		   "an alarm that is set to a past time does not come");
}

static void test_id(void)
{
	static const uint8_t id[] = {0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
	struct pl031 r = {.ahead = 0};
	unsigned wrong = 0;

	for (uint32_t i = 0; i < 8; i++)
		wrong += pl031_read(&r, 0xfe0 + 4 * i, NOW) != id[i];
	tap_is_u64(wrong, 0, "the PL031 has the identification of a PL031");
	for (uint32_t at = 0x20; at < 0xfe0; at += 4) {
		pl031_write(&r, at, 0xffffffff, NOW);
		wrong += pl031_read(&r, at, NOW) != 0;
	}
	tap_is_u64(wrong, 0, "offsets without a register read 0");
	tap_is_u64(pl031_read(&r, DR, NOW), NOW,
		   "writes to offsets without a register do not change the time");
}

static void test_transports(void)
{
	unsigned wrong = 0;

	for (uint32_t i = 0; i < 32; i++) {
		uint32_t at = 0x200 * i;

		wrong += virtio_mmio_empty(at) != 0x74726976 || virtio_mmio_empty(at + 4) != 1 ||
			 virtio_mmio_empty(at + 8) != 0 || virtio_mmio_empty(at + 12) != 0x554d4551;
		for (uint32_t offset = 16; offset < 0x200; offset += 4)
			wrong += virtio_mmio_empty(at + offset) != 0;
	}
	tap_is_u64(wrong, 0, "each transport has its magic, and no device");
}

int main(void)
{
	test_time();
	test_alarm();
	test_id();
	test_transports();
	return tap_done();
}
