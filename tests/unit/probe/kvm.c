/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What /dev/kvm says, with fake answers. KVM for arm64 offers stolen time by a capability, and KVM
 * for x86 by its CPUID.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include "tests/tap.h"
#include "tests/wrap.h"
#include "tools/probe/facts.h"

TESTS_WRAP(ioctl);
TESTS_WRAP(open);

static int open_error; /* 0: /dev/kvm opens */
static int version = KVM_API_VERSION;
static bool offered;

int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, "/dev/kvm") != 0)
		return __real_open(path, flags);
	errno = open_error;
	return open_error != 0 ? -1 : __real_open("/dev/null", flags);
}

#ifdef __x86_64__
/* Three entries, of which the second has KVM's features. */
static int answer_cpuid(struct kvm_cpuid2 *cpuid)
{
	if (cpuid->nent < 3)
		return -1;
	cpuid->nent = 3;
	cpuid->entries[0] = (struct kvm_cpuid_entry2){.function = 0x40000000, .eax = 0xffffffff};
	cpuid->entries[1] = (struct kvm_cpuid_entry2){.function = 0x40000001};
	cpuid->entries[1].eax = offered ? 0x20 : 0xffffffdf;
	cpuid->entries[2] = (struct kvm_cpuid_entry2){.function = 0x80000000, .eax = 0xffffffff};
	return 0;
}
#endif

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	(void)fd;
	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	if (request == KVM_GET_API_VERSION)
		return version;
#ifdef __x86_64__
	return request == KVM_GET_SUPPORTED_CPUID ? answer_cpuid(argument) : -1;
#else
	return request == KVM_CHECK_EXTENSION && argument == (void *)KVM_CAP_STEAL_TIME && offered;
#endif
}

static bool is(int error, enum probe_kvm_state state)
{
	struct probe_kvm kvm;

	open_error = error;
	probe_kvm(&kvm);
	return kvm.state == state && (state == PROBE_KVM_THERE || kvm.error != 0);
}

int main(void)
{
	struct probe_kvm kvm;

	tap_ok(is(ENOENT, PROBE_KVM_NONE) && is(ENODEV, PROBE_KVM_NONE) &&
		       is(ENXIO, PROBE_KVM_NONE),
	       "a /dev/kvm without a file or a driver is none");
	tap_ok(is(EACCES, PROBE_KVM_DENIED) && is(EPERM, PROBE_KVM_DENIED),
	       "a /dev/kvm without permission is denied");
	tap_ok(is(EBUSY, PROBE_KVM_BROKEN), "a /dev/kvm with another error is broken");
	version = KVM_API_VERSION + 1;
	tap_ok(is(0, PROBE_KVM_BROKEN), "a /dev/kvm of another version is broken");
	version = KVM_API_VERSION;
	tap_ok(is(0, PROBE_KVM_THERE), "a /dev/kvm of the right version is there");
	probe_kvm(&kvm);
	tap_ok(!kvm.steal_time, "a KVM that offers all but stolen time does not offer it");
	offered = true;
	probe_kvm(&kvm);
	tap_ok(kvm.steal_time, "a KVM that offers stolen time is found to do so");
	return tap_done();
}
