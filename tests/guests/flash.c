/* SPDX-License-Identifier: BSD-2-Clause */
/* The two flash banks read as erased with every kind of load, and ignore writes and commands. */
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
		tap_ok(ones(0, bytes), "a load of the first %u bytes of bank 0 returns ones",
		       bytes);
		tap_ok(ones(BANK - bytes, bytes),
		       "a load of the last %u bytes of bank 0 returns ones", bytes);
		tap_ok(ones(BANK, bytes), "a load of the first %u bytes of bank 1 returns ones",
		       bytes);
		tap_ok(ones(2 * BANK - bytes, bytes),
		       "a load of the last %u bytes of bank 1 returns ones", bytes);
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
	tap_ok(!fault_end().taken,
	       "LDP, LDXR and a load of a SIMD register from flash take no fault");
	tap_ok((a & b & c & d) == UINT64_MAX,
	       "LDP, LDXR and a load of a SIMD register from flash return ones");
}

static void writes(void)
{
	static const uint8_t commands[] = {0x98, 0x90, 0x70, 0x40, 0x20};

	for (unsigned i = 0; i < sizeof(commands); i++) {
		struct fault f = fault_write(0x55 * 4, 4, commands[i]);

		tap_ok(!f.taken && ones(0x55 * 4, 4) && ones(0, 4), "flash ignores command 0x%x",
		       commands[i]);
	}
	tap_ok(!fault_write(BANK + 0x100, 8, 0).taken && ones(BANK + 0x100, 8),
	       "flash ignores a write of eight bytes");
}

int main(void)
{
	reads();
	writes();
	return tap_done();
}
