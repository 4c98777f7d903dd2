# Tests on a /dev/kvm: Debian's arm64 kernel at EL2 in QEMU, see tests/kvm/Host.pm. Those of them
# that `make check` has time for are in KVM_TESTS_CHECK; `make check-kvm` runs them all. What a test
# needs built is a prerequisite of check-kvm that the fragment of its room adds.

KVM_TESTS       := $(call at_least,19,tests/kvm/*.t)
KVM_TESTS_CHECK +=

KVM_HOST := $(BUILD)/kvm-host
KVM_HOST_DEPS := $(KVM_HOST)/host.cpio $(KVM_HOST)/host-qemu.cpio $(BUILD)/a64-linux/pvtime $(BUILD)/debian/Image \
	$(BUILD)/guest/initramfs.cpio

$(KVM_HOST)/host.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox
	@mkdir -p $(@D); echo "  $@"
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init
$(KVM_HOST)/host-qemu.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox $(BUILD)/debian/qemu/bin/qemu-system-aarch64
	@mkdir -p $(@D); echo "  $@"
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init =$(DEBIAN)/qemu

QEMU_TESTS += $(KVM_TESTS_CHECK)
QEMU_DEPS  += $(KVM_HOST_DEPS)
bench: $(KVM_HOST_DEPS)

.PHONY: check-kvm
##@ test
check-kvm: all $(KVM_HOST_DEPS) ## run the tests that need KVM, in QEMU; T=... for some of them
	$(PROVE) $(or $(T),$(KVM_TESTS))

# make fresh: both commands of README.md, as a newcomer gives them on a Debian that has nothing yet.

.PHONY: fresh
fresh: ## make demo and make check in a bare Debian, RELEASE=bookworm, trixie or sid
	scripts/fresh $(BUILD)/fresh $(RELEASE)

# make check: every test there is, as TAP, through one prove. The other fragments, which come before
# this one, add to these lists:
#
#   UNIT_NAMES    host unit tests. NAME is ROOM/TEST, for tests/unit/ROOM/TEST.c, where ROOM is the
#                 folder that it tests; it becomes build/tests/NAME. It is linked of NAME_SRCS,
#                 compiled with the flags SET_CFLAGS where NAME_WITH is SET, and NAME_LIBS: once by
#                 gcc with optimization, once by gcc without, and once by clang under ASan and UBSan
#   TAP_SCRIPTS   executables that print TAP; TAP_DEPS is what they need built
#   QEMU_TESTS    the same, of those that need QEMU, and QEMU_DEPS; tests/qemu/*.t are found without
#                 being listed
#   HOST_SRCS     sources of host programs: clang must accept those that no unit test has, too
#
# A test gets BUILD in its environment, and is ended after TEST_TIMEOUT seconds of a machine that
# does nothing else. All of them run side by side.

TEST_TIMEOUT ?= 300

# What ends it. The tests take it as well, for what they run.
LIMIT := $(BUILD)/limit
HOST_SRCS += tests/limit.c
$(LIMIT): tests/limit.c tools/run/patience.c tools/run/patience.h
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -o $@ $(filter %.c,$^)

QEMU_TESTS  += $(call at_least,24,tests/qemu/*.t)
TAP_SCRIPTS += tests/style.t tests/seams.t tests/limit.t tests/least.t

# The unit tests in three flavours. A source is compiled once for each flavour and set of flags, and
# its object is linked into all tests that have it. Those of O2 without a set are the objects of the
# pvtime command itself.
UNIT_FLAVOURS := O2 O0 san
UNIT_CC_O2      := $(HOST_CC)
UNIT_CC_O0      := $(HOST_CC)
UNIT_CFLAGS_O0  := -O0
UNIT_CC_san     := $(CLANG)
UNIT_CFLAGS_san := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_DIR_O2     := $(BUILD)/tests
UNIT_DIR_O0     := $(BUILD)/tests-O0
UNIT_DIR_san    := $(BUILD)/tests-san

# One more, which is no part of make check: make coverage, of mk/scripts.mk.
UNIT_CC_cov     := $(CLANG)
UNIT_CFLAGS_cov := -fprofile-instr-generate -fcoverage-mapping
UNIT_DIR_cov    := $(BUILD)/tests-cov

unit_set  = $(or $($(1)_WITH),plain)
unit_dir  = $(if $(filter O2-plain,$(1)-$(2)),$(BUILD)/host,$(BUILD)/unit/$(1)-$(2))
unit_objs = $(patsubst %.c,$(call unit_dir,$(1),$(call unit_set,$(2)))/%.o,$($(2)_SRCS))

# unit_compile FLAVOUR,SET; build/host is of mk/tools.mk.
define unit_compile
$(call unit_dir,$(1),$(2))/%.o: %.c
	@mkdir -p $$(@D); echo "  $$@"
	$(UNIT_CC_$(1)) $($(2)_CFLAGS) $(HOST_CFLAGS) $(UNIT_CFLAGS_$(1)) -c -o $$@ $$<
endef
# unit_link FLAVOUR,NAME
define unit_link
$(UNIT_DIR_$(1))/$(2): $(or $(call unit_objs,$(1),$(2)),$(error test $(2) has no $(2)_SRCS))
	@mkdir -p $$(@D); echo "  $$@"
	$(UNIT_CC_$(1)) $(UNIT_CFLAGS_$(1)) -o $$@ $$(filter %.o,$$^) $($(2)_LIBS)
endef

UNIT_SETS := $(sort $(foreach t,$(UNIT_NAMES),$(call unit_set,$(t))))
UNIT_BINS := $(foreach f,$(UNIT_FLAVOURS),$(UNIT_NAMES:%=$(UNIT_DIR_$(f))/%))
$(foreach f,$(UNIT_FLAVOURS) cov,$(foreach s,$(UNIT_SETS),$(if $(filter O2-plain,$(f)-$(s)),,$(eval $(call unit_compile,$(f),$(s))))))
$(foreach f,$(UNIT_FLAVOURS) cov,$(foreach t,$(UNIT_NAMES),$(eval $(call unit_link,$(f),$(t)))))

# What clang says about the sources that it has not compiled for a test with the same flags.
CLANG_SEEN := $(foreach t,$(UNIT_NAMES),$(if $($(t)_WITH),,$($(t)_SRCS)))
CLANG_OBJS := $(patsubst %.c,$(BUILD)/clang/%.o,$(sort $(filter-out $(CLANG_SEEN),$(HOST_SRCS))))
$(BUILD)/clang/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(CLANG) $(HOST_CFLAGS) -c -o $@ $<

# Those that take longest begin first: at the end no CPU waits for one of them. All are listed where
# they belong; this says nothing but the order. One more at a time than there are CPUs, as some wait
# for a clock.
FIRST := $(addprefix tests/qemu/,life.t crowd.t steal.t share.t boot.t conform.t bench.t) tests/kvm/exec_qemu.t \
	$(addprefix tests/qemu/,hostile.t storm.t repeat.t status.t profile.t attach.t refresh.t) \
	$(addprefix tests/kvm/,lab_snapshot.t lab_guests.t lab_conform.t lab_steal.t library.t exec.t lab_attach.t lab_refused.t) \
	tests/tools/signals.t tests/tools/repro.t tests/tools/mutants.t $(foreach f,tests-O0 tests-san,$(BUILD)/$(f)/vgic/fuzz) \
	$(foreach d,$(UNIT_FLAVOURS),$(UNIT_DIR_$(d))/run/board)
TESTS := $(QEMU_TESTS) $(TAP_SCRIPTS) $(UNIT_BINS)
$(foreach t,$(filter-out $(TESTS),$(FIRST)),$(error FIRST has $(t), which is no test))
JOBS := $(shell expr $$(nproc) + 1)

PROVE := BUILD=$(BUILD) prove --timer --exec '$(LIMIT) $(TEST_TIMEOUT)'

.PHONY: soak check check-unit check-qemu clang-host format format-check
check check-unit check-qemu check-kvm: $(LIMIT)
check: all clang-host $(UNIT_BINS) $(TAP_DEPS) $(QEMU_DEPS) ## build everything and run every test
	$(PROVE) -j$(JOBS) $(FIRST) $(filter-out $(FIRST),$(TESTS))

soak: all $(QEMU_DEPS) $(LIMIT) ## hostile guests for ten minutes of guest time, by random seeds; SEED=..., SOAK_S=...
	BUILD=$(BUILD) RUN_LIMIT_S=600 STORM_S=10 prove -v tests/qemu/storm.t
	BUILD=$(BUILD) RUN_LIMIT_S=600 prove -v tests/soak/soak.t

check-unit: $(UNIT_BINS) ## run the unit tests on the host, with and without optimization and under ASan and UBSan
	$(PROVE) -j$(JOBS) $(UNIT_BINS)

check-qemu: all $(QEMU_DEPS) ## run the tests that need QEMU; T=... for some of them
	$(PROVE) $(or $(T),$(QEMU_TESTS))

clang-host: $(CLANG_OBJS) $(filter $(BUILD)/unit/san-plain/%,$(foreach t,$(UNIT_NAMES),$(call unit_objs,san,$(t))))

# Our C files, wherever they are.
C_FILES = $(shell find * -path $(BUILD) -prune -o -name '*.[ch]' -print | sort)

##@ maintain
format: ## lay out every C file by .clang-format
	clang-format -i $(C_FILES)

format-check: ## say which C files are not laid out by .clang-format
	clang-format --dry-run -Werror $(C_FILES)
