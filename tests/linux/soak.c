/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs under stress, on a KVM with ports/linux:
 *
 *	soak SECONDS SEED
 *
 * Several threads run the vCPUs of several VMs, at random, so that vCPUs move between threads and
 * wait for CPUs. Meanwhile slots come and go, dirty logs are switched, signals interrupt KVM_RUN,
 * totals are read and set, and VMs are saved, reset, destroyed and made again.
 *
 * At any time, a vCPU's counter must not have gone back; its total must be no less than what its
 * threads have certainly waited while they ran it, and neither may be more than the time that has
 * passed. soak.t looks for reports of the kernel.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/linux/vmm.h"
#include "tests/tap.h"

enum { VMS = 3, THREADS = 6, SLOT = 5 };

struct subject {
	pthread_mutex_t lock; /* whoever runs it, or looks at its total */
	struct vcpu *vcpu;
	const struct pvtime_stolen *structure;
	uint64_t last;	  /* the counter that was seen last */
	uint64_t least;	  /* what its threads have certainly waited, ns */
	uint64_t begun;	  /* when its counter began at 0 */
	uint64_t granted; /* what was added by setting the total */
};

struct machine {
	struct vm vm;
	struct subject subjects[VM_VCPUS];
	bool log;
};

static struct machine machines[VMS];
static pthread_t threads[THREADS];
static atomic_bool stop;
static atomic_uint back, early, late, wrong;
static _Thread_local uint64_t seed;

/* A random number below `limit` (xorshift64). */
static unsigned below(unsigned limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 32) % limit;
}

static void fault(atomic_uint *count, const char *what, uint64_t got, uint64_t bound)
{
	if (atomic_fetch_add(count, 1) < 5)
		printf("# %s: %" PRIu64 ", and not %" PRIu64 "\n", what, got, bound);
}

static int total(struct subject *s, uint64_t *ns)
{
	return vcpu_get(s->vcpu, KVM_ARM_VCPU_PVTIME_TOTAL, ns);
}

/* The following are called with the vCPU's lock held. */

static void look_at_counter(struct subject *s)
{
	uint64_t ns = __atomic_load_n(&s->structure->stolen_ns, __ATOMIC_ACQUIRE);

	if (ns < s->last)
		fault(&back, "a counter has gone back", ns, s->last);
	s->last = ns;
	uint64_t passed = now_ns() - s->begun + s->granted;
	if (ns > passed)
		fault(&early, "a counter has more than has passed", ns, passed);
}

static void look_at_total(struct subject *s)
{
	uint64_t ns = 0;

	if (total(s, &ns) != 0)
		fault(&wrong, "the total cannot be read", (uint64_t)errno, 0);
	if (ns < s->least)
		fault(&late, "a total lacks what was waited", ns, s->least);
	uint64_t passed = now_ns() - s->begun + s->granted;
	if (ns > passed)
		fault(&early, "a total has more than has passed", ns, passed);
}

/* What the thread waits between its first KVM_RUN and its last one is certainly stolen. */
static void run(struct subject *s)
{
	uint64_t first = 0, entered = 0;

	for (unsigned i = 0, turns = 2 + below(10); i < turns; i++) {
		entered = delay_ns();
		vcpu_run(s->vcpu);
		look_at_counter(s);
		if (i == 0)
			first = delay_ns();
		if (below(8) == 0)
			sched_yield();
	}
	s->least += entered > first ? entered - first : 0;
	look_at_total(s);
}

static void *runner(void *context)
{
	seed = (uintptr_t)context;
	while (!atomic_load(&stop)) {
		struct subject *s = &machines[below(VMS)].subjects[below(VM_VCPUS)];

		if (pthread_mutex_trylock(&s->lock) != 0) {
			sched_yield();
			continue;
		}
		run(s);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* The vCPU's counter begins at 0. KVM must not complete a store from before that. */
static void begin(struct subject *s)
{
	s->vcpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	s->last = s->least = s->granted = 0;
	s->begun = now_ns();
	vcpu_enter_at(s->vcpu, guest_work);
}

static void create(struct machine *m)
{
	const struct pvtime_range region = {VM_STOLEN, VM_STOLEN_SIZE};

	vm_create(&m->vm);
	if (pvtime_kvm_create(&m->vm.stolen, m->vm.fd, SLOT, &region, VM_VCPUS) != 0 ||
	    pvtime_kvm_read_only(m->vm.stolen, m->vm.vcpus[0].fd) != 1 ||
	    pvtime_kvm_register(m->vm.stolen) != 0)
		bail_out("a read-only region");
	m->log = false;
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		struct subject *s = &m->subjects[i];

		s->vcpu = &m->vm.vcpus[i];
		s->structure = (struct pvtime_stolen *)pvtime_kvm_memory(m->vm.stolen, NULL) + i;
		if (pvtime_kvm_vcpu_set(m->vm.stolen, i, s->vcpu->fd) != 0)
			bail_out("an address");
		begin(s);
	}
}

static void lock_all(struct machine *m)
{
	for (unsigned i = 0; i < VM_VCPUS; i++)
		pthread_mutex_lock(&m->subjects[i].lock);
}

static void unlock_all(struct machine *m)
{
	for (unsigned i = 0; i < VM_VCPUS; i++)
		pthread_mutex_unlock(&m->subjects[i].lock);
}

/* What happens to VMs. Only the main thread does these. */

static void take_memory_away(struct machine *m)
{
	if (pvtime_kvm_unregister(m->vm.stolen) != 0)
		fault(&wrong, "a slot is not removed", 1, 0);
	usleep(below(20000));
	if (pvtime_kvm_register(m->vm.stolen) != 0)
		fault(&wrong, "a slot is not added", 1, 0);
}

static void switch_log(struct machine *m)
{
	m->log = !m->log;
	if (pvtime_kvm_log_dirty(m->vm.stolen, m->log) != 0)
		fault(&wrong, "a log is not switched", 1, 0);
}

static void read_log(struct machine *m)
{
	uint64_t pages = 0;
	struct kvm_dirty_log log = {.slot = SLOT, .dirty_bitmap = &pages};

	if (m->log && ioctl(m->vm.fd, KVM_GET_DIRTY_LOG, &log) != 0)
		fault(&wrong, "a log is not read", (uint64_t)errno, 0);
}

static void interrupt(struct machine *m)
{
	(void)m;
	pthread_kill(threads[below(THREADS)], SIGUSR1);
}

static void set_total(struct machine *m)
{
	struct subject *s = &m->subjects[below(VM_VCPUS)];
	uint64_t ns = 0;

	pthread_mutex_lock(&s->lock);
	look_at_total(s);
	int error = total(s, &ns);
	ns += 1000;
	s->granted += 1000;
	if (error == 0)
		error = vcpu_set(s->vcpu, KVM_ARM_VCPU_PVTIME_TOTAL, &ns);
	if (error != 0)
		fault(&wrong, "the total is not set", (uint64_t)error, 0);
	pthread_mutex_unlock(&s->lock);
}

static void save(struct machine *m)
{
	uint8_t blob[256];

	lock_all(m);
	if (pvtime_kvm_save(m->vm.stolen, blob, sizeof(blob)) != 0)
		fault(&wrong, "a VM is not saved", 1, 0);
	unlock_all(m);
}

static void reset(struct machine *m)
{
	lock_all(m);
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		struct subject *s = &m->subjects[i];

		if (!vcpu_reset(&m->vm, s->vcpu))
			fault(&wrong, "a vCPU is not reset", (uint64_t)errno, 0);
		if (s->structure->stolen_ns != 0)
			fault(&wrong, "a reset leaves a counter", s->structure->stolen_ns, 0);
		begin(s);
	}
	unlock_all(m);
}

static void replace(struct machine *m)
{
	lock_all(m);
	vm_destroy(&m->vm);
	create(m);
	unlock_all(m);
}

static const struct {
	const char *name;
	void (*happen)(struct machine *m);
	unsigned weight;
} events[] = {
	{"slots removed and added", take_memory_away, 6},
	{"logs switched", switch_log, 4},
	{"logs read", read_log, 6},
	{"signals", interrupt, 10},
	{"totals set", set_total, 4},
	{"saves", save, 2},
	{"resets", reset, 2},
	{"VMs replaced", replace, 1},
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

static unsigned choose(void)
{
	unsigned all = 0, i = 0;

	for (unsigned e = 0; e < EVENTS; e++)
		all += events[e].weight;
	for (unsigned at = below(all); at >= events[i].weight; i++)
		at -= events[i].weight;
	return i;
}

static void ignore(int signo)
{
	(void)signo;
}

int main(int argc, char **argv)
{
	const struct sigaction action = {.sa_handler = ignore};
	unsigned happened[EVENTS] = {0}, n = 0;

	if (argc != 3)
		bail_out("usage: soak SECONDS SEED");
	seed = strtoull(argv[2], NULL, 10) + 1;
	sigaction(SIGUSR1, &action, NULL);
	for (unsigned i = 0; i < VMS; i++) {
		for (unsigned j = 0; j < VM_VCPUS; j++)
			pthread_mutex_init(&machines[i].subjects[j].lock, NULL);
		create(&machines[i]);
	}
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, runner, (void *)(seed + i)) != 0)
			bail_out("a thread");
	/* One of each first, so that each happens on a slow machine as well. */
	for (uint64_t end = now_ns() + strtoull(argv[1], NULL, 10) * 1000000000u;
	     n < EVENTS || now_ns() < end; n++) {
		unsigned e = n < EVENTS ? n : choose();

		events[e].happen(&machines[below(VMS)]);
		happened[e]++;
		usleep(below(10000));
	}
	atomic_store(&stop, true);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned e = 0; e < EVENTS; e++)
		tap_ok(happened[e] > 0, "there were %u %s", happened[e], events[e].name);
	tap_ok(back == 0, "no counter has gone back (%u have)", back);
	tap_ok(late == 0, "no total lacks what was waited (%u do)", late);
	tap_ok(early == 0, "no counter and no total has more than has passed (%u have)", early);
	tap_ok(wrong == 0, "no call has failed (%u have)", wrong);
	for (unsigned i = 0; i < VMS; i++)
		vm_destroy(&machines[i].vm);
	return tap_done();
}
