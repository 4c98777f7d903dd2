/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime probe`: is stolen time offered, discovered and counted on this machine? */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/probe/facts.h"
#include "tools/probe/files.h"
#include "tools/probe/missing.h"
#include "tools/probe/tell.h"
#include "tools/report.h"

#define PID_MAX 4194304u /* linux/threads.h: PID_MAX_LIMIT */

struct probe_options {
	unsigned pid; /* 0: all VMs */
	bool json, help;
};

static bool parse(struct probe_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"pid", "PID", "report only the VM of that process", .number = &o->pid,
		 .most = PID_MAX},
		{"json", NULL, "write JSON", .flag = &o->json},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	if (!arguments_parse("probe", table, o, argc, argv))
		return false;
	if (o->help) {
		arguments_usage(
			"pvtime probe [OPTION...]",
			"Report whether this machine supports stolen time, what is missing, and what to do about it. On a host: whether its KVM offers stolen time, which VMs run, and how long their vCPUs have waited since they exist. In a guest: whether stolen time was discovered, and is counted.",
			table, stdout);
		return true;
	}
	return arguments_no_others("probe", argc, argv);
}

/* Whether the process of --pid exists. */
static bool check_process(int root, unsigned pid)
{
	char path[PROBE_PATH];

	snprintf(path, sizeof(path), "proc/%u/stat", pid);
	if (pid == 0 || faccessat(root, path, F_OK, 0) == 0)
		return true;
	report("--pid: there is no process %u%s", pid,
	       probe_in_namespace(root) ? " in this PID namespace" : "");
	return false;
}

/* Whether the process of --pid has a VM. */
static bool check_vm(const struct probe_facts *facts, unsigned pid)
{
	if (pid == 0 || facts->vms.count > 0)
		return true;
	if (facts->vms.unreadable > 0)
		report("--pid: process %u cannot be inspected, and has run no guest code; expected a VM, or to run as root",
		       pid);
	else
		report("--pid: process %u has no vCPU of KVM open; expected the process of a VM",
		       pid);
	return false;
}

static bool gather(struct probe_facts *facts, int root, unsigned pid)
{
	struct utsname name;

	*facts = (struct probe_facts){.tick_hz = (unsigned)sysconf(_SC_CLK_TCK)};
	uname(&name);
	snprintf(facts->machine, sizeof(facts->machine), "%s", name.machine);
	snprintf(facts->release, sizeof(facts->release), "%s", name.release);
	facts->arm64 = strcmp(name.machine, "aarch64") == 0;
	facts->x86_64 = strcmp(name.machine, "x86_64") == 0;
	probe_log(&facts->log, root);
	probe_kvm(&facts->kvm);
	probe_host(facts, root);
	probe_guest(facts, root);
	return probe_vms(facts, root, pid);
}

static int tell(const struct probe_facts *facts, bool json)
{
	struct probe_findings findings;

	probe_find(&findings, facts);
	if (!json)
		probe_print(facts, &findings, stdout);
	else if (!probe_json(facts, &findings, stdout)) {
		report("%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	return findings.missing_count > 0 ? STATUS_FAILED : STATUS_OK;
}

int probe_command(int argc, char **argv)
{
	struct probe_options options = {.pid = 0};
	struct probe_facts facts;
	int status = STATUS_USAGE;

	if (!parse(&options, argc, argv))
		return STATUS_USAGE;
	if (options.help)
		return STATUS_OK;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		report("/: %m");
		return STATUS_FAILED;
	}
	if (check_process(root, options.pid)) {
		if (!gather(&facts, root, options.pid)) {
			report("%s", strerror(ENOMEM));
			status = STATUS_FAILED;
		} else if (check_vm(&facts, options.pid)) {
			status = tell(&facts, options.json);
		}
		probe_facts_free(&facts);
	}
	close(root);
	return status;
}
