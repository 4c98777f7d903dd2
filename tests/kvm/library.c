/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"
#include "tests/tap.h"

void expect(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_line(ok, format, args);
	va_end(args);
}

void expect_u64(uint64_t got, uint64_t want, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!tap_line(got == want, format, args))
		printf("#   got %" PRIu64 " (0x%" PRIx64 ")\n#  want %" PRIu64 " (0x%" PRIx64 ")\n",
		       got, got, want, want);
	va_end(args);
}

void is_error(int got, int error, const char *what)
{
	if (!tap_ok(got == -error, "%s: %s", what, error ? strerrorname_np(error) : "success"))
		printf("#   got %d, %s\n", got, got < 0 ? strerrorname_np(-got) : "success");
}

uint64_t stolen(const struct vm *vm, uint32_t index)
{
	uint64_t ns = 0;

	if (pvtime_kvm_vcpu_stolen_ns(vm->stolen, index, &ns) != 0)
		bail_out("the counter of vCPU %" PRIu32, index);
	return ns;
}

bool keeps_total(const struct vm *vm)
{
	const struct kvm_device_attr attr = {
		.group = KVM_ARM_VCPU_PVTIME_CTRL,
		.attr = KVM_ARM_VCPU_PVTIME_TOTAL,
	};

	return ioctl(vm->vcpus[0].fd, KVM_HAS_DEVICE_ATTR, &attr) == 0;
}

void vm_with_stolen(struct vm *vm)
{
	vm_create(vm);
	vm_give_stolen(vm);
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		if (pvtime_kvm_vcpu_set(vm->stolen, i, vm->vcpus[i].fd) != 0)
			bail_out("the address of vCPU %" PRIu32, i);
}

void vcpu_complete(struct vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
	if (ioctl(vcpu->fd, KVM_RUN, NULL) == 0 || errno != EINTR)
		bail_out("a store of the vCPU cannot be completed");
	vcpu->run->immediate_exit = 0;
}

struct sample run_once(struct vm *vm, uint32_t index)
{
	struct sample s = {.delay_before = delay_ns()};

	vcpu_run(&vm->vcpus[index]);
	s.stolen = stolen(vm, index);
	s.delay_after = delay_ns();
	return s;
}

void grew(const struct sample *from, const struct sample *to, const char *what)
{
	uint64_t least = to->delay_before - from->delay_after;
	uint64_t most = to->delay_after - from->delay_before;
	int64_t grown = (int64_t)(to->stolen - from->stolen);

	tap_ok(grown >= (int64_t)least && grown <= (int64_t)most,
	       "%s (%" PRId64 " ns, expected %" PRIu64 " to %" PRIu64 ")", what, grown, least,
	       most);
}

static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int main(void)
{
	int files = open_files();

	competitor_begin();
	test_addresses();
	test_counters();
	test_restore();
	test_dirty_log();
	test_migrate();
	test_deny();
	test_read_only();
	competitor_end();
	tap_is_i64(open_files(), files, "the tests leave no file descriptor open");
	return tap_done();
}
