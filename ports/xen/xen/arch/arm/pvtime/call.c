/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of stolen time, for the current vCPU. */
#include <xen/pvtime.h>
#include <xen/sched.h>

#include <asm/current.h>
#include <asm/regs.h>

/* SMCCC_ARCH_FEATURES about a call that the caller does not know itself. */
int pvtime_arch_feature(uint32_t call)
{
    return pvtime_arch_features(&current->arch.pvtime.view, call);
}

/* A call of the standard hypervisor service; false: not one of stolen time. */
bool pvtime_call(struct cpu_user_regs *regs)
{
    int64_t result;

    if ( !pvtime_service(&current->arch.pvtime.view, get_user_reg(regs, 0),
                         get_user_reg(regs, 1), &result) )
        return false;
    set_user_reg(regs, 0, result);

    return true;
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * indent-tabs-mode: nil
 * End:
 */
