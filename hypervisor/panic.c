/* SPDX-License-Identifier: BSD-2-Clause */
#include "panic.h"
#include "arch.h"
#include "cpu.h"
#include "firmware.h"
#include "format.h"
#include "gic.h"
#include "link.h"

extern char image_start[];

void panic_exception(unsigned kind, const uint64_t *x) __attribute__((noreturn));

/* Debian's libfdt is built with a stack protector. */
uintptr_t __stack_chk_guard = 0x5aa5c3d2e1b40f00;
void __stack_chk_fail(void) __attribute__((noreturn));

void __stack_chk_fail(void)
{
	panic("a stack is corrupted");
}

static bool panicked;

/*
 * The first CPU that panics reports. The other CPUs stop, and so does this CPU if it panics again.
 */
static void only_one(void)
{
	if (__atomic_exchange_n(&panicked, true, __ATOMIC_ACQ_REL))
		cpu_halt();
	for (unsigned i = 0; i < cpu_count; i++) {
		if (&cpus[i] != this_cpu() && cpus[i].online)
			gic_send_sgi(i, SGI_HALT);
	}
}

static void __attribute__((noreturn)) say_and_stop(const char *text)
{
	char done[300];

	format(done, sizeof(done), "done 1 %s", text);
	link_line_unlocked(LINK_RECORD, done);
	firmware_off();
	cpu_halt();
}

void panic(const char *f, ...)
{
	char text[256], *p = text;
	va_list args;

	only_one();
	p += format(text, sizeof(text), "hypervisor stopped, CPU %u: ", this_cpu()->id);
	va_start(args, f);
	format_va(p, sizeof(text) - (size_t)(p - text), f, args);
	va_end(args);
	say_and_stop(text);
}

/* An exception at EL2: x0 to x30 and SP are at x. Called by vectors.S on the panic stack. */
void panic_exception(unsigned kind, const uint64_t *x)
{
	static const char *const kinds[] = {"synchronous", "IRQ", "FIQ", "SError"};
	char text[256];

	only_one();
	for (unsigned i = 0; i < 32; i += 4) {
		format(text, sizeof(text), "%s%02u %016lx %016lx %016lx %016lx",
		       i == 28 ? "..sp " : "x", i, x[i], x[i + 1], x[i + 2], x[i + 3]);
		link_line_unlocked(LINK_LOG, text);
	}
	format(text, sizeof(text),
	       "hypervisor stopped, CPU %u: %s exception at EL2: ESR 0x%lx ELR 0x%lx (image + 0x%lx) FAR 0x%lx",
	       this_cpu()->id, kinds[kind & 3], read_sysreg(esr_el2), read_sysreg(elr_el2),
	       read_sysreg(elr_el2) - (uintptr_t)image_start, read_sysreg(far_el2));
	say_and_stop(text);
}
