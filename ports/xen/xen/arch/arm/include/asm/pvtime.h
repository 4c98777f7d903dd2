/* SPDX-License-Identifier: BSD-2-Clause */
/* What a domain and a vCPU have for stolen time (Arm DEN0057A). */
#ifndef __ASM_ARM_PVTIME_H__
#define __ASM_ARM_PVTIME_H__

#include <pvtime/view.h>

/* A domain's own word; without one, the command line option decides. */
enum pvtime_wish {
    PVTIME_WISH_NONE,
    PVTIME_WISH_ON,
    PVTIME_WISH_OFF,
};

struct domain_pvtime {
    /* A granule with all structures, in Xen's mapping; NULL: not allocated. */
    void *region;
    enum pvtime_wish wish;
};

struct vcpu_pvtime {
    struct pvtime_view view; /* all zeroes: the calls answer NOT_SUPPORTED */
    bool shown;              /* the view has its structure */
    unsigned int refused;    /* writes of the guest to the region */
};

#endif /* __ASM_ARM_PVTIME_H__ */
