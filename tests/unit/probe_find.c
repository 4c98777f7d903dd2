/* SPDX-License-Identifier: BSD-2-Clause */
/* What a host and a guest have, out of files of our own; what is missing then; and how both are told. */
#include <errno.h>
#include <jansson.h>
#include "tests/tap.h"
#include "tests/unit/probe_fake.h"
#include "tools/probe/facts.h"
#include "tools/probe/missing.h"
#include "tools/probe/tell.h"

static struct probe_facts facts;
static struct probe_findings found;

/* What is looked at is an arm64 machine, with KVM or without. */
static void look(enum probe_kvm_state kvm, bool steal_time)
{
	probe_facts_free(&facts);
	facts = (struct probe_facts){
		.machine = "aarch64", .release = "6.1", .arm64 = true, .tick_hz = 100};
	facts.kvm = (struct probe_kvm){.state = kvm, .steal_time = steal_time, .error = EACCES};
	probe_log(&facts.log, fake_root);
	probe_host(&facts, fake_root);
	probe_guest(&facts, fake_root);
	probe_find(&found, &facts);
}

/* Exactly one thing is missing, and these words are in it. */
static bool lacks(const char *words)
{
	return found.missing_count == 1 && strstr(found.missing[0].what, words) != NULL &&
	       found.missing[0].todo[0] != '\0';
}

static bool notes(const char *words)
{
	for (size_t i = 0; i < found.note_count; i++)
		if (strstr(found.note[i].what, words) != NULL)
			return true;
	return false;
}

static const char stat_none[] = "cpu  1 0 1 9 0 0 0 0 0 0\ncpu0 1 0 1 9 0 0 0 0 0 0\nintr 5 1 2\n";
static const char stat_some[] =
	"cpu  1 0 1 9 0 0 0 42 0 0\ncpu0 1 0 1 9 0 0 0 2 0 0\ncpu3 1 0 1 9 0 0 0 40 7 0\n";
static const char states[] = "  0: offline\n 93: hypervisor/arm/pvtime:starting\n169: online\n";

static void test_host(void)
{
	fake_file("proc/self/schedstat", "5000 300 7\n");
	fake_file("proc/stat", stat_none);
	fake_file("proc/cmdline", "console=ttyAMA0 quiet\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(found.missing_count == 0 && !facts.guest.is && facts.accounting == PROBE_ACCOUNTED,
	       "a host that has all");
	tap_ok(!facts.log.readable && facts.log.mode == PROBE_MODE_UNKNOWN,
	       "its log may not be read");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("does not offer stolen time"), "a kernel that does not offer it");
	look(PROBE_KVM_DENIED, false);
	tap_ok(lacks("/dev/kvm cannot be asked: Permission denied"),
	       "/dev/kvm that may not be opened");
	look(PROBE_KVM_BROKEN, false);
	tap_ok(lacks("/dev/kvm cannot be used"), "one that does not work");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("there is no /dev/kvm") && strstr(found.missing[0].todo, "module kvm") != NULL,
	       "one that is not there");
	fake_file("proc/self/schedstat", "0 0 0\n");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("all 0") && strstr(found.missing[0].todo, "delayacct") != NULL,
	       "an account that is off is why");
	fake_remove("proc/self/schedstat");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("there is no /proc/self/schedstat"), "one that was not built in");
	fake_file("proc/self/schedstat", "5000 300 7\n");
}

static void test_modes(void)
{
	static const struct {
		const char *line;
		enum probe_mode mode;
	} modes[] = {
		{"kvm [1]: VHE mode initialized successfully", PROBE_VHE},
		{"kvm [1]: Hyp mode initialized successfully", PROBE_NVHE},
		{"kvm [1]: Hyp nVHE mode initialized successfully", PROBE_NVHE},
		{"kvm [1]: Protected nVHE mode initialized successfully", PROBE_PROTECTED},
		{"kvm [1]: Protected hVHE mode initialized successfully", PROBE_PROTECTED},
		{"somebody: VHE mode initialized successfully", PROBE_MODE_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "6,1,0,-;Booting Linux\n6,7,300,-;%s\n SUBSYSTEM=x\n",
			 modes[i].line);
		fake_file("dev/kmsg", text);
		look(PROBE_KVM_THERE, true);
		tap_ok(facts.log.readable && facts.log.mode == modes[i].mode &&
			       found.missing_count == 0,
		       "'%s' is %s", modes[i].line, probe_mode_word(modes[i].mode));
		tap_ok(notes("protected mode") == (modes[i].mode == PROBE_PROTECTED),
		       "and that is told where it matters");
	}
	/* What a program has written to the log, facility 1, is nothing that the kernel says. */
	fake_file("dev/kmsg", "12,1,0,-;arm-pv: using stolen time PV\n14,1,0,-;kvm [1]: VHE mode "
			      "initialized successfully\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(!facts.log.using && facts.log.mode == PROBE_MODE_UNKNOWN,
	       "a forged line is not the kernel's");
	fake_file("proc/cmdline", "quiet kvm-arm.mode=protected\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(notes("was asked for"), "without the log: what the command line asked for");
	fake_file("proc/cmdline", "quiet\n");
	fake_file("dev/kmsg", "6,3,0,-;CPU: All CPU(s) started at EL1\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && !probe_is_host(&facts), "started at EL1 without KVM: a guest");
	fake_remove("dev");
}

static void test_guest(void)
{
	fake_bytes("proc/device-tree/psci/method", "smc", 4);
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "PSCI by SMC is firmware's");
	fake_bytes("proc/device-tree/psci/method", "hvc", 4);
	fake_file("sys/devices/system/cpu/hotplug/states", states);
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && facts.guest.discovered == PROBE_YES && found.missing_count == 0 &&
		       facts.guest.ticks == 0,
	       "a guest that has found it, and from which nothing was stolen");
	fake_file("proc/stat", stat_some);
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.ticks == 42 && facts.guest.count == 2 && facts.guest.cpu[1].cpu == 3 &&
		       facts.guest.cpu[1].steal_ticks == 40,
	       "what was stolen from each CPU");
	fake_file("proc/stat", stat_none);
	fake_file("sys/devices/system/cpu/hotplug/states", "  0: offline\n169: online\n");
	fake_file("proc/kallsyms",
		  "0000000000000000 t para_steal_clock\n0000000000000000 T other\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_NO && lacks("offers this guest no stolen time"),
	       "a guest to which it is not offered");
	fake_file("proc/kallsyms", "0000000000000000 T other\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("has no code") && strstr(found.missing[0].todo, "CONFIG_PARAVIRT") != NULL,
	       "a kernel that cannot");
	fake_file("dev/kmsg",
		  "4,9,0,-;arm-pv: Unexpected revision or attributes in stolen time data\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("Unexpected revision"), "one that has refused what it was given");
	fake_file("dev/kmsg", "6,9,0,-;arm-pv: using stolen time PV\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_YES && found.missing_count == 0,
	       "the log alone says that it was found");
	fake_remove("dev");
	fake_remove("sys");
	fake_remove("proc/kallsyms");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_UNKNOWN && lacks("cannot be seen"),
	       "where nothing says it, that is said");
}

static void test_other_guests(void)
{
	char fadt[268] = "FACP";

	fake_remove("proc/device-tree");
	fadt[129] = 1;
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "ACPI, PSCI by SMC: no guest");
	fadt[129] = 3;
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is, "ACPI, PSCI by HVC: a guest");
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, 129);
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "a table that is too short says nothing");
	fake_file("sys/hypervisor/type", "xen\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && facts.guest.xen, "Xen");
	fake_remove("sys");

	/* Another machine. */
	fake_file("proc/cpuinfo", "flags\t\t: fpu vme hypervisor lahf_lm\n");
	facts.arm64 = false;
	snprintf(facts.machine, sizeof(facts.machine), "x86_64");
	facts.kvm.state = PROBE_KVM_THERE;
	probe_facts_free(&facts);
	probe_guest(&facts, fake_root);
	probe_find(&found, &facts);
	tap_ok(facts.guest.is && lacks("x86_64") && notes("interface of its own"),
	       "x86: what it is not");
}

/* The JSON of a host with one vCPU, whose name has a byte that is no UTF-8. */
static void test_json(void)
{
	struct probe_vcpu *vcpu = calloc(1, sizeof(*vcpu));
	struct probe_vm *vm = calloc(1, sizeof(*vm));
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int thread, ran;
	const char *command, *by;

	look(PROBE_KVM_THERE, true);
	fake_need(vcpu != NULL && vm != NULL && out != NULL, "memory");
	*vcpu = (struct probe_vcpu){
		.tid = 7, .by = PROBE_BY_TIME, .accounted = true, .ran_ns = 5, .waited_ns = 6};
	*vm = (struct probe_vm){.pid = 9, .command = "a\xff\x1b", .vcpu = vcpu, .count = 1};
	facts.vms = (struct probe_vms){.vm = vm, .count = 1};
	tap_ok(probe_json(&facts, &found, out), "JSON is written");
	fclose(out);
	json_t *json = json_loads(text, 0, NULL);
	tap_ok(json_unpack(json, "{s:{s:[{s:s, s:[{s:i, s:i, s:s, s:n}]}]}, s:n}", "host", "vms",
			   "command", &command, "vcpus", "thread", &thread, "ran_ns", &ran, "by",
			   &by, "vcpu", "guest") == 0 &&
		       strcmp(command, "a?\x1b") == 0 && thread == 7 && ran == 5 &&
		       strcmp(by, "time") == 0,
	       "it can be read again: %s", text);
	json_decref(json);
	free(text);

	out = open_memstream(&text, &size);
	fake_need(out != NULL, "memory");
	probe_print(&facts, &found, out);
	fclose(out);
	tap_ok(strstr(text, "process 9 (a?"
			    "?)") != NULL &&
		       strstr(text, "     ?         7 time") != NULL,
	       "for people, without control characters");
	free(text);
}

int main(void)
{
	fake_begin();
	test_host();
	test_modes();
	test_guest();
	test_other_guests();
	test_json();
	probe_facts_free(&facts);
	fake_end();
	return tap_done();
}
