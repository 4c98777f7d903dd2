/* SPDX-License-Identifier: BSD-2-Clause */
/* The parser of records: what it accepts, and what it must refuse. */
#include <string.h>
#include "tests/tap.h"
#include "tools/lab/record.h"

static struct ledger_shape shape; /* "a" with two vCPUs, "b" with one */

static enum record_event feed(struct record_reader *r, const char *line)
{
	return record_line(r, line, strlen(line), true);
}

/* Feeds lines separated by '|'; returns the event of the last. */
static enum record_event feed_all(struct record_reader *r, const char *script)
{
	enum record_event event = RECORD_NOTHING;
	char text[4096];
	char *line = text;

	snprintf(text, sizeof(text), "%s", script);
	for (char *next; line != NULL; line = next) {
		next = strchr(line, '|');
		if (next != NULL)
			*next++ = '\0';
		event = feed(r, line);
		if (event == RECORD_BAD)
			break;
	}
	return event;
}

#define A0   "vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20 R"
#define A1   "vcpu 0 1 10 0 0 0 0 10 0 0 0 0 0 O"
#define B0   "vcpu 1 0 0 0 0 0 7 7 0 0 0 0 0 P"
#define ALL  A0 "|" A1 "|" B0
#define GOOD "start 62500000|final 9|" ALL "|end|done 0 all VMs are off"

static void test_good(void)
{
	struct record_reader r;

	record_init(&r, &shape);
	tap_ok(feed(&r, "start 62500000") == RECORD_START && r.ledger.cntfrq == 62500000,
	       "a start is read");
	tap_ok(feed_all(&r, "sample 5|" B0 "|" A1 "|" A0) == RECORD_NOTHING,
	       "the vCPUs of a sample may come in any order");
	tap_ok(feed(&r, "end") == RECORD_LEDGER && !r.ledger.final && r.ledger.at == 5,
	       "the end of a sample completes its ledger");
	const struct ledger_vcpu *v = &r.ledger.vcpus[0];
	tap_ok(v->ticks[PVTIME_RUNNING] == 1 && v->ticks[PVTIME_READY] == 2 &&
		       v->ticks[PVTIME_BLOCKED] == 3 && v->ticks[PVTIME_OFF] == 4 &&
		       v->ticks[PVTIME_PAUSED] == 5 && v->elapsed == 15 && v->stolen_ns == 16 &&
		       v->published_ns == 17 && v->exits == 18 && v->switches == 19 &&
		       v->refused == 20 && v->state == PVTIME_RUNNING,
	       "every field of a vCPU is read into its place");
	tap_ok(r.ledger.vcpus[1].state == PVTIME_OFF && r.ledger.vcpus[2].state == PVTIME_PAUSED &&
		       r.ledger.vcpus[2].ticks[PVTIME_PAUSED] == 7,
	       "every vCPU is read into its place");
	tap_ok(feed(&r, "paused") == RECORD_PAUSED, "a pause is read");
	tap_ok(feed(&r, "vm 1 reset") == RECORD_VM && r.vm == 1 && r.vm_event == RECORD_VM_RESET,
	       "a VM's reset is read");
	tap_ok(feed(&r, "vm 0 stuck") == RECORD_VM && r.vm == 0 && r.vm_event == RECORD_VM_STUCK,
	       "a VM that is stuck is read");
	tap_ok(feed(&r, "vm 0 off") == RECORD_VM && r.vm_event == RECORD_VM_OFF,
	       "a VM that is off is read");
	tap_ok(r.ledger.vms[0].end == LEDGER_OFF && r.ledger.vms[0].resets == 0 &&
		       r.ledger.vms[1].end == LEDGER_RUNNING && r.ledger.vms[1].resets == 1,
	       "the end and the resets of each VM are kept");
	tap_ok(feed(&r, "took 700") == RECORD_NOTHING && r.taken == 700,
	       "a record of taken input is read");
	tap_ok(feed(&r, "line 0 77 5 18446744073709551615") == RECORD_LINE && r.vm == 0 &&
		       r.line_at == 77 && r.line_stolen_ns[0] == 5 &&
		       r.line_stolen_ns[1] == UINT64_MAX,
	       "a line's end is read, with one number for each vCPU");
	tap_ok(feed_all(&r, "final 5|" ALL "|end") == RECORD_LEDGER && r.ledger.final,
	       "the final ledger is read");
	tap_ok(feed(&r, "done 0 the time was up") == RECORD_DONE && r.status == 0 &&
		       strcmp(r.text, "the time was up") == 0,
	       "the last record is read");
	record_init(&r, &shape);
	tap_ok(feed_all(&r, "start 1|sample 18446744073709551615|" A0 "|"
			    "vcpu 0 1 18446744073709551615 0 0 0 0 0 0 0 0 0 0 Y|" B0
			    "|end") == RECORD_LEDGER &&
		       r.ledger.at == UINT64_MAX &&
		       r.ledger.vcpus[1].ticks[PVTIME_RUNNING] == UINT64_MAX,
	       "numbers of 64 bits are read");
}

static const struct {
	const char *script, *name;
} bad[] = {
	{"", "an empty line"},
	{"hello", "an unknown record"},
	{"starting 5", "a word that only begins with start"},
	{"start", "a start without a number"},
	{"start ", "a start with an empty number"},
	{"start 0", "a counter frequency of 0"},
	{"start 4294967296", "a frequency of more than 32 bits"},
	{"start 062500000", "a leading zero"},
	{"start +5", "a sign"},
	{"start -5", "a negative number"},
	{"start 0x10", "a hexadecimal number"},
	{"start 5 ", "a space at the end"},
	{"start  5", "two spaces"},
	{" start 5", "a space before"},
	{"start\t5", "a tab"},
	{"start 5\r", "a carriage return"},
	{"start 5 5", "a field too many"},
	{"start 5|start 5", "a second start"},
	{"sample 1", "a sample before start"},
	{"start 5|sample 18446744073709551616", "a number of 65 bits"},
	{"start 5|sample 99999999999999999999999", "a number of more than 65 bits"},
	{"start 5|sample", "a sample without a time"},
	{"start 5|" A0, "a vCPU outside a ledger"},
	{"start 5|end", "an end without a beginning"},
	{"start 5|sample 1|sample 2", "a sample in a sample"},
	{"start 5|sample 1|vm 0 off", "a VM in a sample"},
	{"start 5|sample 1|" A0 "|" A0, "a sample with a vCPU twice"},
	{"start 5|sample 1|" A0 "|" B0 "|end", "a sample with a vCPU missing"},
	{"start 5|sample 1|" ALL "|end 1", "an end with a number"},
	{"start 5|sample 2|" ALL "|end|sample 1", "a sample older than the one before"},
	{"start 5|sample 1|vcpu 2 0 0 0 0 0 0 0 0 0 0 0 0 R", "a VM that does not exist"},
	{"start 5|sample 1|vcpu 1 1 0 0 0 0 0 0 0 0 0 0 0 R", "a vCPU that does not exist"},
	{"start 5|sample 1|vcpu 4294967296 0 0 0 0 0 0 0 0 0 0 0 0 R", "a VM beyond 32 bits"},
	{"start 5|sample 1|vcpu 0 4294967296 0 0 0 0 0 0 0 0 0 0 0 R", "a vCPU beyond 32 bits"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 R", "a vCPU with a field missing"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20 21 R",
	 "a vCPU with a field too many"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20", "a vCPU without a state"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20 ", "a vCPU with an empty state"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20 X", "a vCPU with an unknown state"},
	{"start 5|sample 1|vcpu 0 0 1 2 3 4 5 15 16 17 18 19 20 RR", "a vCPU with two states"},
	{"start 5|vm 2 off", "an event of a VM that does not exist"},
	{"took 5", "taken input before the start"},
	{"start 5|took 5|took 5", "taken input that is reported twice"},
	{"start 5|took 5|took 4", "taken input that becomes less"},
	{"start 5|took", "taken input without a number"},
	{"start 5|vm 0", "a VM without an event"},
	{"start 5|vm 0 offf", "a VM with an unknown event"},
	{"paused", "a pause before start"},
	{"start 5|paused 1", "a pause with a number"},
	{"start 5|sample 1|paused", "a pause inside a ledger"},
	{"start 5|final 1|" ALL "|end|paused", "a pause after the final ledger"},
	{"line 0 1 2 3", "a line before start"},
	{"start 5|sample 1|line 1 1 2", "a line inside a ledger"},
	{"start 5|line 2 1 2", "a line of a VM that does not exist"},
	{"start 5|line 0 1 2", "a line with a vCPU missing"},
	{"start 5|line 1 1 2 3", "a line with a vCPU too many"},
	{"start 5|line 1", "a line without a time"},
	{"start 5|line 1 1 x", "a line with a word for a number"},
	{"start 5|final 1|" ALL "|end|line 1 1 2", "a line after the final ledger"},
	{"start 5|done 0 fine", "an end without a failure and without a final ledger"},
	{"start 5|done 2 what", "an end with an unknown status"},
	{"start 5|done 1", "a failure without a reason"},
	{"start 5|done 1 ", "a failure with an empty reason"},
	{GOOD "|vm 0 off", "a record after the last"},
	{"start 5|final 1|" ALL "|end|sample 2", "a sample after the final ledger"},
};

static void test_bad(void)
{
	struct record_reader r;

	record_init(&r, &shape);
	tap_ok(feed_all(&r, GOOD) == RECORD_DONE,
	       "the run of which the bad ones are variants is read");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		record_init(&r, &shape);
		tap_ok(feed_all(&r, bad[i].script) == RECORD_BAD && r.text[0] != '\0',
		       "record_line() refuses %s", bad[i].name);
	}
	record_init(&r, &shape);
	tap_ok(record_line(&r, "start 5", 7, false) == RECORD_BAD,
	       "record_line() refuses a piece of a line");
	record_init(&r, &shape);
	tap_ok(record_line(&r, "start 5\0x", 9, true) == RECORD_BAD,
	       "record_line() refuses a NUL in a line");
}

/* A hypervisor that stops on a bug reports it wherever it was, and that is the better reason. */
static void test_bug(void)
{
	struct record_reader r;

	record_init(&r, &shape);
	tap_ok(feed_all(&r, "start 5|sample 1|" A0 "|done 1 bug") == RECORD_DONE && r.status == 1 &&
		       strcmp(r.text, "bug") == 0,
	       "a bug in the middle of a ledger is read");
	record_init(&r, &shape);
	tap_ok(feed(&r, "done 1 no memory") == RECORD_DONE && r.status == 1,
	       "a bug before start is read");
	record_init(&r, &shape);
	tap_ok(feed_all(&r, "start 5|sample 1|vcpu 0 0 1 2") == RECORD_BAD,
	       "a torn line is refused");
	tap_ok(feed(&r, "done 0 fine") == RECORD_NOTHING,
	       "after a torn line a good end is ignored");
	tap_ok(feed(&r, "sample 2") == RECORD_NOTHING, "after a torn line a sample is ignored");
	tap_ok(feed(&r, "done 1 the reason") == RECORD_DONE && strcmp(r.text, "the reason") == 0,
	       "after a torn line the report of a bug still counts");
}

#define LIVES "life 0 0 1 2 3 4 5|life 0 1 1 2 3 4 5|life 1 0 6 7 8 9 10"

/* The books of two physical CPUs, which only the final ledger has. */
static void test_books(struct ledger_shape *books)
{
	static const char *const wrong[][2] = {
		{"final 9|" ALL "|" LIVES "|cpu 0 1 2 3 6|end", "books with a CPU missing"},
		{"final 9|" ALL "|" LIVES "|cpu 0 1 2 3 6|cpu 0 1 2 3 6", "books with a CPU twice"},
		{"final 9|" ALL "|" LIVES "|cpu 2 1 2 3 6", "a CPU that does not exist"},
		{"final 9|" ALL "|" LIVES "|cpu 0 1 2 3", "a field of a CPU missing"},
		{"final 9|" ALL "|" LIVES "|cpu 0 1 2 3 6 7", "a field of a CPU too many"},
		{"final 9|" ALL "|cpu 0 1 2 3 6|cpu 1 1 2 3 6|end", "books without lives"},
		{"final 9|" ALL "|life 0 0 1 2 3 4 5|life 0 0 1 2 3 4 5", "a life twice"},
		{"final 9|life 0 0 1 2 3 4 5", "a life before its vCPU"},
		{"final 9|" ALL "|life 0 0 1 2 3 4", "a field of a life missing"},
		{"sample 9|" ALL "|life 0 0 1 2 3 4 5", "a life in a sample"},
		{"sample 9|" ALL "|cpu 0 1 2 3 6", "a CPU in a sample"},
		{"cpu 0 1 2 3 6", "a CPU outside a ledger"},
	};
	struct record_reader r;

	books->cpu_count = 2;
	record_init(&r, books);
	tap_ok(feed_all(&r, "start 5|sample 1|" ALL "|end|final 9|" ALL "|" LIVES
			    "|cpu 1 7 8 9 24|cpu 0 1 2 3 6|end") == RECORD_LEDGER,
	       "a final ledger with its books is read");
	tap_ok(r.ledger.vcpus[2].life[PVTIME_RUNNING] == 6 &&
		       r.ledger.vcpus[2].life[PVTIME_PAUSED] == 10 &&
		       r.ledger.vcpus[0].life[PVTIME_BLOCKED] == 3,
	       "lives are read by state");
	tap_ok(r.ledger.cpus[1].vcpus == 7 && r.ledger.cpus[1].own == 8 &&
		       r.ledger.cpus[1].idle == 9 && r.ledger.cpus[1].elapsed == 24,
	       "the books of a CPU are read");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		record_init(&r, books);
		feed(&r, "start 5");
		tap_ok(feed_all(&r, wrong[i][0]) == RECORD_BAD, "record_line() refuses %s",
		       wrong[i][1]);
	}
	books->cpu_count = 0;
}

int main(void)
{
	ledger_shape_add(&shape, "a", 2, true);
	ledger_shape_add(&shape, "b", 1, true);
	test_good();
	test_bad();
	test_bug();
	test_books(&shape);
	return tap_done();
}
