# The pvtime command: every file of tools/, its rooms and machine/, and the library; and its tests.

TOOLS_SRCS := $(call at_least,146,tools/*.c tools/*/*.c machine/*.c)
TOOLS_OBJS := $(TOOLS_SRCS:%.c=$(BUILD)/host/%.o)
TOOLS_LIBS  = $(LABFILE_LIBS) -ltinfo -ljansson -lm -pthread
HOST_SRCS  += $(TOOLS_SRCS)

$(BUILD)/host/%.o: %.c
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/pvtime: $(TOOLS_OBJS) $(KVM_STATIC) $(LIB_HOST)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(TOOLS_LIBS)

.PHONY: tools
tools: $(BUILD)/pvtime ## build the pvtime command
all: tools

# The same for arm64 Linux, where /dev/kvm is: on a host of that kind, and in QEMU on Debian's kernel (tests/kvm/).
# Linked statically, with Debian's arm64 libraries: one file, that runs wherever it is copied to.
A64_PVTIME      := $(BUILD)/a64-linux/pvtime
A64_TOOLS_OBJS  := $(patsubst %.c,$(BUILD)/a64-linux/%.o,$(sort $(TOOLS_SRCS) $(LIB_SRCS) $(KVM_LOGIC) libpvtime-kvm/sys.c))
A64_TOOLS_CLANG := $(patsubst %.c,$(BUILD)/a64-linux-clang/%.o,$(TOOLS_SRCS))
# All that there are: which library has the parts of libini_config depends on the release.
A64_TOOLS_LIBS  := -Wl,--start-group $(DEBIAN_LINUX)/lib/*.a -Wl,--end-group -lm

$(A64_TOOLS_OBJS) $(A64_TOOLS_CLANG): private HOST_CFLAGS += -isystem $(DEBIAN_LINUX)/include
$(A64_TOOLS_OBJS) $(A64_TOOLS_CLANG): | $(DEBIAN_LINUX_LIBS)
$(A64_PVTIME): $(A64_TOOLS_OBJS)
	@mkdir -p $(@D); echo "  $@"
	$(A64_CC) -static -o $@ $^ $(A64_TOOLS_LIBS)
clang-host: $(A64_TOOLS_CLANG)

.PHONY: tools-a64
tools-a64: $(A64_PVTIME) ## build the pvtime command for arm64 Linux, build/a64-linux/pvtime

# The parts that know no process and no terminal, each with a test of its own.
UNIT_NAMES += run/link lab/record lab/ledger lab/watch lab/options lab/console lab/intake lab/suspend lab/ended
run/link_SRCS    := tests/unit/run/link.c tools/run/link.c tools/run/lines.c
lab/record_SRCS  := tests/unit/lab/record.c tools/lab/record.c tools/lab/ledger.c lib/convert.c
lab/ledger_SRCS  := tests/unit/lab/ledger.c tools/lab/ledger.c tools/lab/ledger_print.c lib/convert.c
lab/watch_SRCS   := tests/unit/lab/watch.c tools/lab/watch.c tools/lab/ledger.c lib/convert.c
lab/options_SRCS := tests/unit/lab/options.c tools/lab/options.c tools/arguments.c tools/report.c tools/visible.c
lab/console_SRCS := tests/unit/lab/console.c tools/lab/console.c tools/lab/fold.c tools/run/lines.c tools/report.c tools/visible.c
lab/intake_SRCS  := tests/unit/lab/intake.c $(addprefix tools/lab/,intake.c record.c ledger.c console.c fold.c \
	live.c screen.c watch.c terminal.c) $(addprefix tools/run/,lines.c link.c) tools/report.c tools/visible.c lib/convert.c
lab/intake_LIBS  := -ltinfo
lab/ended_SRCS   := tests/unit/lab/ended.c tools/lab/ended.c tools/lab/ledger.c lib/convert.c
lab/suspend_SRCS := tests/unit/lab/suspend.c tools/lab/suspend.c

UNIT_NAMES += run/patience lab/writer lab/fold
lab/fold_SRCS     := tests/unit/lab/fold.c tools/lab/fold.c
run/patience_SRCS := tests/unit/run/patience.c tools/run/patience.c
run/patience_LIBS := -pthread
lab/writer_SRCS   := tests/unit/lab/writer.c tools/run/writer.c
lab/writer_LIBS   := -pthread

# pvtime probe, on a /proc of the tests' own; on Linux's it is tests/kvm/probe.t.
PROBE_FACTS := $(addprefix tools/probe/,files.c log.c host.c guest.c thread.c quota.c vms.c)
UNIT_NAMES += probe/vms probe/find
probe/vms_SRCS  := tests/unit/probe/vms.c $(PROBE_FACTS)
probe/find_SRCS := tests/unit/probe/find.c $(PROBE_FACTS) $(addprefix tools/probe/,missing.c table.c json.c words.c) tools/visible.c
probe/find_LIBS := -ljansson

# The command as a process, with a QEMU of the tests' own.
TAP_SCRIPTS += $(call at_least,17,tests/tools/*.t)
TAP_DEPS    += $(BUILD)/pvtime
