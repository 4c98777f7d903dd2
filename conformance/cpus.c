/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Run functions of a case on other CPUs. All vCPUs may share one physical CPU, so a vCPU that waits
 * for another one sleeps: spinning would take the CPU from it.
 */
#include "guest/psci.h"
#include "suite.h"

#define STEP_US	      200u /* between two polls */
#define BARRIER_SPINS 1000u

static struct job {
	void (*fn)(void *arg);
	void *arg;
	bool registers;
	uint32_t done;
} jobs[CPU_MAX];

/* The barrier of on_all_run(). A CPU whose wait times out breaks it for all CPUs. */
static struct {
	uint32_t expected, arrived;
	bool broken;
	uint64_t deadline;
	void (*fn)(unsigned index);
} barrier;

static void sleep_step(void)
{
	timer_sleep_until(counter_virtual() + ticks_of_us(STEP_US));
}

static void run_job(void *arg)
{
	struct job *job = arg;

	if (job->registers)
		check(structure_register(),
		      "CPU %u: PV_TIME_ST gives no structure, but CPU 0 has one",
		      cpu_self()->index);
	job->fn(job->arg);
	__atomic_store_n(&job->done, 1, __ATOMIC_RELEASE);
}

static bool begin(unsigned index, void (*fn)(void *arg), void *arg, bool registers)
{
	struct job *job = &jobs[index];
	int64_t error;

	*job = (struct job){.fn = fn, .arg = arg, .registers = registers};
	error = cpu_start(index, run_job, job);
	return check(error == PSCI_SUCCESS, "CPU %u: CPU_ON returned %ld", index, error);
}

bool cpu_begin(unsigned index, void (*fn)(void *arg), void *arg)
{
	return begin(index, fn, arg, suite.present);
}

bool cpu_end(unsigned index, unsigned ms)
{
	uint64_t deadline = counter_virtual() + ticks_of_us(1000ull * ms);
	bool done, off = false;

	for (;;) {
		done = __atomic_load_n(&jobs[index].done, __ATOMIC_ACQUIRE);
		off = done && psci_affinity_info(cpus[index].mpidr) == PSCI_AFFINITY_OFF;
		if (off || counter_virtual() > deadline)
			break;
		sleep_step();
	}
	return check(off, "CPU %u: %s within %u ms", index,
		     done ? "called CPU_OFF, but was not off" : "its function did not end", ms);
}

bool on_cpu_run(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms)
{
	return cpu_begin(index, fn, arg) && cpu_end(index, ms);
}

bool on_cpu_run_unregistered(unsigned index, void (*fn)(void *arg), void *arg, unsigned ms)
{
	return begin(index, fn, arg, false) && cpu_end(index, ms);
}

static bool barrier_broken(void)
{
	return __atomic_load_n(&barrier.broken, __ATOMIC_RELAXED);
}

static void barrier_break(void)
{
	__atomic_store_n(&barrier.broken, true, __ATOMIC_RELAXED);
}

static bool barrier_full(void)
{
	return __atomic_load_n(&barrier.arrived, __ATOMIC_ACQUIRE) == barrier.expected;
}

/*
 * True when all CPUs have arrived. It spins for a short time first, for vCPUs that have a physical
 * CPU each.
 */
static bool barrier_wait(void)
{
	__atomic_add_fetch(&barrier.arrived, 1, __ATOMIC_ACQ_REL);
	for (unsigned i = 0; i < BARRIER_SPINS && !barrier_full(); i++)
		cpu_relax();
	while (!barrier_full() && !barrier_broken()) {
		if (counter_virtual() > barrier.deadline)
			barrier_break();
		sleep_step();
	}
	return !barrier_broken();
}

static void run_behind_barrier(void *arg)
{
	(void)arg;
	if (barrier_wait())
		barrier.fn(cpu_self()->index);
}

bool on_all_run(void (*fn)(unsigned index), unsigned ms)
{
	unsigned self = cpu_self()->index;
	bool begun[CPU_MAX] = {false}, ok = true;

	barrier.expected = cpu_count();
	barrier.arrived = 0;
	barrier.broken = false;
	barrier.deadline = counter_virtual() + ticks_of_us(1000ull * ms);
	barrier.fn = fn;
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (i == self)
			continue;
		begun[i] = cpu_begin(i, run_behind_barrier, NULL);
		ok = ok && begun[i];
	}
	if (!ok)
		barrier_break();
	run_behind_barrier(NULL);
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (begun[i])
			ok = cpu_end(i, ms) && ok;
	}
	return check(!barrier_broken(), "not all CPUs reached the barrier within %u ms", ms) && ok;
}
