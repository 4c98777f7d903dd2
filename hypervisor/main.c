/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot order. */
#include "arch.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "lab.h"
#include "memory.h"
#include "mmu.h"
#include "panic.h"
#include "run.h"
#include "uart.h"
#include "vm.h"

#include <libfdt.h>

void primary_main(const void *fdt) __attribute__((noreturn));
void secondary_main(struct cpu *cpu) __attribute__((noreturn));

extern char image_start[], image_end[];

static void map_devices(void)
{
	mmu_map(board.uart.base, board.uart.base + board.uart.size, MMU_DEVICE);
	mmu_map(board.gicd.base, board.gicd.base + board.gicd.size, MMU_DEVICE);
	for (unsigned i = 0; i < board.gicr_regions; i++)
		mmu_map(board.gicr[i].base, board.gicr[i].base + board.gicr[i].size, MMU_DEVICE);
}

/*
 * Map all RAM, and give memory.c all that the image, the bundle and the FDT do not occupy. The
 * image and the FDT are mapped already.
 */
static void claim_memory(const void *fdt)
{
	uint64_t image = (uintptr_t)image_start, image_to = (uintptr_t)image_end;
	bool fits = true;

	mmu_map(board.bundle, board.bundle_end, MMU_RODATA);

	memory_init();
	for (unsigned i = 0; i < board.memory_count; i++) {
		uint64_t from = board.memory[i].base, to = from + board.memory[i].size;

		fits = fits && memory_add(from, to);
		if (image >= to || image_to <= from) {
			mmu_map(from, to, MMU_DATA);
		} else {
			mmu_map(from, image, MMU_DATA);
			mmu_map(image_to, to, MMU_DATA);
		}
	}
	fits = fits && memory_reserve(image, image_to) &&
	       memory_reserve(board.bundle, board.bundle_end) &&
	       memory_reserve((uintptr_t)fdt, (uintptr_t)fdt + fdt_totalsize(fdt));
	if (!fits)
		panic("the board's memory is in too many pieces");
}

static void name_cpus(void)
{
	uint64_t self = read_sysreg(mpidr_el1) & UINT64_C(0xff00ffffff);

	/* CPU 0 is the CPU that booted, wherever the FDT lists it. */
	cpus[0].mpidr = self;
	cpus[0].online = true;
	cpu_count = 1;
	for (unsigned i = 0; i < board.cpu_count; i++) {
		if (board.cpu_mpidr[i] != self && cpu_count < MAP_MAX_PCPUS)
			cpus[cpu_count++].mpidr = board.cpu_mpidr[i];
	}
	for (unsigned i = 0; i < cpu_count; i++) {
		cpus[i].id = i;
		cpus[i].timer_armed = UINT64_MAX;
	}
}

void primary_main(const void *fdt)
{
	const char *wrong = board_read(fdt, &board);

	map_devices();
	uart_init();
	if (wrong)
		panic("the board cannot be used: %s", wrong);
	if (board.vtimer_intid != MAP_PPI_VTIMER || board.ptimer_intid != MAP_PPI_PTIMER)
		panic("the board's virtual and physical timer have INTIDs %u and %u; guests expect 27 and 30",
		      board.vtimer_intid, board.ptimer_intid);
	name_cpus();
	claim_memory(fdt);
	cpu_init_el2();
	gic_init();
	wrong = gic_init_cpu();
	if (wrong)
		panic("CPU 0 cannot be used: %s", wrong);
	lab_create((const void *)board.bundle, board.bundle_end - board.bundle);
	cpu_start_all();
	if (board.uart.size) {
		gic_enable_spi(board.uart_intid);
		uart_start_receiving();
	}
	lab_start();
	run_forever(&cpus[0]);
}

/* Every other CPU comes here; cpu_start_all() has started it. */
void secondary_main(struct cpu *cpu)
{
	const char *wrong;

	cpu_init_el2();
	wrong = gic_init_cpu();
	if (wrong)
		panic("CPU %u cannot be used: %s", cpu->id, wrong);
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
	run_forever(cpu);
}
