/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at real threads that compete for one CPU: how they are found, and that their ledger holds
 * at every look.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/vmm/look.h"

#define MS UINT64_C(1000000)

enum { EXITS_AT = 24, BLOCKING_AT = 40 };

struct worker {
	pthread_t thread;
	struct looker looker;
	atomic_bool ready, stop, sleep;
	bool in_kvm;
	struct look last;
};

static void nap(uint64_t ns)
{
	const struct timespec t = {.tv_nsec = (long)ns};

	nanosleep(&t, NULL);
}

static void *work(void *argument)
{
	struct worker *w = argument;

	if (look_open(&w->looker) != 0)
		return NULL;
	atomic_store(&w->ready, true);
	while (!atomic_load(&w->stop))
		if (atomic_load(&w->sleep))
			nap(20 * MS);
	look_at_self(&w->looker, &w->last);
	return NULL;
}

static bool begin(struct worker *w, bool sleep)
{
	atomic_store(&w->sleep, sleep);
	if (pthread_create(&w->thread, NULL, work, w) != 0)
		return false;
	for (unsigned i = 0; i < 5000 && !atomic_load(&w->ready); i++)
		nap(MS);
	return atomic_load(&w->ready);
}

static void end(struct worker *w)
{
	atomic_store(&w->stop, true);
	pthread_join(w->thread, NULL);
	look_close(&w->looker);
}

/* A file in place of KVM's statistics, with both values. */
static struct vcpu_stats fake_stats(uint64_t exits, uint64_t blocking)
{
	struct vcpu_stats s = {
		.fd = memfd_create("stats", 0), .exits = EXITS_AT, .blocking = BLOCKING_AT};

	if (pwrite(s.fd, &exits, sizeof(exits), EXITS_AT) < 0 ||
	    pwrite(s.fd, &blocking, sizeof(blocking), BLOCKING_AT) < 0)
		tap_ok(false, "a file for statistics can be written");
	return s;
}

/*
 * Looks until `what` was found `enough` times, for half a minute at most; others[] counts what was
 * found.
 */
static unsigned found(struct worker *w, const struct vcpu_stats *stats, enum look_found what,
		      unsigned enough, unsigned others[4])
{
	struct look look;
	uint64_t end_at = look_now() + 30000 * MS;

	while (others[what] < enough && look_now() < end_at) {
		if (look_at(&w->looker, stats, &w->in_kvm, &look))
			others[look.found]++;
		nap(MS);
	}
	return others[what];
}

/*
 * Whether a look has the time of the thread's clock. The thread sleeps before and after the look.
 */
static bool runs_by_its_clock(struct worker *w, const struct vcpu_stats *stats)
{
	struct timespec before = {0}, after = {0};
	struct look look;

	for (unsigned i = 0; i < 1000; i++) {
		clock_gettime(w->looker.clock, &before);
		if (!look_at(&w->looker, stats, &w->in_kvm, &look))
			return false;
		clock_gettime(w->looker.clock, &after);
		if (before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec)
			return look.run == (uint64_t)after.tv_sec * 1000 * MS +
						   (uint64_t)after.tv_nsec &&
			       look.wait != look.run;
		nap(MS);
	}
	return false;
}

/* Sleeps so that no signal wakes it, as a thread that waits for memory does: in vfork(). */
static void *sleep_unwakeable(void *argument)
{
	struct worker *w = argument;

	if (look_open(&w->looker) != 0)
		return NULL;
	atomic_store(&w->ready, true);
	pid_t child = vfork();
	if (child == 0) {
		while (!atomic_load(&w->stop))
			usleep(1000);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	return NULL;
}

static void unwakeable(void)
{
	static struct worker w = {.in_kvm = true};
	struct vcpu_stats off = fake_stats(7, 0);
	unsigned n[4] = {0};

	tap_ok(pthread_create(&w.thread, NULL, sleep_unwakeable, &w) == 0,
	       "a thread that no signal wakes is started");
	for (unsigned i = 0; i < 5000 && !atomic_load(&w.ready); i++)
		nap(MS);
	tap_ok(found(&w, &off, LOOK_BLOCKED, 20, n) == 20 && n[LOOK_OFF] == 0,
	       "a thread in KVM_RUN that no signal wakes is not off");
	end(&w);
	stats_close(&off);
}

static void asleep(void)
{
	static struct worker w;
	struct vcpu_stats off = fake_stats(7, 0), blocking = fake_stats(7, 1);
	unsigned n[4] = {0};

	tap_ok(begin(&w, true), "a thread that sleeps is started");
	tap_ok(found(&w, &off, LOOK_BLOCKED, 20, n) == 20 && n[LOOK_OFF] == 0,
	       "a thread that sleeps outside of KVM_RUN is blocked");
	w.in_kvm = true;
	tap_ok(found(&w, &off, LOOK_OFF, 20, n) == 20,
	       "a thread in KVM_RUN whose vCPU does not block is off");
	unsigned was_off = n[LOOK_OFF];
	tap_ok(found(&w, &blocking, LOOK_BLOCKED, 60, n) == 60 && n[LOOK_OFF] == was_off,
	       "a thread in KVM_RUN whose vCPU blocks is blocked");
	tap_is_u64(stats_exits(&blocking), 7, "the exits are read from the same file");
	tap_ok(runs_by_its_clock(&w, &off), "the time that the thread ran is what its clock says");
	end(&w);
	stats_close(&off);
	stats_close(&blocking);
}

/*
 * Threads run where their maker does. This thread then looks from any other CPU: on theirs it would
 * find them waiting for itself. false: there is no other CPU.
 */
static bool begin_on_one_cpu(struct worker w[2])
{
	size_t cpu = (size_t)sched_getcpu();
	cpu_set_t before, here;

	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	sched_setaffinity(0, sizeof(here), &here);
	bool good = begin(&w[0], false) && begin(&w[1], false);
	tap_ok(good, "two threads are started on one CPU");
	CPU_CLR(cpu, &before);
	return sched_setaffinity(0, sizeof(before), &before) == 0;
}

/* Lets this thread run on every CPU again. */
static void everywhere(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
}

/* Two threads that always want the same CPU; this thread looks from wherever it runs. */
static void contended(void)
{
	static struct worker w[2];
	struct vcpu_stats stats = fake_stats(0, 0);
	unsigned n[4] = {0};

	bool apart = begin_on_one_cpu(w);
	found(&w[0], &stats, LOOK_WAITED, 10, n);
	tap_ok(n[LOOK_WAITED] >= 10, "a thread that waits for a CPU is found waiting");
	if (apart)
		found(&w[0], &stats, LOOK_RAN, 10, n);
	if (apart)
		tap_ok(n[LOOK_RAN] >= 10, "a thread that runs is found running");
	else
		tap_skip("a thread that runs is found running: there is one CPU");
	tap_ok(n[LOOK_BLOCKED] + n[LOOK_OFF] == 0,
	       "a thread that computes is never found blocked or off");
	everywhere();
	end(&w[0]);
	end(&w[1]);
	stats_close(&stats);
}

/* The ledger of one of two threads on one CPU; that thread sleeps by turns. */
static void ledger(void)
{
	static struct worker w[2];
	struct vcpu_stats stats = fake_stats(0, 0);
	struct account a, last;
	struct look look;
	unsigned bad = 0;

	account_begin(&a, look_now(), false);
	begin_on_one_cpu(w);
	for (unsigned i = 0; i < 1500; i++) {
		atomic_store(&w[0].sleep, i / 100 % 2 == 1);
		last = a;
		if (look_at(&w[0].looker, &stats, &w[0].in_kvm, &look))
			account_look(&a, &look);
		for (int s = 0; s < PVTIME_STATES; s++)
			bad += a.ticks[s] < last.ticks[s];
		nap(MS);
	}
	everywhere();
	end(&w[0]);
	uint64_t after = look_now();
	end(&w[1]);
	account_look(&a, &w[0].last);
	tap_is_u64(bad, 0, "no number of the ledger falls");
	tap_ok(a.ticks[PVTIME_RUNNING] == w[0].last.run && a.ticks[PVTIME_READY] == w[0].last.wait,
	       "the ledger ends with what Linux has counted");
	tap_ok(a.ticks[PVTIME_RUNNING] > 5 * MS && a.ticks[PVTIME_READY] > 5 * MS &&
		       a.ticks[PVTIME_BLOCKED] > 5 * MS,
	       "the thread ran, waited and slept for more than 5 ms each: %llu, %llu, %llu ns",
	       (unsigned long long)a.ticks[PVTIME_RUNNING],
	       (unsigned long long)a.ticks[PVTIME_READY],
	       (unsigned long long)a.ticks[PVTIME_BLOCKED]);
	uint64_t lived = w[0].last.at - a.begun, elapsed = account_elapsed(&a);
	tap_ok(elapsed >= lived && a.begun + elapsed <= after,
	       "the states make up the thread's whole life: %llu of %llu ns",
	       (unsigned long long)elapsed, (unsigned long long)lived);
	stats_close(&stats);
}

int main(void)
{
	if (access("/proc/thread-self/schedstat", R_OK) != 0) {
		printf("1..0 # SKIP this kernel has no schedstat\n");
		return 0;
	}
	asleep();
	unwakeable();
	contended();
	ledger();
	return tap_done();
}
