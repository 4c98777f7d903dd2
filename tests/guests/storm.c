/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Repeat for ever, as fast as possible, the operation that storm= names: `sgi` (the first vCPU
 * sends an SGI to all others), `self` (each vCPU sends itself an SGI), `timer` (a timer that is
 * always due), `wfi` (a WFI until a timer that is due in ns=NS, by default 16), `wfe`, `on_off`
 * (CPU_ON of a vCPU that calls CPU_OFF), `reset` (SYSTEM_RESET, at once), `call` (an unimplemented
 * call), `frame` (the first vCPU reads the state of the last vCPU's interrupts while these are in
 * list registers). All this takes time at EL2, and the hypervisor must charge that time to this
 * vCPU alone.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/exception.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "guest/smccc.h"
#include "guest/start.h"
#include "guest/sysreg.h"
#include "guest/timer.h"
#include "hypervisor/string.h"

#define SGI 3u

static uint64_t nap; /* ticks */

static void sgi(void)
{
	if (cpu_self()->index == 0)
		gic_send_sgi_to_others(SGI);
}

static void self(void)
{
	gic_send_sgi(SGI, cpu_self()->mpidr);
}

static void timer(void)
{
	timer_set(TIMER_VIRTUAL, 0);
}

static void sleep(void)
{
	irq_disable();
	timer_set(TIMER_VIRTUAL, counter_virtual() + nap);
	__asm__ volatile("wfi");
	irq_enable();
}

static void wfe(void)
{
	__asm__ volatile("sevl\n wfe\n wfe");
}

static void off(void *arg)
{
	(void)arg;
	psci_cpu_off();
}

static void on_off(void)
{
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, off, NULL);
}

static void reset(void)
{
	psci_system_reset();
}

static void call(void)
{
	smccc_call(0xc6ff1234, 0, 0, 0);
}

static void frame(void)
{
	if (cpu_self()->index == 0) {
		mmio_read32(cpus[cpu_count() - 1].gic_private + 0x200);
	} else {
		irq_disable();
		gic_send_sgi(SGI, cpu_self()->mpidr);
	}
}

static const struct {
	const char *name;
	void (*storm)(void);
	bool alone; /* the first vCPU starts no others */
} storms[] = {
	{"sgi", sgi, false},	  {"self", self, false},  {"timer", timer, false},
	{"wfi", sleep, false},	  {"wfe", wfe, false},	  {"call", call, false},
	{"on_off", on_off, true}, {"reset", reset, true}, {"frame", frame, false},
};

static void interrupt(unsigned intid)
{
	if (intid != SGI)
		timer_stop(TIMER_VIRTUAL);
}

static void rage(void *arg)
{
	void (*storm)(void) = (void (*)(void))arg;

	gic_enable(SGI);
	gic_enable(board.vtimer);
	irq_enable();
	for (;;)
		storm();
}

int main(void)
{
	char name[16];

	board_arg_text("storm", name, sizeof(name));
	gic_set_handler(interrupt);
	nap = board_arg("ns", 16) * timer_frequency() / 1000000000;
	for (unsigned i = 0; i < sizeof(storms) / sizeof(storms[0]); i++) {
		if (strcmp(storms[i].name, name))
			continue;
		for (unsigned n = 1; n < cpu_count() && !storms[i].alone; n++)
			cpu_start(n, rage, storms[i].storm);
		rage(storms[i].storm);
	}
	console_print("Bail out! storm=%s: unknown name; expected one of storms[]\n", name);
	return 1;
}
