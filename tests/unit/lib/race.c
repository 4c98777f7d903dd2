/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * R-27 with a reader on another CPU: each published value has equal halves, so that a value
 * composed of two shows at once. A store in two halves fails here within a few thousand rounds.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <pvtime/guest.h>
#include <pvtime/ledger.h>
#include "tests/tap.h"

#define READS 2000000u
#define STEP  0x100000001u

static struct pvtime_stolen page;
static atomic_bool done;

static void *writer(void *arg)
{
	struct pvtime_vcpu *v = arg;

	pvtime_account(v, PVTIME_READY, 0);
	for (uint64_t i = 1; i <= UINT32_MAX && !atomic_load(&done); i++)
		pvtime_publish(v, i * STEP);
	return NULL;
}

int main(void)
{
	struct pvtime_vcpu v;
	struct pvtime_guest_cpu c = {0};
	uint64_t torn = 0, back = 0, last = 0, changes = 0;
	pthread_t thread;

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, 1000000000, 0);
	pvtime_map(&v.view, &page);
	tap_is_i64(pvtime_guest_attach(&c, &page), PVTIME_GUEST_OK,
		   "the guest accepts the structure");
	if (!tap_ok(!pthread_create(&thread, NULL, writer, &v), "the thread that publishes starts"))
		return tap_done();
	/*
	 * At least 100 changes: on a busy machine the two threads may hardly run at the same time.
	 */
	for (uint64_t reads = 0; reads < READS || changes < 100; reads++) {
		uint64_t x = pvtime_guest_stolen_ns(&c);

		torn += x >> 32 != (x & UINT32_MAX) ? 1 : 0;
		back += x < last ? 1 : 0;
		changes += x != last ? 1 : 0;
		last = x;
	}
	atomic_store(&done, true);
	pthread_join(thread, NULL);
	tap_is_u64(torn, 0, "no value that the guest read was torn");
	tap_is_u64(back, 0, "none of %llu changes that the guest read went back",
		   (unsigned long long)changes);
	tap_is_u64(pvtime_guest_stolen_ns(&c), pvtime_get_stolen_ns(&v.view),
		   "the guest's last value is the last one published");
	return tap_done();
}
