# What `pvtime conform` runs besides our own hypervisor: a Linux host for KVM, and Xen; and the tests of what runs them.
# All that is for arm64 Linux here comes from Debian, or is linked statically.

CONFORM_HOST := $(BUILD)/conformance/kvm-host.cpio
CONFORM_USER := $(BUILD)/conformance/user
CONFORM_CPU  := $(BUILD)/conformance/second-cpu.bin

# The program for KVM's user space, with the code of its vCPUs in it.
CONFORM_USER_SRCS  := $(call at_least,6,conformance/user/*.c)
CONFORM_USER_OBJS  := $(patsubst %,$(BUILD)/a64-linux/%.o,$(basename $(CONFORM_USER_SRCS) $(wildcard conformance/user/*.S) \
	$(wildcard libpvtime-kvm/*.c) lib/region.c))
CONFORM_USER_CLANG := $(CONFORM_USER_SRCS:%.c=$(BUILD)/a64-linux-clang/%.o)

$(BUILD)/a64-linux/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/a64-linux/%.o: %.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/a64-linux-clang/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(A64_CLANG) $(HOST_CFLAGS) -c -o $@ $<
$(CONFORM_USER): $(CONFORM_USER_OBJS)
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -static -o $@ $^
clang-host: $(CONFORM_USER_CLANG)

$(CONFORM_HOST): scripts/mkinitramfs conformance/host/init $(DEBIAN_BUSYBOX) $(DEBIAN_QEMU)
	@mkdir -p $(@D); echo "  $@"
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) conformance/host/init =$(DEBIAN)/qemu

# What is run before Xen on two CPUs.
$(BUILD)/a64/conformance/host/%.o: conformance/host/%.S
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -c -o $@ $<
$(CONFORM_CPU): $(BUILD)/a64/conformance/host/second-cpu.o
	@mkdir -p $(@D); echo "  $@"
	$(A64_OBJCOPY) -O binary -j .text $< $@

# Everything that a run of all targets needs, but for the suite and our hypervisor.
CONFORM_ALL_DEPS := $(CONFORM_HOST) $(CONFORM_USER) $(CONFORM_CPU) $(DEBIAN_IMAGE) $(DEBIAN_XEN) $(DEBIAN)/versions-hosts
conform-all matrix bench: $(CONFORM_ALL_DEPS)

# Against a QEMU of the tests' own, tests/tools/board-qemu.
UNIT_NAMES += run/qmp run/board run/initramfs run/hosts
run/qmp_SRCS       := tests/unit/run/qmp.c tools/run/qmp.c tools/run/lines.c
run/board_SRCS     := tests/unit/run/board.c $(addprefix tools/run/,board.c printed.c qmp.c process.c spawn.c lines.c patience.c)
run/initramfs_SRCS := tests/unit/run/initramfs.c tools/run/initramfs.c
run/hosts_SRCS   := tests/unit/run/hosts.c $(addprefix tools/run/,board.c printed.c qmp.c process.c spawn.c lines.c patience.c \
	initramfs.c file.c kit.c debian.c kvm.c xen.c) machine/image.c machine/elf64.c

TAP_DEPS += $(CONFORM_USER)
check-kvm: $(CONFORM_HOST) $(CONFORM_USER)
KVM_TESTS_CHECK += tests/kvm/user.t
QEMU_DEPS += $(CONFORM_HOST)
