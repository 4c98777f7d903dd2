/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest achieves that writes its structure: nothing, or at most damage to itself
 * . If a write succeeds, the case restores the old value; what the hypervisor added to the
 * counter meanwhile may be lost.
 */
#include "guest/exception.h"
#include "prepare.h"
#include "suite.h"

#define WORDS	   (PVTIME_STRUCT_SIZE / 8)
#define FORGED	   (1ull << 60) /* ns, 36 years */
#define FORGED_REV 7u
#define COUNTER	   8 /* offset in the structure */
#define CHANGE_US  200000

static uint64_t word_at(uint64_t address)
{
	return *(const volatile uint64_t *)(uintptr_t)address;
}

/* The writes store the value that is there already, so that a write that succeeds does no harm. */
static struct fault write_pair(uint64_t address)
{
	return fault_write_pair(address, word_at(address), word_at(address + 8));
}

static struct fault write_post_index(uint64_t address)
{
	return fault_write_post_index(address, word_at(address));
}

/* Adds 0 atomically, if the CPU has these instructions (ID_AA64ISAR0_EL1.Atomic). */
static struct fault write_atomic(uint64_t address)
{
	fault_expect();
	__asm__ volatile(".arch_extension lse\n\tstadd xzr, [%0]" : : "r"(address) : "memory");
	return fault_end();
}

static bool has_atomics(void)
{
	return sysreg_read("id_aa64isar0_el1") >> 20 & 0xf;
}

static bool has_dc_zva(void)
{
	return !(sysreg_read("dczid_el0") & 0x10);
}

/*
 * For one kind of write: how many were made, how many succeeded, and the first that did not end in
 * a proper data abort.
 */
struct attempts {
	unsigned made, accepted, wrong;
	uint64_t address;
	struct fault fault;
};

/*
 * Right is a data abort at `address`. The guest's own tables allow the write, so only stage 2 can
 * reject it.
 */
static void note(struct attempts *a, struct fault f, uint64_t address)
{
	bool right = f.taken && ESR_EC(f.esr) == ESR_EC_DATA_ABORT && f.far == address;

	a->made++;
	a->accepted += !f.taken;
	if (!right && a->wrong++ == 0) {
		a->address = address;
		a->fault = f;
	}
}

/* Returns how many writes succeeded. */
static unsigned judge(const struct attempts *a, const char *what)
{
	check(a->accepted == 0, "%s: %u of %u writes succeed, the first at 0x%lx", what,
	      a->accepted, a->made, a->address);
	check(a->accepted != 0 || a->wrong == 0,
	      "%s at 0x%lx: not a data abort at that address, but ESR 0x%lx, FAR 0x%lx", what,
	      a->address, a->fault.esr, a->fault.far);
	return a->accepted;
}

static unsigned judge_one(struct fault f, uint64_t address, const char *what)
{
	struct attempts a = {.made = 0};

	note(&a, f, address);
	return judge(&a, what);
}

/*
 * Writes each size at each offset. Each write stores what is there already, so one that succeeds
 * changes nothing.
 */
static unsigned write_sizes(uint64_t page)
{
	static const char *const name[] = {"1 byte", "2 bytes", "4 bytes", "8 bytes"};
	unsigned accepted = 0;

	for (unsigned log = 0; log < 4; log++) {
		struct attempts a = {.made = 0};

		for (unsigned offset = 0; offset < PVTIME_STRUCT_SIZE; offset += 1u << log) {
			uint64_t value = 0, address = page + offset;

			if (!fault_read(address, 1u << log, &value).taken)
				note(&a, fault_write(address, 1u << log, value), address);
		}
		accepted += judge(&a, name[log]);
	}
	return accepted;
}

static unsigned write_others(void)
{
	struct attempts a = {.made = 0};

	for (unsigned i = 1; i < cpu_count(); i++) {
		uint64_t address = suite.ipa[i] + COUNTER;

		note(&a, fault_write(address, 8, word_at(address)), address);
	}
	return judge(&a, "8 bytes of another vCPU's structure");
}

void case_write_refused(void)
{
	uint64_t own = suite.ipa[0];
	unsigned accepted;

	if (!every_structure())
		return;
	accepted = write_sizes(own);
	accepted += judge_one(write_pair(own), own, "STP");
	accepted +=
		judge_one(write_post_index(own + COUNTER), own + COUNTER, "STR with write-back");
	accepted += judge_one(fault_write_exclusive(own + COUNTER), own + COUNTER, "STXR");
	if (has_atomics())
		accepted += judge_one(write_atomic(own + COUNTER), own + COUNTER, "STADD");
	accepted += write_others();
	/*
	 * DC ZVA would clear the whole structure and perhaps its neighbours, so it is tried only if
	 * all other writes were rejected.
	 */
	if (has_dc_zva() && !accepted)
		judge_one(fault_write_zva(own), own, "DC ZVA");
}

/* Writes a value that is certainly wrong, and judges what is there afterwards. */
static void harm_word(unsigned index)
{
	uint64_t address = suite.ipa[0] + 8 * index, begin = counter_virtual();
	uint64_t before = word_at(address), after, growth;

	fault_write(address, 8, ~0ull);
	after = word_at(address);
	growth = le64(after) - le64(before);
	if (index == COUNTER / 8 ? can_be_stolen(growth, counter_virtual() - begin) : !growth) {
		check(true, "unharmed");
		return;
	}
	fault_write(address, 8, before);
	check(false, "bytes %u to %u: 0x%016lx before a write, but 0x%016lx after it%s", 8 * index,
	      8 * index + 7, le64(before), le64(after),
	      word_at(address) == before ? "; restored" : "; the old value cannot be restored");
}

void case_write_harmless(void)
{
	if (!every_structure())
		return;
	for (unsigned i = 0; i < WORDS; i++)
		harm_word(i);
}

/*
 * Waits until the hypervisor has updated the counter. The vCPU sleeps and spins by turns, so that
 * it is switched out and in. Returns the counter; FORGED if it was not updated.
 */
static uint64_t wait_for_update(void)
{
	uint64_t end = counter_virtual() + ticks_of_us(CHANGE_US);

	while (stolen_ns_self() == FORGED && counter_virtual() < end) {
		timer_sleep_until(counter_virtual() + ticks_of_us(200));
		spin_us(5000);
	}
	return stolen_ns_self();
}

/* The forged value is in the structure: judges what the hypervisor makes of it. */
static void judge_forged(uint64_t before, uint64_t begin)
{
	uint64_t after = wait_for_update(), elapsed = counter_virtual() - begin;

	if (after == FORGED)
		skip("the counter was not updated for %lu ns after it was forged: give the VM a competitor",
		     ns_of(elapsed));
	else
		check(can_be_stolen(after - before, elapsed),
		      "%lu ns were stolen, the guest wrote 0x%lx, and the counter is 0x%lx %lu ns later",
		      before, (uint64_t)FORGED, after, ns_of(elapsed));
	/*
	 * If the hypervisor has added to the forged value, the true value is the one before it plus
	 * what was added.
	 */
	if (after >= FORGED)
		fault_write(suite.ipa[0] + COUNTER, 8, le64(before + (after - FORGED)));
}

void case_forged(void)
{
	uint64_t page = suite.ipa[0], begin, before, after;
	const volatile struct pvtime_stolen *s = structure_of(0);
	struct fault f;

	if (!every_structure())
		return;
	begin = counter_virtual();
	before = stolen_ns_self();
	f = fault_write(page + COUNTER, 8, le64(FORGED));
	fault_write(page, 4, le32(FORGED_REV));
	after = stolen_ns_self();
	observe("a write of 0x%lx %s; the counter reads 0x%lx", (uint64_t)FORGED,
		f.taken ? "is rejected" : "succeeds", after);
	if (after >= FORGED) {
		judge_forged(before, begin);
	} else {
		uint64_t elapsed = counter_virtual() - begin;

		check(can_be_stolen(after - before, elapsed),
		      "%lu ns before the write, but %lu ns when read %lu ns later", before, after,
		      ns_of(elapsed));
	}
	if (le32(s->revision) != PVTIME_REVISION) {
		observe("the forged revision is still there: 0x%x", le32(s->revision));
		fault_write(page, 4, le32(PVTIME_REVISION));
	}
}
