/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host and a guest have, read from fake files; what is missing then; and how both are
 * reported.
 */
#include <errno.h>
#include <jansson.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/facts.h"
#include "tools/probe/missing.h"
#include "tools/probe/tell.h"

static struct probe_facts facts;
static struct probe_findings found;

/* The machine is an arm64 one, with KVM or without. */
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

/* Whether exactly one thing is missing, and these words are in it. */
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

/* Returns what is written, which the caller frees. */
static char *written(bool json)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	fake_need(out != NULL, "memory");
	if (json)
		tap_ok(probe_json(&facts, &found, out), "the probe's JSON is written");
	else
		probe_print(&facts, &found, out);
	fclose(out);
	return text;
}

static bool has(const char *text, const char *words)
{
	bool there = strstr(text, words) != NULL;

	if (!there)
		tap_print("# not there: %s\n", words);
	return there;
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
	       "a host that has everything lacks nothing");
	tap_ok(!facts.log.readable && facts.log.mode == PROBE_MODE_UNKNOWN,
	       "a host's log that may not be read is not a finding");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("does not offer stolen time"),
	       "a kernel that does not offer stolen time is reported");
	look(PROBE_KVM_DENIED, false);
	tap_ok(lacks("/dev/kvm cannot be opened: Permission denied"),
	       "/dev/kvm that may not be opened is reported");
	look(PROBE_KVM_BROKEN, false);
	tap_ok(lacks("/dev/kvm cannot be used"), "/dev/kvm that does not work is reported");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("there is no /dev/kvm") && strstr(found.missing[0].todo, "module kvm") != NULL,
	       "a missing /dev/kvm is reported");
	fake_file("proc/self/schedstat", "0 0 0\n");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("all 0") && strstr(found.missing[0].todo, "delayacct") != NULL,
	       "wait accounting that is off is reported, with how to turn it on");
	fake_remove("proc/self/schedstat");
	look(PROBE_KVM_THERE, false);
	tap_ok(lacks("there is no /proc/self/schedstat"),
	       "wait accounting that was not built in is reported");
	fake_file("proc/self/schedstat", "5000 300 7\n");
}

/* As in a container: its own PID namespace, and a /proc of that or of the host. */
static void test_namespace(void)
{
	fake_link("proc/self/ns/pid", "pid:[4026531836]");
	fake_file("proc/self/status", "Name:\tx\nNSpid:\t4711\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(found.note_count == 0, "a host's own PID namespace is not a finding");
	fake_remove("proc/self/ns/pid");
	fake_link("proc/self/ns/pid", "pid:[4026532201]");
	look(PROBE_KVM_THERE, true);
	tap_ok(found.missing_count == 0 && notes("VMs outside it are not visible"),
	       "a note says that another PID namespace hides VMs");
	char *text = written(false);
	tap_ok(has(text, "No VM is visible.\n"),
	       "VMs in a PID namespace are invisible, not absent");
	free(text);
	fake_file("proc/self/status", "Name:\tx\nNSpid:\t4711\t3\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(found.note_count == 0, "a PID namespace with the host's /proc hides nothing");
	fake_remove("proc/self/ns");
	look(PROBE_KVM_THERE, true);
	tap_ok(found.note_count == 0, "a kernel without PID namespaces hides nothing");
	fake_remove("proc/self/status");
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
		       "the log line '%s' means mode %s", modes[i].line,
		       probe_mode_word(modes[i].mode));
		tap_ok(notes("protected mode") == (modes[i].mode == PROBE_PROTECTED),
		       "only a log of protected mode produces a note on it");
	}
	/* A line that a program wrote to the log, with facility 1, is not the kernel's. */
	fake_file("dev/kmsg", "12,1,0,-;arm-pv: using stolen time PV\n14,1,0,-;kvm [1]: VHE mode "
			      "initialized successfully\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(!facts.log.using && facts.log.mode == PROBE_MODE_UNKNOWN,
	       "a forged line in the log is ignored");
	fake_file("proc/cmdline", "quiet kvm-arm.mode=protected\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(notes("requests protected mode"),
	       "without the log, a note names the mode that the command line asked for");
	fake_file("dev/kmsg", "6,7,300,-;kvm [1]: VHE mode initialized successfully\n");
	look(PROBE_KVM_THERE, true);
	tap_ok(!notes("protected"), "no note names protected mode if the log names another mode");
	fake_file("proc/cmdline", "quiet\n");
	fake_file("dev/kmsg", "6,3,0,-;CPU: All CPU(s) started at EL1\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && !probe_is_host(&facts),
	       "a kernel that started at EL1, without KVM, is a guest's");
	fake_remove("dev");
}

static void test_guest(void)
{
	fake_bytes("proc/device-tree/psci/method", "smc", 4);
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "a machine with PSCI by SMC is not a guest");
	fake_bytes("proc/device-tree/psci/method", "hvc", 4);
	fake_file("sys/devices/system/cpu/hotplug/states", states);
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && facts.guest.discovered == PROBE_YES && found.missing_count == 0 &&
		       facts.guest.ticks == 0,
	       "a guest that has discovered stolen time lacks nothing, though none was stolen");
	fake_file("proc/stat", stat_some);
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.ticks == 42 && facts.guest.count == 2 && facts.guest.cpu[1].cpu == 3 &&
		       facts.guest.cpu[1].steal_ticks == 40,
	       "the time stolen from each of a guest's CPUs is read");
	fake_file("proc/stat", stat_none);
	fake_file("sys/devices/system/cpu/hotplug/states", "  0: offline\n169: online\n");
	fake_file("proc/kallsyms",
		  "0000000000000000 t para_steal_clock\n0000000000000000 T other\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_NO && lacks("offers this guest no stolen time"),
	       "a guest to which stolen time is not offered lacks it");
	fake_file("proc/kallsyms", "0000000000000000 T other\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("has no code") && strstr(found.missing[0].todo, "CONFIG_PARAVIRT") != NULL,
	       "a guest whose kernel has no code for stolen time is reported");
	fake_file("dev/kmsg",
		  "4,9,0,-;arm-pv: Unexpected revision or attributes in stolen time data\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(lacks("Unexpected revision"),
	       "a guest whose kernel refused its structure is reported");
	fake_file("dev/kmsg", "6,9,0,-;arm-pv: using stolen time PV\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_YES && found.missing_count == 0,
	       "the log alone shows that a guest has discovered stolen time");
	fake_remove("dev");
	fake_remove("sys");
	fake_remove("proc/kallsyms");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.discovered == PROBE_UNKNOWN && lacks("it is unknown whether"),
	       "a guest that cannot see whether stolen time was found lacks something");
}

static void test_other_guests(void)
{
	char fadt[268] = "FACP";

	fake_remove("proc/device-tree");
	fadt[129] = 1;
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "a machine with ACPI and PSCI by SMC is not a guest");
	fadt[129] = 3;
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt));
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is, "a machine with ACPI and PSCI by HVC is a guest");
	fake_bytes("sys/firmware/acpi/tables/FACP", fadt, 129);
	look(PROBE_KVM_NONE, false);
	tap_ok(!facts.guest.is, "an ACPI table that is too short does not make a guest");
	fake_file("sys/hypervisor/type", "xen\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && facts.guest.xen, "a guest of Xen is recognised");
	fake_remove("sys");
}

/* A machine that is not arm64, with KVM or without, and as a guest or not. */
static void look_other(const char *machine, enum probe_kvm_state kvm, bool steal_time, bool guest)
{
	fake_file("proc/cpuinfo", guest ? "flags\t\t: fpu vme hypervisor lahf_lm\n"
					: "flags\t\t: fpu vme lahf_lm\n");
	facts.arm64 = false;
	facts.x86_64 = strcmp(machine, "x86_64") == 0;
	snprintf(facts.machine, sizeof(facts.machine), "%s", machine);
	facts.kvm = (struct probe_kvm){.state = kvm, .steal_time = steal_time};
	probe_facts_free(&facts);
	probe_guest(&facts, fake_root);
	probe_find(&found, &facts);
}

static void test_x86_64(void)
{
	look_other("x86_64", PROBE_KVM_THERE, true, false);
	tap_ok(!facts.guest.is && found.missing_count == 0 && notes("interface of their own"),
	       "an x86-64 host with KVM lacks nothing, and a note names KVM's own interface");
	look_other("x86_64", PROBE_KVM_THERE, false, false);
	tap_ok(lacks("KVM_FEATURE_STEAL_TIME is 0"),
	       "an x86-64 host whose KVM does not offer stolen time is reported");
	look_other("x86_64", PROBE_KVM_NONE, false, false);
	tap_ok(lacks("there is no /dev/kvm") && found.note_count == 0,
	       "an x86-64 host without KVM lacks that alone");
	look_other("x86_64", PROBE_KVM_NONE, false, true);
	tap_ok(facts.guest.is && !probe_is_host(&facts) && found.missing_count == 0 &&
		       facts.guest.discovered == PROBE_UNKNOWN && notes("count in /proc/stat"),
	       "an x86-64 guest lacks nothing, and a note says what pvtime sees of it");
	fake_file("proc/stat", stat_some);
	look_other("x86_64", PROBE_KVM_NONE, false, true);
	tap_ok(facts.guest.ticks == 42 && found.missing_count == 0 && found.note_count == 0,
	       "an x86-64 guest that has counted stolen time gets no note");
	fake_file("proc/stat", stat_none);
	look_other("riscv64", PROBE_KVM_THERE, false, false);
	tap_ok(lacks("riscv64"), "a machine of which pvtime knows nothing is reported");
	fake_remove("proc/cpuinfo");
}

/* Xen's guests count stolen time without having discovered it. */
static void test_counted(void)
{
	fake_file("proc/stat", stat_some);
	fake_file("sys/devices/system/cpu/hotplug/states", "  0: offline\n");
	fake_file("proc/kallsyms", "0000000000000000 t para_steal_clock\n");
	look(PROBE_KVM_NONE, false);
	tap_ok(facts.guest.is && facts.guest.discovered == PROBE_NO && found.missing_count == 0,
	       "a guest that counts stolen time without discovery lacks nothing");
	fake_remove("proc/kallsyms");
	fake_remove("sys");
	fake_file("proc/stat", stat_none);
}

/* A VM all of whose figures differ, with a name that is neither UTF-8 nor fit for a terminal. */
static void make_vm(void)
{
	struct probe_vcpu *vcpu = calloc(2, sizeof(*vcpu));
	struct probe_vm *vm = calloc(1, sizeof(*vm));

	fake_need(vcpu != NULL && vm != NULL, "memory");
	vcpu[0] = (struct probe_vcpu){
		.tid = 71,
		.known = true,
		.id = 3,
		.by = PROBE_BY_ORDER,
		.age_ns = 8000000000,
		.accounted = true,
		.ran_ns = 5000000000,
		.waited_ns = 2000000000,
	};
	vcpu[1] = (struct probe_vcpu){.tid = 72, .by = PROBE_BY_TIME, .age_ns = 4};
	*vm = (struct probe_vm){.pid = 9,
				.command = "a\xff\x1b",
				.name = "\"b\x1b\n",
				.vms = 2,
				.files = 5,
				.vcpu = vcpu,
				.count = 2};
	vm->libpvtime_kvm = PROBE_YES;
	vm->quota = (struct probe_quota){1500000000, "/a\x1b/b", "20000 100000"};
	facts.vms = (struct probe_vms){.vm = vm, .count = 1, .unreadable = 6};
}

/* All fields that pvtime-json(5) has, and no others. */
static const char want[] =
	"{'format':'pvtime-probe','version':1,'machine':'aarch64','kernel':'6.1','host':{'kvm':'"
	"there','steal_time':true,"
	"'accounting':'on','mode':'unknown','protected_asked':false,'unreadable':6,"
	"'vms':[{'name':'\\\"b\\u001b\\n','pid':9,'command':'a?\\u001b','readable':false,'vms':2,"
	"'open_vcpus':5,'libpvtime_kvm':true,'vcpus':[{'vcpu':3,'thread':71,"
	"'by':'order','age_ns':8000000000,'ran_ns':5000000000,'waited_ns':2000000000},"
	"{'vcpu':null,'thread':72,'by':'time','age_ns':4,'ran_ns':null,'waited_ns':null}],'"
	"throttled_ns':1500000000,'quota_of':'/a\\u001b/b'}]},"
	"'guest':{'because':'time was stolen from it','discovered':'no','counted':true,"
	"'cpus':[{'cpu':0,'steal_ms':20},{'cpu':3,'steal_ms':400}]},"
	"'missing':[{'what':'W','todo':'T'}],'notes':[{'what':'V','todo':''}]}";

/* The notes on the VMs of a host. */
static void test_vms(void)
{
	look(PROBE_KVM_THERE, true);
	tap_is_u64(found.note_count, 0, "a host without VMs gets no note");
	make_vm();
	probe_find(&found, &facts);
	tap_ok(found.missing_count == 0 && found.note_count == 4,
	       "a host with VMs gets four notes and lacks nothing");
	tap_ok(notes("6 processes of other users could not be inspected"),
	       "a note counts the processes that could not be read");
	tap_ok(notes("the threads of 3 vCPUs are not known"),
	       "a note counts the vCPUs whose threads are not known");
	tap_ok(notes("only the guest itself can show"),
	       "a note refers to the guest for what only the guest can show");
	facts.vms.unreadable = 0;
	facts.vms.vm[0].files = 1;
	probe_find(&found, &facts);
	tap_is_u64(found.note_count, 2, "a host whose VMs are all known gets two notes");
	tap_ok(notes("since the creation of each thread"),
	       "a note says that the times are not those of now");
	facts.kvm.state = PROBE_KVM_NONE;
	facts.guest.is = true;
	probe_find(&found, &facts);
	tap_ok(probe_is_host(&facts) && strstr(found.missing[0].what, "there is no /dev/kvm"),
	       "a machine with VMs is a host, whatever else it is");
}

static void find_one_each(void)
{
	found = (struct probe_findings){.missing_count = 1, .note_count = 1};
	found.missing[0] = (struct probe_finding){"W", "T"};
	found.note[0] = (struct probe_finding){"V", ""};
}

/* The words of pvtime-json(5). */
static void test_vocabulary(void)
{
	static const char *const kvm[] = {"there", "none", "denied", "broken"},
				 *const accounting[] = {"on", "off", "absent"},
				 *const modes[] = {"unknown", "nvhe", "vhe", "protected"},
				 *const by[] = {"ioctl", "name", "order", "time"},
				 *const answers[] = {"no", "yes", "unknown"};
	bool same = true;

	for (int i = 0; i < 4; i++) {
		same &= strcmp(probe_kvm_word((enum probe_kvm_state)i), kvm[i]) == 0;
		same &= strcmp(probe_mode_word((enum probe_mode)i), modes[i]) == 0;
		same &= strcmp(probe_by_word((enum probe_by)i), by[i]) == 0;
	}
	for (int i = 0; i < 3; i++) {
		same &= strcmp(probe_accounting_word((enum probe_accounting)i), accounting[i]) == 0;
		same &= strcmp(probe_answer_word((enum probe_answer)i), answers[i]) == 0;
	}
	tap_ok(same, "the words of the findings are those of the manual");
}

static void test_json(void)
{
	char text[sizeof(want)];

	fake_file("proc/stat", stat_some);
	fake_file("sys/devices/system/cpu/hotplug/states", "  0: offline\n");
	look(PROBE_KVM_THERE, true);
	make_vm();
	find_one_each();
	for (size_t i = 0; i < sizeof(want); i++)
		text[i] = want[i] == '\'' ? '"' : want[i];
	char *is = written(true);
	json_t *json = json_loads(is, 0, NULL), *wanted = json_loads(text, 0, NULL);
	tap_ok(wanted != NULL && json_equal(json, wanted), "JSON has every field: %s", is);
	json_decref(json);
	json_decref(wanted);
	free(is);
	facts.vms.vm[0].libpvtime_kvm = PROBE_UNKNOWN;
	facts.vms.vm[0].name[0] = '\0';
	facts.guest.is = false;
	is = written(true);
	tap_ok(strstr(is, "\"name\":null") != NULL &&
		       strstr(is, "\"libpvtime_kvm\":null") != NULL &&
		       strstr(is, "\"guest\":null") != NULL,
	       "JSON has null for what is unknown or absent");
	free(is);
}

static void test_words(void)
{
	look(PROBE_KVM_THERE, true);
	make_vm();
	find_one_each();
	char *text = written(false);
	tap_ok(has(text,
		   "VM \"b\\x1b\\x0a: process 9 (a\\xff\\x1b) of 2 VMs, with structures of libpvtime-kvm\n"),
	       "a VM is printed with names that cannot drive a terminal");
	tap_ok(has(text,
		   "\n     3        71 order            8.00       5.000000       2.000000\n"),
	       "a vCPU is printed with how long it has run and waited");
	tap_ok(has(text,
		   "\n     ?        72 time             0.00              -              -\n"),
	       "a vCPU of which nothing is known is printed without its number and times");
	tap_ok(has(text,
		   "As a guest: time was stolen from it; stolen time discovered: no; "
		   "counted: yes\n    cpu0           0.02 s stolen\n    cpu3           0.40 s "
		   "stolen\n"),
	       "a guest is printed with what was stolen from each CPU");
	tap_ok(has(text, "missing: W\n    to do: T\nnote: V\n") && strstr(text, "V\n ") == NULL,
	       "what is missing, what to do and notes are printed");
	facts.vms.vm[0].libpvtime_kvm = PROBE_NO;
	facts.vms.vm[0].name[0] = '\0';
	free(text);
	text = written(false);
	tap_ok(strstr(text, "libpvtime") == NULL,
	       "libpvtime-kvm is not printed for a VM that does not use it");
	tap_ok(has(text, "VM: process 9 "), "a VM without a name is printed without one");
	free(text);
	fake_file("proc/stat", stat_none);
	fake_remove("sys");
	look(PROBE_KVM_THERE, false);
	find_one_each();
	text = written(false);
	tap_ok(has(text, "As a host:  /dev/kvm: there; stolen time offered: no; wait accounting: "
			 "on; mode: unknown\nNo VM is running.\n"),
	       "a host is printed without VMs");
	free(text);
}

int main(void)
{
	fake_begin();
	test_host();
	test_namespace();
	test_modes();
	test_guest();
	test_other_guests();
	test_x86_64();
	test_counted();
	test_vms();
	test_vocabulary();
	test_json();
	test_words();
	probe_facts_free(&facts);
	fake_end();
	return tap_done();
}
