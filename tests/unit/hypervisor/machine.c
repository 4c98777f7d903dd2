/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/hypervisor/machine.h"
#include "el2.h"
#include "lab.h"
#include "memory.h"
#include "pvtime.h"
#include "records.h"
#include "smccc.h"
#include "dev/vtimer.h"

#include <stdlib.h>
#include <string.h>

#define BOARD_RAM (32 * MIB)
#define FREQ	  62500000u

struct machine machine;
struct vm vm;
struct cpu cpus[MAP_MAX_PCPUS];
unsigned cpu_count = MACHINE_CPUS;
uint64_t machine_dczid = 16;

static struct vcpu vcpus[MACHINE_VCPUS];
static void *ram;
/* The images that the loader has put into the bundle. */
static char kernel[MIB + 3 * PAGE_SIZE + 123], initrd[777];

/* The seams that these tests check. */
void cpu_kick(unsigned cpu)
{
	machine.kicks[cpu]++;
}

void lab_vm_ended(struct vm *of)
{
	machine.ends += of == &vm;
	report_vm(of);
}

bool lab_is_ending(void)
{
	return false;
}

struct vm *lab_vm(unsigned id)
{
	return id == vm.id ? &vm : machine.other;
}

void report_vm(struct vm *of)
{
	if (of != &vm)
		return;
	machine.gone = machine.gone || (vm.news & VM_NEWS_RESET && vm.phase >= VM_OFF);
	machine.offs += !!(vm.news & VM_NEWS_OFF);
	machine.resets += !!(vm.news & VM_NEWS_RESET);
	machine.stuck += !!(vm.news & VM_NEWS_STUCK);
	vm.news = 0;
}

void lab_vm_loaded(struct vm *of)
{
	machine.loads++;
	if (!machine.hold) {
		vm_run(of, counter());
		return;
	}
	sched_will_block(&of->vcpus[0]);
	if (!sched_block(&of->vcpus[0], this_cpu()->id, counter(), UINT64_MAX))
		abort();
}

void vgic_reset_vm(struct vm *of)
{
	machine.gic_resets += of == &vm;
	machine.gone = machine.gone || of->phase >= VM_OFF;
}

void vgic_reset_vcpu(struct vcpu *v)
{
	machine.gic_vcpu_resets += v->vm == &vm;
}

bool vgic_can_wake(struct vcpu *v)
{
	(void)v;
	return machine.interrupt;
}

uint64_t vtimer_wake_at(struct vcpu *v)
{
	(void)v;
	return machine.wake_at;
}

void dcache_clean(const void *from, uint64_t size)
{
	(void)from;
	machine.cleaned += size;
	machine.piece = max_u64(machine.piece, size);
}

static void then(const char *what)
{
	if (strlen(machine.order) + strlen(what) < sizeof(machine.order))
		strcat(machine.order, what);
}

void vgic_load(struct vcpu *v)
{
	(void)v;
	then("G");
}

void vgic_put(struct vcpu *v)
{
	(void)v;
	then("g");
}

void vtimer_load(struct vcpu *v)
{
	(void)v;
	then("T");
}

void vtimer_put(struct vcpu *v)
{
	(void)v;
	then("t");
}

void vtimer_resync(struct vcpu *v)
{
	(void)v;
	machine.interrupt = machine.interrupt && !machine.stale;
}

void fp_save(struct fp_regs *fp)
{
	*fp = machine.fp;
}

void fp_load(const struct fp_regs *fp)
{
	machine.fp = *fp;
}

void el2_set_serror(bool pending)
{
	machine.serror = pending;
}

bool el2_serror(void)
{
	return machine.serror;
}

/* The seams that only have to exist. */
void vgic_set_spi(struct vm *of, unsigned intid, bool high)
{
	(void)of, (void)intid, (void)high;
}

void link_console(unsigned id, uint8_t byte)
{
	(void)id, (void)byte;
}

void lab_line_ends(struct vm *of)
{
	(void)of;
}

void link_has_room(void)
{
}

void dcache_zero(uint64_t a)
{
	uint64_t block = UINT64_C(4) << (machine_dczid & 15);

	if (machine_dczid & 16)
		abort();
	memset((void *)(uintptr_t)(a & ~(block - 1)), 0, block);
	machine.zeroed += block;
}

void machine_on(unsigned cpu)
{
	*fake_sysreg("tpidr_el2") = (uintptr_t)&cpus[cpu];
	*fake_sysreg("cntpct_el0") += 100;
}

struct vcpu *machine_run(unsigned n)
{
	struct cpu *cpu = &cpus[n];
	struct vcpu *v;

	for (unsigned i = 0; i < 100; i++) {
		machine_on(n);
		v = sched_next(n, counter());
		if (v != cpu->loaded)
			vcpu_switch(cpu, v);
		if (!v || v->vm->phase != VM_LOADING)
			return v;
		vm_load_step(v);
	}
	abort();
}

void machine_settle(void)
{
	for (unsigned i = 0; i < 4; i++)
		machine_run(i % MACHINE_CPUS);
}

uint64_t machine_call(struct vcpu *v, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	v->regs.x[0] = x0;
	v->regs.x[1] = x1;
	v->regs.x[2] = x2;
	v->regs.x[3] = x3;
	smccc_call(v, 0);
	return v->regs.x[0];
}

static void describe(enum pvtime_dialect dialect, bool big_endian)
{
	for (unsigned i = 0; i < sizeof(kernel); i++)
		kernel[i] = (char)(i * 7 + i / 4096 + 1);
	memset(initrd, 'i', sizeof(initrd));
	memset(vcpus, 0, sizeof(vcpus));
	vm = (struct vm){
		.vcpus = vcpus,
		.nvcpus = MACHINE_VCPUS,
		.ram_size = RAM_SIZE,
		.dialect = dialect,
		.entry = ENTRY,
		.x0 = MAP_RAM_BASE + MIB,
		.big_endian = big_endian,
		.segments = {{{ENTRY}, pa_from(kernel), sizeof(kernel)},
			     {{MAP_RAM_BASE + RAM_SIZE - sizeof(initrd)},
			      pa_from(initrd),
			      sizeof(initrd)}},
		.nsegments = 2,
	};
}

void machine_start(enum pvtime_dialect dialect, bool big_endian)
{
	if (!ram)
		ram = aligned_alloc(2 * MIB, BOARD_RAM);
	if (!ram)
		abort();
	memset(ram, 0xa5, BOARD_RAM);
	memory_init();
	memory_add((uintptr_t)ram, (uintptr_t)ram + BOARD_RAM);
	fake_reset();
	*fake_sysreg("cntpct_el0") = 1000000;
	*fake_sysreg("dczid_el0") = machine_dczid;
	for (unsigned i = 0; i < MACHINE_CPUS; i++)
		cpus[i] = (struct cpu){.id = i};
	machine = (struct machine){.wake_at = UINT64_MAX, .hold = machine.hold};
	machine_on(0);
	describe(dialect, big_endian);
	sched_init(MACHINE_CPUS, FREQ, 4000, counter());
	if (vm_create(&vm))
		abort();
	for (unsigned i = 0; i < MACHINE_VCPUS; i++)
		sched_add(&vcpus[i], 100, 0, 3, counter());
	if (!pvtime_create(&vm))
		abort();
	vm_start(&vm);
	machine_settle();
}
