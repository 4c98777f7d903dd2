# What maintains the tree: linters, coverage, releases; and their tests.

# make lint: cppcheck over our code, and clang-tidy over all of it but tests/, with the checks of
# .clang-tidy. make check has those that take seconds (tests/scripts/lint.t).

CPPCHECK   ?= cppcheck
CLANG_TIDY ?= clang-tidy

# lint_NAME_SRCS are read with lint_NAME_FLAGS.
LINT_SETS := library host hypervisor guest linux
lint_library_SRCS     := $(LIB_SRCS) $(wildcard libpvtime-kvm/*.c examples/*.c)
lint_library_FLAGS    := $(HOST_CFLAGS)
lint_host_SRCS        := $(TOOLS_SRCS)
lint_host_FLAGS       := $(HOST_CFLAGS) -isystem $(BUILD)/bpf
lint_hypervisor_SRCS  := $(HYP_SRCS)
lint_hypervisor_FLAGS := --target=aarch64-linux-gnu $(HYP_CFLAGS)
lint_guest_SRCS       := $(wildcard guest/*.c conformance/*.c conformance/competitor/*.c bench/guest/*.c bench/spin/*.c)
lint_guest_FLAGS       = --target=aarch64-linux-gnu $(call CONFORMANCE_CFLAGS,4k,4k-le,le)
lint_linux_SRCS       := $(CONFORM_USER_SRCS) $(wildcard guest/linux/*.c bench/boot/*.c bench/top/*.c)
lint_linux_FLAGS      := --target=aarch64-linux-gnu $(HOST_CFLAGS) -isystem $(DEBIAN_LINUX)/include

# A file is read again where it or any header has changed.
LINT      := $(BUILD)/lint
LINT_HDRS := $(call at_least,150,*/*.h */*/*.h */*/*/*.h)
lint_stamps = $(patsubst %,$(LINT)/$(1)/%.ok,$(lint_$(1)_SRCS))
define lint_set
$(LINT)/$(1)/%.ok: % $(LINT_HDRS) .clang-tidy
	$$(begin)
	$$(CLANG_TIDY) --quiet $$< -- $$(filter-out -MMD -MP,$$(lint_$(1)_FLAGS)) >$$@.log 2>&1 || { cat $$@.log; exit 1; }
	mv $$@.log $$@
endef
$(foreach s,$(LINT_SETS),$(eval $(call lint_set,$(s))))
$(call lint_stamps,hypervisor): | $(A64_LIBFDT)
$(LINT)/host/tools/top/load.c.ok: $(BUILD)/bpf/top.skel.h
$(LINT)/host/tools/top/facts.c.ok: $(BUILD)/bpf/guest.skel.h

# cppcheck takes seconds. It reads whole folders; scripts/cppcheck.txt has what it is wrong about.
# From 2.17 on it does not parse a variable that is bound to a register, hence the macro.
LINT_CPPCHECK = $(CPPCHECK) --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --template=gcc --inline-suppr \
	--suppressions-list=scripts/cppcheck.txt -Iinclude -I. -Ihypervisor -D_GNU_SOURCE '-D__asm__(x)='
.PHONY: lint lint-quick lint-cppcheck lint-cppcheck-all
lint-cppcheck:
	$(LINT_CPPCHECK) lib libpvtime-kvm include examples machine
lint-cppcheck-all:
	$(LINT_CPPCHECK) lib libpvtime-kvm include examples machine hypervisor guest conformance bench tools
lint-quick: lint-cppcheck $(call lint_stamps,library)
##@ developers
lint: lint-cppcheck-all $(foreach s,$(LINT_SETS),$(call lint_stamps,$(s))) ## look for mistakes by cppcheck and clang-tidy: some minutes

# make coverage: which lines the unit tests execute. It is a map of what to look at, not a quota: a
# line may be covered and not tested, and what is not covered here is often what the tests under
# QEMU are for. mk/tests.mk has the flavour of the unit tests.

.PHONY: coverage
COVERAGE := $(BUILD)/coverage
coverage: $(UNIT_NAMES:%=$(BUILD)/tests-cov/%) $(BUILD)/limit ## show by folder which lines the unit tests execute
	rm -rf $(COVERAGE)/raw
	mkdir -p $(COVERAGE)/raw
	LLVM_PROFILE_FILE=$(abspath $(COVERAGE))/raw/%p-%m.profraw $(PROVE) -Q $(UNIT_NAMES:%=$(BUILD)/tests-cov/%)
	scripts/coverage $(COVERAGE) $(UNIT_NAMES:%=$(BUILD)/tests-cov/%)

.PHONY: dist
##@ maintainers
dist: ## make a tarball of HEAD, build/pvtime-VERSION.tar.gz
	scripts/dist $(BUILD)

TAP_SCRIPTS += $(filter-out tests/scripts/repro.t,$(call at_least,9,tests/scripts/*.t))
