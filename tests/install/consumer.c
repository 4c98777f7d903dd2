/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that uses only the installed files of libpvtime-kvm. It needs no KVM: it passes invalid
 * descriptors, which the library must reject, and everything else works as with KVM.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <pvtime/kvm.h>
#include "tap.h"

/*
 * The call must return the error of KVM_CHECK_EXTENSION on an invalid descriptor: EBADF, or another
 * error under an emulator that does not implement KVM's requests.
 */
static void refused(int result, const char *what)
{
	int expected = ioctl(-1, _IO(0xae, 0x03), 0) < 0 ? -errno : 0;

	tap_ok(result < 0 && result == expected, "%s fails as an ioctl does (%d)", what, result);
}

int main(void)
{
	const struct pvtime_range used[] = {{0x40000000, 0x8000000}, {0x8000000, 0x2000000}};
	struct pvtime_range region;
	struct pvtime_kvm *k = NULL;
	uint64_t ns = 1;

	refused(pvtime_kvm_vm_supported(-1), "pvtime_kvm_vm_supported() of an invalid descriptor");
	refused(pvtime_kvm_vcpu_supported(-1),
		"pvtime_kvm_vcpu_supported() of an invalid descriptor");
	refused(pvtime_kvm_deny(-1), "pvtime_kvm_deny() of an invalid descriptor");
	tap_is_i64(pvtime_kvm_find(&region, 0x8000000, 8, used, 2, 0), 0,
		   "pvtime_kvm_find() finds a free range");
	tap_is_u64(region.base, 0xa000000,
		   "the range is the first one above the used range of devices");
	tap_is_i64(pvtime_kvm_create(&k, -1, 1, &region, 8), 0, "pvtime_kvm_create() succeeds");
	tap_is_i64(pvtime_kvm_vcpu_stolen_ns(k, 7, &ns), 0,
		   "the last vCPU's stolen time can be read");
	tap_is_u64(ns, 0, "the last vCPU's stolen time is 0");
	refused(pvtime_kvm_register(k), "pvtime_kvm_register() with an invalid VM");
	refused(pvtime_kvm_vcpu_set(k, 0, -1), "pvtime_kvm_vcpu_set() of an invalid descriptor");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "pvtime_kvm_destroy() succeeds");
	return tap_done();
}
