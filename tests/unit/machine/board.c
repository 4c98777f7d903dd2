/* SPDX-License-Identifier: BSD-2-Clause */
/* How the board's RAM is shared out. */
#include "machine/board.h"
#include "tests/tap.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static void test_place(void)
{
	const struct board_range ram = {BOARD_RAM_BASE, 4 * GIB};
	struct board_range used[8] = {{BOARD_RAM_BASE, 18 * MIB},
				      {BOARD_RAM_BASE + 128 * MIB, 33 * MIB + 4096}};
	uint32_t count = 2;

	tap_is_u64(board_place_vm(&ram, used, count, 16 * MIB), BOARD_RAM_BASE + 18 * MIB,
		   "a VM goes into the lowest gap that is large enough");
	tap_is_u64(board_place_vm(&ram, used, count, 110 * MIB), BOARD_RAM_BASE + 18 * MIB,
		   "a VM may fill a gap to the last byte");
	tap_is_u64(board_place_vm(&ram, used, count, 110 * MIB + 65536), BOARD_RAM_BASE + 162 * MIB,
		   "a VM of one granule more than the gap goes behind it, aligned to 2 MiB");
	tap_is_u64(board_place_vm(&ram, used, count, GIB), BOARD_RAM_BASE + GIB,
		   "a VM of 1 GiB is aligned to 1 GiB");
	tap_is_u64(board_place_vm(&ram, used, count, 3 * GIB), BOARD_RAM_BASE + GIB,
		   "a VM of 3 GiB fits up to the end of RAM");
	tap_is_u64(board_place_vm(&ram, used, count, 3 * GIB + 65536), UINT64_MAX,
		   "a VM of 3 GiB and a granule fits nowhere");
	tap_is_u64(board_place_vm(&ram, used, count, UINT64_MAX), UINT64_MAX,
		   "a VM of 2^64 - 1 bytes fits nowhere");
	tap_is_u64(board_place_vm(&ram, used, 0, 64 * MIB), BOARD_RAM_BASE,
		   "the first VM of an empty board begins at the start of RAM");

	board_use(used, &count, (struct board_range){BOARD_RAM_BASE + GIB, GIB});
	board_use(used, &count, (struct board_range){BOARD_RAM_BASE + 18 * MIB, 2 * MIB});
	tap_is_u64(count, 4, "board_use() adds two used ranges");
	tap_ok(used[0].base < used[1].base && used[1].base < used[2].base &&
		       used[2].base < used[3].base,
	       "board_use() keeps the used ranges sorted");
	tap_is_u64(board_place_vm(&ram, used, count, GIB), BOARD_RAM_BASE + 2 * GIB,
		   "a second VM of 1 GiB goes behind the first");
}

static void test_taken(void)
{
	struct board_range used[3];

	tap_ok(board_taken(256 * MIB, 40 * MIB + 1, used), "256 MiB take 40 MiB of bundle");
	tap_is_u64(used[0].base, BOARD_RAM_BASE, "the hypervisor has the lowest addresses");
	tap_is_u64(used[1].base, BOARD_RAM_BASE + 128 * MIB,
		   "the bundle is where QEMU puts an initrd");
	tap_is_u64(used[2].base, BOARD_RAM_BASE + 170 * MIB,
		   "the FDT is behind the bundle, aligned");
	tap_ok(board_taken(64 * MIB, MIB, used), "64 MiB of RAM hold a bundle of 1 MiB");
	tap_is_u64(used[1].base, BOARD_RAM_BASE + 32 * MIB,
		   "in 64 MiB of RAM the bundle begins at 32 MiB");
	tap_ok(board_taken(32 * MIB, 2 * MIB, used), "32 MiB of RAM hold a bundle of 2 MiB");
	tap_is_u64(used[1].base, BOARD_RAM_BASE + 18 * MIB,
		   "in 32 MiB of RAM the bundle is behind the hypervisor");
	tap_ok(!board_taken(128 * MIB, 63 * MIB, used),
	       "a bundle that leaves no room for the FDT is refused");
	tap_ok(!board_taken(128 * MIB, UINT64_MAX - 4096, used),
	       "a bundle whose end wraps around is refused");
}

int main(void)
{
	test_place();
	test_taken();
	return tap_done();
}
