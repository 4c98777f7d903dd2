# One graph for everything: host programs, bare AArch64 images, tests. Each folder's rules are in
# mk/.
#
#   make demo    two Linux guests on one CPU, and what was stolen from each
#   make check   every test
#   make help    every target

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --jobs=$(shell nproc)

# Say what is made, not how; V=1 says both.
ifndef V
.SILENT:
endif

BUILD := build

# Warnings that every C file of ours is clean of, under gcc and under clang.
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

# What is built does not say in which folder: two builds of the same sources are the same bytes
# (tests/tools/repro.t). PWD is what compilers take for the folder, and may be the name of a
# symbolic link to it.
export PWD := $(CURDIR)
PREFIX_MAP := -ffile-prefix-map='$(CURDIR)=.'

HOST_CFLAGS := $(CSTD) -O2 -g $(WARN) $(PREFIX_MAP) -D_GNU_SOURCE -Iinclude -I. -MMD -MP

# Freestanding AArch64: no SIMD in our own code (the guest's registers stay in place), no unaligned
# accesses (they fault while the MMU is off), no stack protector runtime.
A64_CFLAGS := $(CSTD) -Os -g $(WARN) $(PREFIX_MAP) -ffreestanding -fno-common -fno-stack-protector \
              -fno-asynchronous-unwind-tables -mgeneral-regs-only -mstrict-align \
              -Iinclude -I. -MMD -MP

# at_least MINIMUM,PATTERN...: the files that the patterns find. That a test or a check has no file
# any more would be noticed by nothing else. The minimum is the number of the day on which the line
# was written or last changed.
at_least = $(or $(if $(word $(1),$(wildcard $(2))),$(wildcard $(2))),$(error $(2): $(words $(wildcard $(2))) files are found, \
	not $(1) at least))

# A fragment for each room, from the bottom up: each may use the variables of those before it.
# mk/tests.mk makes rules of lists that the others add to.
ROOMS := packages debian lib libpvtime-kvm machine hypervisor guest examples conformance tools bench docs scripts tests
include $(ROOMS:%=mk/%.mk)
$(foreach m,$(filter-out $(ROOMS:%=mk/%.mk),$(wildcard mk/*.mk)),$(error $(m) is not among ROOMS))

# What make help prints: each target with its `## text`, under the last line `##@ group` before it
# in its file.
define HELP
BEGIN { n = split("look at it,build,test,measure,maintain", groups, ",") }
FNR == 1 { group = "no group" }
/^##@ / { group = substr($$0, 5) }
/^[a-z][a-z0-9-]*:.*## / { lines[group] = lines[group] sprintf("  make %-16s %s\n", $$1, $$2) }
END {
	for (i = 1; i <= n; i++) {
		printf "%sTo %s:\n%s", (i > 1 ? "\n" : ""), groups[i], lines[groups[i]]
		delete lines[groups[i]]
	}
	for (group in lines) {
		printf "a target is in \"%s\":\n%s", group, lines[group]
		exit 1
	}
}
endef

.PHONY: all clean help
##@ build
all: ## build the library, the hypervisor and the pvtime command
##@ maintain
clean: ## delete everything that was built (downloads are kept)
	rm -rf $(filter-out $(BUILD)/debian $(BUILD)/fresh,$(wildcard $(BUILD)/*))
help: export HELP := $(HELP)
##@ look at it
help: ## list the targets
	@awk -F':.*## ' "$$HELP" $(MAKEFILE_LIST)

-include $(shell find $(BUILD) \( -path $(BUILD)/debian -o -path $(BUILD)/fresh \) -prune -o -type f -name '*.d' -print 2>/dev/null)
