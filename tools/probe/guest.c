/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As a guest: was stolen time discovered, and is it counted? Linux logs the discovery, but
 * the log's old lines may be gone. The CPU hotplug state that Linux registers for it stays listed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/probe/facts.h"
#include "tools/probe/files.h"

#define FADT_ARM_BOOT 129u /* ACPI 6.5, 5.2.9: offset of ARM_BOOT_ARCH; bit 1 is "PSCI by HVC" */
#define FADT_BY_HVC   2u

/* PSCI by HVC means a hypervisor at EL2; firmware is called by SMC. */
static bool psci_by_hvc(int root)
{
	char method[8], fadt[FADT_ARM_BOOT + 2];

	if (probe_read(root, "proc/device-tree/psci/method", method, sizeof(method)) > 0 &&
	    strcmp(method, "hvc") == 0)
		return true;
	return probe_read(root, "sys/firmware/acpi/tables/FACP", fadt, sizeof(fadt)) >
		       FADT_ARM_BOOT &&
	       ((unsigned char)fadt[FADT_ARM_BOOT] & FADT_BY_HVC) != 0;
}

static bool add_cpu(struct probe_guest *guest, unsigned cpu, uint64_t ticks)
{
	struct probe_cpu *more = realloc(guest->cpu, (guest->count + 1) * sizeof(*more));

	if (more == NULL)
		return false;
	guest->cpu = more;
	more[guest->count++] = (struct probe_cpu){.cpu = cpu, .steal_ticks = ticks};
	guest->ticks += ticks;
	return true;
}

/*
 * "cpuN user nice system idle iowait irq softirq steal ...". The line "cpu " is the sum of all
 * CPUs. Lines of another form are ignored.
 */
static void read_steal(struct probe_guest *guest, int root)
{
	FILE *f = probe_open(root, "proc/stat");
	char line[512];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long long ticks;
		unsigned cpu;

		if (strncmp(line, "cpu", 3) == 0 && line[3] != ' ' &&
		    sscanf(line, "cpu%u %*u %*u %*u %*u %*u %*u %*u %llu", &cpu, &ticks) == 2 &&
		    !add_cpu(guest, cpu, ticks))
			break;
	}
	if (f != NULL)
		fclose(f);
}

static void because(struct probe_guest *guest, const char *reason)
{
	if (!guest->is)
		snprintf(guest->because, sizeof(guest->because), "%s", reason);
	guest->is = true;
}

static enum probe_answer answer(int found)
{
	return found < 0 ? PROBE_UNKNOWN : found > 0 ? PROBE_YES : PROBE_NO;
}

static void find_discovered(struct probe_facts *facts, int root)
{
	struct probe_guest *guest = &facts->guest;

	guest->discovered = answer(
		probe_has(root, "sys/devices/system/cpu/hotplug/states", "hypervisor/arm/pvtime"));
	if (facts->log.using)
		guest->discovered = PROBE_YES;
	/*
	 * kallsyms is readable without privileges, though without addresses. It is large, so it is
	 * read only if needed.
	 */
	if (guest->discovered != PROBE_YES)
		guest->paravirt = answer(probe_has(root, "proc/kallsyms", " para_steal_clock"));
}

void probe_guest(struct probe_facts *facts, int root)
{
	struct probe_guest *guest = &facts->guest;
	char type[16] = "";

	*guest = (struct probe_guest){.discovered = PROBE_UNKNOWN, .paravirt = PROBE_UNKNOWN};
	read_steal(guest, root);
	guest->xen = probe_read(root, "sys/hypervisor/type", type, sizeof(type)) > 0 &&
		     strncmp(type, "xen", 3) == 0;
	if (guest->xen)
		because(guest, "it runs on Xen");
	if (!facts->arm64) {
		if (probe_has(root, "proc/cpuinfo", " hypervisor") > 0)
			because(guest, "its CPUs are a hypervisor's");
	} else {
		if (psci_by_hvc(root))
			because(guest, "it calls PSCI by HVC");
		if (facts->log.exception_level == 1)
			because(guest, "its CPUs were started at EL1");
	}
	if (guest->ticks > 0)
		because(guest, "time was stolen from it");
	if (facts->arm64)
		find_discovered(facts, root);
	if (guest->discovered == PROBE_YES)
		because(guest, "it has found stolen time");
}
