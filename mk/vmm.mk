# The VMM of `pvtime lab --on kvm` (tools/kvm/): what of it can be tested without a /dev/kvm. tests/kvm/lab_*.t have the rest.

UNIT_NAMES += vmm_account vmm_look
vmm_account_SRCS := tests/unit/vmm_account.c tools/kvm/account.c
vmm_look_SRCS    := tests/unit/vmm_look.c $(addprefix tools/kvm/,look.c account.c stats.c)
vmm_look_LIBS    := -pthread

# Guests of the tests.
check-kvm: $(addprefix $(BUILD)/guest/,hello.img spin.img idle.img reset.img stop.img smp.img flash.img split.img)
