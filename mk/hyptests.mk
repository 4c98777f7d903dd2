# Unit tests of the hypervisor's logic, compiled for the host from the hypervisor's own files. Those that
# come to registers of the PE are compiled with tests/shim/arch.h in the place of hypervisor/arch.h.

# -iquote, as <sched.h> and <string.h> are also the C library's.
logic_CFLAGS := -iquote hypervisor
shim_CFLAGS  := -include tests/shim/arch.h -iquote hypervisor

UNIT_NAMES += hyp_access hyp_idreg
hyp_access_SRCS   := tests/unit/hyp_access.c hypervisor/access.c
hyp_access_WITH   := logic
hyp_idreg_SRCS    := tests/unit/hyp_idreg.c hypervisor/idreg.c
hyp_idreg_WITH    := logic

UNIT_NAMES += hyp_memory hyp_stage2 hyp_format hyp_string
hyp_memory_SRCS   := tests/unit/hyp_memory.c hypervisor/memory.c
hyp_memory_WITH   := logic
hyp_stage2_SRCS   := tests/unit/hyp_stage2.c hypervisor/stage2.c
hyp_stage2_WITH   := logic
hyp_format_SRCS   := tests/unit/hyp_format.c hypervisor/format.c
hyp_format_WITH   := logic

# Under names of their own, beside the C library's; and compiled to what is written, not to calls of those.
STRING_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strrchr strchr strcmp strncmp
hyp_string_SRCS := tests/unit/hyp_string.c hypervisor/string.c
hyp_string_WITH := string
string_CFLAGS   := -iquote hypervisor $(foreach f,$(STRING_NAMES),-D$(f)=our_$(f)) -fno-builtin

UNIT_NAMES += hyp_pl011 hyp_link hyp_board
hyp_pl011_SRCS   := tests/unit/hyp_pl011.c hypervisor/dev/vuart.c machine/pl011.c
hyp_pl011_WITH   := logic
hyp_link_SRCS    := tests/unit/hyp_link.c hypervisor/link.c hypervisor/format.c
hyp_link_WITH    := logic
hyp_board_SRCS   := tests/unit/hyp_board.c hypervisor/board.c
hyp_board_WITH   := logic
hyp_board_LIBS   := -lfdt

# The FDTs of QEMU's board: CPUs-MiB. It describes an initrd, of which nobody here looks at the bytes.
BOARD_FDTS := $(foreach b,1-256 2-4096 8-3072,$(BUILD)/boards/$(b).dtb)
$(foreach f,tests tests-O0 tests-san,$(BUILD)/$(f)/hyp_board): | $(BOARD_FDTS)
$(BUILD)/boards/%.dtb: LICENSE
	@mkdir -p $(@D); echo "  $@"
	qemu-system-aarch64 -M virt,virtualization=on,gic-version=3,dumpdtb=$@ -cpu cortex-a57 -nic none \
		-display none -smp $(word 1,$(subst -, ,$*)) -m $(word 2,$(subst -, ,$*)) -kernel $< -initrd $<

UNIT_NAMES += hyp_manifest
hyp_manifest_SRCS   := tests/unit/hyp_manifest.c hypervisor/manifest.c hypervisor/format.c
hyp_manifest_WITH   := logic
hyp_manifest_LIBS   := -lfdt

UNIT_NAMES += hyp_inject hyp_sysreg
hyp_inject_SRCS   := tests/unit/hyp_inject.c tests/shim/arch.c hypervisor/inject.c
hyp_inject_WITH   := shim
hyp_sysreg_SRCS   := tests/unit/hyp_sysreg.c tests/shim/arch.c \
	$(addprefix hypervisor/,sysreg.c idreg.c debug.c inject.c)
hyp_sysreg_WITH   := shim

UNIT_NAMES += hyp_cpu
hyp_cpu_SRCS   := tests/unit/hyp_cpu.c tests/shim/arch.c hypervisor/cpu.c
hyp_cpu_WITH   := shim

UNIT_NAMES += hyp_run
hyp_run_SRCS   := tests/unit/hyp_run.c tests/shim/arch.c hypervisor/run.c
hyp_run_WITH   := shim

UNIT_NAMES += hyp_mmio
hyp_mmio_SRCS   := tests/unit/hyp_mmio.c tests/shim/arch.c \
	$(addprefix hypervisor/,trap.c mmio.c access.c inject.c dev/vuart.c dev/vrtc.c) machine/pl011.c machine/pl031.c
hyp_mmio_WITH   := shim

# A VM's life and its calls, on the scheduler and the library as they are.
HYP_MACHINE = tests/unit/hyp_machine.c tests/shim/arch.c $(addprefix hypervisor/,smccc.c psci.c pvtime.c vm.c \
	vcpu.c load.c dev/flash.c debug.c stage2.c memory.c dev/vuart.c) $(wildcard hypervisor/sched/*.c lib/*.c) \
	machine/board.c machine/pl011.c

UNIT_NAMES += hyp_smccc hyp_psci hyp_vcpu
hyp_smccc_SRCS   = tests/unit/hyp_smccc.c $(HYP_MACHINE)
hyp_smccc_WITH   := shim
hyp_psci_SRCS    = tests/unit/hyp_psci.c $(HYP_MACHINE)
hyp_psci_WITH    := shim
hyp_vcpu_SRCS    = tests/unit/hyp_vcpu.c $(HYP_MACHINE)
hyp_vcpu_WITH    := shim
