/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kicks from CPU to CPU: none is lost, and a kick that is under way also serves for those that come
 * before it is taken.
 */
#include "cpu.h"
#include "firmware.h"
#include "gic.h"
#include "panic.h"
#include "run.h"
#include "sched/sched.h"
#include "tests/tap.h"

#include <stdlib.h>

/* The seams. */
char secondary_start[4];
static unsigned sent[MAP_MAX_PCPUS], wrong;

void gic_send_sgi(unsigned cpu, unsigned sgi)
{
	sent[cpu]++;
	wrong += sgi != SGI_KICK;
}

const char *gic_init_cpu(void)
{
	return NULL;
}

void cpu_init_el2(void)
{
}

int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
	(void)mpidr, (void)entry, (void)context;
	return 0;
}

void dcache_clean(const void *from, uint64_t size)
{
	(void)from, (void)size;
}

void panic(const char *format, ...)
{
	(void)format;
	abort();
}

void run_forever(struct cpu *cpu)
{
	(void)cpu;
	abort();
}

int main(void)
{
	cpu_kick(1);
	tap_ok(sent[1] == 1 && !wrong, "a kick sends one SGI");
	for (unsigned i = 0; i < 1000; i++)
		cpu_kick(1);
	tap_is_u64(sent[1], 1, "a thousand more kicks before the first is taken send no SGI");
	cpu_kick(2);
	tap_ok(sent[2] == 1 && sent[0] == 0, "a kick of another CPU sends an SGI of its own");
	cpu_take_kick(&cpus[1]);
	cpu_kick(1);
	tap_is_u64(sent[1], 2, "the next kick after one was taken sends an SGI");
	cpu_kick(2);
	tap_is_u64(sent[2], 1, "a kick of a CPU that has not taken its last one sends no SGI");
	return tap_done();
}
