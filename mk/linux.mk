# Linux with the changes of ports/linux: put into the source that Debian packages, or into another
# tree. Neither Linux's source nor anything made of it is part of this repository.

LINUX_RELEASE  ?= bookworm
LINUX_RELEASES := bookworm trixie sid
LINUX_SOURCES  := $(DEBIAN)/linux-source
LINUX_BUILT    := $(BUILD)/linux

LINUX_PORT := $(call port_files,linux,13)

$(LINUX_SOURCES)/%/version:
	scripts/debian-source $(@D) linux $*
.PRECIOUS: $(LINUX_SOURCES)/%/version $(LINUX_BUILT)/%/before $(LINUX_BUILT)/%/Image $(LINUX_BUILT)/%/debug

# What an earlier port changed becomes as it was, but new, so that make compiles it again.
define linux_unport
@touch $(@D)/changes && sed -n 's/^\(changed\|added\) *\([^ :]*\):.*/\2/p' $(@D)/changes | while read -r f; do \
	rm -f $(@D)/tree/$$f; cp $(LINUX_SOURCES)/$*/tree/$$f $(@D)/tree/$$f 2>$(@D)/absent || true; done
@: >$(@D)/changes
endef

# As Debian has it, to compare with. The tree is made of links to the source: ports/port replaces
# files, and the build writes to out/ alone. After a change of the configuration, make compiles what
# it concerns.
$(LINUX_BUILT)/%/before: $(LINUX_SOURCES)/%/version ports/linux/build ports/linux/config
	$(begin)
	@mkdir -p $(@D) && cmp -s $< $(@D)/version || { rm -rf $(@D)/tree $(@D)/out $(@D)/changes && cp -al $(<D)/tree $(@D)/tree && cp $< $(@D)/version; }
	$(linux_unport)
	CROSS_COMPILE=$(CROSS) ports/linux/build $(@D)/tree $(@D)/out
	@cp $(@D)/out/arch/arm64/boot/Image $@

# In the same two folders, so that most files are compiled already.
$(LINUX_BUILT)/%/Image: $(LINUX_BUILT)/%/before $(LINUX_PORT)
	$(begin)
	$(linux_unport)
	ports/port ports/linux $(@D)/tree $(@D)/series >$(@D)/changes.new && mv $(@D)/changes.new $(@D)/changes
	CROSS_COMPILE=$(CROSS) ports/linux/build $(@D)/tree $(@D)/out
	@cp $(@D)/out/arch/arm64/boot/Image $@

# The same with checks of locks and memory.
$(LINUX_BUILT)/%/debug: $(LINUX_BUILT)/%/Image ports/linux/config-debug
	$(begin)
	CONFIG_MORE=ports/linux/config-debug CROSS_COMPILE=$(CROSS) ports/linux/build $(@D)/tree $(@D)/out-debug
	@cp $(@D)/out-debug/arch/arm64/boot/Image $@

# Linux's own test of stolen time in KVM, and the one that the port adds.
LINUX_SELFTESTS := steal_time arm64/pvtime_total
$(LINUX_BUILT)/%/steal_time $(LINUX_BUILT)/%/pvtime_total: $(LINUX_BUILT)/%/Image ports/linux/selftests
	$(begin)
	CROSS_COMPILE=$(CROSS) ports/linux/selftests $(@D)/tree $(@D)/out $(@D)/selftest $(LINUX_SELFTESTS)
	@cp $(LINUX_SELFTESTS:%=$(@D)/selftest/%) $(@D)

.PHONY: linux port-linux
##@ maintainers
linux: $(LINUX_BUILT)/$(LINUX_RELEASE)/Image ## build Debian's Linux with ports/linux; LINUX_RELEASE=bookworm, trixie or sid
	@cat $(LINUX_BUILT)/$(LINUX_RELEASE)/changes

##@ adopters
port-linux: ## put ports/linux into the source tree of Linux in LINUX=DIR, and leave a series for git am
	$(if $(LINUX),,$(error expected LINUX=DIR, a source tree of Linux))
	@ports/port ports/linux $(LINUX) $(BUILD)/linux/series

# The tests of the port: in make check on a miniature of Linux's source, and with clocks that are
# made up; on the sources in check-linux, which builds no kernel; and in QEMU with the kernels that
# make linux has built.
TAP_SCRIPTS += tests/ports/linux.t tests/ports/linux_clock.t

# VMs under stress, with a dirty ring, without their memory, resumed after a pause, and asleep:
# static programs for arm64 Linux.
LINUX_TESTS := $(BUILD)/linux/soak $(BUILD)/linux/dirty_ring $(BUILD)/linux/full_ring $(BUILD)/linux/memory_away $(BUILD)/linux/round_away $(BUILD)/linux/resumed $(BUILD)/linux/asleep
$(LINUX_TESTS): $(BUILD)/linux/%: $(BUILD)/a64-linux/tests/linux/%.o $(filter-out $(BUILD)/a64-linux/tests/kvm/%,$(LIBKVM_TEST_OBJS))
	$(begin)
	$(A64_CC) -static -o $@ $^

# The competitors of a guest whose lockup detectors are tried, another one.
LINUX_RIVALS := $(BUILD)/linux/rivals
$(LINUX_RIVALS): $(BUILD)/a64-linux/tests/linux/rivals.o
	$(begin)
	$(A64_CC) -static -o $@ $^
clang_linux_SRCS += tests/linux/soak.c tests/linux/dirty_ring.c tests/linux/full_ring.c tests/linux/memory_away.c tests/linux/round_away.c tests/linux/resumed.c tests/linux/asleep.c tests/linux/rivals.c
check-linux-boot: $(LINUX_TESTS) $(LINUX_RIVALS)

# pvtime conform kvm-mended/RELEASE, and pvtime bench kvm-before kvm-mended
bench: $(LINUX_BUILT)/bookworm/Image
conform-all matrix: $(LINUX_RELEASES:%=$(LINUX_BUILT)/%/Image)

.PHONY: check-linux check-linux-boot
##@ developers
check-linux: $(LINUX_RELEASES:%=$(LINUX_SOURCES)/%/version) $(LIMIT) ## put ports/linux into the sources of all releases, and compile what it touches in one of them
	LINUX_RELEASES='$(LINUX_RELEASES)' LINUX_RELEASE=$(LINUX_RELEASE) CROSS_COMPILE=$(CROSS) $(PROVE) tests/linux/sources.t
check-linux-boot: all $(LINUX_BUILT)/$(LINUX_RELEASE)/Image $(LINUX_BUILT)/$(LINUX_RELEASE)/steal_time $(LINUX_BUILT)/$(LINUX_RELEASE)/pvtime_total $(LIMIT) $(INITRAMFS) $(GUEST_BUILD)/initramfs-kexec.cpio $(GUEST_BUILD)/spin.img ## run the tests that boot what make linux has built; T=... for some of them
	LINUX_RELEASE=$(LINUX_RELEASE) $(PROVE) $(or $(T),tests/linux/selftest.t $(if $(filter bookworm,$(LINUX_RELEASE)),,tests/linux/dirty_ring.t) \
		tests/linux/lockups.t tests/linux/lockups_kvm.t tests/linux/hotplug.t tests/linux/mapping.t tests/linux/life.t tests/linux/qemu_migrate.t tests/linux/memory_away.t tests/linux/resumed.t tests/linux/asleep.t tests/linux/soak.t)
check-linux check-linux-boot: TEST_TIMEOUT := 1800
