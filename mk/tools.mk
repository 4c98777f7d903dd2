# The pvtime command: every file of tools/, its rooms and machine/, and the library; and its tests.

TOOLS_SRCS := $(wildcard tools/*.c tools/*/*.c machine/*.c)
TOOLS_OBJS := $(TOOLS_SRCS:%.c=$(BUILD)/host/%.o)
TOOLS_LIBS  = $(LABFILE_LIBS) -ltinfo -ljansson -lm
HOST_SRCS  += $(TOOLS_SRCS)

$(BUILD)/host/tools/%.o: tools/%.c
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/host/machine/%.o: machine/%.c
	@mkdir -p $(@D); echo "  $@"
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<
$(BUILD)/pvtime: $(TOOLS_OBJS) $(LIB_HOST)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(TOOLS_LIBS)

.PHONY: tools
tools: $(BUILD)/pvtime ## build the pvtime command
all: tools

# The parts that know no process and no terminal, each with a test of its own.
UNIT_NAMES += tools_link tools_record tools_ledger tools_watch tools_options tools_console tools_intake
tools_link_SRCS    := tests/unit/tools_link.c tools/lab/link.c tools/run/lines.c
tools_record_SRCS  := tests/unit/tools_record.c tools/lab/record.c tools/lab/ledger.c lib/convert.c
tools_ledger_SRCS  := tests/unit/tools_ledger.c tools/lab/ledger.c tools/lab/ledger_print.c lib/convert.c
tools_watch_SRCS   := tests/unit/tools_watch.c tools/lab/watch.c tools/lab/ledger.c lib/convert.c
tools_options_SRCS := tests/unit/tools_options.c tools/lab/options.c tools/arguments.c tools/report.c
tools_console_SRCS := tests/unit/tools_console.c tools/lab/console.c tools/run/lines.c tools/report.c
tools_intake_SRCS  := tests/unit/tools_intake.c $(addprefix tools/lab/,intake.c link.c record.c ledger.c console.c \
	live.c screen.c watch.c terminal.c) tools/run/lines.c tools/report.c lib/convert.c
tools_intake_LIBS  := -ltinfo

# The command as a process, with a QEMU of the tests' own.
TAP_SCRIPTS += $(wildcard tests/tools/*.t)
TAP_DEPS    += $(BUILD)/pvtime
