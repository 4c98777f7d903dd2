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
