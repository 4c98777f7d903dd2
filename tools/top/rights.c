/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tools/report.h"
#include "tools/top/rights.h"

#define BIT(capability) (UINT64_C(1) << (capability))
#define LOAD		(BIT(CAP_BPF) | BIT(CAP_PERFMON))
#define FIND_CGROUPS	BIT(CAP_DAC_READ_SEARCH) /* open_by_handle_at(2) */
#define SEE_PROCESSES	BIT(CAP_SYS_PTRACE)

static struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

static uint64_t permitted(void)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};

	if (syscall(SYS_capget, &header, data) != 0)
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static bool set(uint64_t effective, uint64_t kept)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(effective >> 32 * i),
			.permitted = (uint32_t)(kept >> 32 * i),
		};
	if (syscall(SYS_capset, &header, data) == 0)
		return true;
	report("top: capabilities cannot be given up: %m");
	return false;
}

static bool keep(uint64_t wanted)
{
	uint64_t kept = permitted() & wanted;

	return set(kept, kept);
}

/*
 * CAP_SYS_ADMIN includes CAP_BPF and CAP_PERFMON, which are newer, and a process may have it alone.
 * It is also needed for the types of modules, and where perf_event_paranoid is 3, a level that
 * Debian has added.
 */
bool top_rights_begin(void)
{
	uint64_t wanted = LOAD | BIT(CAP_SYS_ADMIN) | FIND_CGROUPS | SEE_PROCESSES;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return keep(wanted);
	report("top: capabilities cannot be given up: %m");
	return false;
}

/*
 * Two capabilities are needed on some hosts only, so this tries without them: before Linux 5.19,
 * reading a map can take CAP_BPF; and where /proc hides the processes of others (hidepid), reading
 * names takes CAP_SYS_PTRACE.
 */
bool top_rights_loaded(const struct top_program *program, int root)
{
	uint64_t all = permitted(), kept = all & FIND_CGROUPS;

	if (!set(kept, all))
		return false;
	if (!top_readable(program))
		kept |= (all & BIT(CAP_BPF)) != 0 ? BIT(CAP_BPF) : all & BIT(CAP_SYS_ADMIN);
	if (faccessat(root, "proc/1/stat", R_OK, AT_EACCESS) != 0)
		kept |= all & SEE_PROCESSES;
	return set(kept, kept);
}

bool top_rights_without(void)
{
	return keep(FIND_CGROUPS | SEE_PROCESSES);
}
