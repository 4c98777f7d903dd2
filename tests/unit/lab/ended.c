/* SPDX-License-Identifier: BSD-2-Clause */
/* The word for how a lab has ended, for combinations of what was asked for and what its VMs did. */
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
	 "all VMs have powered off"},
	{LEDGER_OFF,
	 LEDGER_OFF,
	 {RUN_NS, 0, true, false},
	 2000,
	 "powered off",
	 "all VMs have powered off, whatever else is true"},
	{LEDGER_OFF,
	 LEDGER_STUCK,
	 {0, NOBODY, false, false},
	 100,
	 "stuck",
	 "no VM runs, and one is stuck"},
	{LEDGER_STUCK, LEDGER_STUCK, {RUN_NS, 1, false, false}, 100, "stuck", "all VMs are stuck"},
	{LEDGER_RUNNING,
	 LEDGER_OFF,
	 {RUN_NS, 1, false, false},
	 100,
	 "until",
	 "the VM to wait for is off"},
	{LEDGER_RUNNING,
	 LEDGER_STUCK,
	 {RUN_NS, 1, false, false},
	 100,
	 "until",
	 "the VM to wait for is stuck"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, 1, false, false},
	 2000,
	 "seconds",
	 "the time is up before the VM to wait for is off"},
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
	 "the time is up when the board is asked to stop"},
	{LEDGER_RUNNING,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, true, false},
	 1999,
	 "asked",
	 "the board is asked to stop before the time is up"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {0, NOBODY, true, false},
	 9000,
	 "asked",
	 "the board is asked to stop, and has no time limit"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, true, true},
	 2000,
	 "failed",
	 "the board is asked to stop as something failed"},
	{LEDGER_OFF,
	 LEDGER_RUNNING,
	 {RUN_NS, NOBODY, false, false},
	 1999,
	 "seconds",
	 "VMs still run, and nothing asked the board to stop"},
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
		if (!tap_ok(strcmp(word, c->word) == 0, "a lab ended with '%s' if %s", c->word,
			    c->name))
			tap_print("# got %s\n", word);
	}
	return tap_done();
}
