/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run loop: whatever takes a CPU out of its guest, and in whatever order, the scheduler is
 * asked at the first exit at or after the CPU's deadline, and before the next guest entry where it
 * has news. The EL2 timer's interrupt never comes here: others are always in front of it.
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

/* What takes the guest out, at each exit. */
static struct {
	unsigned kind;	/* EXIT_* */
	unsigned intid; /* with EXIT_IRQ */
	bool news;	/* something comes for the scheduler in each slice, in a trap, */
	bool by_flush;	/* or in a flush, */
	unsigned at;	/* after so many entries */
} scene;

/* What came of it. */
static unsigned entries, since_slice, asked, switches, taken, handled, flushes, late, stale;
static uint64_t deadline;
static bool has_news;

/* The scheduler: both in turns, a slice each. */
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
	abort(); /* nobody idles here */
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

/* The run loop, from a CPU that has nobody, until it has entered a guest ENTRIES times. */
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

/* A slice is over at the first exit at or after its end: this many entries are in one. */
#define PER_SLICE (SLICE / STAY + 1)

static void slices_end(const char *what)
{
	tap_ok(!late, "%s: no guest is entered at or after its deadline (%u of %u were)", what,
	       late, entries);
	tap_ok(!stale, "%s: no guest is entered with anything left to do for it (%u)", what, stale);
	tap_is_u64(switches, ENTRIES / PER_SLICE + 1, "%s: each slice ends at its time", what);
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
		{"kicks without end", EXIT_IRQ, SGI_KICK},
		{"maintenance without end", EXIT_IRQ, 25},
		{"the UART without end", EXIT_IRQ, 33},
		{"the guest's own timer without end", EXIT_IRQ, 27},
		{"requests of other CPUs without end", EXIT_IRQ, SGI_BOOT_CPU},
		{"an interrupt that nobody knows", EXIT_IRQ, 99},
	};

	board.vtimer_intid = 27;
	vm.phase = VM_RUNNING;
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		scene.kind = cases[i].kind;
		scene.intid = cases[i].intid;
		run();
		slices_end(cases[i].what);
		tap_ok(cases[i].intid == GIC_NONE || cases[i].intid == 27 || taken == ENTRIES,
		       "%s: each is deactivated (%u of %u)", cases[i].what, taken, ENTRIES);
		tap_ok(cases[i].intid == GIC_NONE || cases[i].intid == 99 || handled == ENTRIES,
		       "%s: each is seen to (%u of %u)", cases[i].what, handled, ENTRIES);
	}
}

/* The scheduler is asked where its deadline moves, and otherwise only when the slice is over. */
static void news(void)
{
	const unsigned slices = ENTRIES / PER_SLICE + 1;

	scene.kind = EXIT_SYNC;
	scene.news = false;
	run();
	tap_is_u64(asked, slices, "without news the scheduler is asked once a slice");
	scene.news = true;
	scene.at = 3;
	run();
	slices_end("news from a trap");
	tap_is_u64(asked, 2 * slices, "news from a trap: it is asked before the next entry");
	scene.by_flush = true;
	run();
	slices_end("news from a flush");
	tap_is_u64(asked, 2 * slices, "news from a flush: it is asked before the next entry");
	tap_is_u64(flushes, slices, "a flush happens where one is needed");
	scene.at = 0;
	run();
	slices_end("news from the flush after a switch");
	tap_is_u64(asked, 2 * slices,
		   "news from the flush after a switch: it is asked before the first entry");
	scene.news = scene.by_flush = false;
}

/*
 * While its image is loaded a VM has its slices like any other, and interrupts are taken between
 * two steps.
 */
static void loading(void)
{
	scene.kind = EXIT_IRQ;
	scene.intid = SGI_KICK;
	vm.phase = VM_LOADING;
	run();
	slices_end("an image that is loaded");
	tap_is_u64(taken, ENTRIES, "after each step an interrupt is taken");
	tap_is_u64(asked, ENTRIES + 1, "after each step the scheduler is asked");
}

int main(void)
{
	whatever_comes();
	news();
	loading();
	return tap_done();
}
