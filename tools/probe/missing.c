/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "tools/probe/missing.h"

__attribute__((format(printf, 3, 4))) static void missing(struct probe_findings *f,
							  const char *todo, const char *format, ...)
{
	struct probe_finding *finding = &f->missing[f->missing_count++];
	va_list args;

	va_start(args, format);
	vsnprintf(finding->what, sizeof(finding->what), format, args);
	va_end(args);
	snprintf(finding->todo, sizeof(finding->todo), "%s", todo);
}

__attribute__((format(printf, 3, 4))) static void note(struct probe_findings *f, const char *todo,
						       const char *format, ...)
{
	struct probe_finding *finding = &f->note[f->note_count++];
	va_list args;

	va_start(args, format);
	vsnprintf(finding->what, sizeof(finding->what), format, args);
	va_end(args);
	snprintf(finding->todo, sizeof(finding->todo), "%s", todo);
}

bool probe_is_host(const struct probe_facts *facts)
{
	return facts->kvm.state != PROBE_KVM_NONE || facts->vms.count > 0 || !facts->guest.is;
}

static void find_kvm(struct probe_findings *f, const struct probe_facts *facts)
{
	switch (facts->kvm.state) {
	case PROBE_KVM_DENIED:
		missing(f, "run this as root, or as a member of the group that /dev/kvm belongs to",
			"/dev/kvm cannot be opened: %s", strerror(facts->kvm.error));
		break;
	case PROBE_KVM_BROKEN:
		missing(f, "check the kernel's log for kvm", "/dev/kvm cannot be used: %s",
			strerror(facts->kvm.error));
		break;
	case PROBE_KVM_NONE:
		missing(f, "load the module kvm, or use a kernel with CONFIG_KVM",
			"there is no /dev/kvm");
		break;
	case PROBE_KVM_THERE:
		break;
	}
}

static void find_accounting(struct probe_findings *f, const struct probe_facts *facts)
{
	if (facts->accounting == PROBE_ACCOUNT_ABSENT)
		missing(f, "use a kernel with CONFIG_SCHEDSTATS (or CONFIG_TASK_DELAY_ACCT)",
			"the scheduler does not account for waits for a CPU: there is no /proc/self/schedstat, and KVM has nothing to publish");
	if (facts->accounting == PROBE_ACCOUNT_OFF)
		missing(f,
			"boot the kernel with delayacct on its command line, or use one with CONFIG_SCHEDSTATS",
			"the scheduler does not account for waits for a CPU: /proc/self/schedstat is all 0, and KVM has nothing to publish");
	else if ((facts->arm64 || facts->x86_64) && facts->kvm.state == PROBE_KVM_THERE &&
		 !facts->kvm.steal_time && facts->accounting == PROBE_ACCOUNTED)
		missing(f, "use a newer kernel",
			"this kernel's KVM does not offer stolen time (%s is 0)",
			facts->arm64 ? "KVM_CAP_STEAL_TIME" : "KVM_FEATURE_STEAL_TIME");
}

static void find_vms(struct probe_findings *f, const struct probe_facts *facts)
{
	size_t unknown = 0;

	if (facts->in_namespace)
		note(f, "run this on the host itself, or in a container with its PID namespace",
		     "this is a PID namespace of its own, such as a container's: VMs outside it are not visible here");
	if (facts->vms.unreadable > 0)
		note(f, "run this as root", "%u processes of other users could not be inspected",
		     facts->vms.unreadable);
	for (size_t i = 0; i < facts->vms.count; i++) {
		const struct probe_vm *vm = &facts->vms.vm[i];
		unknown += vm->files > vm->count ? vm->files - vm->count : 0;
	}
	if (unknown > 0)
		note(f, "run this again after they have run",
		     "the threads of %zu vCPUs are not known", unknown);
	if (facts->vms.count > 0)
		note(f, "run 'pvtime top' to see which vCPUs wait now, and what runs meanwhile",
		     "the times are since the creation of each thread");
	if (facts->vms.count > 0 && facts->arm64)
		note(f, "run 'pvtime probe' in the guest",
		     "only the guest itself can show whether it reads its stolen time");
}

static void find_host(struct probe_findings *f, const struct probe_facts *facts)
{
	find_kvm(f, facts);
	find_accounting(f, facts);
	if (facts->x86_64 && facts->kvm.state == PROBE_KVM_THERE)
		note(f, "run 'top' in the guest, whose st is its stolen time",
		     "on x86_64, KVM and its guests have an interface of their own for stolen time, for which a VMM only has to pass on KVM's CPUID");
	if (facts->log.mode == PROBE_PROTECTED)
		note(f, "",
		     "KVM is in protected mode: protected VMs have no stolen time, others do");
	else if (facts->log.mode == PROBE_MODE_UNKNOWN && facts->asked_protected)
		note(f, "check the kernel's log for kvm",
		     "the kernel's command line requests protected mode (kvm-arm.mode=protected): protected VMs have no stolen time, others do");
	find_vms(f, facts);
}

static void find_guest(struct probe_findings *f, const struct probe_facts *facts)
{
	const struct probe_guest *guest = &facts->guest;

	if (facts->log.refused[0] != '\0')
		missing(f, "this is a bug of the hypervisor; 'pvtime conform' shows more",
			"the kernel discovered stolen time but could not use it: %s",
			facts->log.refused);
	else if (guest->discovered == PROBE_YES || guest->ticks > 0)
		return;
	else if (guest->paravirt == PROBE_NO)
		missing(f, "use a guest kernel with CONFIG_PARAVIRT",
			"this guest's kernel has no code for stolen time");
	else if (guest->discovered == PROBE_NO)
		missing(f,
			"run 'pvtime probe' on the host; if nothing is missing there, the VMM gives no stolen time: QEMU does unless kvm-steal-time=off, and 'pvtime exec' adds it to other VMMs",
			"the hypervisor offers this guest no stolen time");
	else
		missing(f, "run this as root, with /sys mounted",
			"it is unknown whether stolen time was discovered: neither /sys/devices/system/cpu/hotplug/states nor the kernel's log shows it");
}

void probe_find(struct probe_findings *findings, const struct probe_facts *facts)
{
	*findings = (struct probe_findings){.missing_count = 0};
	if (!facts->arm64 && !facts->x86_64)
		missing(findings, "run this on an arm64 or x86_64 host, or in a guest of one",
			"this machine is %s, of whose stolen time pvtime knows nothing",
			facts->machine);
	if (probe_is_host(facts))
		find_host(findings, facts);
	if (facts->guest.is && facts->arm64)
		find_guest(findings, facts);
	if (facts->guest.is && facts->x86_64 && facts->guest.ticks == 0)
		note(findings, "keep all CPUs of the guest busy for a while, and run this again",
		     "on x86_64, the count in /proc/stat is all that pvtime sees of a guest's stolen time: 0 may also mean that none was stolen");
}
