# The conformance suite's images: the bare-metal guest for each granule and byte order, as an arm64
# Image, as an ELF file and raw; and the guest that competes with it.

CONFORMANCE        := $(BUILD)/conformance
CONFORMANCE_BUILDS := 4k-le 4k-be 16k-le 16k-be 64k-le 64k-be
CONFORMANCE_IMAGES := $(foreach b,$(CONFORMANCE_BUILDS),$(addprefix $(CONFORMANCE)/suite-$(b).,img elf raw)) \
	$(CONFORMANCE)/competitor.img

CONFORMANCE_RUNTIME := $(patsubst %,%.o,$(basename $(wildcard guest/*.c guest/*.S) \
	hypervisor/format.c hypervisor/string.c lib/guest.c lib/convert.c lib/deadline.c))
CONFORMANCE_SUITE   := $(patsubst %,%.o,$(basename $(wildcard conformance/*.c conformance/*.S)))

# These know the granule or the build's name. All others are compiled once for each byte order, and
# do not compile where they use the granule.
CONFORMANCE_OWN := conformance/suite.o guest/mmu.o guest/start.o

CONFORMANCE_CFLAGS = $(GUEST_CFLAGS) -DGUEST_GRANULE_SHIFT=$(CONFORMANCE_SHIFT_$(1)) -DGUEST_BUILD='"$(2)"' \
	$(CONFORMANCE_CFLAGS_$(3))
CONFORMANCE_SHIFT_4k  := 12
CONFORMANCE_SHIFT_16k := 14
CONFORMANCE_SHIFT_64k := 16
CONFORMANCE_CFLAGS_be := -mbig-endian

# conformance_objs BUILD,ORDER,OBJECTS
conformance_objs = $(foreach o,$(3),$(CONFORMANCE)/obj-$(if $(filter $(CONFORMANCE_OWN),$(o)),$(1),$(2))/$(o))

# conformance_compile FOLDER,FLAGS
define conformance_compile
$(CONFORMANCE)/obj-$(1)/%.o: %.c
	@mkdir -p $$(@D); echo "  $$@"
	$(A64_CC) $(2) -c -o $$@ $$<
$(CONFORMANCE)/obj-$(1)/%.o: %.S
	@mkdir -p $$(@D); echo "  $$@"
	$(A64_CC) $(2) -c -o $$@ $$<
endef
$(foreach o,le be,$(eval $(call conformance_compile,$(o),$$(GUEST_CFLAGS) -DGUEST_GRANULE_SHIFT=@ $(CONFORMANCE_CFLAGS_$(o)))))

# conformance_build GRANULE,BUILD,ORDER
define conformance_build
$(call conformance_compile,$(2),$$(call CONFORMANCE_CFLAGS,$(1),$(2),$(3)))
$(CONFORMANCE)/suite-$(2).elf: $(call conformance_objs,$(2),$(3),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)) guest/image.ld
	$(A64_LD) $(if $(filter be,$(3)),-EB) $$(GUEST_LDFLAGS) -o $$@ $$(filter %.o,$$^)

# What clang says about it.
$(CONFORMANCE)/clang-$(2)/%.o: %.c
	@mkdir -p $$(@D); echo "  $$@"
	$$(A64_CLANG) $$(call CONFORMANCE_CFLAGS,$(1),$(2),$(3)) -c -o $$@ $$<
endef
conformance_words = $(call conformance_build,$(firstword $(2)),$(1),$(lastword $(2)))
$(foreach b,$(CONFORMANCE_BUILDS),$(eval $(call conformance_words,$(b),$(subst -, ,$(b)))))

$(CONFORMANCE)/%.img: $(CONFORMANCE)/%.elf
	$(A64_OBJCOPY) -O binary $< $@
# The same without what makes it an Image: the four bytes "ARM\x64" of its header.
$(CONFORMANCE)/%.raw: $(CONFORMANCE)/%.img
	cp $< $@
	printf '\0\0\0\0' | dd of=$@ bs=1 seek=56 conv=notrunc status=none

COMPETITOR_OBJS := $(call conformance_objs,4k-le,le,conformance/competitor/competitor.o $(CONFORMANCE_RUNTIME))
$(CONFORMANCE)/competitor.elf: $(COMPETITOR_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)

CONFORMANCE_CLANG := \
	$(patsubst %.c,$(CONFORMANCE)/clang-4k-le/%.o,$(call at_least,30,conformance/*.c conformance/competitor/*.c)) \
	$(patsubst %.c,$(CONFORMANCE)/clang-64k-be/%.o,$(call at_least,45,conformance/*.c guest/*.c)) \
	$(patsubst %.c,$(CONFORMANCE)/clang-16k-le/%.o,guest/mmu.c)
clang-host: $(CONFORMANCE_CLANG)

.SECONDARY: $(CONFORMANCE)/competitor.elf $(COMPETITOR_OBJS) \
	$(foreach b,$(CONFORMANCE_BUILDS),$(call conformance_objs,$(b),$(lastword $(subst -, ,$(b))),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)))

.PHONY: conformance
##@ build
conformance: $(CONFORMANCE_IMAGES) ## build the conformance suite's guest, for every granule and byte order
QEMU_DEPS += $(CONFORMANCE_IMAGES)

# Unit tests of the conformance guest's own logic: its command line and its verdicts, on the host.

UNIT_NAMES += conformance/words conformance/verdict
conformance/words_SRCS  := tests/unit/conformance/words.c conformance/words.c
conformance/verdict_SRCS := tests/unit/conformance/verdict.c conformance/verdict.c hypervisor/format.c

# What `pvtime conform` runs besides our own hypervisor: a Linux host for KVM, and Xen; and the
# tests of what runs them. All that is for arm64 Linux here comes from Debian, or is linked
# statically.

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

TAP_DEPS += $(CONFORM_USER)
check-kvm: $(CONFORM_HOST) $(CONFORM_USER)
KVM_TESTS_CHECK += tests/kvm/user.t
QEMU_DEPS += $(CONFORM_HOST)

# The conformance suite, run: `pvtime conform`.

.PHONY: conform
##@ test
conform: $(BUILD)/pvtime $(BUILD)/hypervisor.img conformance ## hold our hypervisor to every rule, by the conformance suite
	$(BUILD)/pvtime conform

# Kernels and hypervisors of today, as Debian's releases have them: each kernel as a guest of our
# hypervisor, and as a KVM host under the conformance suite; and each Xen under it. No part of make
# check, but for the test of the scripts.

RELEASES     := bookworm trixie sid
# Those whose Xen differs in more than its last number.
RELEASES_XEN := bookworm trixie

CONFORM_ALL := scripts/conform-all $(BUILD) docs/conformance.md pvtime $(RELEASES:%=kvm/%) $(RELEASES_XEN:%=xen/%)
MATRIX_DEPS := $(BUILD)/pvtime $(BUILD)/hypervisor.img $(BUILD)/limit

.PHONY: debian-releases conform-all matrix
##@ build
debian-releases: ## fetch the kernels and Xen of several Debian releases, the newest each time
	scripts/debian-releases $(DEBIAN) $(RELEASES)
##@ test
conform-all: $(MATRIX_DEPS) conformance debian-releases ## the same of Linux KVM and Xen from several Debian releases; writes docs/conformance.md
	$(CONFORM_ALL)
matrix: $(MATRIX_DEPS) $(INITRAMFS) $(GUEST_IMAGES) conformance debian-releases ## conform-all, and the kernels of these releases as guests of our hypervisor
	BUILD=$(BUILD) prove -v --timer tests/matrix/kernels.t :: $(RELEASES)
	$(CONFORM_ALL)

# make mutants: is the suite worth its name? It has to find each of the mistakes in
# conformance/mutants/, of which one at a time is made in the hypervisor or the library; those that
# no guest can see, the host's tests.

.PHONY: mutants
mutants: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(CONFORMANCE_IMAGES) $(BUILD)/limit ## show that the suite finds seeded mistakes; M=... for some of them
	BUILD=$(BUILD) scripts/mutants $(M)
