# make check: every test there is, as TAP, through one prove. Other fragments add to these lists:
#
#   UNIT_NAMES    host unit tests. NAME is built of NAME_SRCS, with NAME_CFLAGS (before all other flags)
#                 and NAME_LIBS: once by gcc, and once by clang under ASan and UBSan
#   TAP_SCRIPTS   executables that print TAP and may run beside others; TAP_DEPS is what they need built
#   QEMU_TESTS    the same, run one after the other; tests/qemu/*.t are found without being listed
#   HOST_SRCS     sources of host programs that no unit test has: clang must accept them too
#
# A test gets BUILD in its environment, and is killed after TEST_TIMEOUT seconds.

TEST_TIMEOUT ?= 300

SAN_CFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

QEMU_TESTS  += $(wildcard tests/qemu/*.t)
TAP_SCRIPTS += tests/style.t

# The lists grow in fragments that come after this one: $$ in a prerequisite is expanded when all is read.
.SECONDEXPANSION:

# Compile and link in one step, as the same source may be wanted with different flags by two tests.
define build_test
@mkdir -p $(@D); echo "  $@"
$(if $($*_SRCS),,$(error test $* has no $*_SRCS))
$(1) $($*_CFLAGS) $(filter-out -MMD -MP,$(HOST_CFLAGS)) $(2) -MM -MP -MT $@ $($*_SRCS) >$@.d
$(1) $($*_CFLAGS) $(filter-out -MMD -MP,$(HOST_CFLAGS)) $(2) -o $@ $($*_SRCS) $($*_LIBS)
endef

UNIT_BINS = $(UNIT_NAMES:%=$(BUILD)/tests/%)
SAN_BINS  = $(UNIT_NAMES:%=$(BUILD)/tests-san/%)

$(BUILD)/tests/%: $$($$*_SRCS)
	$(call build_test,$(HOST_CC))
$(BUILD)/tests-san/%: $$($$*_SRCS)
	$(call build_test,$(CLANG),$(SAN_CFLAGS))

# What clang says about the sources that it has not built for a test.
CLANG_OBJS = $(patsubst %.c,$(BUILD)/clang/%.o,$(sort $(HOST_SRCS)))
$(BUILD)/clang/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(CLANG) $(HOST_CFLAGS) -c -o $@ $<

PROVE := BUILD=$(BUILD) prove --timer --exec 'timeout -k 5 $(TEST_TIMEOUT)'

.PHONY: check check-unit check-qemu clang-host format format-check
check: all clang-host $$(UNIT_BINS) $$(SAN_BINS) $$(UNIT_TESTS) $$(TAP_DEPS) $$(QEMU_DEPS) ## build everything and run every test
	$(PROVE) -j2 --rules 'seq=tests/qemu/*' --rules 'par=**' \
		$(UNIT_BINS) $(SAN_BINS) $(UNIT_TESTS) $(TAP_SCRIPTS) $(QEMU_TESTS)

check-unit: $$(UNIT_BINS) $$(SAN_BINS) $$(UNIT_TESTS) ## run the unit tests on the host, plain and under ASan and UBSan
	$(PROVE) -j2 $(UNIT_BINS) $(SAN_BINS) $(UNIT_TESTS)

check-qemu: all $$(QEMU_DEPS) ## run the tests that need QEMU; T=... for some of them
	$(PROVE) $(or $(T),$(QEMU_TESTS))

clang-host: $$(CLANG_OBJS)

# Our C files, wherever they are.
C_FILES = $(shell find * -path $(BUILD) -prune -o -name '*.[ch]' -print | sort)

format: ## lay out every C file by .clang-format
	clang-format -i $(C_FILES)

format-check: ## say which C files are not laid out by .clang-format
	clang-format --dry-run -Werror $(C_FILES)
