# Unit tests of the hypervisor's logic, compiled for the host from the hypervisor's own files. Those that
# come to registers of the PE are compiled with tests/shim/arch.h in the place of hypervisor/arch.h.

# -iquote, as <sched.h> and <string.h> are also the C library's.
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

# Under names of their own, beside the C library's; and compiled to what is written, not to calls of those.
STRING_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strrchr strchr strcmp strncmp
hypervisor/string_SRCS := tests/unit/hypervisor/string.c hypervisor/string.c
hypervisor/string_WITH := string
string_CFLAGS   := -iquote hypervisor $(foreach f,$(STRING_NAMES),-D$(f)=our_$(f)) -fno-builtin

UNIT_NAMES += dev/vuart hypervisor/link hypervisor/board
dev/vuart_SRCS   := tests/unit/dev/vuart.c hypervisor/dev/vuart.c machine/pl011.c
dev/vuart_WITH   := logic
hypervisor/link_SRCS    := tests/unit/hypervisor/link.c hypervisor/link.c hypervisor/format.c
hypervisor/link_WITH    := logic
hypervisor/board_SRCS   := tests/unit/hypervisor/board.c hypervisor/board.c
hypervisor/board_WITH   := logic
hypervisor/board_LIBS   := -lfdt

# The FDTs of QEMU's board: CPUs-MiB. It describes an initrd, of which nobody here looks at the bytes.
BOARD_FDTS := $(foreach b,1-256 2-4096 8-3072,$(BUILD)/boards/$(b).dtb)
$(foreach f,tests tests-O0 tests-san,$(BUILD)/$(f)/hypervisor/board): | $(BOARD_FDTS)
$(BUILD)/boards/%.dtb: LICENSE
	@mkdir -p $(@D); echo "  $@"
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

# A VM's life and its calls, on the scheduler and the library as they are.
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
