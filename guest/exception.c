/* SPDX-License-Identifier: BSD-2-Clause */
#include "exception.h"
#include "console.h"
#include "cpu.h"
#include "gic.h"
#include "mmu.h"
#include "psci.h"
#include "start.h"
#include "sysreg.h"

/* As vectors.S lays it out. */
struct frame {
	uint64_t x[31];
	uint64_t elr, spsr, esr, far, filler;
};

_Static_assert(sizeof(struct frame) == 288, "struct frame must have the FRAME_SIZE of vectors.S");

enum { VECTOR_SYNC, VECTOR_IRQ, VECTOR_FIQ, VECTOR_SERROR };

static void fatal(const struct frame *f, uint64_t vector)
{
	console_print(
		"Bail out! exception: vector %lu, ESR 0x%08lx, FAR 0x%lx, ELR 0x%lx, CPU %u\n",
		vector, f->esr, f->far, f->elr, cpu_self()->index);
	psci_system_off();
}

/* Continue after the faulting instruction. An SError has no faulting instruction. */
static void skip(struct frame *f, uint64_t kind)
{
	if (kind == VECTOR_SERROR)
		return;
	if (ESR_EC(f->esr) == ESR_EC_INSN_ABORT)
		f->elr = f->x[30];
	else
		f->elr += 4;
}

static bool is_translation_fault(uint64_t esr)
{
	return ESR_EC(esr) == ESR_EC_DATA_ABORT && (ESR_FSC(esr) & ~3u) == ESR_FSC_TRANSLATION;
}

void exception(struct frame *f, uint64_t vector)
{
	struct fault_expectation *expected = &cpu_self()->expectation;
	uint64_t kind = vector & 3;
	bool current_el = vector / 4 == 1;

	if (kind == VECTOR_IRQ && current_el) {
		gic_handle_irq();
		return;
	}
	if (kind == VECTOR_SYNC && current_el && is_translation_fault(f->esr) &&
	    mmu_fault_is_transient())
		return;
	if (kind == VECTOR_FIQ || !current_el || !expected->active)
		fatal(f, vector);
	if (!expected->fault.taken)
		expected->fault = (struct fault){true, f->esr, f->far};
	skip(f, kind);
}

void fault_expect(void)
{
	cpu_self()->expectation = (struct fault_expectation){.active = true};
	__asm__ volatile("" : : : "memory");
}

struct fault fault_end(void)
{
	struct fault_expectation *expected = &cpu_self()->expectation;

	dsb(sy); /* an SError of an earlier access is taken here */
	isb();
	expected->active = false;
	return expected->fault;
}

struct fault fault_read(uint64_t address, unsigned bytes, uint64_t *value)
{
	uint64_t got = 0;
	struct fault fault;

	fault_expect();
	switch (bytes) {
	case 1:
		__asm__ volatile("ldrb %w0, [%1]" : "+r"(got) : "r"(address) : "memory");
		break;
	case 2:
		__asm__ volatile("ldrh %w0, [%1]" : "+r"(got) : "r"(address) : "memory");
		break;
	case 4:
		__asm__ volatile("ldr %w0, [%1]" : "+r"(got) : "r"(address) : "memory");
		break;
	default:
		__asm__ volatile("ldr %0, [%1]" : "+r"(got) : "r"(address) : "memory");
	}
	fault = fault_end();
	if (!fault.taken)
		*value = got;
	return fault;
}

struct fault fault_write(uint64_t address, unsigned bytes, uint64_t value)
{
	fault_expect();
	switch (bytes) {
	case 1:
		__asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
		break;
	case 2:
		__asm__ volatile("strh %w0, [%1]" : : "r"(value), "r"(address) : "memory");
		break;
	case 4:
		__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
		break;
	default:
		__asm__ volatile("str %0, [%1]" : : "r"(value), "r"(address) : "memory");
	}
	return fault_end();
}

struct fault fault_execute(uint64_t address)
{
	fault_expect();
	((void (*)(void))(uintptr_t)address)();
	return fault_end();
}
