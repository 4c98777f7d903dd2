# The conformance suite's images: the bare-metal guest for each granule and byte order, each as an
# arm64 Image, as an ELF file and as a raw image; and the guest that competes with it.

CONFORMANCE        := $(BUILD)/conformance
CONFORMANCE_BUILDS := 4k-le 4k-be 16k-le 16k-be 64k-le 64k-be
CONFORMANCE_IMAGES := $(foreach b,$(CONFORMANCE_BUILDS),$(addprefix $(CONFORMANCE)/suite-$(b).,img elf raw)) \
	$(CONFORMANCE)/competitor.img

CONFORMANCE_RUNTIME := $(patsubst %,%.o,$(basename $(wildcard guest/*.c guest/*.S) \
	hypervisor/format.c hypervisor/string.c lib/guest.c lib/convert.c lib/deadline.c))
CONFORMANCE_SUITE   := $(patsubst %,%.o,$(basename $(wildcard conformance/*.c conformance/*.S)))

# These files depend on the granule or on the build's name. All others are compiled once for each
# byte order, with GUEST_GRANULE_SHIFT defined so that any use of the granule fails to compile.
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
	$$(begin)
	$(A64_CC) $(2) -c -o $$@ $$<
$(CONFORMANCE)/obj-$(1)/%.o: %.S
	$$(begin)
	$(A64_CC) $(2) -c -o $$@ $$<
endef
$(foreach o,le be,$(eval $(call conformance_compile,$(o),$$(GUEST_CFLAGS) -DGUEST_GRANULE_SHIFT=@ $(CONFORMANCE_CFLAGS_$(o)))))

# conformance_build GRANULE,BUILD,ORDER
define conformance_build
$(call conformance_compile,$(2),$$(call CONFORMANCE_CFLAGS,$(1),$(2),$(3)))
$(CONFORMANCE)/suite-$(2).elf: $(call conformance_objs,$(2),$(3),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)) guest/image.ld
	$(A64_LD) $(if $(filter be,$(3)),-EB) $$(GUEST_LDFLAGS) -o $$@ $$(filter %.o,$$^)
endef
conformance_words = $(call conformance_build,$(firstword $(2)),$(1),$(lastword $(2)))
$(foreach b,$(CONFORMANCE_BUILDS),$(eval $(call conformance_words,$(b),$(subst -, ,$(b)))))

$(CONFORMANCE)/%.img: $(CONFORMANCE)/%.elf
	$(A64_OBJCOPY) -O binary $< $@
# The raw image lacks the four bytes "ARM\x64" in its header, which would make it an arm64 Image.
$(CONFORMANCE)/%.raw: $(CONFORMANCE)/%.img
	cp $< $@
	printf '\0\0\0\0' | dd of=$@ bs=1 seek=56 conv=notrunc status=none

COMPETITOR_OBJS := $(call conformance_objs,4k-le,le,conformance/competitor/competitor.o $(CONFORMANCE_RUNTIME))
$(CONFORMANCE)/competitor.elf: $(COMPETITOR_OBJS) guest/image.ld
	$(A64_LD) $(GUEST_LDFLAGS) -o $@ $(filter %.o,$^)

# clang reads them for two builds, and guest/mmu.c for each granule.
CLANG_SETS += suite-4k-le suite-64k-be suite-16k-le
clang_suite-4k-le_SRCS   := $(call at_least,30,conformance/*.c conformance/competitor/*.c)
clang_suite-4k-le_FLAGS   = $(CLANG_A64) $(call CONFORMANCE_CFLAGS,4k,4k-le,le)
clang_suite-64k-be_SRCS  := $(call at_least,45,conformance/*.c guest/*.c)
clang_suite-64k-be_FLAGS  = $(CLANG_A64) $(call CONFORMANCE_CFLAGS,64k,64k-be,be)
clang_suite-16k-le_SRCS  := guest/mmu.c
clang_suite-16k-le_FLAGS  = $(CLANG_A64) $(call CONFORMANCE_CFLAGS,16k,16k-le,le)

.SECONDARY: $(CONFORMANCE)/competitor.elf $(COMPETITOR_OBJS) \
	$(foreach b,$(CONFORMANCE_BUILDS),$(call conformance_objs,$(b),$(lastword $(subst -, ,$(b))),$(CONFORMANCE_SUITE) $(CONFORMANCE_RUNTIME)))

.PHONY: conformance
##@ adopters
conformance: $(CONFORMANCE_IMAGES) ## build the conformance suite's guest, for every granule and byte order
QEMU_DEPS += $(CONFORMANCE_IMAGES)
INSTALL_DATA += $(CONFORMANCE_IMAGES)

# Host unit tests of the conformance guest's own logic: its command line and its verdicts.

UNIT_NAMES += conformance/words conformance/verdict
conformance/words_SRCS  := tests/unit/conformance/words.c conformance/words.c
conformance/verdict_SRCS := tests/unit/conformance/verdict.c conformance/verdict.c hypervisor/format.c

# The other hosts of `pvtime conform`, a Linux host for KVM and Xen, and the tests of the code that
# runs them. Every arm64 Linux program here comes from Debian or is linked statically.

CONFORM_HOST := $(BUILD)/conformance/kvm-host.cpio
CONFORM_USER := $(BUILD)/conformance/user
CONFORM_CPU  := $(BUILD)/conformance/second-cpu.bin

# The program that tests KVM's user-space interface. It contains the code that its vCPUs run.
CONFORM_USER_SRCS  := $(call at_least,6,conformance/user/*.c)
CONFORM_USER_OBJS  := $(patsubst %,$(BUILD)/a64-linux/%.o,$(basename $(CONFORM_USER_SRCS) $(wildcard conformance/user/*.S) \
	$(wildcard libpvtime-kvm/*.c) lib/region.c))
clang_linux_SRCS   += $(CONFORM_USER_SRCS)

$(BUILD)/a64-linux/%.o: %.c
	$(begin)
	$(A64_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/a64-linux/%.o: %.S
	$(begin)
	$(A64_CC) $(HOST_CFLAGS) -c -o $@ $<
$(CONFORM_USER): $(CONFORM_USER_OBJS)
	$(begin)
	$(A64_CC) -static -o $@ $^

$(CONFORM_HOST): scripts/mkinitramfs conformance/host/init $(DEBIAN_BUSYBOX) $(DEBIAN_QEMU)
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) conformance/host/init =$(DEBIAN)/qemu

# The code that runs before Xen on a host with two CPUs.
$(BUILD)/a64/conformance/host/%.o: conformance/host/%.S
	$(begin)
	$(A64_CC) -c -o $@ $<
$(CONFORM_CPU): $(BUILD)/a64/conformance/host/second-cpu.o
	$(begin)
	$(A64_OBJCOPY) -O binary -j .text $< $@

# Everything that a run of all targets needs, except the suite and our hypervisor.
CONFORM_ALL_DEPS := $(CONFORM_HOST) $(CONFORM_USER) $(CONFORM_CPU) $(DEBIAN_IMAGE) $(DEBIAN_XEN) $(DEBIAN)/versions-hosts
conform-all matrix bench: $(CONFORM_ALL_DEPS) xen

TAP_DEPS += $(CONFORM_USER)
check-kvm: $(CONFORM_HOST) $(CONFORM_USER)
KVM_TESTS_CHECK += tests/kvm/user.t
QEMU_DEPS += $(CONFORM_HOST)

# Running the conformance suite: `pvtime conform`.

.PHONY: conform
conform: $(BUILD)/pvtime $(BUILD)/hypervisor.img conformance ## check our hypervisor against every rule with the conformance suite
	$(BUILD)/pvtime conform

# The current kernels and hypervisors of Debian's releases. Each kernel runs as a guest of our
# hypervisor, and as a KVM host under the conformance suite; each Xen runs under the suite, too, and
# so does the Xen with stolen time that `make xen` builds.
# make check runs none of this; it only tests the scripts.

RELEASES     := bookworm trixie sid
# The releases whose versions of Xen differ in more than the last number.
RELEASES_XEN := bookworm trixie

CONFORM_ALL  = scripts/conform-all $(BUILD) docs/conformance.md pvtime $(RELEASES:%=kvm/%) $(RELEASES_XEN:%=xen/%) \
	xen+pvtime/$(XEN_RELEASE) $(LINUX_RELEASES:%=kvm-mended/%)
MATRIX_DEPS := $(BUILD)/pvtime $(BUILD)/hypervisor.img $(BUILD)/limit

.PHONY: debian-releases conform-all matrix
##@ maintainers
debian-releases: ## fetch the kernels and Xen of several Debian releases, the newest each time
	scripts/debian-releases $(DEBIAN) $(RELEASES)
##@ adopters
conform-all: $(MATRIX_DEPS) conformance debian-releases ## check Linux KVM and Xen from several Debian releases as well; writes docs/conformance.md
	$(CONFORM_ALL)
##@ maintainers
matrix: $(MATRIX_DEPS) $(INITRAMFS) $(GUEST_IMAGES) conformance debian-releases ## run conform-all, and the kernels of these releases as guests of our hypervisor
	BUILD=$(BUILD) prove -v --timer tests/matrix/kernels.t :: $(RELEASES)
	$(CONFORM_ALL)

# make mutants shows that the tests find mistakes. conformance/mutants/ has one file for each
# mistake; scripts/mutants makes one at a time in the hypervisor or the library. The suite has to
# find each mistake that a guest can see, and the host's tests have to find the others.

.PHONY: mutants
##@ developers
mutants: $(BUILD)/pvtime $(BUILD)/hypervisor.img $(CONFORMANCE_IMAGES) $(BUILD)/limit ## check that the suite finds seeded mistakes; M=... for some of them
	BUILD=$(BUILD) scripts/mutants $(M)
