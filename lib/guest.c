/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's side: discovery, registration of each vCPU, reading. */
#include <pvtime/guest.h>
#include <pvtime/smccc.h>
#include "order.h"

/* The result of an SMC32 call: w0, whatever the upper half of x0 holds. */
static int32_t call32(pvtime_conduit_fn call, uint32_t fid, uint32_t arg1)
{
	return (int32_t)(uint32_t)(uint64_t)call(fid, arg1);
}

int pvtime_guest_discover(struct pvtime_guest *g, pvtime_conduit_fn call,
			  enum pvtime_dialect dialect)
{
	bool beta2 = dialect == PVTIME_DIALECT_BETA2;
	uint32_t st = beta2 ? PVTIME_FID_ST_BETA2 : PVTIME_FID_ST;
	int64_t ret;

	if (dialect != PVTIME_DIALECT_1_0 && !beta2)
		return PVTIME_GUEST_NO_FEATURES;
	/*
	 * Versions are major << 16 | minor with bit 31 clear, so an error compares as less than any
	 * version.
	 */
	if (call32(call, PVTIME_PSCI_FID_VERSION, 0) < PVTIME_PSCI_VERSION_1_0)
		return PVTIME_GUEST_NO_PSCI;
	if (call32(call, PVTIME_PSCI_FID_FEATURES, PVTIME_SMCCC_FID_VERSION) < 0)
		return PVTIME_GUEST_NO_SMCCC;
	if (call32(call, PVTIME_SMCCC_FID_VERSION, 0) < PVTIME_SMCCC_VERSION_1_1)
		return PVTIME_GUEST_OLD_SMCCC;
	if (call32(call, PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES) !=
	    PVTIME_SMCCC_SUCCESS)
		return PVTIME_GUEST_NO_FEATURES;
	/* beta-2 returns an int32 and does not define the upper half of x0. */
	ret = beta2 ? call32(call, PVTIME_FID_FEATURES, st) : call(PVTIME_FID_FEATURES, st);
	if (ret != PVTIME_SMCCC_SUCCESS)
		return PVTIME_GUEST_NO_ST;
	g->call = call;
	g->st_fid = st;
	return PVTIME_GUEST_OK;
}

int pvtime_guest_locate(const struct pvtime_guest *g, struct pvtime_guest_cpu *c, uint64_t *ipa)
{
	int64_t ret;

	pvtime_guest_detach(c);
	ret = g->call(g->st_fid, 0);
	if (ret == PVTIME_SMCCC_NOT_SUPPORTED)
		return PVTIME_GUEST_NO_ADDRESS;
	if (ret < 0 || ret % PVTIME_STRUCT_ALIGN)
		return PVTIME_GUEST_BAD_ADDRESS;
	*ipa = (uint64_t)ret;
	return PVTIME_GUEST_OK;
}

int pvtime_guest_attach(struct pvtime_guest_cpu *c, const struct pvtime_stolen *page)
{
	uint64_t total;

	if (!page || (uintptr_t)page % PVTIME_STRUCT_ALIGN)
		return PVTIME_GUEST_BAD_ADDRESS;
	if (le32(__atomic_load_n(&page->revision, __ATOMIC_RELAXED)) != PVTIME_REVISION)
		return PVTIME_GUEST_BAD_REVISION;
	if (le32(__atomic_load_n(&page->attributes, __ATOMIC_RELAXED)) != PVTIME_ATTRIBUTES)
		return PVTIME_GUEST_BAD_ATTRIBUTES;
	pvtime_guest_detach(c);
	/* A hypervisor that keeps R-23 continued to count. Any other may have restarted at 0. */
	total = pvtime_stolen_read(page);
	if (total + c->carry_ns < c->last_ns)
		__atomic_store_n(&c->carry_ns, c->last_ns - total, __ATOMIC_RELAXED);
	/* A reader that finds the page finds its carry, too. */
	__atomic_store_n(&c->page, page, __ATOMIC_RELEASE);
	return PVTIME_GUEST_OK;
}

void pvtime_guest_detach(struct pvtime_guest_cpu *c)
{
	const struct pvtime_stolen *page = c->page;

	if (!page)
		return;
	/* A reader that finds no page finds the last value, too. */
	__atomic_store_n(&c->last_ns, pvtime_guest_stolen_ns(c), __ATOMIC_RELAXED);
	__atomic_store_n(&c->page, NULL, __ATOMIC_RELEASE);
	/* The CPU may have been kept waiting in between, and a reader may have seen that. */
	__atomic_store_n(&c->last_ns, pvtime_stolen_read(page) + c->carry_ns, __ATOMIC_RELAXED);
}

uint64_t pvtime_guest_stolen_ns(const struct pvtime_guest_cpu *c)
{
	const struct pvtime_stolen *page = __atomic_load_n(&c->page, __ATOMIC_ACQUIRE);

	if (!page)
		return __atomic_load_n(&c->last_ns, __ATOMIC_RELAXED);
	return pvtime_stolen_read(page) + __atomic_load_n(&c->carry_ns, __ATOMIC_RELAXED);
}

void pvtime_sample_begin(struct pvtime_sample *s, const struct pvtime_guest_cpu *c)
{
	s->stolen_ns = pvtime_guest_stolen_ns(c);
	s->slack_ns = 0;
	s->counter = 0;
	s->tries = 0;
}

bool pvtime_sample_end(struct pvtime_sample *s, const struct pvtime_guest_cpu *c, uint64_t counter)
{
	uint64_t before = s->stolen_ns, after = pvtime_guest_stolen_ns(c);

	/* The second reading of this round is the first of the next. */
	s->stolen_ns = after;
	s->slack_ns = after > before ? after - before : 0;
	s->counter = counter;
	s->tries++;
	return after == before || s->tries == PVTIME_SAMPLE_TRIES;
}
