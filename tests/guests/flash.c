/* SPDX-License-Identifier: BSD-2-Clause */
/* The two flash banks: erased whoever looks and however, and unchanged by writes and commands. */
#include <tests/tap.h>
#include "guest/exception.h"
#include "guest/start.h"
#include "guest/sysreg.h"

#define BANK 0x04000000u

static bool ones(uint64_t address, unsigned bytes)
{
	uint64_t value = 0;
	struct fault f = fault_read(address, bytes, &value);

	return !f.taken && value == UINT64_MAX >> (64 - 8 * bytes);
}

static void reads(void)
{
	uint64_t a, b, c, d;

	for (unsigned bytes = 1; bytes <= 8; bytes *= 2) {
		tap_ok(ones(0, bytes), "the first %u bytes", bytes);
		tap_ok(ones(BANK - bytes, bytes), "the last of the first bank");
		tap_ok(ones(BANK, bytes), "the first of the second");
		tap_ok(ones(2 * BANK - bytes, bytes), "its last");
	}
	fault_expect();
	__asm__ volatile("ldp %0, %1, [%2]" : "=&r"(a), "=r"(b) : "r"(0x2000ull) : "memory");
	__asm__ volatile("ldxr %0, [%1]" : "=r"(c) : "r"(0x3000ull) : "memory");
	sysreg_write("cpacr_el1", sysreg_read("cpacr_el1") | 3u << 20); /* FPEN */
	__asm__ volatile("isb\n\t.arch_extension fp\n\t.arch_extension simd\n\tldr q0, [%1]\n\tmov "
			 "%0, v0.d[1]"
			 : "=r"(d)
			 : "r"(0x4000ull)
			 : "memory");
	tap_ok(!fault_end().taken, "pairs, exclusives and SIMD registers load from it");
	tap_ok((a & b & c & d) == UINT64_MAX, "ones as well");
}

static void writes(void)
{
	static const uint8_t commands[] = {0x98, 0x90, 0x70, 0x40, 0x20};

	for (unsigned i = 0; i < sizeof(commands); i++) {
		struct fault f = fault_write(0x55 * 4, 4, commands[i]);

		tap_ok(!f.taken && ones(0x55 * 4, 4) && ones(0, 4), "command 0x%x does nothing",
		       commands[i]);
	}
	tap_ok(!fault_write(BANK + 0x100, 8, 0).taken && ones(BANK + 0x100, 8),
	       "a write of eight bytes does nothing");
}

int main(void)
{
	reads();
	writes();
	return tap_done();
}
