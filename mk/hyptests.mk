# Unit tests of the hypervisor's logic, compiled for the host from the hypervisor's own files. Those that
# come to registers of the PE are compiled with tests/shim/arch.h in the place of hypervisor/arch.h.

# -iquote, as <sched.h> and <string.h> are also the C library's.
HYP_LOGIC := -iquote hypervisor
HYP_SHIM  := -include tests/shim/arch.h -iquote hypervisor

UNIT_NAMES += hyp_access hyp_idreg
hyp_access_SRCS   := tests/unit/hyp_access.c hypervisor/access.c
hyp_access_CFLAGS := $(HYP_LOGIC)
hyp_idreg_SRCS    := tests/unit/hyp_idreg.c hypervisor/idreg.c
hyp_idreg_CFLAGS  := $(HYP_LOGIC)

UNIT_NAMES += hyp_memory hyp_stage2 hyp_format hyp_string
hyp_memory_SRCS   := tests/unit/hyp_memory.c hypervisor/memory.c
hyp_memory_CFLAGS := $(HYP_LOGIC)
hyp_stage2_SRCS   := tests/unit/hyp_stage2.c hypervisor/stage2.c
hyp_stage2_CFLAGS := $(HYP_LOGIC)
hyp_format_SRCS   := tests/unit/hyp_format.c hypervisor/format.c
hyp_format_CFLAGS := $(HYP_LOGIC)

# Under names of their own, beside the C library's; and compiled to what is written, not to calls of those.
STRING_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strrchr strchr strcmp strncmp
hyp_string_SRCS   := tests/unit/hyp_string.c hypervisor/string.c
hyp_string_CFLAGS := $(HYP_LOGIC) $(foreach f,$(STRING_NAMES),-D$(f)=our_$(f)) -fno-builtin -ffreestanding
