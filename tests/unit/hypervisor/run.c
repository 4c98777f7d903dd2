/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run loop: whatever makes a guest exit, and in whatever order, it calls the scheduler at the
 * first exit at or after the CPU's deadline, and before the next guest entry if the scheduler has a
 * pending change. The EL2 timer's interrupt never comes here: other interrupts always precede it.
 */
#include "run.h"
#include "arch.h"
#include "asm.h"
#include "board.h"
#include "cpu.h"
#include "el2.h"
#include "gic.h"
#include "lab.h"
#include "link.h"
#include "trap.h"
#include "vm.h"
#include "dev/vtimer.h"
#include "tests/tap.h"

#include <setjmp.h>
#include <stdlib.h>

#define SLICE	1000u
#define STAY	7u /* ticks in the guest until the next exit */
#define ENTRIES 2000u

struct board board = {.maintenance_intid = 25, .hyp_timer_intid = 26, .uart_intid = 33};

static struct vm vm;
static struct vcpu vcpus[2];
static struct cpu cpu;
static jmp_buf enough;

/* What makes the guest exit, each time. */
static struct {
	unsigned kind;	/* EXIT_* */
	unsigned intid; /* with EXIT_IRQ */
	bool news;	/* the scheduler gets a pending change in each slice, in a trap, */
	bool by_flush;	/* or in a flush, */
	unsigned at;	/* after so many entries */
} scene;

/* What the run counted. */
static unsigned entries, since_slice, asked, switches, taken, handled, flushes, late, stale;
static uint64_t deadline;
static bool has_news;

/* The scheduler: the two vCPUs run in turns, a slice each. */
struct vcpu *sched_next(unsigned this_cpu, uint64_t now)
{
	static struct vcpu *current;

	(void)this_cpu;
	asked++;
	has_news = false;
	if (!current || now >= deadline) {
		current = current == &vcpus[0] ? &vcpus[1] : &vcpus[0];
		deadline = now + SLICE;
		since_slice = 0;
	}
	return current;
}

uint64_t sched_deadline(unsigned this_cpu)
{
	(void)this_cpu;
	return has_news ? SCHED_AT_ONCE : deadline;
}

bool sched_alarm_due(unsigned this_cpu, uint64_t now)
{
	(void)this_cpu, (void)now;
	return false;
}

void sched_idle_begin(unsigned this_cpu, uint64_t now)
{
	(void)this_cpu, (void)now;
	abort(); /* no CPU idles in this test */
}

void sched_idle_end(unsigned this_cpu, uint64_t now)
{
	(void)this_cpu, (void)now;
	abort();
}

static void bring(struct vcpu *v)
{
	if (!scene.news || since_slice != scene.at)
		return;
	if (scene.by_flush)
		v->gic.dirty = 1;
	else
		has_news = true;
}

void vcpu_switch(struct cpu *c, struct vcpu *v)
{
	switches++;
	c->loaded = v;
	bring(v);
}

unsigned guest_enter(struct vcpu *v)
{
	if (entries++ == ENTRIES)
		longjmp(enough, 1);
	late += counter() >= deadline;
	stale += has_news || v != cpu.loaded || vgic_needs_flush(&v->gic);
	since_slice++;
	write_sysreg(cntpct_el0, counter() + STAY);
	return scene.kind;
}

void trap(struct vcpu *v)
{
	handled++;
	bring(v);
}

void el2_set_serror(bool pending)
{
	handled += pending;
}

unsigned gic_take(void)
{
	return scene.intid;
}

void gic_deactivate(unsigned intid)
{
	(void)intid;
	taken++;
	bring(cpu.loaded);
}

void cpu_take_kick(struct cpu *c)
{
	(void)c;
	handled++;
}

void vgic_maintenance(struct vcpu *v)
{
	handled++;
	v->gic.dirty = 1;
}

void vgic_flush(struct vcpu *v)
{
	flushes++;
	v->gic.dirty = 0;
	has_news = scene.by_flush && since_slice == scene.at;
}

bool vtimer_interrupt(struct vcpu *v, unsigned intid)
{
	(void)v;
	handled += intid == board.vtimer_intid;
	return intid == board.vtimer_intid;
}

void link_receive(void)
{
	handled++;
}

void lab_alarm(uint64_t now)
{
	(void)now;
}

void lab_finish_if_ended(void)
{
	abort();
}

void vm_load_step(struct vcpu *v)
{
	entries++;
	if (entries > ENTRIES)
		longjmp(enough, 1);
	stale += has_news || v != cpu.loaded;
	late += counter() >= deadline;
	write_sysreg(cntpct_el0, counter() + STAY);
}

/* Runs the run loop, from a CPU without a vCPU, until it has entered a guest ENTRIES times. */
static void run(void)
{
	fake_reset();
	cpu = (struct cpu){.timer_armed = UINT64_MAX};
	entries = since_slice = asked = switches = taken = handled = flushes = late = stale = 0;
	deadline = 0;
	has_news = false;
	for (unsigned i = 0; i < 2; i++)
		vcpus[i] = (struct vcpu){.vm = &vm, .id = i};
	if (!setjmp(enough))
		run_forever(&cpu);
}

/* A slice ends at the first exit at or after its end, so that it has this many entries. */
#define PER_SLICE (SLICE / STAY + 1)

static void slices_end(const char *what)
{
	tap_ok(!late, "%s: no guest is entered at or after its deadline (%u of %u were)", what,
	       late, entries);
	tap_ok(!stale,
	       "%s: no guest is entered with a pending change, the wrong vCPU or a due flush (%u)",
	       what, stale);
	tap_is_u64(switches, ENTRIES / PER_SLICE + 1, "%s: each slice ends on time", what);
}

static void whatever_comes(void)
{
	static const struct {
		const char *what;
		unsigned kind, intid;
	} cases[] = {
		{"an exit by a trap", EXIT_SYNC, GIC_NONE},
		{"an SError", EXIT_SERROR, GIC_NONE},
		{"an interrupt that is gone", EXIT_IRQ, GIC_NONE},
		{"endless kicks", EXIT_IRQ, SGI_KICK},
		{"endless maintenance interrupts", EXIT_IRQ, 25},
		{"endless UART interrupts", EXIT_IRQ, 33},
		{"endless interrupts of the guest's timer", EXIT_IRQ, 27},
		{"endless requests of other CPUs", EXIT_IRQ, SGI_CPU0_WORK},
		{"an unknown interrupt", EXIT_IRQ, 99},
	};

	board.vtimer_intid = 27;
	vm.phase = VM_RUNNING;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		scene.kind = cases[i].kind;
		scene.intid = cases[i].intid;
		run();
		slices_end(cases[i].what);
		tap_ok(cases[i].intid == GIC_NONE || cases[i].intid == 27 || taken == ENTRIES,
		       "%s: each interrupt is deactivated (%u of %u)", cases[i].what, taken,
		       ENTRIES);
		tap_ok(cases[i].intid == GIC_NONE || cases[i].intid == 99 || handled == ENTRIES,
		       "%s: each interrupt is handled (%u of %u)", cases[i].what, handled, ENTRIES);
	}
}

/* The scheduler is called when it has a pending change, and otherwise only when a slice is over. */
static void news(void)
{
	const unsigned slices = ENTRIES / PER_SLICE + 1;

	scene.kind = EXIT_SYNC;
	scene.news = false;
	run();
	tap_is_u64(asked, slices,
		   "the scheduler is called once a slice if it has no pending change");
	scene.news = true;
	scene.at = 3;
	run();
	slices_end("a pending change from a trap");
	tap_is_u64(asked, 2 * slices,
		   "a pending change from a trap: the scheduler is called once more in each slice");
	scene.by_flush = true;
	run();
	slices_end("a pending change from a flush");
	tap_is_u64(
		asked, 2 * slices,
		"a pending change from a flush: the scheduler is called once more in each slice");
	tap_is_u64(flushes, slices, "a flush happens once in each slice, as the vGIC needs it");
	scene.at = 0;
	run();
	slices_end("a pending change from the flush after a switch");
	tap_is_u64(
		asked, 2 * slices,
		"a pending change from the flush after a switch: the scheduler is called once more in each slice");
	scene.news = scene.by_flush = false;
}

/*
 * While its image is loaded, a VM has slices like any other, and the CPU takes interrupts between
 * two steps.
 */
static void loading(void)
{
	scene.kind = EXIT_IRQ;
	scene.intid = SGI_KICK;
	vm.phase = VM_LOADING;
	run();
	slices_end("an image that is loaded");
	tap_is_u64(taken, ENTRIES, "an interrupt is taken after each step of loading an image");
	tap_is_u64(asked, ENTRIES + 1,
		   "the scheduler is called after each step of loading an image");
}

int main(void)
{
	whatever_comes();
	news();
	loading();
	return tap_done();
}
