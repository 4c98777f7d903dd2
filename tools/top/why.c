/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <fcntl.h>
#include "tools/probe/facts.h"
#include "tools/probe/files.h"
#include "tools/top/why.h"

#define STATUS_ROOM 4096u
#define UNKNOWN	    "causes unknown: "

/* The number in the line of /proc/self/status that begins with `key`; 0: there is none. */
static unsigned long long status(int root, const char *key, const char *format)
{
	char text[STATUS_ROOM];
	unsigned long long value = 0;

	if (probe_read(root, "proc/self/status", text, sizeof(text)) <= 0)
		return 0;
	const char *at = strstr(text, key);
	return at != NULL && sscanf(at + strlen(key), format, &value) == 1 ? value : 0;
}

static bool is_capable(int root)
{
	unsigned long long have = status(root, "\nCapEff:", "%llx");
	unsigned long long both = 1ull << CAP_BPF | 1ull << CAP_PERFMON;

	return (have & both) == both || (have & 1ull << CAP_SYS_ADMIN) != 0;
}

/* In another user namespace than the first one, capabilities are not those that BPF needs. */
static bool in_user_namespace(int root)
{
	unsigned long long inside, outside, count;
	char text[128];

	return probe_read(root, "proc/self/uid_map", text, sizeof(text)) >= 0 &&
	       (sscanf(text, "%llu %llu %llu", &inside, &outside, &count) != 3 || inside != 0 ||
		outside != 0 || count != 0xffffffffu);
}

/* Linux 5.15 has all functions that the program calls. On arm64, 5.18 has atomic exchanges. */
#ifdef __aarch64__
#define OLDEST_MINOR 18u
#define OLDEST	     "5.18"
#else
#define OLDEST_MINOR 15u
#define OLDEST	     "5.15"
#endif

static bool is_old(void)
{
	struct utsname name;
	unsigned major, minor;

	return uname(&name) == 0 && sscanf(name.release, "%u.%u", &major, &minor) == 2 &&
	       (major < 5 || (major == 5 && minor < OLDEST_MINOR));
}

/*
 * What forbids BPF to a process that has the capabilities; NULL: that is not known. Under lockdown,
 * Linux does not offer the functions that the program calls, and reports a program that is wrong.
 */
static const char *forbidden(int error, int root)
{
	if ((error == EPERM || error == EACCES || error == ENOSYS) &&
	    status(root, "\nSeccomp:", "%llu") != 0)
		return "seccomp forbids BPF; allow bpf(2) and perf_event_open(2) in its profile";
	if (probe_has(root, "sys/kernel/security/lockdown", "[confidentiality]") > 0)
		return "the kernel's lockdown forbids BPF; boot with lockdown=integrity at most";
	return NULL;
}

static const char *reason(int error, int root)
{
	if (in_user_namespace(root))
		return "this is a user namespace; run pvtime outside it";
	if (!is_capable(root))
		return "CAP_BPF and CAP_PERFMON are missing; run pvtime as root";
	const char *because = forbidden(error, root);
	if (because != NULL)
		return because;
	if (error == ENOSYS)
		return "this kernel has no BPF; it takes one with CONFIG_BPF_SYSCALL";
	if (faccessat(root, "sys/kernel/btf/vmlinux", R_OK, 0) != 0)
		return "no /sys/kernel/btf/vmlinux; it takes a kernel with CONFIG_DEBUG_INFO_BTF";
	return is_old() ? "this kernel is too old; it takes Linux " OLDEST : NULL;
}

void top_why(char why[TOP_WHY], const char *step, int error, const char *detail, int root)
{
	const char *because = reason(error, root);

	if (because != NULL)
		snprintf(why, TOP_WHY, UNKNOWN "%s", because);
	else
		snprintf(why, TOP_WHY, UNKNOWN "%s: %s%s%s%s", step, strerror(error),
			 *detail != '\0' ? " (" : "", detail, *detail != '\0' ? ")" : "");
}

bool top_why_namespace(char why[TOP_WHY], int root)
{
	if (!probe_in_namespace(root))
		return false;
	snprintf(why, TOP_WHY, UNKNOWN "this is a PID namespace; run pvtime in that of the host");
	return true;
}
