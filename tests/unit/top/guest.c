/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pvtime top` infers of guests' stolen time from what KVM knows of it. */
#include <string.h>
#include "tests/tap.h"
#include "tools/top/guest.h"

static struct top_guest_state state;

/* Take a fact of a guest, and return what is then known of it. */
static enum top_guest take(struct top_fact fact)
{
	top_guest_take(&state, &fact);
	return state.guest;
}

static enum top_guest counts(uint64_t counted, uint64_t shown, bool settled)
{
	return take((struct top_fact){
		.kind = TOP_FACT_COUNTS, .settled = settled, .counted = counted, .shown = shown});
}

static void begin(void)
{
	state = (struct top_guest_state){.guest = TOP_GUEST_UNKNOWN};
}

static void test_told(void)
{
	begin();
	tap_ok(take((struct top_fact){.kind = TOP_FACT_NOT_OFFERED}) == TOP_GUEST_NOT_OFFERED &&
		       take((struct top_fact){.kind = TOP_FACT_OFF}) == TOP_GUEST_OFF &&
		       take((struct top_fact){.kind = TOP_FACT_ON}) == TOP_GUEST_ON,
	       "a guest has what KVM says of it");
}

static void test_vm(void)
{
	struct top_thread threads[] = {{.process = 10, .guest = TOP_GUEST_NOT_OFFERED},
				       {.process = 10, .guest = TOP_GUEST_OFF},
				       {.process = 20, .guest = TOP_GUEST_ON}};
	const struct top_sample sample = {.threads = threads, .count = 3};

	tap_ok(top_guest_of_vm(&sample, 0) == TOP_GUEST_MIXED, "a VM whose vCPUs differ is mixed");
	tap_ok(top_guest_of_vm(&sample, 2) == TOP_GUEST_ON, "a VM has what its vCPU has");
	threads[0].guest = TOP_GUEST_UNKNOWN;
	tap_ok(top_guest_of_vm(&sample, 0) == TOP_GUEST_OFF,
	       "a vCPU that is unknown changes nothing of its VM");
}

static void test_counts(void)
{
	begin();
	tap_ok(counts(0, 0, false) == TOP_GUEST_UNKNOWN && counts(0, 0, true) == TOP_GUEST_OFF,
	       "a guest for which KVM has not counted has not asked");
	begin();
	tap_ok(counts(5000, 5000, true) == TOP_GUEST_OFF,
	       "a structure that has all of the waits was not reset: the guest has not asked");
	tap_ok(counts(6000, 400, true) == TOP_GUEST_ON,
	       "a structure that has less was reset: the guest has asked");
	tap_ok(counts(7000, 7001, true) == TOP_GUEST_UNKNOWN,
	       "a structure that has more is that of a restored VM: nothing is known");
	begin();
	tap_ok(counts(5000, 4000, false) == TOP_GUEST_UNKNOWN,
	       "counts that the thread may be changing are not believed");
	tap_ok(counts(5000, 4000, false) == TOP_GUEST_UNKNOWN,
	       "the same counts are not believed the second time either");
	tap_ok(counts(7000, 6000, false) == TOP_GUEST_ON,
	       "other counts with the same difference are believed");
	tap_ok(counts(9000, 6000, false) == TOP_GUEST_ON &&
		       counts(9000, 8000, false) == TOP_GUEST_ON,
	       "a difference while the thread changes them alters nothing");
}

/* How often facts are due in so many intervals without a new vCPU. */
static unsigned due_in(struct top_guest_pace *pace, unsigned intervals, bool unknown)
{
	unsigned n = 0;

	for (unsigned i = 0; i < intervals; i++)
		n += top_guest_is_due(pace, false, unknown);
	return n;
}

static void test_due(void)
{
	struct top_guest_pace pace = {.eager = 0};

	tap_ok(top_guest_is_due(&pace, true, true) && due_in(&pace, 4, true) == 4,
	       "facts are read in the first intervals of a new vCPU");
	tap_is_u64(due_in(&pace, 20, true), 2,
		   "facts that stay unknown are read in each tenth interval");
	tap_is_u64(due_in(&pace, 30, false), 3,
		   "facts that are known are read in each tenth interval");
	tap_ok(top_guest_is_due(&pace, true, true), "a vCPU whose thread is new is read at once");
	tap_is_u64(due_in(&pace, 9, false), 0, "facts that are known soon are not read again soon");
}

static void test_words(void)
{
	tap_ok(top_guest_word(TOP_GUEST_UNKNOWN) == NULL &&
		       strcmp(top_guest_word(TOP_GUEST_MIXED), "mixed") == 0 &&
		       strcmp(top_guest_told(TOP_GUEST_UNKNOWN), "unknown") == 0 &&
		       strcmp(top_guest_told(TOP_GUEST_NOT_OFFERED), "not offered") == 0 &&
		       strcmp(top_guest_short(TOP_GUEST_NOT_OFFERED), "none") == 0 &&
		       strcmp(top_guest_short(TOP_GUEST_UNKNOWN), "?") == 0,
	       "each state has its words");
}

int main(void)
{
	test_told();
	test_vm();
	test_counts();
	test_due();
	test_words();
	return tap_done();
}
