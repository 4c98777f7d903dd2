# The guests. Each bare-metal guest of ours links the runtime in guest/ with one program of
# tests/guests/. The Linux guests share an initramfs.

GUEST_BUILD  := $(BUILD)/guest
GUEST_SRCS   := $(wildcard guest/*.c) hypervisor/format.c hypervisor/string.c \
	lib/guest.c lib/convert.c
GUEST_ASM    := $(wildcard guest/*.S)
GUEST_OBJS   := $(GUEST_SRCS:%.c=$(GUEST_BUILD)/obj/%.o) $(GUEST_ASM:%.S=$(GUEST_BUILD)/obj/%.o)
GUEST_IMAGES := $(patsubst tests/guests/%.c,$(GUEST_BUILD)/%.img,$(call at_least,23,tests/guests/*.c))

# Position-independent, as an Image may be loaded anywhere; inline atomics, as there is no libgcc.
GUEST_CFLAGS  := $(A64_CFLAGS) -fpie -fvisibility=hidden -mno-outline-atomics
GUEST_LDFLAGS := -pie --no-dynamic-linker -Bsymbolic -z norelro -z notext --build-id=none \
	--no-warn-rwx-segments -T guest/image.ld

$(GUEST_BUILD)/obj/%.o: %.c
	$(begin)
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<
$(GUEST_BUILD)/obj/%.o: %.S
	$(begin)
	$(A64_CC) $(GUEST_CFLAGS) -c -o $@ $<

$(GUEST_BUILD)/%.elf: $(GUEST_BUILD)/obj/tests/guests/%.o $(GUEST_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)
$(GUEST_BUILD)/%.img: $(GUEST_BUILD)/%.elf
	$(A64_OBJCOPY) -O binary $< $@
.SECONDARY: $(GUEST_IMAGES:.img=.elf) $(GUEST_OBJS) $(GUEST_IMAGES:$(GUEST_BUILD)/%.img=$(GUEST_BUILD)/obj/tests/guests/%.o)

CLANG_SETS += guest
clang_guest_SRCS  := $(call at_least,39,guest/*.c tests/guests/*.c)
clang_guest_FLAGS := $(CLANG_A64) $(GUEST_CFLAGS)

# The Linux guests' user space: guest/linux/init and its roles. The initramfs for role=kexec also
# contains kexec and a kernel.
INITRAMFS       := $(GUEST_BUILD)/initramfs.cpio
INITRAMFS_KEXEC := $(GUEST_BUILD)/initramfs-kexec.cpio
INITRAMFS_REPORT := $(BUILD)/a64-linux/report
INITRAMFS_FILES := roles=guest/linux/roles bin/report=$(INITRAMFS_REPORT)

$(INITRAMFS_REPORT): $(BUILD)/a64-linux/guest/linux/report.o $(BUILD)/a64-linux/guest/linux/stat.o
	$(A64_CC) -static -s -o $@ $^
clang_linux_SRCS += guest/linux/report.c guest/linux/stat.c
UNIT_NAMES += guest/stat
guest/stat_SRCS := tests/unit/guest/stat.c guest/linux/stat.c
guest/stat_LIBS := -pthread
$(INITRAMFS): scripts/mkinitramfs guest/linux/init $(call at_least,4,guest/linux/roles/*) $(INITRAMFS_REPORT) $(DEBIAN_BUSYBOX)
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) guest/linux/init $(INITRAMFS_FILES)
$(INITRAMFS_KEXEC): $(INITRAMFS) $(DEBIAN_KEXEC)/sbin/kexec $(DEBIAN_IMAGE)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) guest/linux/init $(INITRAMFS_FILES) =$(DEBIAN_KEXEC) \
		boot/Image=$(DEBIAN_IMAGE) boot/initramfs.cpio=$(INITRAMFS)

.PHONY: guests
##@ developers
guests: $(GUEST_IMAGES) $(INITRAMFS) ## build our test guests and the initramfs of the Linux guests
QEMU_DEPS += $(GUEST_IMAGES) $(INITRAMFS) $(INITRAMFS_KEXEC)

# Tests on the host: of the functions of guest/linux/init, and of the guests' FDT reader.
TAP_SCRIPTS += tests/guest/init.t
UNIT_NAMES += guest/fdt
guest/fdt_SRCS := tests/unit/guest/fdt.c guest/fdt.c guest/fdt_reg.c machine/fdt.c
guest/fdt_LIBS := -lfdt
