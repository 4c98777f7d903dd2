# The EL2 hypervisor: build/hypervisor.elf, and build/hypervisor.img, an arm64 Image.

HYP_SRCS := $(sort $(call at_least,48,hypervisor/*.c hypervisor/*/*.c))
HYP_ASM  := $(wildcard hypervisor/*.S)
HYP_LIB  := $(wildcard lib/*.c) machine/board.c machine/pl011.c machine/pl031.c
HYP_OBJS := $(HYP_SRCS:%.c=$(BUILD)/a64/%.o) $(HYP_ASM:%.S=$(BUILD)/a64/%.o) \
            $(HYP_LIB:%.c=$(BUILD)/a64/hypervisor/%.o)
# Optimized for time, not for size: each instruction on a hot path costs the guests time.
HYP_CFLAGS := $(A64_CFLAGS) -O2 -mno-outline-atomics -fpie -fno-builtin -Ihypervisor -isystem $(A64_LIBFDT_INC)
# Link-time optimization: the division into files is for readers, and must not cost a call. The
# objects are fat, as the benchmark's guest links the library's objects without LTO. With LTO, the
# order of HYP_OBJS affects gcc's inlining, so adding or renaming a file may change the figures of a
# path by a few instructions (make bench-quick).
HYP_LTO := -flto=auto -ffat-lto-objects -O3 --param max-inline-insns-auto=100 --param inline-unit-growth=300

$(BUILD)/a64/hypervisor/%.o: hypervisor/%.c $(A64_LIBFDT) mk/hypervisor.mk
	$(begin)
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

# Otherwise gcc turns memset()'s loop into a call of memset(), which would call itself. Without LTO,
# since the linker must find memset() for the calls that gcc adds after LTO has dropped unused
# functions.
$(BUILD)/a64/hypervisor/string.o: HYP_CFLAGS += -fno-tree-loop-distribute-patterns
$(BUILD)/a64/hypervisor/string.o: HYP_LTO :=

$(BUILD)/a64/hypervisor/%.o: hypervisor/%.S
	$(begin)
	$(A64_CC) $(PREFIX_MAP) -Ihypervisor -I. -MMD -MP -c -o $@ $<

# The library and the board's memory map, compiled again as position-independent code.
$(BUILD)/a64/hypervisor/lib/%.o: lib/%.c mk/hypervisor.mk
	$(begin)
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

$(BUILD)/a64/hypervisor/machine/%.o: machine/%.c mk/hypervisor.mk
	$(begin)
	$(A64_CC) $(HYP_CFLAGS) $(HYP_LTO) -c -o $@ $<

.PHONY: hypervisor-objects
hypervisor-objects: $(HYP_OBJS)
$(BUILD)/hypervisor.elf: $(HYP_OBJS) hypervisor/image.ld $(A64_LIBFDT)
	$(A64_CC) $(filter-out -MMD -MP,$(HYP_CFLAGS)) $(HYP_LTO) -nostdlib -pie -Wl,--no-dynamic-linker,-z,text,-z,noexecstack \
		-Wl,-z,max-page-size=4096,--build-id=none -T hypervisor/image.ld -o $@ $(HYP_OBJS) $(A64_LIBFDT)

$(BUILD)/hypervisor.img: $(BUILD)/hypervisor.elf
	$(A64_OBJCOPY) -O binary $< $@

.PHONY: hypervisor
##@ developers
hypervisor: $(BUILD)/hypervisor.img ## build the EL2 hypervisor
all: hypervisor
INSTALL_DATA += $(BUILD)/hypervisor.img

CLANG_SETS += hypervisor
clang_hypervisor_SRCS  := $(HYP_SRCS)
clang_hypervisor_FLAGS := $(CLANG_A64) $(HYP_CFLAGS)
clang_hypervisor_DEPS  := $(A64_LIBFDT)

# Unit tests of the hypervisor's logic, compiled for the host from the hypervisor's own files. Files
# that access registers of the PE are compiled with tests/shim/arch.h in place of hypervisor/arch.h.

# -iquote, not -I: the C library has a <sched.h> and a <string.h>, too.
logic_CFLAGS := -iquote hypervisor
shim_CFLAGS  := -include tests/shim/arch.h -iquote hypervisor

UNIT_NAMES += hypervisor/access hypervisor/idreg
hypervisor/access_SRCS   := tests/unit/hypervisor/access.c hypervisor/access.c
hypervisor/access_WITH   := logic
hypervisor/idreg_SRCS    := tests/unit/hypervisor/idreg.c hypervisor/idreg.c
hypervisor/idreg_WITH    := logic

UNIT_NAMES += hypervisor/memory hypervisor/stage2 hypervisor/format hypervisor/string
hypervisor/memory_SRCS   := tests/unit/hypervisor/memory.c hypervisor/memory.c
hypervisor/memory_WITH   := logic
hypervisor/stage2_SRCS   := tests/unit/hypervisor/stage2.c hypervisor/stage2.c
hypervisor/stage2_WITH   := logic
hypervisor/format_SRCS   := tests/unit/hypervisor/format.c hypervisor/format.c
hypervisor/format_WITH   := logic

# The functions get names of their own, to coexist with the C library's. -fno-builtin keeps gcc from
# replacing their loops by calls of the C library.
STRING_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strrchr strchr strcmp strncmp
hypervisor/string_SRCS := tests/unit/hypervisor/string.c hypervisor/string.c
hypervisor/string_WITH := string
string_CFLAGS   := -iquote hypervisor $(foreach f,$(STRING_NAMES),-D$(f)=our_$(f)) -fno-builtin

UNIT_NAMES += dev/vuart hypervisor/link hypervisor/board
dev/vuart_SRCS   := tests/unit/dev/vuart.c hypervisor/dev/vuart.c machine/pl011.c
dev/vuart_WITH   := logic
hypervisor/link_SRCS    := tests/unit/hypervisor/link.c hypervisor/link.c hypervisor/receive.c hypervisor/format.c
hypervisor/link_WITH    := logic
hypervisor/board_SRCS   := tests/unit/hypervisor/board.c hypervisor/board.c
hypervisor/board_WITH   := logic
hypervisor/board_LIBS   := -lfdt

# The FDTs of QEMU's board, named CPUs-MiB. Each describes an initrd; the tests do not read its
# contents, so any file serves.
BOARD_FDTS := $(foreach b,1-256 2-4096 8-3072,$(BUILD)/boards/$(b).dtb)
$(foreach f,tests tests-O0 tests-san tests-cov,$(BUILD)/$(f)/hypervisor/board): | $(BOARD_FDTS)
$(BUILD)/boards/%.dtb: LICENSE
	$(begin)
	qemu-system-aarch64 -M virt,virtualization=on,gic-version=3,dumpdtb=$@ -cpu cortex-a57 -nic none \
		-display none -smp $(word 1,$(subst -, ,$*)) -m $(word 2,$(subst -, ,$*)) -kernel $< -initrd $<

UNIT_NAMES += hypervisor/manifest
hypervisor/manifest_SRCS   := tests/unit/hypervisor/manifest.c hypervisor/manifest.c hypervisor/format.c
hypervisor/manifest_WITH   := logic
hypervisor/manifest_LIBS   := -lfdt

UNIT_NAMES += hypervisor/inject hypervisor/sysreg
hypervisor/inject_SRCS   := tests/unit/hypervisor/inject.c tests/shim/arch.c hypervisor/inject.c
hypervisor/inject_WITH   := shim
hypervisor/sysreg_SRCS   := tests/unit/hypervisor/sysreg.c tests/shim/arch.c \
	$(addprefix hypervisor/,sysreg.c idreg.c debug.c inject.c)
hypervisor/sysreg_WITH   := shim

UNIT_NAMES += hypervisor/cpu
hypervisor/cpu_SRCS   := tests/unit/hypervisor/cpu.c tests/shim/arch.c hypervisor/cpu.c
hypervisor/cpu_WITH   := shim

UNIT_NAMES += hypervisor/run
hypervisor/run_SRCS   := tests/unit/hypervisor/run.c tests/shim/arch.c hypervisor/run.c
hypervisor/run_WITH   := shim

UNIT_NAMES += hypervisor/mmio
hypervisor/mmio_SRCS   := tests/unit/hypervisor/mmio.c tests/shim/arch.c \
	$(addprefix hypervisor/,trap.c mmio.c access.c inject.c dev/vuart.c dev/vrtc.c) machine/pl011.c machine/pl031.c
hypervisor/mmio_WITH   := shim

# A VM's life cycle and its calls, tested on the real scheduler and the real library.
HYP_MACHINE = tests/unit/hypervisor/machine.c tests/shim/arch.c $(addprefix hypervisor/,smccc.c psci.c pvtime.c vm.c \
	vcpu.c load.c dev/flash.c debug.c stage2.c memory.c dev/vuart.c) $(wildcard hypervisor/sched/*.c lib/*.c) \
	machine/board.c machine/pl011.c

UNIT_NAMES += hypervisor/smccc hypervisor/psci hypervisor/vcpu
hypervisor/smccc_SRCS   = tests/unit/hypervisor/smccc.c $(HYP_MACHINE)
hypervisor/smccc_WITH   := shim
hypervisor/psci_SRCS    = tests/unit/hypervisor/psci.c $(HYP_MACHINE)
hypervisor/psci_WITH    := shim
hypervisor/vcpu_SRCS    = tests/unit/hypervisor/vcpu.c $(HYP_MACHINE)
hypervisor/vcpu_WITH    := shim

# The scheduler's tests: the hypervisor's own files, against a seam of one function.

SCHED_SRCS := $(wildcard hypervisor/sched/*.c) lib/ledger.c lib/view.c lib/convert.c
SCHED_SIM  := tests/unit/sched/sim.c tests/unit/sched/check.c $(SCHED_SRCS)

# The flags of `logic`, and QUEUE_COUNT_VISITS, which counts how far the queue's functions walk.
visits_CFLAGS := $(logic_CFLAGS) -DQUEUE_COUNT_VISITS

UNIT_NAMES += sched/queue
sched/queue_SRCS   := tests/unit/sched/queue.c hypervisor/sched/queue.c
sched/queue_WITH   := visits

UNIT_NAMES += sched/share
sched/share_SRCS   := tests/unit/sched/share.c $(SCHED_SIM)
sched/share_WITH   := logic
sched/share_LIBS   := -lm

UNIT_NAMES += sched/stays sched/wakes
sched/stays_SRCS   := tests/unit/sched/stays.c $(SCHED_SIM)
sched/stays_WITH   := logic
sched/stays_LIBS   := -lm
sched/wakes_SRCS   := tests/unit/sched/wakes.c $(SCHED_SIM)
sched/wakes_WITH   := logic

UNIT_NAMES += sched/states
sched/states_SRCS   := tests/unit/sched/states.c $(SCHED_SIM)
sched/states_WITH   := logic

UNIT_NAMES += sched/fuzz
sched/fuzz_SRCS   := tests/unit/sched/fuzz.c $(SCHED_SIM)
sched/fuzz_WITH   := visits
# The test counts the cost of each call to these functions.
sched/fuzz_LIBS   := -Wl,--wrap=sched_next,--wrap=sched_wake,--wrap=sched_block,--wrap=sched_timer_due,--wrap=sched_level

UNIT_NAMES += sched/race
sched/race_SRCS   := tests/unit/sched/race.c $(SCHED_SRCS)
sched/race_WITH   := logic
sched/race_LIBS   := -pthread

# Unit tests of the guest's GIC: hypervisor/vgic/ on a fake of the list registers.

VGIC_SRCS := $(wildcard hypervisor/vgic/*.c) \
             tests/unit/vgic/fake.c tests/unit/vgic/guest.c

UNIT_NAMES += vgic/fuzz
vgic/fuzz_SRCS   := tests/unit/vgic/fuzz.c tests/unit/vgic/model.c $(VGIC_SRCS)
vgic/fuzz_WITH   := logic

UNIT_NAMES += vgic/race
vgic/race_SRCS   := tests/unit/vgic/race.c $(VGIC_SRCS)
vgic/race_WITH   := logic

UNIT_NAMES += vgic/registers
vgic/registers_SRCS   := tests/unit/vgic/registers.c $(VGIC_SRCS)
vgic/registers_WITH   := logic

UNIT_NAMES += vgic/lists
vgic/lists_SRCS   := tests/unit/vgic/lists.c $(VGIC_SRCS)
vgic/lists_WITH   := logic
