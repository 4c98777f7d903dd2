/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU that sleeps in WFI, and whose thread gets another CPU just then, on a KVM with
 * ports/linux:
 *
 *	asleep ROUNDS
 *
 * Such a thread may still be on its run queue, although it sleeps (delayed dequeue, Linux 6.12).
 * Nothing that it sleeps is stolen: another vCPU runs on, and makes the rounds.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/tap.h"

enum { SLEEPS, RUNS };
enum { SHORT_MS = 50, SLEEP_MS = 200 };

#define FLAG (VM_CODE + 0x8000) /* where the guest says that it is about to sleep */
#define MS   UINT64_C(1000000)

static struct vm vm;
static atomic_int thread; /* of the vCPU that sleeps */
static atomic_bool go, woken;

static _Atomic uint32_t *flag(void)
{
	return (_Atomic uint32_t *)(void *)(vm.code + (FLAG - VM_CODE));
}

/* What the thread has waited for a CPU in all, in ns; it sets *state to that of /proc. */
static uint64_t run_delay_ns(char *state)
{
	char path[64];
	unsigned long long ran, waited;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", atomic_load(&thread));
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu %llu", &ran, &waited) != 2)
		bail_out("%s", path);
	fclose(f);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", atomic_load(&thread));
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d (asleep) %c", state) != 1)
		bail_out("%s", path);
	fclose(f);
	return waited;
}

static void *hog(void *unused)
{
	be_on(0, 0);
	for (;;)
		;
	return unused;
}

static void *runner(void *unused)
{
	be_on(2, 0);
	vcpu_enter_with(&vm.vcpus[RUNS], guest_load, VM_CODE, 0);
	vcpu_run(&vm.vcpus[RUNS]);
	return unused;
}

/* Run the vCPU beside the hog until it sleeps, and a signal ends that. */
static void *sleeper(void *unused)
{
	atomic_store(&thread, (int)syscall(SYS_gettid));
	for (;;) {
		while (!atomic_exchange(&go, false))
			nap(1);
		be_on(0, 0);
		vcpu_enter_with(&vm.vcpus[SLEEPS], guest_sleep, FLAG, 1);
		if (ioctl(vm.vcpus[SLEEPS].fd, KVM_RUN, NULL) == 0 || errno != EINTR)
			bail_out("KVM_RUN of a vCPU that sleeps ended: expected EINTR");
		atomic_store(&woken, true);
	}
	return unused;
}

/*
 * What a round has found: how much was shown while the vCPU slept; and how much was charged in all,
 * above the time that it took to wake up. In that time, the thread may really wait for its CPU.
 */
struct found {
	bool slept;
	uint64_t shown_ns, charged_ns;
};

/* The thread gets another CPU so many us after the vCPU has said that it is about to sleep. */
static struct found sleep_once(pthread_t sleeping, uint64_t us)
{
	cpu_set_t other;
	uint64_t begin, before, first, waking;
	char states[3];
	struct found found;

	CPU_ZERO(&other);
	CPU_SET(1, &other);
	atomic_store(flag(), 0);
	atomic_store(&woken, false);
	atomic_store(&go, true);
	while (atomic_load(flag()) == 0)
		;
	for (begin = now_ns(); now_ns() < begin + us * 1000;)
		;
	if (sched_setaffinity(atomic_load(&thread), sizeof(other), &other) != 0)
		bail_out("sched_setaffinity");
	nap(SHORT_MS);
	before = run_delay_ns(&states[0]);
	first = vm_stolen_ns(&vm);
	nap(SLEEP_MS);
	found.shown_ns = vm_stolen_ns(&vm) - first;
	run_delay_ns(&states[1]);
	begin = now_ns();
	while (!atomic_load(&woken)) {
		pthread_kill(sleeping, SIGUSR1);
		nap(1);
	}
	found.charged_ns = run_delay_ns(&states[2]) - before;
	waking = now_ns() - begin;
	found.charged_ns -= found.charged_ns < waking ? found.charged_ns : waking;
	found.slept = states[0] == 'S' && states[1] == 'S';
	return found;
}

static void nothing(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	const struct sigaction action = {.sa_handler = nothing};
	unsigned rounds = argc == 2 ? (unsigned)atoi(argv[1]) : 0, slept = 0;
	uint64_t shown_ns = 0, charged_ns = 0;
	pthread_t sleeping;

	sigaction(SIGUSR1, &action, NULL);
	vm_create(&vm);
	vm_give_stolen(&vm);
	for (unsigned i = 0; i < VM_VCPUS; i++)
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * 64) != 0)
			bail_out("an address");
	be_on(1, 0);
	sleeping = start(sleeper);
	start(hog);
	start(runner);
	while (atomic_load(&thread) == 0)
		nap(1);
	for (unsigned i = 0; i < rounds; i++) {
		struct found found = sleep_once(sleeping, i % 25 * 100);

		if (!found.slept)
			continue;
		slept++;
		if (found.shown_ns > shown_ns)
			shown_ns = found.shown_ns;
		if (found.charged_ns > charged_ns)
			charged_ns = found.charged_ns;
	}
	tap_ok(slept > rounds / 2, "a vCPU whose thread is moved sleeps on (%u of %u times)", slept,
	       rounds);
	tap_ok(shown_ns == 0, "while it sleeps, nothing is stolen (%" PRIu64 " ms)", shown_ns / MS);
	tap_ok(charged_ns == 0,
	       "when it wakes up, what it has slept is not charged (%" PRIu64 " ms)",
	       charged_ns / MS);
	return tap_done();
}
