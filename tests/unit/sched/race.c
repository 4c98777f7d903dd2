/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler on CPUs that run concurrently, one thread each: two CPUs never hold the registers
 * of the same vCPU, a vCPU keeps its registers on whichever CPU it runs next, no wake-up is lost,
 * and the ledger adds up. Built with -fsanitize=thread it also reports accesses that no lock or
 * atomic orders.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "vm.h"
#include "tests/tap.h"

#define CPUS  3u
#define VCPUS 12u
#define FREQ  1000000000u
#define MSEC  1000000u
/*
 * The test ends after ENOUGH rounds rather than after some time, because threads that spin for a
 * lock whose holder has lost its CPU are slow. MOST limits its CPU time, since other processes may
 * use the CPUs.
 */
#define ENOUGH 30u
#define LEAST  (MSEC * UINT64_C(300))
#define MOST   (MSEC * UINT64_C(60000))

static struct vm vm;
static struct vcpu vcpus[VCPUS];
static struct guest {
	struct pvtime_stolen page;
	uint64_t registers;	 /* not atomic: only the CPU that has loaded it counts up */
	uint64_t mail, mail_got; /* balls received, and balls passed on */
	unsigned holder;	 /* how many CPUs have it loaded */
} guests[VCPUS];
static bool kicked[CPUS];
static uint64_t computed[CPUS], doubly_held, ledgers_wrong;
static bool pausing;

static uint64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * FREQ + (uint64_t)t.tv_nsec;
}

static uint64_t clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void cpu_kick(unsigned cpu)
{
	__atomic_store_n(&kicked[cpu], true, __ATOMIC_RELEASE);
}

/* A seam of the scheduler that this test does not need. */
void vm_dropped(uint64_t vms)
{
	(void)vms;
}

static void load(unsigned i)
{
	if (__atomic_fetch_add(&guests[i].holder, 1, __ATOMIC_ACQ_REL))
		__atomic_fetch_add(&doubly_held, 1, __ATOMIC_RELAXED);
}

static void put(unsigned i)
{
	/* Saving registers takes a while, in which another CPU may already claim the vCPU. */
	for (volatile unsigned n = 0; n < 5000; n++)
		;
	__atomic_fetch_sub(&guests[i].holder, 1, __ATOMIC_ACQ_REL);
}

static void wait_for_interrupt(unsigned cpu)
{
	while (!__atomic_exchange_n(&kicked[cpu], false, __ATOMIC_ACQ_REL) &&
	       clock_now() < sched_deadline(cpu))
		sched_yield();
}

/*
 * vCPUs 0 and 1 pass a ball to each other and sleep without a deadline in between: after one lost
 * wake-up, both sleep for good.
 */
static void play(unsigned cpu, unsigned i)
{
	struct guest *g = &guests[i], *other = &guests[1 - i];

	if (__atomic_load_n(&g->mail, __ATOMIC_ACQUIRE) != g->mail_got) {
		g->mail_got++;
		__atomic_fetch_add(&other->mail, 1, __ATOMIC_RELEASE);
		sched_wake(&vcpus[1 - i], cpu, clock_now());
	}
	sched_will_block(&vcpus[i]);
	if (__atomic_load_n(&g->mail, __ATOMIC_ACQUIRE) == g->mail_got)
		sched_block(&vcpus[i], cpu, clock_now(), UINT64_MAX);
}

/* vCPUs 0 and 1 pass the ball; the others sleep, and wake, stop and start each other. */
static void enter(unsigned cpu, unsigned i, unsigned *rand)
{
	unsigned to;

	for (unsigned n = 0; n < 200; n++) {
		guests[i].registers++;
		computed[cpu]++;
		if (__atomic_exchange_n(&kicked[cpu], false, __ATOMIC_ACQ_REL))
			return;
	}
	if (i < 2) {
		play(cpu, i);
		return;
	}
	*rand = *rand * 1103515245u + 12345u;
	to = 2 + (*rand >> 16) % (VCPUS - 2);
	switch ((*rand >> 8) % 8) {
	case 0:
	case 1:
		sched_block(&vcpus[i], cpu, clock_now(), clock_now() + MSEC / 10);
		break;
	case 2:
		sched_stop(&vcpus[to], cpu, clock_now());
		break;
	case 3:
		sched_start(&vcpus[to], cpu, clock_now());
		break;
	default:
		sched_wake(&vcpus[to], cpu, clock_now());
		break;
	}
}

static void *run_loop(void *arg)
{
	unsigned cpu = (unsigned)(uintptr_t)arg, rand = cpu * 7919u + 1;
	struct vcpu *v, *loaded = NULL;

	while (!__atomic_load_n(&pausing, __ATOMIC_ACQUIRE) || !sched_all_paused() || loaded) {
		v = sched_next(cpu, clock_now());
		if (v != loaded) {
			if (loaded) {
				put((unsigned)(loaded - vcpus));
				sched_release(&loaded->sched);
			}
			if (v) {
				sched_claim(&v->sched);
				load((unsigned)(v - vcpus));
			}
			loaded = v;
		}
		if (v)
			enter(cpu, (unsigned)(v - vcpus), &rand);
		else if (!__atomic_load_n(&pausing, __ATOMIC_ACQUIRE))
			wait_for_interrupt(cpu);
	}
	return NULL;
}

static void check_ledgers(void)
{
	for (unsigned i = 0; i < VCPUS; i++) {
		struct pvtime_totals totals;
		uint64_t sum = 0;
		struct sched_ledger copy;

		sched_ledger(&vcpus[i], &copy);
		pvtime_totals(&copy.time, clock_now(), &totals);
		for (unsigned s = 0; s < PVTIME_STATES; s++)
			sum += totals.ticks[s];
		ledgers_wrong += sum != totals.elapsed;
	}
}

static bool claiming, claimed;

static void *claim(void *s)
{
	__atomic_store_n(&claiming, true, __ATOMIC_RELEASE);
	sched_claim(s);
	__atomic_store_n(&claimed, true, __ATOMIC_RELEASE);
	return NULL;
}

static void claim_waits(void)
{
	struct sched_vcpu s = {.on_cpu = true};
	pthread_t thread;
	bool early;

	pthread_create(&thread, NULL, claim, &s);
	while (!__atomic_load_n(&claiming, __ATOMIC_ACQUIRE))
		sched_yield();
	nanosleep(&(struct timespec){.tv_nsec = 50 * MSEC}, NULL);
	early = __atomic_load_n(&claimed, __ATOMIC_ACQUIRE);
	sched_release(&s);
	pthread_join(thread, NULL);
	tap_ok(!early && claimed && s.on_cpu, "sched_claim() waits for sched_release()");
}

int main(void)
{
	uint64_t start, sum = 0, all = 0, held = 0;
	pthread_t threads[CPUS];

	claim_waits();
	start = clock_now();
	vm.vcpus = vcpus;
	vm.nvcpus = VCPUS;
	vm.dialect = PVTIME_DIALECT_1_0;
	sched_init(CPUS, FREQ, 300, 0);
	for (unsigned i = 0; i < VCPUS; i++) {
		vcpus[i].vm = &vm;
		sched_add(&vcpus[i], 100 + i, i == 3 ? 20 : 0,
			  i % 3 ? 0x7 : (uint8_t)(1u << i % CPUS), clock_now());
		pvtime_map(&vcpus[i].time.view, &guests[i].page);
		sched_start(&vcpus[i], 0, clock_now());
	}
	guests[0].mail = 1;
	for (uintptr_t cpu = 0; cpu < CPUS; cpu++)
		pthread_create(&threads[cpu], NULL, run_loop, (void *)cpu);
	while (clock_now() < start + LEAST ||
	       (__atomic_load_n(&guests[0].mail, __ATOMIC_ACQUIRE) < ENOUGH &&
		read_clock(CLOCK_PROCESS_CPUTIME_ID) < MOST)) {
		check_ledgers();
		nanosleep(&(struct timespec){.tv_nsec = 10 * MSEC}, NULL);
	}
	__atomic_store_n(&pausing, true, __ATOMIC_RELEASE);
	/* This thread is not one of the CPUs, so all CPUs must be kicked. */
	sched_pause_all(CPUS, clock_now());
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		cpu_kick(cpu);
	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		pthread_join(threads[cpu], NULL);
		sum += computed[cpu];
	}
	for (unsigned i = 0; i < VCPUS; i++) {
		all += guests[i].registers;
		held += guests[i].holder;
	}
	tap_is_u64(doubly_held, 0, "two CPUs never hold the registers of the same vCPU");
	tap_is_u64(all, sum, "the vCPUs' registers hold everything that the CPUs have computed");
	tap_is_u64(
		ledgers_wrong, 0,
		"R-25: the states of each ledger always add up to the elapsed time, read from another thread");
	tap_is_u64(held, 0, "no CPU holds a vCPU's registers after the pause");
	tap_ok(guests[0].mail >= ENOUGH,
	       "two vCPUs that sleep and wake each other lose no wake-up in at least 30 rounds (%llu)",
	       (unsigned long long)guests[0].mail);
	return tap_done();
}
