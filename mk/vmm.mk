# The VMM of `pvtime lab --on kvm` (tools/vmm/): what of it can be tested without a /dev/kvm. tests/kvm/lab_*.t have the rest.

UNIT_NAMES += vmm/account vmm/look vmm/link vmm/stuck
vmm/account_SRCS := tests/unit/vmm/account.c tools/vmm/account.c
vmm/look_SRCS    := tests/unit/vmm/look.c $(addprefix tools/vmm/,look.c account.c stats.c)
vmm/look_LIBS    := -pthread
vmm/link_SRCS    := tests/unit/vmm/link.c $(addprefix tools/vmm/,input.c outlet.c) tools/run/link.c
vmm/link_LIBS    := -pthread
vmm/stuck_SRCS   := tests/unit/vmm/stuck.c tools/vmm/stuck.c tools/vmm/stats.c
vmm/stuck_LIBS   := -pthread

# What the tests on a /dev/kvm take: guests, and a program for the host.
VMM_SAMPLE := $(BUILD)/a64-linux/sample
$(VMM_SAMPLE): $(BUILD)/a64-linux/tests/kvm/sample.o
	$(A64_CC) -static -o $@ $^
.SECONDARY: $(BUILD)/a64-linux/tests/kvm/sample.o
VMM_DEPS := $(VMM_SAMPLE) $(BUILD)/conformance/suite-4k-le.img $(BUILD)/conformance/suite-4k-be.elf $(BUILD)/conformance/user $(addprefix $(PLACE)/,report-be.elf big.elf) \
	$(BUILD)/guest/initramfs.cpio \
	$(addprefix $(BUILD)/guest/,hello.img spin.img idle.img reset.img steady.img stop.img smp.img flash.img split.img forge.img width.img print.img)
check-kvm: $(VMM_DEPS)
KVM_TESTS_CHECK += $(addprefix tests/kvm/,lab_attach.t lab_conform.t lab_guests.t lab_paused.t lab_refused.t lab_snapshot.t lab_snapshot_past.t lab_snapshot_rate.t \
	lab_steal.t)
QEMU_DEPS       += $(VMM_DEPS)
clang-host: $(BUILD)/a64-linux-clang/tests/kvm/sample.o
