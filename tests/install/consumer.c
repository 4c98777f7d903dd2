/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that knows of libpvtime-kvm what is installed, and no more. It needs no KVM: a VM that
 * there is not is refused, and all else works as it would.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <pvtime/kvm.h>
#include "tap.h"

/*
 * KVM_CHECK_EXTENSION, of a file that is not open: EBADF, or what an emulator says that knows none
 * of KVM's calls.
 */
static void refused(int result, const char *what)
{
	int expected = ioctl(-1, _IO(0xae, 0x03), 0) < 0 ? -errno : 0;

	tap_ok(result < 0 && result == expected, "%s: %d", what, result);
}

int main(void)
{
	const struct pvtime_range used[] = {{0x40000000, 0x8000000}, {0x8000000, 0x2000000}};
	struct pvtime_range region;
	struct pvtime_kvm *k = NULL;
	uint64_t ns = 1;

	refused(pvtime_kvm_vm_supported(-1), "a VM that there is not");
	refused(pvtime_kvm_vcpu_supported(-1), "a vCPU that there is not");
	refused(pvtime_kvm_deny(-1), "nobody to deny it to");
	tap_is_i64(pvtime_kvm_find(&region, 0x8000000, 8, used, 2, 0), 0, "a place");
	tap_is_u64(region.base, 0xa000000, "beside the devices");
	tap_is_i64(pvtime_kvm_create(&k, -1, 1, &region, 8), 0, "memory for it");
	tap_is_i64(pvtime_kvm_vcpu_stolen_ns(k, 7, &ns), 0, "the last vCPU's counter");
	tap_is_u64(ns, 0, "is there, and 0");
	refused(pvtime_kvm_register(k), "no VM to give it to");
	refused(pvtime_kvm_vcpu_set(k, 0, -1), "no vCPU either");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "released");
	return tap_done();
}
