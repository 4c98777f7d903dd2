# pvtime exec: the unit tests of what decides, of the system calls that a thread makes for us on this machine, and what its tests
# on a /dev/kvm need.

UNIT_NAMES += exec_watch exec_plan exec_fdt exec_options exec_inject exec_threads exec_act
exec_watch_SRCS   := tests/unit/exec_watch.c tools/exec/watch.c tools/exec/files.c
exec_plan_SRCS    := tests/unit/exec_plan.c tools/exec/plan.c tools/exec/maps.c lib/region.c
exec_fdt_SRCS     := tests/unit/exec_fdt.c tools/exec/fdt.c machine/fdt.c
exec_fdt_LIBS     := -lfdt
exec_options_SRCS := tests/unit/exec_options.c tools/exec/options.c tools/arguments.c tools/report.c tools/visible.c
exec_inject_SRCS  := tests/unit/exec_inject.c tests/unit/exec_regs.c tools/exec/inject.c tools/exec/process.c tools/exec/maps.c
exec_threads_SRCS := tests/unit/exec_threads.c $(addprefix tools/exec/,threads.c process.c maps.c files.c)
exec_threads_LIBS := -pthread
exec_act_SRCS     := tests/unit/exec_act.c $(addprefix tools/exec/,act.c fdt.c give.c maps.c plan.c files.c) lib/region.c
exec_act_LIBS     := -lfdt

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
