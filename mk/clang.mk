# Every C file under clang, for its warnings. What a process of clang does before its first file
# takes ten times as long as one file does without code. So one process reads all files of a set:
# that of clang-tidy, which takes several files, without its own checks (it wants one to be on).
# Files that use instructions are compiled as well, as only an assembler can tell whether these are
# right; the objects are not linked. The unit tests' objects are clang's anyway (mk/tests.mk).
#
# The other fragments add to CLANG_SETS. The files clang_SET_SRCS are read with clang_SET_FLAGS,
# once clang_SET_DEPS are there.

CLANG_READ := $(CLANG_TIDY) --quiet --config='{Checks: "-*,clang-diagnostic-*,bugprone-posix-return"}'

# Sources that have instructions themselves, or include one of our headers that has some.
CLANG_ASM_HDRS := $(shell grep -l __asm__ $(LINT_HDRS))
clang_asm = $(shell grep -lE '__asm__|$(subst $(EMPTY) ,|,$(patsubst %,include.*[</"]%[>"],$(notdir $(CLANG_ASM_HDRS))))' $(1))

# The files that clang compiles for a unit test with the flags of the set `host`.
CLANG_SEEN := $(foreach t,$(UNIT_NAMES),$(if $($(t)_WITH),,$($(t)_SRCS)))

# clang_set SET; a file of several sets is compiled once.
define clang_set
$(BUILD)/clang/$(1).ok: $(sort $(clang_$(1)_SRCS)) $(LINT_HDRS) $(clang_$(1)_DEPS) $(MAKEFILE_LIST)
	$$(begin)
	$(CLANG_READ) $(sort $(clang_$(1)_SRCS)) -- $(filter-out -MMD -MP,$(clang_$(1)_FLAGS)) >$$@.log 2>&1 || { cat $$@.log; exit 1; }
	mv $$@.log $$@
$(BUILD)/clang/$(1)/%.o: %.c $(clang_$(1)_DEPS)
	$$(begin)
	$(CLANG) $(clang_$(1)_FLAGS) -c -o $$@ $$<
clang-host: $(BUILD)/clang/$(1).ok $(patsubst %.c,$(BUILD)/clang/$(1)/%.o,$(filter-out $(CLANG_DONE),$(call clang_asm,$(clang_$(1)_SRCS))))
$(eval CLANG_DONE += $(clang_$(1)_SRCS))
endef
$(foreach s,$(CLANG_SETS),$(eval $(call clang_set,$(s))))
