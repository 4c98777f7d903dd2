# The pvtime command, built from tools/, its rooms, machine/ and the library; and its tests.

TOOLS_SRCS := $(call at_least,175,tools/*.c tools/*/*.c machine/*.c)
TOOLS_OBJS := $(TOOLS_SRCS:%.c=$(BUILD)/host/%.o)
TOOLS_LIBS  = $(LABFILE_LIBS) -lbpf -lncursesw -ltinfo -ljansson -lm -pthread
HOST_SRCS  += $(TOOLS_SRCS)

$(BUILD)/host/%.o: %.c
	$(begin)
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/pvtime: $(TOOLS_OBJS) $(LIBKVM_STATIC) $(LIB_HOST)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(TOOLS_LIBS)

# The program of `pvtime top` in the kernel. It is the same on all machines. bpftool leaves out the
# debugging information, keeps the BTF, and makes a header of it that contains the program. What is
# in that header is not ours, so the compilers treat it like a system's, and clang-tidy ignores it.
BPFTOOL      ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
BPF_CFLAGS   := -std=gnu11 -target bpf -mcpu=v3 -O2 -g $(filter-out -Wstrict-prototypes -Wmissing-prototypes,$(WARN)) $(PREFIX_MAP) -I. -MMD -MP
TOP_SKELETONS := $(BUILD)/bpf/top.skel.h $(BUILD)/bpf/guest.skel.h
TOP_LOADERS  := $(foreach c,load facts,$(patsubst %,$(BUILD)/%/tools/top/$c.o,host a64-linux))

# bpf-small/ is for a test: it has room for so few vCPUs and thieves.
TOP_SMALL_FLAGS := -DTOP_VCPUS=3u -DTOP_PLACES=8u -DTOP_CELLS=2u

$(BUILD)/bpf/%.o: tools/top/bpf/%.bpf.c
	$(begin)
	$(CLANG) $(BPF_CFLAGS) -c -o $@ $<
$(BUILD)/bpf-small/%.o: tools/top/bpf/%.bpf.c
	$(begin)
	$(CLANG) $(BPF_CFLAGS) $(TOP_SMALL_FLAGS) -c -o $@ $<
$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.o
	$(begin)
	$(BPFTOOL) gen object $(@D)/$*.bpf.o $<
	{ echo '/* NOLINTBEGIN */' && $(BPFTOOL) gen skeleton $(@D)/$*.bpf.o name $*_bpf && echo '/* NOLINTEND */'; } >$@
$(BUILD)/bpf-small/%.skel.h: $(BUILD)/bpf-small/%.o
	$(begin)
	$(BPFTOOL) gen object $(@D)/$*.bpf.o $<
	$(BPFTOOL) gen skeleton $(@D)/$*.bpf.o name $*_bpf >$@
.SECONDARY: $(BUILD)/bpf-small/top.o $(BUILD)/bpf/top.o $(BUILD)/bpf/guest.o
$(TOP_LOADERS): private HOST_CFLAGS += -isystem $(BUILD)/bpf
$(TOP_LOADERS): $(TOP_SKELETONS)

.PHONY: tools
##@ users
tools: $(BUILD)/pvtime ## build the pvtime command
all: tools

# The command for arm64 Linux, where it can use /dev/kvm: on an arm64 host, or on Debian's kernel in
# QEMU (tests/kvm/). It is linked statically with Debian's arm64 libraries, so that one file can be
# copied to any such host.
A64_PVTIME      := $(BUILD)/a64-linux/pvtime
A64_TOOLS_OBJS  := $(patsubst %.c,$(BUILD)/a64-linux/%.o,$(sort $(TOOLS_SRCS) $(LIB_SRCS) $(LIBKVM_LOGIC) libpvtime-kvm/sys.c))
# clang compiles the whole command for the host, and for arm64 the rooms that differ there.
A64_TOOLS_OWN   := tools/exec/% tools/probe/% tools/top/% tools/vmm/%
CLANG_SETS += host linux
clang_host_SRCS    = $(filter-out $(CLANG_SEEN),$(HOST_SRCS))
clang_host_FLAGS  := $(HOST_CFLAGS) -isystem $(BUILD)/bpf
clang_host_DEPS   := $(TOP_SKELETONS)
clang_linux_SRCS  += $(filter $(A64_TOOLS_OWN),$(TOOLS_SRCS))
clang_linux_FLAGS := $(CLANG_A64) $(HOST_CFLAGS) -isystem $(BUILD)/bpf -isystem $(DEBIAN_LINUX)/include
clang_linux_DEPS  := $(TOP_SKELETONS) $(DEBIAN_LINUX_LIBS)
# All libraries in the folder: which of them has the parts of libini_config depends on the release.
# libncursesw comes first, as libncurses has the same functions for terminals without UTF-8.
A64_TOOLS_LIBS  := -Wl,--start-group $(DEBIAN_LINUX)/lib/libncursesw.a $(DEBIAN_LINUX)/lib/*.a -Wl,--end-group -lm

$(A64_TOOLS_OBJS): private HOST_CFLAGS += -isystem $(DEBIAN_LINUX)/include
$(A64_TOOLS_OBJS): | $(DEBIAN_LINUX_LIBS)
$(A64_PVTIME): $(A64_TOOLS_OBJS)
	$(begin)
	$(A64_CC) -static -o $@ $^ $(A64_TOOLS_LIBS)

.PHONY: tools-a64
tools-a64: $(A64_PVTIME) ## build the pvtime command for arm64 Linux, build/a64-linux/pvtime

# The parts that use neither processes nor terminals; each has its own test.
UNIT_NAMES += run/link lab/record lab/ledger lab/watch lab/options lab/console lab/intake lab/suspend lab/ended
run/link_SRCS    := tests/unit/run/link.c tools/run/link.c tools/run/lines.c
lab/record_SRCS  := tests/unit/lab/record.c tools/lab/record.c tools/lab/ledger.c lib/convert.c
lab/ledger_SRCS  := tests/unit/lab/ledger.c tools/lab/ledger.c tools/lab/ledger_print.c lib/convert.c
lab/watch_SRCS   := tests/unit/lab/watch.c tools/lab/watch.c tools/lab/ledger.c lib/convert.c
lab/options_SRCS := tests/unit/lab/options.c tools/lab/options.c tools/arguments.c tools/report.c tools/visible.c
lab/console_SRCS := tests/unit/lab/console.c tools/lab/console.c tools/lab/fold.c $(addprefix tools/run/,file.c lines.c) tools/report.c tools/visible.c
lab/intake_SRCS  := tests/unit/lab/intake.c $(addprefix tools/lab/,intake.c record.c ledger.c console.c fold.c \
	live.c screen.c watch.c terminal.c) $(addprefix tools/run/,file.c lines.c link.c) tools/report.c tools/visible.c lib/convert.c
lab/intake_LIBS  := -ltinfo
lab/ended_SRCS   := tests/unit/lab/ended.c tools/lab/ended.c tools/lab/ledger.c lib/convert.c
lab/suspend_SRCS := tests/unit/lab/suspend.c tools/lab/suspend.c

UNIT_NAMES += run/patience run/writer lab/fold
lab/fold_SRCS     := tests/unit/lab/fold.c tools/lab/fold.c
run/patience_SRCS := tests/unit/run/patience.c tools/run/patience.c
run/patience_LIBS := -pthread
run/writer_SRCS   := tests/unit/run/writer.c tools/run/writer.c
run/writer_LIBS   := -pthread

# pvtime probe on a fake /proc; tests/kvm/probe.t runs it on a real one.
VM_NAME_SRCS := $(addprefix tools/probe/,vm_name.c vm_cgroup.c files.c)
PROBE_FACTS  := $(VM_NAME_SRCS) $(addprefix tools/probe/,log.c host.c guest.c thread.c quota.c vms.c)
UNIT_NAMES += probe/vms probe/find probe/name probe/kvm
probe/kvm_SRCS  := tests/unit/probe/kvm.c $(addprefix tools/probe/,host.c files.c)
probe/kvm_LIBS  := -Wl,--wrap=open,--wrap=ioctl
probe/name_SRCS := tests/unit/probe/name.c $(VM_NAME_SRCS)
probe/vms_SRCS  := tests/unit/probe/vms.c $(PROBE_FACTS)
probe/find_SRCS := tests/unit/probe/find.c $(PROBE_FACTS) $(addprefix tools/probe/,missing.c table.c json.c words.c) tools/json_text.c tools/visible.c
probe/find_LIBS := -ljansson

# pvtime top without its program; tests/kvm/top.t runs it on a real kernel.
UNIT_NAMES += top/sample
top/sample_SRCS := tests/unit/top/sample.c $(addprefix tools/top/,sample.c index.c order.c names.c known.c guest.c quota.c cgroups.c text.c words.c print.c json.c) \
	$(VM_NAME_SRCS) $(addprefix tools/probe/,thread.c words.c) tools/json_text.c tools/visible.c
top/sample_LIBS := -ljansson
UNIT_NAMES += top/guest top/known top/quota
top/guest_SRCS := tests/unit/top/guest.c tools/top/guest.c
top/known_SRCS := tests/unit/top/known.c $(addprefix tools/top/,known.c guest.c sample.c index.c order.c names.c) $(VM_NAME_SRCS) tools/probe/thread.c
top/quota_SRCS := tests/unit/top/quota.c tools/top/quota.c tools/probe/files.c
UNIT_NAMES += top/maps top/race top/line top/view top/screen top/why top/rates top/text top/cgroups
TOP_VIEW_SRCS := $(addprefix tools/top/,sample.c index.c order.c words.c choice.c known.c guest.c quota.c cgroups.c rows.c part.c group.c line.c columns.c view.c) \
	$(VM_NAME_SRCS) $(addprefix tools/probe/,pids.c host.c words.c) tools/arguments.c tools/report.c tools/visible.c
top/maps_SRCS   := tests/unit/top/maps.c tools/top/maps.c
top/race_SRCS   := tests/unit/top/race.c
top/line_SRCS   := tests/unit/top/line.c tools/top/line.c tools/visible.c
top/view_SRCS   := tests/unit/top/view.c $(TOP_VIEW_SRCS)
top/screen_SRCS := tests/unit/top/screen.c $(TOP_VIEW_SRCS) $(addprefix tools/top/,draw.c pane.c part_print.c text.c json.c) tools/json_text.c
top/screen_LIBS := -ljansson
top/why_SRCS    := tests/unit/top/why.c tools/top/why.c $(addprefix tools/probe/,files.c host.c)
TOP_RATES_SRCS  := $(addprefix tools/top/,rates.c limits.c sample.c index.c order.c names.c known.c guest.c quota.c cgroups.c text.c words.c print.c json.c) $(addprefix tools/probe/,vms.c quota.c thread.c words.c) \
	$(VM_NAME_SRCS) tools/json_text.c tools/report.c tools/visible.c
top/text_SRCS   := tests/unit/top/text.c $(addprefix tools/top/,index.c order.c text.c) tools/json_text.c tools/visible.c
top/text_LIBS   := -ljansson
top/cgroups_SRCS := tests/unit/top/cgroups.c $(addprefix tools/top/,cgroups.c index.c quota.c) tools/probe/files.c
top/rates_SRCS  := tests/unit/top/rates.c $(TOP_RATES_SRCS)
top/rates_LIBS  := -ljansson
KVM_TESTS_CHECK += tests/kvm/top.t tests/kvm/top_x86.t

# Programs for tests/kvm/top_bare.t that take rights from a command.
TOP_LESS := $(addprefix $(BUILD)/tests-top/,forbid grant)
$(TOP_LESS): $(BUILD)/tests-top/%: $(BUILD)/a64-linux/tests/kvm/%.o
	$(begin)
	$(A64_CC) -static -o $@ $^
# And for tests/kvm/top_others.t the command whose maps are soon full.
TOP_SMALL := $(BUILD)/tests-top/pvtime-small
TOP_SMALL_OBJS := $(addprefix $(BUILD)/tests-top/,load.o maps.o)
$(TOP_SMALL_OBJS): $(BUILD)/tests-top/%.o: tools/top/%.c $(BUILD)/bpf-small/top.skel.h | $(DEBIAN_LINUX_LIBS)
	$(begin)
	$(A64_CC) $(HOST_CFLAGS) $(TOP_SMALL_FLAGS) -isystem $(BUILD)/bpf-small -isystem $(DEBIAN_LINUX)/include -c -o $@ $<
$(TOP_SMALL): $(TOP_SMALL_OBJS) $(filter-out %/tools/top/load.o %/tools/top/maps.o,$(A64_TOOLS_OBJS))
	$(begin)
	$(A64_CC) -static -o $@ $^ $(A64_TOOLS_LIBS)
check-kvm: $(TOP_LESS) $(TOP_SMALL)
QEMU_DEPS += $(TOP_LESS) $(TOP_SMALL)
clang_linux_SRCS += tests/kvm/forbid.c tests/kvm/grant.c

# For tests/kvm/top_*.t: a VM that starts fast, and thieves whose times are known.
TOP_TRUTHS := $(addprefix $(BUILD)/tests-exec/,top_vm top_thief)
$(TOP_TRUTHS): $(BUILD)/tests-exec/%: $(BUILD)/a64-linux/tests/kvm/%.o
	$(begin)
	$(A64_CC) -static -o $@ $^
check-kvm: $(TOP_TRUTHS)
clang_linux_SRCS += tests/kvm/top_vm.c tests/kvm/top_thief.c

# For tests/tools/top.t: the whole command, with samples from a file in place of the kernel's.
TOP_FAKE := $(BUILD)/tests/tools/pvtime-top-fake
$(TOP_FAKE): $(filter-out $(addprefix $(BUILD)/host/tools/top/,load.o facts.o read.o maps.o),$(TOOLS_OBJS)) $(BUILD)/host/tests/tools/top_fake.o $(LIBKVM_STATIC) $(LIB_HOST)
	$(begin)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(TOOLS_LIBS)
HOST_SRCS += tests/tools/top_fake.c
TAP_DEPS  += $(TOP_FAKE)

# The command as a process, with a fake QEMU; and tests/tools/json.t, which reads the output of
# probe/find.
TAP_SCRIPTS += $(call at_least,15,tests/tools/*.t)
TAP_DEPS    += $(BUILD)/pvtime

# The VMM of `pvtime lab --on kvm` (tools/vmm/): the parts that can be tested without /dev/kvm.
# tests/kvm/lab_*.t test the rest.

UNIT_NAMES += vmm/account vmm/look vmm/link vmm/stuck
vmm/account_SRCS := tests/unit/vmm/account.c tools/vmm/account.c
vmm/look_SRCS    := tests/unit/vmm/look.c $(addprefix tools/vmm/,look.c account.c stats.c)
vmm/look_LIBS    := -pthread
vmm/link_SRCS    := tests/unit/vmm/link.c $(addprefix tools/vmm/,input.c outlet.c) tools/run/link.c
vmm/link_LIBS    := -pthread
vmm/stuck_SRCS   := tests/unit/vmm/stuck.c tools/vmm/stuck.c tools/vmm/stats.c
vmm/stuck_LIBS   := -pthread

# The files for the tests on a real /dev/kvm: guests, and a program that runs on the host.
VMM_SAMPLE := $(BUILD)/a64-linux/sample
$(VMM_SAMPLE): $(BUILD)/a64-linux/tests/kvm/sample.o
	$(A64_CC) -static -o $@ $^
.SECONDARY: $(BUILD)/a64-linux/tests/kvm/sample.o
VMM_DEPS := $(VMM_SAMPLE) $(BUILD)/conformance/suite-4k-le.img $(BUILD)/conformance/suite-4k-be.elf $(BUILD)/conformance/user $(addprefix $(PLACE)/,report-be.elf big.elf) \
	$(BUILD)/guest/initramfs.cpio \
	$(addprefix $(BUILD)/guest/,hello.img spin.img idle.img reset.img steady.img stop.img smp.img flash.img split.img forge.img width.img print.img)
check-kvm: $(VMM_DEPS)
KVM_TESTS_CHECK += $(addprefix tests/kvm/,lab_attach.t lab_conform.t lab_guests.t lab_refused.t lab_snapshot.t lab_steal.t)
QEMU_DEPS       += $(VMM_DEPS)
clang_linux_SRCS += tests/kvm/sample.c

# pvtime exec: the unit tests of its decisions and of the system calls that it makes a thread
# execute, on this machine; and the files for its tests on a real /dev/kvm.

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

# A VMM whose arguments say what it does, and a program that reads a counter and a thread's
# run_delay at the same moment.
EXEC_VMM  := $(BUILD)/tests-exec/exec_vmm
EXEC_PEEK := $(BUILD)/tests-exec/peek
$(EXEC_PEEK): $(BUILD)/a64-linux/tests/kvm/peek.o
	$(begin)
	$(A64_CC) -static -o $@ $^
$(EXEC_VMM): $(patsubst %,$(BUILD)/a64-linux/tests/kvm/%.o,exec_vmm exec_guest exec_start exec_process exec_attack) $(BUILD)/a64-linux/conformance/user/vcpu.o
	$(begin)
	$(A64_CC) -static -o $@ $^
check-kvm: $(EXEC_VMM) $(EXEC_PEEK)
KVM_TESTS_CHECK += tests/kvm/exec.t tests/kvm/exec_qemu.t
QEMU_DEPS += $(EXEC_VMM) $(EXEC_PEEK)
clang_linux_SRCS += $(patsubst %,tests/kvm/%.c,exec_vmm exec_guest exec_start exec_process exec_attack peek)

# For bench/start, which measures the cost of pvtime exec (docs/exec.md).
bench: $(EXEC_VMM) $(BUILD)/guest/hello.img

# Tests against a fake QEMU, tests/tools/board-qemu.
UNIT_NAMES += run/qmp run/board run/initramfs run/hosts
run/qmp_SRCS       := tests/unit/run/qmp.c tools/run/qmp.c tools/run/lines.c
run/board_SRCS     := tests/unit/run/board.c $(addprefix tools/run/,board.c printed.c qmp.c process.c spawn.c lines.c patience.c)
run/initramfs_SRCS := tests/unit/run/initramfs.c tools/run/initramfs.c
run/hosts_SRCS   := tests/unit/run/hosts.c $(addprefix tools/run/,board.c printed.c qmp.c process.c spawn.c lines.c patience.c \
	initramfs.c file.c kit.c debian.c child.c xen.c xen_domain.c kvm_host.c target_kvm.c target_kvm_built.c target_xen.c target_xen_built.c) machine/image.c machine/elf64.c
run/hosts_LIBS   := -lfdt

CONFORM_TABLES := tools/conform/rules.c tools/conform/result.c

UNIT_NAMES += conform/tap conform/print conform/grades conform/options
conform/tap_SRCS     := tests/unit/conform/tap.c tools/conform/tap.c $(CONFORM_TABLES)
conform/print_SRCS  := tests/unit/conform/print.c $(CONFORM_TABLES) $(wildcard tools/conform/print*.c tools/conform/markdown*.c)
conform/grades_SRCS  := tests/unit/conform/grades.c $(filter-out tests/%,$(conform/print_SRCS))
conform/options_SRCS := tests/unit/conform/options.c tools/conform/options.c tools/conform/rules.c tools/arguments.c \
	tools/run/jobs.c tools/run/heeded.c tools/report.c tools/visible.c

BENCH_TELL := $(addprefix tools/bench/,rows.c format.c table.c ported.c markdown.c profile.c accuracy_page.c compare.c json.c) \
	tools/report.c tools/visible.c

UNIT_NAMES += bench/guest bench/tell
bench/guest_SRCS := tests/unit/bench/guest.c tools/bench/guest.c tools/bench/rows.c
bench/tell_SRCS  := tests/unit/bench/tell.c $(BENCH_TELL)
bench/tell_LIBS  := -ljansson -lm

UNIT_NAMES += lab/file lab/bundle
lab/file_SRCS        := tests/unit/lab/file.c $(LABFILE_SRCS) $(MACHINE_SRCS)
lab/file_LIBS        := $(LABFILE_LIBS)
lab/bundle_SRCS := tests/unit/lab/bundle.c $(LABFILE_SRCS) $(MACHINE_SRCS)
lab/bundle_LIBS := $(LABFILE_LIBS)
