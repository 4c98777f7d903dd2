/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grant COMMAND...: run a command as a user who is not root, with only the capabilities CAP_BPF,
 * CAP_PERFMON and CAP_DAC_READ_SEARCH. (The setpriv of busybox cannot change the user.)
 */
#include <linux/capability.h>
#include <linux/types.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int granted[] = {CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH};

#define COUNT (sizeof(granted) / sizeof(granted[0]))

/* Only a capability that is permitted and inheritable can become ambient. */
static int grant(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};

	for (size_t i = 0; i < COUNT; i++) {
		struct __user_cap_data_struct *part = &data[CAP_TO_INDEX(granted[i])];

		part->effective |= CAP_TO_MASK(granted[i]);
		part->permitted = part->inheritable = part->effective;
	}
	if (syscall(SYS_capset, &header, data) != 0)
		return -1;
	for (size_t i = 0; i < COUNT; i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, granted[i], 0, 0) != 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setuid(1000) == 0 &&
	    grant() == 0)
		execvp(argv[1], argv + 1);
	perror("grant");
	return 127;
}
