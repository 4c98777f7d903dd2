/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM whose memory for structures is away or write-protected while a vCPU waits, on a KVM with
 * ports/linux:
 *
 *	round_away
 *
 * Another vCPU makes the rounds that refresh the first one's structure. It must not wait for its
 * page, and must store where that needs no waiting.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include "tests/linux/away.h"
#include "tests/tap.h"

enum { LOOK_MS = 600 };

static atomic_bool stop, hogging;
static atomic_uint runs[VM_VCPUS]; /* of each vCPU */
static pthread_t threads[3];

static void *waiter(void *unused)
{
	be_on(0, 1);
	while (!atomic_load(&stop)) {
		vcpu_run(&vm.vcpus[WAITS]);
		atomic_fetch_add(&runs[WAITS], 1);
	}
	return unused;
}

static void *runner(void *unused)
{
	be_on(1, 0);
	while (!atomic_load(&stop)) {
		vcpu_run(&vm.vcpus[RUNS]);
		atomic_fetch_add(&runs[RUNS], 1);
	}
	return unused;
}

/*
 * Take the first vCPU's CPU until release(). Until then the tests wait for what must come true: a
 * machine may be slow. What never does is found by the limit of memory_away.t.
 */
static void *hog(void *unused)
{
	be_on(0, 2);
	while (atomic_load(&hogging))
		;
	return unused;
}

static void release(void)
{
	atomic_store(&hogging, false);
}

/* The first vCPU waits for its CPU from here on, and the second one runs. */
static void begin(void)
{
	create();
	be_on(1, 0);
	atomic_store(&stop, false);
	atomic_store(&hogging, true);
	for (unsigned i = 0; i < VM_VCPUS; i++)
		atomic_store(&runs[i], 0);
	threads[0] = start(waiter);
	threads[1] = start(runner);
	while (atomic_load(&runs[WAITS]) == 0 || atomic_load(&runs[RUNS]) == 0)
		nap(1);
	threads[2] = start(hog);
	while (counter_ns(WAITS) == 0)
		nap(1);
}

static void end(void)
{
	atomic_store(&stop, true);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	destroy();
}

/* A vCPU waits, and its page is missing. Another one makes the rounds, and must not wait for it. */
static void a_round_waits_for_no_page(void)
{
	uint64_t before;
	unsigned first;

	begin();
	before = counter_ns(WAITS);
	lose_page();
	tap_ok(!page_needed(LOOK_MS), "while a vCPU waits, nobody needs its missing page");
	first = atomic_load(&runs[RUNS]);
	while (atomic_load(&runs[RUNS]) < first + 10)
		nap(1);
	tap_ok(true, "meanwhile the other vCPU runs on");
	release();
	tap_ok(page_needed(60000), "the vCPU needs its page when it has its CPU");
	bring_page(0);
	while (counter_ns(WAITS) == 0)
		nap(1);
	tap_ok(counter_ns(WAITS) >= before + LOOK_MS * MS,
	       "what it has waited meanwhile is not lost (%" PRIu64 " ms)", counter_ns(WAITS) / MS);
	end();
}

/* After a fork, the page is shared with the child until somebody stores in it. */
static void a_round_stores_after_a_fork(void)
{
	uint64_t before;
	pid_t child;

	begin();
	child = fork();
	if (child < 0)
		bail_out("fork");
	while (child == 0)
		pause();
	before = counter_ns(WAITS);
	while (counter_ns(WAITS) < before + LOOK_MS * MS)
		nap(1);
	tap_ok(true, "after a fork, the structure of a waiting vCPU is refreshed");
	release();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	end();
}

int main(void)
{
	a_round_waits_for_no_page();
	a_round_stores_after_a_fork();
	return tap_done();
}
