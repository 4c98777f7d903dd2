/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/kvm.h>
#include "../needs.h"
#include "cases.h"
#include "user.h"
#include "vm.h"

#define KEPT	 6u /* lines kept of each case; the rest is counted */
#define LINE_MAX 200u

#define RULE(symbol, name, clause, text) RULE_##symbol,
enum rule {
#include "../rules.def"
	RULES
};
#undef RULE

#define RULE(symbol, name, clause, text) [RULE_##symbol] = name,
static const char *const rule_names[RULES] = {
#include "../rules.def"
};
#undef RULE

#define GUEST_CASE(rule, name, needs, by, text)
#define USER_CASE(rule, name, by, text) {RULE_##rule, #name, by, text, case_##name},
static const struct {
	enum rule rule;
	const char *name, *by, *text;
	void (*run)(struct vm *vm);
} cases[] = {
#include "../cases.def"
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* The failures of the running case. */
static struct {
	unsigned failures, lines;
	char line[KEPT][LINE_MAX];
} now;

static unsigned wrong, weaker; /* cases that are not ok: of the documents, and ours */

static void keep(const char *format, va_list args)
{
	if (now.lines < KEPT)
		vsnprintf(now.line[now.lines], LINE_MAX, format, args);
	now.lines++;
}

bool check(bool ok, const char *format, ...)
{
	va_list args;

	if (ok)
		return true;
	now.failures++;
	va_start(args, format);
	keep(format, args);
	va_end(args);
	return false;
}

const char *result_name(int error)
{
	return error == 0 ? "success" : strerrorname_np(error);
}

/*
 * Select the cases of a word case=NAME,..., in addition to those selected before. False, after a
 * message: the word is wrong.
 */
static bool choose(bool chosen[CASES], const char *word)
{
	static const char key[] = "case=";
	const char *name = word + strlen(key);

	if (strncmp(word, key, strlen(key)) != 0) {
		printf("Bail out! \"%s\": expected case= and names of cases, separated by commas\n",
		       word);
		return false;
	}
	for (;;) {
		size_t n = strcspn(name, ","), i = 0;

		while (i < CASES &&
		       (strlen(cases[i].name) != n || memcmp(cases[i].name, name, n) != 0))
			i++;
		if (i == CASES) {
			printf("Bail out! \"%.*s\" in case=: expected the name of a case for user space\n",
			       (int)n, name);
			return false;
		}
		chosen[i] = true;
		if (name[n] == '\0')
			return true;
		name += n + 1;
	}
}

static bool has_stolen_time(void)
{
	struct vm vm;

	vm_create(&vm);
	bool has = vcpu_has(&vm.vcpus[0], KVM_ARM_VCPU_PVTIME_IPA) == 0;
	vm_destroy(&vm);
	return has;
}

static uint32_t counter_frequency(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return (uint32_t)hz;
}

static void print_grade(const char *by)
{
	if (by != OURS)
		printf("# FAIL: wrong by %s\n", by);
	else
		printf("# weaker: no document at hand asks for it\n");
	wrong += by != OURS;
	weaker += by == OURS;
}

/* A host without stolen time lacks the attribute, and no case can judge. */
static void run_case(unsigned index, unsigned number, bool present)
{
	struct vm vm;

	now.failures = now.lines = 0;
	if (present) {
		vm_create(&vm);
		vm_give_stolen(&vm);
		cases[index].run(&vm);
		vm_destroy(&vm);
	}
	printf("%sok %u - %s %s: %s%s\n", now.failures != 0 ? "not " : "", number,
	       rule_names[cases[index].rule], cases[index].name, cases[index].text,
	       present ? "" : " # SKIP this host has no stolen time");
	if (now.failures != 0)
		print_grade(cases[index].by);
	for (unsigned i = 0; i < now.lines && i < KEPT; i++)
		printf("# observed %s: %s\n", cases[index].name, now.line[i]);
	if (now.lines > KEPT)
		printf("# observed %s: and %u more failures\n", cases[index].name,
		       now.lines - KEPT);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool chosen[CASES] = {false};
	unsigned number = 0;

	for (int i = 1; i < argc; i++)
		if (!choose(chosen, argv[i]))
			return 2;
	bool present = has_stolen_time();
	printf("# suite user cpus=1 dialect=1.0 conduit=hvc stolen_time=%s seed=0 slack_ns=0 cntfrq=%u\n",
	       present ? "present" : "absent", counter_frequency());
	for (unsigned i = 0; i < CASES; i++)
		if (argc == 1 || chosen[i])
			run_case(i, ++number, present);
	printf("1..%u\n# %u FAIL, %u weaker\n", number, wrong, weaker);
	return 0;
}
