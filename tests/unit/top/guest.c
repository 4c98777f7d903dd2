/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pvtime top` infers of guests' stolen time from what KVM knows of it. */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/top/guest.h"

static struct top_thread threads[] = {{.process = 10, .thread = 11, .serial = 1},
				      {.process = 10, .thread = 12, .serial = 2},
				      {.process = 20, .thread = 21, .serial = 3},
				      {.process = 30, .thread = 15, .serial = 4}};
static struct top_sample sample = {.threads = threads, .count = 4};
static struct top_guests guests;

static bool follow(void)
{
	bool due = false;

	if (!top_guests_follow(&guests, &sample, &due))
		tap_ok(false, "the threads are followed");
	return due;
}

/* Forget everything, and follow the threads anew. */
static void begin(void)
{
	top_guests_free(&guests);
	for (size_t i = 0; i < sample.count; i++)
		threads[i].guest = TOP_GUEST_UNKNOWN;
	follow();
}

/* Take a fact of thread 21, and return what is then known of it. */
static enum top_guest counts(uint64_t counted, uint64_t shown, bool settled)
{
	const struct top_fact fact = {.thread = 21,
				      .kind = TOP_FACT_COUNTS,
				      .settled = settled,
				      .counted = counted,
				      .shown = shown};

	top_guests_take(&guests, &fact, 1);
	top_guests_tell(&guests, &sample);
	return threads[2].guest;
}

static void test_told(void)
{
	const struct top_fact facts[] = {{.thread = 21, .kind = TOP_FACT_ON},
					 {.thread = 11, .kind = TOP_FACT_NOT_OFFERED},
					 {.thread = 12, .kind = TOP_FACT_OFF},
					 {.thread = 99, .kind = TOP_FACT_ON}};

	begin();
	top_guests_take(&guests, facts, 4);
	top_guests_tell(&guests, &sample);
	tap_ok(threads[0].guest == TOP_GUEST_NOT_OFFERED && threads[1].guest == TOP_GUEST_OFF &&
		       threads[2].guest == TOP_GUEST_ON,
	       "each thread has what KVM says of it");
	tap_ok(threads[3].guest == TOP_GUEST_UNKNOWN, "a thread without a fact is unknown");
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

/* Follow the threads so often; how often the facts were due. */
static unsigned due_in(unsigned intervals)
{
	unsigned n = 0;

	for (unsigned i = 0; i < intervals; i++)
		n += follow();
	return n;
}

static void test_due(void)
{
	const struct top_fact all[] = {{.thread = 11, .kind = TOP_FACT_ON},
				       {.thread = 12, .kind = TOP_FACT_ON},
				       {.thread = 15, .kind = TOP_FACT_ON},
				       {.thread = 21, .kind = TOP_FACT_ON}};

	top_guests_free(&guests);
	tap_is_u64(due_in(5), 5, "facts are read in the first intervals of a new vCPU");
	tap_is_u64(due_in(20), 2, "facts that stay unknown are read in each tenth interval");
	top_guests_take(&guests, all, 4);
	tap_is_u64(due_in(30), 3, "facts that are known are read in each tenth interval");
	threads[2].serial = 9;
	tap_ok(follow(), "a vCPU whose thread is new is read at once");
	top_guests_tell(&guests, &sample);
	tap_ok(threads[2].guest == TOP_GUEST_UNKNOWN && threads[0].guest == TOP_GUEST_ON,
	       "a thread that has the PID of an earlier one has not its state");
	top_guests_take(&guests, all, 4);
	tap_is_u64(due_in(9), 0, "facts that are known soon are not read again soon");
	sample.count = 1;
	follow();
	tap_is_u64(guests.count, 1, "a thread that has ended is forgotten");
	sample.count = 4;
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
	test_counts();
	test_due();
	test_words();
	top_guests_free(&guests);
	return tap_done();
}
