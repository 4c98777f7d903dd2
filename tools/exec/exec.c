/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `pvtime exec`: start an unmodified VMM and give its guest stolen time. See tools/exec/README.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "libpvtime-kvm/uapi.h"
#include "tools/command.h"
#include "tools/exec/filter.h"
#include "tools/exec/gains.h"
#include "tools/exec/options.h"
#include "tools/exec/start.h"
#include "tools/report.h"

/* The exit statuses that a shell and env(1) use. */
enum { STATUS_CANNOT_EXECUTE = 126, STATUS_NOT_FOUND = 127 };

/* Other architectures have a /dev/kvm, too: there pvtime makes no call on it. */
static int open_kvm(void)
{
#ifdef __aarch64__
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		report("exec: needs an arm64 host with KVM: /dev/kvm: %m");
	return fd;
#else
	report("exec: needs an arm64 host with KVM; this machine is not one");
	return -1;
#endif
}

/*
 * Whether the process may get the filter of --again. Without privileges the filter takes
 * no_new_privs; if the VMM's file grants rights, the VMM would lose them, and pvtime does not start
 * it.
 */
static bool can_be_filtered(const char *vmm)
{
	const char *gains = filter_is_free() ? NULL : gains_of_command(vmm);

	if (gains != NULL)
		report("exec: --again: %s has %s; --again would remove them, because it sets no_new_privs; expected CAP_SYS_ADMIN and CAP_SYS_PTRACE",
		       vmm, gains);
	return gains == NULL;
}

static bool filter(void)
{
	int error = filter_install();

	if (error != 0)
		report("exec: --again: cannot stop the VMM where it makes a VM (seccomp): %s",
		       strerror(-error));
	return error == 0;
}

static int execute(char **command)
{
	execvp(command[0], command);
	int status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
	report("exec: %s: %m", command[0]);
	return status;
}

int exec_command(int argc, char **argv)
{
	struct exec_options options;
	struct exec_job job = {.options = &options};

	if (!exec_options_parse(&options, argc, argv))
		return STATUS_USAGE;
	if (options.help)
		return STATUS_OK;
	int kvm = open_kvm();
	if (kvm < 0)
		return STATUS_USAGE;
	bool offered = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_STEAL_TIME) > 0;
	int slots = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS);
	close(kvm);
	job.slots = slots > 0 ? (uint32_t)slots : 0;
	job.filtered = offered && options.again;
	if (job.filtered && !can_be_filtered(options.command[0]))
		return STATUS_USAGE;
	if (!offered)
		report("exec: the guest gets no stolen time: this host's KVM does not offer it (KVM_CAP_STEAL_TIME)");
	else if (!start_tracer(&job) || (job.filtered && !filter()))
		return STATUS_USAGE;
	return execute(options.command);
}
