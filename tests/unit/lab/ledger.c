/* SPDX-License-Identifier: BSD-2-Clause */
/* The check of the ledger, its JSON and its table. */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/lab/ledger.h"

static struct ledger_shape shape;

/*
 * A final ledger that holds, at 62.5 MHz: 3 ticks of waiting are 48 ns. "quiet" has no stolen time.
 */
static struct ledger good(void)
{
	struct ledger l = {.cntfrq = 62500000, .at = 100, .final = true};

	l.vcpus[0] = (struct ledger_vcpu){
		.ticks = {[PVTIME_RUNNING] = 90,
			  [PVTIME_READY] = 3,
			  [PVTIME_BLOCKED] = 4,
			  [PVTIME_OFF] = 2,
			  [PVTIME_PAUSED] = 1},
		.elapsed = 100,
		.stolen_ns = 48,
		.published_ns = 48,
		.exits = 7,
		.switches = 8,
		.refused = 9,
		.state = PVTIME_PAUSED,
	};
	l.vcpus[1] = (struct ledger_vcpu){.ticks = {[PVTIME_OFF] = 100}, .elapsed = 100};
	l.vcpus[2] = (struct ledger_vcpu){
		.ticks = {[PVTIME_READY] = 100}, .elapsed = 100, .stolen_ns = 1600};
	return l;
}

static void refused(const struct ledger *l, const char *want, const char *name)
{
	char why[512] = "";

	bool holds = ledger_holds(l, &shape, why, sizeof(why));
	if (!tap_ok(!holds && strcmp(why, want) == 0, "a ledger is refused for %s", name))
		tap_print("#  got %s\n# want %s\n", why, want);
}

static void test_holds(void)
{
	struct ledger l = good();
	char why[512];

	tap_ok(ledger_holds(&l, &shape, why, sizeof(why)), "a ledger without an error is accepted");
	for (int state = 0; state < PVTIME_STATES; state++) {
		l = good();
		l.vcpus[0].ticks[state]++;
		tap_ok(!ledger_holds(&l, &shape, why, sizeof(why)),
		       "a ledger is refused for one tick more in state %d", state);
	}
	l = good();
	l.vcpus[1].elapsed--;
	refused(&l,
		"vCPU busy/1: running 0 + ready 0 + blocked 0 + off 100 + paused 0 ticks are not the elapsed 99",
		"one tick less of elapsed time, of the second vCPU");
	l = good();
	l.vcpus[1].ticks[PVTIME_RUNNING] = UINT64_MAX;
	l.vcpus[1].ticks[PVTIME_OFF] = 101;
	tap_ok(!ledger_holds(&l, &shape, why, sizeof(why)),
	       "a ledger is refused for a sum beyond 64 bits");
	l = good();
	l.vcpus[0].stolen_ns = 49;
	refused(&l, "vCPU busy/0: stolen 49 ns, but ready 3 ticks of 62500000 Hz are 48 ns",
		"one nanosecond too much of stolen time");
	l = good();
	l.vcpus[0].published_ns = 47;
	refused(&l, "vCPU busy/0: published 47 ns, but stolen is 48 ns",
		"one nanosecond that is not published at the end");
	l.final = false;
	tap_ok(ledger_holds(&l, &shape, why, sizeof(why)),
	       "the ledger of a sample may be ahead of the structure");
	l.vcpus[0].published_ns = 49;
	refused(&l, "vCPU busy/0: published 49 ns, but stolen is 48 ns",
		"a structure that is ahead of a sample's ledger");
	l = good();
	l.vcpus[2].published_ns = 1600;
	refused(&l,
		"vCPU quiet/0: published 1600 ns, but stolen time is off, and the limit is 0 ns",
		"a published value where stolen time is off");
	/* KVM counts from PV_TIME_ST on, and publishes when the guest is entered. */
	struct ledger_shape kvm = shape;
	kvm.kvm = true;
	l = good();
	l.vcpus[0].published_ns = 0;
	tap_ok(ledger_holds(&l, &kvm, why, sizeof(why)),
	       "on KVM less than what was stolen may be published");
	tap_ok(!ledger_forged(&kvm, &kvm.vms[0], &l.vcpus[0]),
	       "on KVM a structure of 0 is not found forged");
	l.vcpus[0].published_ns = 48;
	tap_ok(!ledger_forged(&kvm, &kvm.vms[0], &l.vcpus[0]),
	       "on KVM a structure with all that was stolen is not found forged");
	l.vcpus[0].published_ns = 49;
	tap_ok(ledger_holds(&l, &kvm, why, sizeof(why)),
	       "on KVM a structure with more than was stolen does not fail");
	tap_ok(ledger_forged(&kvm, &kvm.vms[0], &l.vcpus[0]),
	       "on KVM a structure with more than was stolen is found forged");
	tap_ok(!ledger_forged(&shape, &shape.vms[0], &l.vcpus[0]),
	       "under the project's own hypervisor a structure is not found forged");
	l = good();
	l.vcpus[2].published_ns = 1;
	tap_ok(!ledger_holds(&l, &kvm, why, sizeof(why)),
	       "on KVM a ledger is refused for a published value where stolen time is off");
	tap_ok(!ledger_forged(&kvm, &kvm.vms[1], &l.vcpus[2]),
	       "a VM without stolen time has no forged structure");
	/* ns are rounded down where ticks do not divide: 5 ticks of 3 Hz. */
	l = good();
	l.cntfrq = 3;
	l.vcpus[0] = (struct ledger_vcpu){.ticks = {[PVTIME_READY] = 5},
					  .elapsed = 5,
					  .stolen_ns = 1666666666,
					  .published_ns = 1666666666};
	l.vcpus[2] = (struct ledger_vcpu){0};
	tap_ok(ledger_holds(&l, &shape, why, sizeof(why)), "ns are rounded down");
	l.vcpus[0].stolen_ns = l.vcpus[0].published_ns = 1666666667;
	tap_ok(!ledger_holds(&l, &shape, why, sizeof(why)),
	       "a ledger is refused for ns that are rounded up");
}

static void test_shape(void)
{
	struct ledger_shape full = {0};
	bool added = true;

	tap_is_u64(shape.vms[1].first, 2, "the second VM's vCPUs come after the first one's");
	for (int i = 0; i < 8; i++)
		added = added && ledger_shape_add(&full, "x", 8, true);
	tap_ok(added && full.vcpu_count == MAP_MAX_VCPUS, "a lab may have 64 vCPUs");
	tap_ok(!ledger_shape_add(&full, "x", 1, true), "a 65th vCPU is refused");
}

static void expect_text(void (*print)(const struct ledger *, const struct ledger_shape *, FILE *),
			const struct ledger *l, const char *want, const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(l, &shape, out);
	fclose(out);
	if (!tap_ok(strcmp(text, want) == 0, "%s", name))
		tap_print("# got %s\n", text);
	free(text);
}

static void test_print(void)
{
	struct ledger l = good();

	l.ended = "until";
	l.vms[0] = (struct ledger_vm_life){.end = LEDGER_STUCK, .resets = 3};
	l.vms[1].end = LEDGER_OFF;
	expect_text(
		ledger_print_json, &l,
		"{\"format\":\"pvtime-ledger\",\"version\":1,\"ended\":\"until\",\"cntfrq\":"
		"62500000,\"vms\":[{\"name\":\"busy\","
		"\"end\":\"stuck\",\"resets\":3,\"vcpus\":["
		"{\"id\":0,\"ticks\":{\"running\":90,\"ready\":3,\"blocked\":4,\"off\":2,"
		"\"paused\":1,\"elapsed\":100},\"stolen_ns\":48,\"published_ns\":48,\"exits\":7,"
		"\"switches\":8,\"refused_writes\":9},"
		"{\"id\":1,\"ticks\":{\"running\":0,\"ready\":0,\"blocked\":0,\"off\":100,"
		"\"paused\":0,\"elapsed\":100},\"stolen_ns\":0,\"published_ns\":0,\"exits\":0,"
		"\"switches\":0,\"refused_writes\":0}]},"
		"{\"name\":\"quiet\",\"end\":\"powered "
		"off\",\"resets\":0,\"vcpus\":[{\"id\":0,\"ticks\":{\"running\":0,\"ready\":100,"
		"\"blocked\":0,\"off\":0,\"paused\":0,\"elapsed\":100},\"stolen_ns\":1600,"
		"\"published_ns\":0,\"exits\":0,\"switches\":0,\"refused_writes\":0}]}]}\n",
		"the JSON of a ledger has every field, to the letter");
	/* tests/tools/json.t compares this with pvtime-json(5). */
	tap_print("# on KVM: ");
	ledger_print_json(&l, &shape, stdout);
	l.cntfrq = 2; /* a tick is half a second */
	expect_text(ledger_print_table, &l,
		    "VM    vCPU    running s     stolen s    blocked s        off s      exits   "
		    "switches\n"
		    "busy     0       45.000        1.500        2.000        1.000          7     "
		    "     8"
		    "  9 writes to its structure refused\n"
		    "busy     1        0.000        0.000        0.000       50.000          0     "
		    "     0\n"
		    "quiet    0        0.000       50.000        0.000        0.000          0     "
		    "     0\n"
		    "\nEnded: until. busy: stuck, 3 resets; quiet: powered off\n",
		    "the table of a ledger has every vCPU, and how the lab and its VMs ended");
	l.ended = NULL;
	shape.kvm = true;
	l.vcpus[0].refused = 0;
	l.vcpus[0].stolen_ns = 1500000000;
	l.vcpus[0].published_ns = UINT64_C(1) << 60;
	expect_text(ledger_print_table, &l,
		    "VM    vCPU    running s     stolen s    blocked s        off s      exits   "
		    "switches\n"
		    "busy     0       45.000        1.500        2.000        1.000          7     "
		    "     8"
		    "  the guest wrote to its structure: 1152921504606846976 ns\n"
		    "busy     1        0.000        0.000        0.000       50.000          0     "
		    "     0\n"
		    "quiet    0        0.000       50.000        0.000        0.000          0     "
		    "     0\n",
		    "the table marks a structure that its guest has written");
	shape.kvm = false;
}

/* The machine's books: two CPUs; vCPU 0 of "busy" had a life before its last reset. */
static struct ledger closed(void)
{
	struct ledger l = good();

	for (unsigned i = 0; i < 3; i++)
		memcpy(l.vcpus[i].life, l.vcpus[i].ticks, sizeof(l.vcpus[i].life));
	l.vcpus[0].life[PVTIME_RUNNING] += 1000;
	l.cpus[0] = (struct ledger_cpu){.vcpus = 600, .own = 7, .idle = 8, .elapsed = 615};
	l.cpus[1] = (struct ledger_cpu){.vcpus = 490, .own = 1, .idle = 130, .elapsed = 621};
	return l;
}

static void test_books(void)
{
	struct ledger l = closed();
	char why[512];

	shape.cpu_count = 2;
	tap_ok(ledger_holds(&l, &shape, why, sizeof(why)), "a ledger with books that close holds");
	l.cpus[1].idle++;
	refused(&l, "physical CPU 1: vCPUs 490 + own 1 + idle 131 ticks are not the elapsed 621",
		"a tick of a CPU that is in none of its books");
	l = closed();
	l.vcpus[0].life[PVTIME_RUNNING]--;
	refused(&l,
		"all vCPUs ran 1089 ticks since the lab was made, but the physical CPUs gave them 1090",
		"a tick of a CPU that no vCPU ran");
	l = closed();
	l.vcpus[2].life[PVTIME_READY] = 99;
	refused(&l,
		"vCPU quiet/0: 99 ticks ready over all resets are less than the 100 since its VM's last reset",
		"a life that is shorter than the time since the last reset");
	l = closed();
	l.final = false;
	l.cpus[0].own = 0;
	tap_ok(ledger_holds(&l, &shape, why, sizeof(why)),
	       "a sample's books of CPUs need not close");
	shape.cpu_count = 0;
}

int main(void)
{
	ledger_shape_add(&shape, "busy", 2, true);
	ledger_shape_add(&shape, "quiet", 1, false);
	test_holds();
	test_shape();
	test_print();
	test_books();
	return tap_done();
}
