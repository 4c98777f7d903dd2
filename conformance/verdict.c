/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a case has observed, and its verdict. Any CPU may report at any time, so a lock protects all
 * of it.
 */
#include "guest/console.h"
#include "guest/psci.h"
#include "hypervisor/format.h"
#include "verdict.h"
#include "suite.h"

#define LINE_MAX 200u
#define KEPT	 6u /* lines kept of failures, and of observations */

struct verdicts verdicts;

static struct {
	bool judged, skipped;
	unsigned failures, observations;
	unsigned lines;
	char line[2 * KEPT][LINE_MAX];
	char reason[LINE_MAX];
} now;

static bool locked;

static void lock(void)
{
	while (__atomic_exchange_n(&locked, true, __ATOMIC_ACQUIRE))
		;
}

static void unlock(void)
{
	__atomic_store_n(&locked, false, __ATOMIC_RELEASE);
}

/* Keeps the first lines, and counts the others. */
static void keep(unsigned *count, const char *f, va_list args)
{
	lock();
	if ((*count)++ < KEPT)
		format_va(now.line[now.lines++], LINE_MAX, f, args);
	unlock();
}

bool check(bool ok, const char *f, ...)
{
	va_list args;

	__atomic_store_n(&now.judged, true, __ATOMIC_RELAXED);
	if (ok)
		return true;
	va_start(args, f);
	keep(&now.failures, f, args);
	va_end(args);
	return false;
}

void observe(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	keep(&now.observations, f, args);
	va_end(args);
}

void skip(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	lock();
	if (!now.skipped)
		format_va(now.reason, sizeof now.reason, f, args);
	now.skipped = true;
	unlock();
	va_end(args);
}

void verdict_begin(void)
{
	now.judged = now.skipped = false;
	now.failures = now.observations = now.lines = 0;
}

static void print_more(const char *name, unsigned count, const char *what)
{
	if (count > KEPT)
		console_print("# observed %s: and %u more %s\n", name, count - KEPT, what);
}

/* "not ok" is one of two grades: a violation of a document, or less than this project asks for. */
static void print_grade(const char *by)
{
	if (by)
		console_print("# FAIL: wrong by %s\n", by);
	else
		console_print("# weaker: no document at hand asks for it\n");
	verdicts.wrong += by != OURS;
	verdicts.weaker += by == OURS;
}

void verdict_end(const char *rule, const char *name, const char *by, const char *text)
{
	/* A case that has judged nothing must not look like a case that passed. */
	if (!now.judged && !now.skipped)
		check(false, "the case judged nothing");
	verdicts.run++;
	console_print("%sok %u - %s %s: %s", now.failures ? "not " : "", verdicts.run, rule, name,
		      text);
	if (now.skipped && !now.failures)
		console_print(" # SKIP %s", now.reason);
	console_print("\n");
	if (now.failures)
		print_grade(by);
	for (unsigned i = 0; i < now.lines; i++)
		console_print("# observed %s: %s\n", name, now.line[i]);
	print_more(name, now.failures, "failures");
	print_more(name, now.observations, "observations");
}

void verdict_plan(void)
{
	console_print("1..%u\n", verdicts.run);
	console_print("# %u FAIL, %u weaker\n", verdicts.wrong, verdicts.weaker);
}

void verdict_bail_out(const char *f, ...)
{
	char reason[LINE_MAX];
	va_list args;

	va_start(args, f);
	format_va(reason, sizeof reason, f, args);
	va_end(args);
	console_print("Bail out! %s\n", reason);
	psci_system_off();
}
