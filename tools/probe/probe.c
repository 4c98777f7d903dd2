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
#include "tools/probe/missing.h"
#include "tools/probe/tell.h"
#include "tools/report.h"

struct probe_options {
	struct probe_pids only;
	bool json, help;
};

static bool take_pid(void *options, const char *value)
{
	return probe_pids_add(&((struct probe_options *)options)->only, value);
}

static bool parse(struct probe_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"pid", "PID", "report only the VM of that process; may be repeated",
		 .take = take_pid},
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

/* Whether the processes of --pid have VMs. */
static bool check_vms(const struct probe_facts *facts, const struct probe_pids *only)
{
	if (facts->vms.count >= only->count)
		return true;
	unsigned pid = only->pid[facts->vms.count];
	if (facts->vms.unreadable > 0)
		report("--pid: process %u cannot be inspected, and has run no guest code; expected a VM, or to run as root",
		       pid);
	else
		report("--pid: process %u has no vCPU of KVM open; expected the process of a VM",
		       pid);
	return false;
}

static bool gather(struct probe_facts *facts, int root, const struct probe_pids *only)
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
	return probe_vms(facts, root, only);
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

/* Gathers the facts and tells them. Returns the exit status. */
static int probe(const struct probe_options *o, int root)
{
	struct probe_facts facts;
	int status = STATUS_USAGE;

	if (!gather(&facts, root, &o->only)) {
		report("%s", strerror(ENOMEM));
		status = STATUS_FAILED;
	} else if (check_vms(&facts, &o->only)) {
		status = tell(&facts, o->json);
	}
	probe_facts_free(&facts);
	return status;
}

int probe_command(int argc, char **argv)
{
	struct probe_options options = {.only = {.count = 0}};
	int status = STATUS_USAGE;

	if (parse(&options, argc, argv)) {
		int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (options.help) {
			status = STATUS_OK;
		} else if (root < 0) {
			report("/: %m");
			status = STATUS_FAILED;
		} else if (probe_pids_check(&options.only, root)) {
			status = probe(&options, root);
		}
		if (root >= 0)
			close(root);
	}
	free(options.only.pid);
	return status;
}
