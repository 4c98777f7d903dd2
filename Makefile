# One graph builds everything: host programs, bare AArch64 images and tests. mk/ has a fragment with
# the rules for each folder.
#
#   make demo    run two Linux guests on one CPU, and show the stolen time of each
#   make check   run every test
#   make help    list every target

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
# One more job runs at a time than there are CPUs, as some only wait: for the network, for a clock.
JOBS := $(shell expr $$(nproc) + 1)
MAKEFLAGS += --no-builtin-rules --jobs=$(JOBS)

# Print the name of each file built, not the command; V=1 prints both.
ifndef V
.SILENT:
endif

BUILD := build

# Every C file of ours compiles without these warnings, under gcc and under clang.
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
CSTD := -std=c11

HOST_CC  ?= gcc
CLANG    ?= clang
CROSS    ?= aarch64-linux-gnu-
A64_CC   := $(CROSS)gcc
A64_LD   := $(CROSS)ld
A64_AR   := $(CROSS)ar
A64_OBJCOPY := $(CROSS)objcopy
A64_SIZE := $(CROSS)size

# Outputs do not contain the name of the build folder, so two builds of the same sources are
# identical (tests/scripts/repro.t). Compilers take the folder's name from PWD, which may name a
# symbolic link to it; hence the export.
export PWD := $(CURDIR)
PREFIX_MAP := -ffile-prefix-map='$(CURDIR)=.'

HOST_CFLAGS := $(CSTD) -O2 -g $(WARN) $(PREFIX_MAP) -D_GNU_SOURCE -Iinclude -I. -MMD -MP

# Freestanding AArch64: no SIMD in our own code (the guest's registers stay in place), no unaligned
# accesses (they fault while the MMU is off), no stack protector runtime.
A64_CFLAGS := $(CSTD) -Os -g $(WARN) $(PREFIX_MAP) -ffreestanding -fno-common -fno-stack-protector \
              -fno-asynchronous-unwind-tables -mgeneral-regs-only -mstrict-align \
              -Iinclude -I. -MMD -MP

# at_least MINIMUM,PATTERN...: the files that match the patterns; an error if there are fewer than
# MINIMUM. Without it, a pattern that stops matching would silently drop tests or checks. MINIMUM is
# the number of files on the day on which the line was written or last changed.
at_least = $(or $(if $(word $(1),$(wildcard $(2))),$(wildcard $(2))),$(error $(2): found $(words $(wildcard $(2))) files; expected at least $(1)))

# The first line of the recipe of a file: print the file's name, and make its folder. It starts no
# process unless the folder is new.
begin = $(info $()  $@)$(if $(wildcard $(@D)/.),,$(shell mkdir -p $(@D)))

# One fragment for each room, from the bottom up: a fragment may use the variables of the fragments
# before it. Four of them are not about the code of one room. packages and debian come first: all
# rooms need the installed packages, and many need the files from Debian. install, tests and clang
# come late: they make rules from the lists of files and of tests that the rooms' fragments have
# filled.
ROOMS := packages debian lib libpvtime-kvm machine hypervisor guest examples conformance tools bench xen linux docs install scripts tests clang
include $(ROOMS:%=mk/%.mk)
$(foreach m,$(filter-out $(ROOMS:%=mk/%.mk),$(wildcard mk/*.mk)),$(error $(m) is not in ROOMS; expected ROOMS of the Makefile to list every fragment))

# The program of make help. It prints each target with its `## text`, in the group of the readers
# who want it ("Who it is for" in README.md). The last line `##@ readers` above a target names the
# group.
define HELP
BEGIN {
	n = split("newcomers,users,adopters,developers,maintainers", groups, ",")
	heading["newcomers"] = "To try pvtime"
	heading["users"] = "To run VMs or write a VMM, on Linux KVM"
	heading["adopters"] = "To write a hypervisor or a guest OS"
	heading["developers"] = "To change pvtime"
	heading["maintainers"] = "To measure and release pvtime"
}
FNR == 1 { group = "(none)" }
/^##@ / { group = substr($$0, 5) }
/^[a-z][a-z0-9-]*:.*## / { lines[group] = lines[group] sprintf("  make %-16s %s\n", $$1, $$2) }
END {
	for (i = 1; i <= n; i++) {
		printf "%s%s:\n%s", (i > 1 ? "\n" : ""), heading[groups[i]], lines[groups[i]]
		delete lines[groups[i]]
	}
	for (group in lines) {
		printf "targets with the line \"##@ %s\"; expected newcomers, users, adopters, developers or maintainers:\n%s", group, lines[group]
		exit 1
	}
}
endef

.PHONY: all clean help
##@ users
all: ## build the library, the hypervisor, the pvtime command and the images that it runs
##@ developers
clean: ## delete everything that was built, except downloads
	rm -rf $(filter-out $(BUILD)/debian $(BUILD)/fresh,$(wildcard $(BUILD)/*))
help: export HELP := $(HELP)
##@ newcomers
help: ## list the targets
	@awk -F':.*## ' "$$HELP" $(MAKEFILE_LIST)

-include $(shell find $(BUILD) \( -path $(BUILD)/debian -o -path $(BUILD)/fresh -o -path $(BUILD)/linux \) -prune -o -type f -name '*.d' -print 2>/dev/null)
