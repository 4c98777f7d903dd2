# Tests on a real /dev/kvm: Debian's arm64 kernel at EL2 in QEMU, see tests/kvm/Host.pm. `make
# check-kvm` runs them all; `make check` runs only those in KVM_TESTS_CHECK, for lack of time. Each
# room's fragment adds the files that its tests need as prerequisites of check-kvm.

KVM_TESTS       := $(call at_least,30,tests/kvm/*.t)
KVM_TESTS_CHECK +=

KVM_HOST := $(BUILD)/kvm-host
KVM_HOST_DEPS := $(KVM_HOST)/host.cpio $(KVM_HOST)/host-qemu.cpio $(BUILD)/a64-linux/pvtime $(BUILD)/debian/Image \
	$(BUILD)/guest/initramfs.cpio

$(KVM_HOST)/host.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init
$(KVM_HOST)/host-qemu.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/debian/busybox $(BUILD)/debian/qemu/bin/qemu-system-aarch64
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_BUSYBOX) tests/kvm/init =$(DEBIAN)/qemu

# Tests on an x86-64 machine's own /dev/kvm skip where there is none. `make check-x86` runs them on
# Debian's amd64 kernel in QEMU, which emulates a CPU with SVM. There the pvtime command and QEMU
# are this machine's, with the shared libraries and the firmware that they need.
X86_TESTS  := tests/kvm/top_x86.t
X86_SPIN   := $(KVM_HOST)/spin-x86.img
X86_BIOS   := /usr/share/seabios/bios-256k.bin /usr/share/qemu/kvmvapic.bin
X86_QEMU   := $(or $(shell command -v qemu-system-x86_64),/usr/bin/qemu-system-x86_64)

$(X86_SPIN): tests/kvm/spin_x86.S
	$(begin)
	$(HOST_CC) -c -o $(@:.img=.o) $<
	objcopy -O binary -j .text $(@:.img=.o) $@
$(KVM_HOST)/host-x86-qemu.cpio: scripts/mkinitramfs tests/kvm/init $(BUILD)/pvtime $(DEBIAN_X86)/busybox
	$(begin)
	scripts/mkinitramfs $@ $(DEBIAN_X86)/busybox tests/kvm/init modules=$(DEBIAN_X86)/modules $(foreach f,$(X86_BIOS),$(f)=$(f)) \
		usr/bin/qemu-system-x86_64=$(X86_QEMU) \
		$$(ldd $(BUILD)/pvtime $(X86_QEMU) | awk '!/:$$/ { for (i = 1; i <= NF; i++) if ($$i ~ /^\//) print $$i "=" $$i }' | sort -u)

ifeq ($(MACHINE),x86_64)
KVM_HOST_DEPS += $(X86_SPIN)
check-x86: $(X86_SPIN) $(KVM_HOST)/host-x86-qemu.cpio
endif

.PHONY: check-x86
##@ developers
check-x86: ## run the tests of KVM on x86-64 in QEMU, which emulates a machine that has it
	X86_HOST=qemu $(PROVE) $(X86_TESTS)

QEMU_TESTS += $(KVM_TESTS_CHECK)
QEMU_DEPS  += $(KVM_HOST_DEPS)
bench bench-top check-linux-boot: $(KVM_HOST_DEPS)

.PHONY: check-kvm kvm-release
kvm-release:
	scripts/debian-releases $(DEBIAN) $(RELEASE)
	[ -e '$(DEBIAN)/$(RELEASE)/Image' ] || { echo "make check-kvm: there is no kernel of the Debian release '$(RELEASE)'" >&2; exit 1; }
##@ developers
check-kvm: all $(KVM_HOST_DEPS) $(if $(RELEASE),kvm-release) ## run the tests that need KVM, in QEMU; T=... for some of them; RELEASE=sid for the kernel of another Debian
	$(if $(RELEASE),KVM_HOST_KERNEL=$(DEBIAN)/$(RELEASE)/Image )$(PROVE) $(or $(T),$(KVM_TESTS))

# make fresh runs both commands of README.md, as a newcomer would, on a freshly installed Debian.

.PHONY: fresh
##@ maintainers
fresh: ## run make demo and make check in a bare Debian; RELEASE=bookworm, trixie or sid; FROM=clone or tarball
	scripts/fresh $(BUILD)/fresh '$(RELEASE)' '$(FROM)'

# make check runs every test in one prove; each prints TAP. The other fragments, which come before
# this one, add to these lists:
#
#   UNIT_NAMES    host unit tests. NAME is ROOM/TEST, for tests/unit/ROOM/TEST.c, where ROOM is the
#                 folder that it tests; the program is build/tests/NAME. (Two tests have no file
#                 there: examples/adopt.c and examples/view.c have a main() of their own.) Its
#                 sources are NAME_SRCS, its libraries NAME_LIBS, and its flags SET_CFLAGS if
#                 NAME_WITH is SET. It is built three times: by gcc with and without optimization,
#                 and by clang with ASan and UBSan. make check leaves out the one without
#                 optimization, for lack of time; make check-unit runs all three
#   TAP_SCRIPTS   executables that print TAP; TAP_DEPS are the files that they need
#   QEMU_TESTS    executables that print TAP and need QEMU; QEMU_DEPS are the files that they need.
#                 tests/qemu/*.t need not be listed
#   HOST_SRCS     sources of host programs; clang also compiles those that no unit test uses
#
# A test finds BUILD in its environment. tests/limit.c ends it after TEST_TIMEOUT seconds, measured
# as if the machine did nothing else. The tests run in parallel.

TEST_TIMEOUT ?= 300

# The program that ends a test at its timeout. Tests use it, too, for the commands that they run.
LIMIT := $(BUILD)/limit
HOST_SRCS += tests/limit.c
$(LIMIT): tests/limit.c tools/run/patience.c tools/run/patience.h
	$(begin)
	$(HOST_CC) $(filter-out -MMD -MP,$(HOST_CFLAGS)) -o $@ $(filter %.c,$^)

# What `pvtime top` shows beside what is true, on the kernels of several Debian releases: the tests
# print tables, of which tests/kvm/top_truth makes a record and the parts of two pages. A test that
# has passed is not run again until the command or the test changes.

TOP_TRUTH       := $(BUILD)/top-truth
TOP_TRUTH_TESTS := top top_thieves top_interrupts top_idle top_quota top_class top_cpus top_turns top_steal
TOP_TRUTH_TAPS  := $(foreach r,$(RELEASES),$(TOP_TRUTH_TESTS:%=$(TOP_TRUTH)/$r/%.tap)) \
	$(if $(filter x86_64,$(MACHINE)),$(TOP_TRUTH)/x86/top_x86.tap)

define top_truth_tap
$(TOP_TRUTH)/$(1)/%.tap: tests/kvm/%.t tests/kvm/Top.pm $(2) | debian-releases
	$$(begin)
	$(3) BUILD=$(BUILD) $(LIMIT) 900 perl $$< >$$@.new || { grep '^not ok' $$@.new; exit 1; }
	@mv $$@.new $$@
endef
$(foreach r,$(RELEASES),$(eval $(call top_truth_tap,$r,$(KVM_HOST_DEPS) $(TOP_TRUTHS) $(LIMIT),KVM_HOST_KERNEL=$(DEBIAN)/$r/Image)))
$(eval $(call top_truth_tap,x86,$(X86_SPIN) $(KVM_HOST)/host-x86-qemu.cpio $(LIMIT),X86_HOST=qemu))

.PHONY: top-truth
##@ maintainers
top-truth: $(TOP_TRUTH_TAPS) ## compare what pvtime top shows with what is true, on several kernels; writes docs/top.md
	tests/kvm/top_truth collect $(TOP_TRUTH) >$(TOP_TRUTH)/record
	cp $(TOP_TRUTH)/record tests/kvm/top_record
	tests/kvm/top_truth put tests/kvm/top_record cases docs/top.md
	tests/kvm/top_truth put tests/kvm/top_record guest docs/accuracy.md

QEMU_TESTS  += $(call at_least,24,tests/qemu/*.t)
TAP_SCRIPTS += tests/style.t tests/seams.t tests/limit.t tests/least.t

# The unit tests in three flavours. A source is compiled once for each flavour and set of flags, and
# its object is linked into all tests that use it. The objects of O2 without a set are those of the
# pvtime command itself. make check builds and runs those in CHECKED.
UNIT_FLAVOURS := O2 san O0
CHECKED       := O2 san
UNIT_CC_O2      := $(HOST_CC)
UNIT_CC_O0      := $(HOST_CC)
UNIT_CFLAGS_O0  := -O0
UNIT_CC_san     := $(CLANG)
UNIT_CFLAGS_san := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Linking the sanitizers' runtime into each test would take half of the time of all links: the tests
# share one, if clang's package has it.
SAN_DIR          = $(dir $(shell $(CLANG) -rtlib=compiler-rt -print-libgcc-file-name))
UNIT_LINK_san    = $(eval UNIT_LINK_san := $(if $(wildcard $(SAN_DIR)libclang_rt.asan*.so),-shared-libasan -Wl$(COMMA)-rpath=$(SAN_DIR)))$(UNIT_LINK_san)
UNIT_DIR_O2     := $(BUILD)/tests
UNIT_DIR_O0     := $(BUILD)/tests-O0
UNIT_DIR_san    := $(BUILD)/tests-san

# A fourth flavour, for make coverage (mk/scripts.mk); make check does not build it.
UNIT_CC_cov     := $(CLANG)
UNIT_CFLAGS_cov := -fprofile-instr-generate -fcoverage-mapping
UNIT_DIR_cov    := $(BUILD)/tests-cov

unit_set  = $(or $($(1)_WITH),plain)
unit_dir  = $(if $(filter O2-plain,$(1)-$(2)),$(BUILD)/host,$(BUILD)/unit/$(1)-$(2))
unit_objs = $(patsubst %.c,$(call unit_dir,$(1),$(call unit_set,$(2)))/%.o,$($(2)_SRCS))

# unit_compile FLAVOUR,SET; mk/tools.mk has the rule for build/host.
define unit_compile
$(call unit_dir,$(1),$(2))/%.o: %.c
	$$(begin)
	$(UNIT_CC_$(1)) $($(2)_CFLAGS) $(HOST_CFLAGS) $(UNIT_CFLAGS_$(1)) -c -o $$@ $$<
endef
# unit_link FLAVOUR,NAME
define unit_link
$(UNIT_DIR_$(1))/$(2): $(or $(call unit_objs,$(1),$(2)),$(error test $(2) has no $(2)_SRCS))
	$$(begin)
	$(UNIT_CC_$(1)) $(UNIT_CFLAGS_$(1)) $$(UNIT_LINK_$(1)) -o $$@ $$(filter %.o,$$^) $($(2)_LIBS)
endef

UNIT_SETS := $(sort $(foreach t,$(UNIT_NAMES),$(call unit_set,$(t))))
unit_bins = $(foreach f,$(1),$(UNIT_NAMES:%=$(UNIT_DIR_$(f))/%))
UNIT_BINS := $(call unit_bins,$(CHECKED))
UNIT_ALL  := $(call unit_bins,$(UNIT_FLAVOURS))
$(foreach f,$(UNIT_FLAVOURS) cov,$(foreach s,$(UNIT_SETS),$(if $(filter O2-plain,$(f)-$(s)),,$(eval $(call unit_compile,$(f),$(s))))))
$(foreach f,$(UNIT_FLAVOURS) cov,$(foreach t,$(UNIT_NAMES),$(eval $(call unit_link,$(f),$(t)))))

# The longest tests begin first, so that no CPU is idle at the end. FIRST only sets the order: each
# test is also listed in its own place.
FIRST := $(addprefix tests/qemu/,life.t crowd.t steal.t share.t boot.t conform.t bench.t) tests/kvm/exec_qemu.t \
	$(addprefix tests/qemu/,hostile.t storm.t repeat.t status.t profile.t attach.t refresh.t) \
	$(addprefix tests/kvm/,lab_snapshot.t lab_guests.t lab_conform.t lab_steal.t library.t exec.t lab_attach.t lab_refused.t) \
	tests/tools/signals.t tests/scripts/mutants.t \
	$(foreach d,$(CHECKED),$(UNIT_DIR_$(d))/vgic/fuzz $(UNIT_DIR_$(d))/run/board)
TESTS := $(QEMU_TESTS) $(TAP_SCRIPTS) $(UNIT_BINS)
$(foreach t,$(filter-out $(TESTS),$(FIRST)),$(error FIRST has $(t), which is not a test; expected a test that make check runs))

PROVE = BUILD=$(BUILD) prove --timer --exec '$(LIMIT) $(TEST_TIMEOUT)'

.PHONY: soak check check-unit check-qemu clang-host format format-check
check check-unit check-qemu check-kvm check-x86: $(LIMIT)
# The downloads come first: CPUs have other things to do meanwhile.
##@ newcomers
check: $(DEBIAN)/versions $(DEBIAN)/versions-hosts all clang-host $(UNIT_BINS) $(TAP_DEPS) $(QEMU_DEPS) ## build everything and run every test
	$(PROVE) -j$(JOBS) $(FIRST) $(filter-out $(FIRST),$(TESTS))

# Whether what is built depends on the folder that it is built in: it builds all of it once more.
.PHONY: repro
##@ maintainers
repro: all $(TAP_DEPS) $(QEMU_DEPS) $(LIMIT) ## build everything in another folder as well, and compare each byte
	$(PROVE) tests/scripts/repro.t

soak: all $(QEMU_DEPS) $(LIMIT) ## run hostile guests for ten minutes of guest time, with random seeds; SEED=..., SOAK_S=...
	BUILD=$(BUILD) RUN_LIMIT_S=600 STORM_S=10 prove -v tests/qemu/storm.t
	BUILD=$(BUILD) RUN_LIMIT_S=600 prove -v tests/soak/soak.t

##@ developers
check-unit: $(UNIT_ALL) ## run the host unit tests, with and without optimization and under ASan and UBSan
	$(PROVE) -j$(JOBS) $(UNIT_ALL)

check-qemu: all $(QEMU_DEPS) ## run the tests that need QEMU; T=... for some of them
	$(PROVE) $(or $(T),$(QEMU_TESTS))

clang-host: $(filter $(BUILD)/unit/san-plain/%,$(foreach t,$(UNIT_NAMES),$(call unit_objs,san,$(t))))

# All our C files.
C_FILES = $(shell find * -path $(BUILD) -prune -o -name '*.[ch]' -print | sort)

format: ## format every C file with .clang-format
	clang-format -i $(C_FILES)

format-check: ## list the C files that .clang-format would change
	clang-format --dry-run -Werror $(C_FILES)
