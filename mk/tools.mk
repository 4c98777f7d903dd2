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
UNIT_NAMES += tools_link tools_record tools_ledger tools_watch tools_options tools_console tools_intake tools_suspend tools_ended
tools_link_SRCS    := tests/unit/tools_link.c tools/run/link.c tools/run/lines.c
tools_record_SRCS  := tests/unit/tools_record.c tools/lab/record.c tools/lab/ledger.c lib/convert.c
tools_ledger_SRCS  := tests/unit/tools_ledger.c tools/lab/ledger.c tools/lab/ledger_print.c lib/convert.c
tools_watch_SRCS   := tests/unit/tools_watch.c tools/lab/watch.c tools/lab/ledger.c lib/convert.c
tools_options_SRCS := tests/unit/tools_options.c tools/lab/options.c tools/arguments.c tools/report.c tools/visible.c
tools_console_SRCS := tests/unit/tools_console.c tools/lab/console.c tools/lab/fold.c tools/run/lines.c tools/report.c tools/visible.c
tools_intake_SRCS  := tests/unit/tools_intake.c $(addprefix tools/lab/,intake.c record.c ledger.c console.c fold.c \
	live.c screen.c watch.c terminal.c) $(addprefix tools/run/,lines.c link.c) tools/report.c tools/visible.c lib/convert.c
tools_intake_LIBS  := -ltinfo
tools_ended_SRCS   := tests/unit/tools_ended.c tools/lab/ended.c tools/lab/ledger.c lib/convert.c
tools_suspend_SRCS := tests/unit/tools_suspend.c tools/lab/suspend.c

UNIT_NAMES += tools_patience tools_writer tools_fold
tools_fold_SRCS     := tests/unit/tools_fold.c tools/lab/fold.c
tools_patience_SRCS := tests/unit/tools_patience.c tools/run/patience.c
tools_patience_LIBS := -pthread
tools_writer_SRCS   := tests/unit/tools_writer.c tools/run/writer.c
tools_writer_LIBS   := -pthread

# pvtime probe, on a /proc of the tests' own; on Linux's it is tests/kvm/probe.t.
PROBE_FACTS := $(addprefix tools/probe/,files.c log.c host.c guest.c thread.c quota.c vms.c)
UNIT_NAMES += probe_vms probe_find
probe_vms_SRCS  := tests/unit/probe_vms.c $(PROBE_FACTS)
probe_find_SRCS := tests/unit/probe_find.c $(PROBE_FACTS) $(addprefix tools/probe/,missing.c table.c json.c words.c) tools/visible.c
probe_find_LIBS := -ljansson

# The command as a process, with a QEMU of the tests' own.
TAP_SCRIPTS += $(call at_least,17,tests/tools/*.t)
TAP_DEPS    += $(BUILD)/pvtime
