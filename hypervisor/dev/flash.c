/* SPDX-License-Identifier: BSD-2-Clause */
#include "dev/flash.h"
#include "arch.h"
#include "memory.h"
#include "stage2.h"
#include "string.h"
#include "machine/map.h"

/* One page of ones, mapped 512 times by one table, which all banks of all VMs consist of. */
static uint64_t *erased;

static uint64_t *make_erased(void)
{
	void *ones = page_alloc(1);

	if (!ones)
		return NULL;
	memset(ones, 0xff, PAGE_SIZE);
	dcache_clean(ones, PAGE_SIZE);
	return stage2_repeat(pa_from(ones), S2_READ_EXECUTE);
}

bool flash_map(struct stage2 *s2)
{
	if (!erased)
		erased = make_erased();
	return erased &&
	       stage2_map_repeated(s2, (ipaddr_t){MAP_FLASH_BASE}, MAP_FLASH_SIZE, erased);
}
