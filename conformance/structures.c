/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds, maps and reads the structures by its own code, not by the guest library: a mistake of the
 * library must not hide one of the hypervisor.
 */
#include "guest/mmu.h"
#include "guest/sysreg.h"
#include "suite.h"

#define ADDRESS_LIMIT (1ull << 39) /* guest/mmu.h */

bool structure_register(void)
{
	int64_t answer = call_fdt(suite.st_fid, 0);
	uint64_t ipa = (uint64_t)answer;

	/*
	 * R-06 requires an alignment to 64 bytes, which a case judges. Below 8 bytes the counter
	 * cannot even be loaded.
	 */
	if (answer <= 0 || ipa >= ADDRESS_LIMIT || ipa % 8)
		return false;
	mmu_map(ipa, PVTIME_STRUCT_SIZE, MMU_NORMAL);
	__atomic_store_n(&suite.ipa[cpu_self()->index], ipa, __ATOMIC_RELEASE);
	return true;
}

const volatile struct pvtime_stolen *structure_of(unsigned index)
{
	return (const volatile struct pvtime_stolen *)(uintptr_t)__atomic_load_n(&suite.ipa[index],
										 __ATOMIC_ACQUIRE);
}

uint64_t stolen_ns(unsigned index)
{
	const volatile struct pvtime_stolen *structure = structure_of(index);

	return structure ? le64(__atomic_load_n(&structure->stolen_ns, __ATOMIC_ACQUIRE)) : 0;
}

uint64_t stolen_ns_self(void)
{
	return stolen_ns(cpu_self()->index);
}

uint64_t ns_of(uint64_t ticks)
{
	uint64_t hz = timer_frequency();

	return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}

uint64_t ticks_of_us(uint64_t us)
{
	uint64_t hz = timer_frequency();

	return us / 1000000 * hz + us % 1000000 * hz / 1000000;
}
