# pvtime exec: the unit tests of what decides, of the system calls that a thread makes for us on this machine, and what its tests
# on a /dev/kvm need.

UNIT_NAMES += exec/watch exec/plan exec/fdt exec/options exec/inject exec/threads exec/act
exec/watch_SRCS   := tests/unit/exec/watch.c tools/exec/watch.c tools/exec/files.c
exec/plan_SRCS    := tests/unit/exec/plan.c tools/exec/plan.c tools/exec/maps.c lib/region.c
exec/fdt_SRCS     := tests/unit/exec/fdt.c tools/exec/fdt.c machine/fdt.c
exec/fdt_LIBS     := -lfdt
exec/options_SRCS := tests/unit/exec/options.c tools/exec/options.c tools/arguments.c tools/report.c tools/visible.c
exec/inject_SRCS  := tests/unit/exec/inject.c tests/unit/exec/regs.c tools/exec/inject.c tools/exec/process.c tools/exec/maps.c
exec/threads_SRCS := tests/unit/exec/threads.c $(addprefix tools/exec/,threads.c process.c maps.c files.c)
exec/threads_LIBS := -pthread
exec/act_SRCS     := tests/unit/exec/act.c $(addprefix tools/exec/,act.c fdt.c give.c maps.c plan.c files.c) lib/region.c
exec/act_LIBS     := -lfdt

# A VMM that does as it is told, and what looks at a counter and a thread at once.
EXEC_VMM  := $(BUILD)/libpvtime-kvm/tests/exec_vmm
EXEC_PEEK := $(BUILD)/libpvtime-kvm/tests/peek
$(EXEC_PEEK): $(BUILD)/a64-linux/tests/kvm/peek.o
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -static -o $@ $^
$(EXEC_VMM): $(patsubst %,$(BUILD)/a64-linux/tests/kvm/%.o,exec_vmm exec_guest exec_start exec_process exec_attack) $(BUILD)/a64-linux/conformance/user/vcpu.o
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -static -o $@ $^
check-kvm: $(EXEC_VMM) $(EXEC_PEEK)
KVM_TESTS_CHECK += tests/kvm/exec.t tests/kvm/exec_attack.t tests/kvm/exec_qemu.t
QEMU_DEPS += $(EXEC_VMM) $(EXEC_PEEK)
clang-host: $(patsubst %,$(BUILD)/a64-linux-clang/tests/kvm/%.o,exec_vmm exec_guest exec_start exec_process exec_attack peek)

# What it costs: bench/start, docs/exec.md.
bench: $(EXEC_VMM) $(BUILD)/guest/hello.img
