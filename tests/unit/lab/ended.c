/* SPDX-License-Identifier: BSD-2-Clause */
/* How a lab has ended: of each combination of what was asked for and what its VMs did, the word. */
#include <string.h>
#include "tests/tap.h"
#include "tools/lab/ended.h"

#define NOBODY UINT32_MAX
#define RUN_NS 2000000000u

static const struct ended {
	enum ledger_end a, b;
	struct ended_by by;
	uint64_t at; /* ms */
	const char *word, *name;
} cases[] = {
	{LEDGER_OFF,
	 LEDGER_OFF,
	 {0, NOBODY, false, false},
	 100,
	 "powered off",
	 "all have powered off"},
	{LEDGER_OFF,
	 LEDGER_OFF,
	 {RUN_NS, 0, true, false},
	 2000,
	 "powered off",
	 "all have powered off, whatever else is true"},
	{LEDGER_OFF,
	 LEDGER_STUCK,
	 {0, NOBODY, false, false},
	 100,
	 "stuck",
	 "none runs, and one is stuck"},
	{LEDGER_STUCK, LEDGER_STUCK, {RUN_NS, 1, false, false}, 100, "stuck", "all are stuck"},
	{LEDGER_RUNNING,
	 LEDGER_OFF,
	 {RUN_NS, 1, false, false},
	 100,
	 "until",
	 "the one to wait for is off"},
	{LEDGER_RUNNING,
	 LEDGER_STUCK,
	 {RUN_NS, 1, false, false},
	 100,
	 "until",
	 "the one to wait for is stuck"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, 1, false, false},
	 2000,
	 "seconds",
	 "the time is up before the one to wait for is off"},
	{LEDGER_RUNNING,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, false, false},
	 2000,
	 "seconds",
	 "the time is up"},
	{LEDGER_RUNNING,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, true, false},
	 2000,
	 "seconds",
	 "the time is up as it is asked"},
	{LEDGER_RUNNING,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, true, false},
	 1999,
	 "asked",
	 "it is asked before the time is up"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {0, NOBODY, true, false},
	 9000,
	 "asked",
	 "it is asked, and has no time"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, true, true},
	 2000,
	 "failed",
	 "it is asked as something failed"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, false, false},
	 1999,
	 "seconds",
	 "it is not asked"},
};

int main(void)
{
	static struct ledger_shape shape;
	static struct ledger ledger = {.cntfrq = 62500000, .final = true};

	ledger_shape_add(&shape, "a", 1, true);
	ledger_shape_add(&shape, "b", 1, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ended *c = &cases[i];

		ledger.vms[0].end = c->a;
		ledger.vms[1].end = c->b;
		ledger.at = c->at * 62500;
		const char *word = ended_word(&ledger, &shape, &c->by);
		if (!tap_ok(strcmp(word, c->word) == 0, "%s: %s", c->word, c->name))
			tap_print("# got %s\n", word);
	}
	return tap_done();
}
