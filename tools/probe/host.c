/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does this kernel offer stolen time to its VMs? KVM for arm64 reports that by KVM_CAP_STEAL_TIME,
 * and KVM for x86, which has an interface of its own, by a bit of the CPUID that it offers. Both
 * are 1 if the scheduler accounts for how long each thread waits for a CPU, because that wait is
 * what KVM charges to a vCPU.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tools/probe/facts.h"
#include "tools/probe/files.h"

#define INITIAL_NAMESPACE "pid:[4026531836]" /* 0xeffffffc */

#ifdef __x86_64__
#define CPUID_KVM_FEATURES 0x40000001u /* asm/kvm_para.h: KVM_CPUID_FEATURES */
#define EAX_STEAL_TIME	   (1u << 5)   /* KVM_FEATURE_STEAL_TIME */
#define ENTRIES		   256u	       /* linux/kvm_host.h: KVM_MAX_CPUID_ENTRIES */

static bool offers_steal_time(int kvm)
{
	struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) + ENTRIES * sizeof(cpuid->entries[0]));
	bool offers = false;

	if (cpuid == NULL)
		return false;
	cpuid->nent = ENTRIES;
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid) == 0)
		for (unsigned i = 0; i < cpuid->nent; i++)
			offers |= cpuid->entries[i].function == CPUID_KVM_FEATURES &&
				  (cpuid->entries[i].eax & EAX_STEAL_TIME) != 0;
	free(cpuid);
	return offers;
}
#else
static bool offers_steal_time(int kvm)
{
	return ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_STEAL_TIME) > 0;
}
#endif

void probe_kvm(struct probe_kvm *kvm)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	*kvm = (struct probe_kvm){.state = PROBE_KVM_THERE, .error = fd < 0 ? errno : 0};
	if (fd < 0) {
		kvm->state = kvm->error == ENOENT || kvm->error == ENXIO || kvm->error == ENODEV
				     ? PROBE_KVM_NONE
			     : kvm->error == EACCES || kvm->error == EPERM ? PROBE_KVM_DENIED
									   : PROBE_KVM_BROKEN;
		return;
	}
	int version = ioctl(fd, KVM_GET_API_VERSION, 0);
	if (version != KVM_API_VERSION) {
		kvm->state = PROBE_KVM_BROKEN;
		kvm->error = version < 0 ? errno : EPROTO;
	} else {
		kvm->steal_time = offers_steal_time(fd);
	}
	close(fd);
}

/*
 * "RAN WAITED SLICES" of this process. It has run, so not all three are 0, unless the kernel was
 * built with the accounting for delayacct only and delayacct is off. kernel.sched_schedstats
 * controls other statistics.
 */
static enum probe_accounting accounting(int root)
{
	unsigned long long ran, waited, slices;
	char text[96];

	if (probe_read(root, "proc/self/schedstat", text, sizeof(text)) < 0 ||
	    sscanf(text, "%llu %llu %llu", &ran, &waited, &slices) != 3)
		return PROBE_ACCOUNT_ABSENT;
	return ran == 0 && waited == 0 && slices == 0 ? PROBE_ACCOUNT_OFF : PROBE_ACCOUNTED;
}

/*
 * The first PID namespace of a machine has a constant number (linux/nsfs.h: PID_NS_INIT_INO). A
 * process in another one nevertheless sees all processes if /proc is the host's. Then NSpid has two
 * of its PIDs or more: that in the namespace of /proc first, and that in its own last.
 */
bool probe_in_namespace(int root)
{
	char space[64], line[256];
	ssize_t n = readlinkat(root, "proc/self/ns/pid", space, sizeof(space) - 1);
	FILE *f = probe_open(root, "proc/self/status");
	bool outer = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned second;

		outer |= sscanf(line, "NSpid: %*u %u", &second) == 1;
	}
	if (f != NULL)
		fclose(f);
	space[n > 0 ? n : 0] = '\0';
	return n > 0 && strcmp(space, INITIAL_NAMESPACE) != 0 && !outer;
}

void probe_host(struct probe_facts *facts, int root)
{
	facts->in_namespace = probe_in_namespace(root);
	facts->accounting = accounting(root);
	facts->asked_protected = probe_has(root, "proc/cmdline", "kvm-arm.mode=protected") > 0;
}
